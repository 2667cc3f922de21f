"""Who may judge a round: everybody, or these people, each all of it or a share; and a dialog that changes it later.

Left out: that others are not asked, which storage sees to (`storage.judging.leases`).
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st
from markupsafe import Markup

from app.actions import judging
from app.annotate import judging_task
from app.bridge import buttons, dialogs
from app.markup import notices, tables, texts
from app.people import Person
from app.translations import _, ngettext
from storage.database import Database
from storage.errors import StorageError
from storage.judging import rounds
from storage.judging.judgement_records import Round
from storage.people import users


@dataclass(frozen=True)
class Judges:
    """The accounts that are asked, everybody where there are none; `divided`: each question of as many as it wants."""

    accounts: tuple[str, ...] = ()
    divided: bool = False


def fields(db: Database, chosen: Sequence[str] = (), *, key: str) -> Judges:
    """A select of people, and whether they share the questions; nothing where nobody has an account."""
    names = _names(db)
    for account in chosen:  # one that was disabled since
        names.setdefault(account, account)
    if not names:
        return Judges()
    accounts = st.multiselect(
        _("Who may judge"),
        list(names),
        default=list(chosen),
        format_func=lambda account: names.get(account, account),
        placeholder=_("everybody who may annotate"),
        key=f"{key}.judges",
        select_all=False,  # or Enter takes all that match
    )
    divided = bool(accounts) and st.toggle(
        _("Divide the questions between them"),
        help=_("Each question is asked of as many of them as it wants, in turns. Else each of them may judge all."),
        key=f"{key}.divided",
    )
    return Judges(tuple(accounts), divided)


def in_words(db: Database, round_: Round) -> str:
    """Who is asked, as the list of rounds says it; empty where that is everybody."""
    assigned = names_of(db, round_)
    return _("asks {names}").format(names=assigned) if assigned else ""


def names_of(db: Database, round_: Round) -> str:
    """The names of those who are asked; empty where that is everybody."""
    names = _names(db)
    return ", ".join(names.get(account, account) for account in rounds.assigned(db, round_))


def dialog(db: Database, person: Person, about: tuple[str, int]) -> None:
    """Who is asked how many questions, and the fields that change it. `about`: the round's dataset and number."""
    round_ = rounds.get(db, *about)
    assigned = rounds.assigned(db, round_)
    st.html(Markup("<p>{}</p>").format(judging_task.title(round_)))
    if assigned:
        st.html(_shares(assigned, _names(db)))
    chosen = fields(db, list(assigned), key=f"round.{round_.number}.{round_.dataset}")
    st.caption(_("Verdicts that were given stay, whoever gave them."))
    if buttons.button(_("Save"), type="primary", key="round.assign"):
        try:
            judging.assign(db, person, *about, time.time(), accounts=chosen.accounts, divided=chosen.divided)
        except StorageError as error:
            st.html(notices.refusal(error))
        else:
            dialogs.close()
            st.rerun()


def _shares(assigned: Mapping[str, int], names: Mapping[str, str]) -> Markup:
    rows = [
        [texts.name(names.get(account, account)), ngettext("{count} question", "{count} questions", count)]
        for account, count in assigned.items()
    ]
    return tables.table([_("Person"), _("Asked")], rows, ["al-first", "al-num"], name="al-shares")


def _names(db: Database) -> dict[str, str]:
    """account -> name, of those who may annotate."""
    able = [user for user in users.listing(db) if user.disabled_at is None]
    return {user.id: user.name for user in able if Person(user.name, user.id, user.role).may("annotator")}
