"""The dialog that opens a round: what is asked of how many people, by which guidelines.

Left out: which settings make sense, which storage says.
"""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Literal

import streamlit as st

from app.actions import judging
from app.annotate import item_filters, judges, round_link
from app.bridge import buttons, dialogs
from app.markup import notices
from app.people import Person
from app.translations import N_, _
from storage.database import Database
from storage.errors import StorageError
from storage.judging import rounds
from storage.judging.judgement_records import LONGEST_NAME, MOST_PEOPLE, Round, RoundSettings

ORDERS: dict[Literal["given", "random", "uncertain"], str] = {
    "given": N_("as in the dataset"),
    "random": N_("random"),
    "uncertain": N_("closest scores first"),
}
MODES: dict[Literal["pairs", "ranking"], str] = {
    "pairs": N_("two answers at a time"),
    "ranking": N_("all answers ranked"),
}


def show(db: Database, person: Person, names: Sequence[str], about: Mapping[str, str | None]) -> None:
    """The fields; the press opens the round and goes to its questions, or shows its link where only others are asked.

    `about` has the dataset, and the filters of its page, that the form begins with.
    """
    index = names.index(str(about["dataset"])) if about["dataset"] in names else 0
    name = st.selectbox(_("Dataset"), names, index=index, key="round.dataset")
    selection = item_filters.selection(db, name, about if name == about["dataset"] else {})
    settings = replace(_settings(), selection=selection)
    chosen_judges = judges.fields(db, key="round")
    guideline = _guideline(db, name)
    with st.expander(_("More settings")):
        settings = _rarer_settings(settings)
    title = st.text_input(_("Name of the round"), placeholder=_("optional"), max_chars=LONGEST_NAME, key="round.name")
    with st.container(horizontal=True, vertical_alignment="center"):
        judges_too = not chosen_judges.accounts or person.judging_account in chosen_judges.accounts
        word = _("Open and judge") if judges_too else _("Open the round")
        pressed = buttons.button(word, type="primary", key="round.go")
        if buttons.button(_("Cancel"), key="round.cancel"):
            dialogs.close()
            st.rerun()
    if pressed:
        opening = partial(
            judging.open_round,
            *(db, person, name, settings),
            name=title,
            accounts=chosen_judges.accounts,
            divided=chosen_judges.divided,
        )
        round_ = _opened(db, person, name, guideline, opening)
        if round_ is not None and round_link.asks(db, round_, person):
            dialogs.close()
            st.switch_page("views/annotate.py", query_params={"dataset": name, "round": str(round_.number)})
        if round_ is not None:
            dialogs.ask("link", (name, round_.number))
            st.rerun()


def _settings() -> RoundSettings:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        people = st.number_input(_("People who answer each question"), 1, MOST_PEOPLE, 1, key="round.people", width=260)
        adaptive = people == 2 and st.toggle(
            _("A third where they differ"), help=_("Two people, and a third where they disagree."), key="round.adaptive"
        )
    criteria = st.text_input(
        _("Criteria beside the overall verdict"),
        placeholder=_("up to six, such as: helpful, honest"),
        help=_("Each is compared on its own, and can be exported as a preference of its own."),
        key="round.criteria",
    )
    return RoundSettings(overlap=int(people), adaptive=adaptive, criteria=parse_criteria(criteria))


def _rarer_settings(settings: RoundSettings) -> RoundSettings:
    mode = st.selectbox(_("A question shows"), list(MODES), format_func=lambda key: _(MODES[key]), key="round.mode")
    order = st.selectbox(_("Order"), list(ORDERS), format_func=lambda key: _(ORDERS[key]), key="round.order")
    quality = st.toggle(
        _("Ask how good each answer is by itself"),
        help=_("Good, ok or bad: labels for training on unpaired data."),
        key="round.quality",
    )
    repeats = st.slider(
        _("Asked again with sides swapped, in %"),
        0,
        30,
        0,
        help=_("Shows how consistent a person is. The repeat comes at least ten questions later."),
        key="round.repeats",
    )
    norming = st.number_input(
        _("Judged by all, then revealed"),
        0,
        50,
        0,
        help=_("The first so many questions: everybody judges them blind, then sees what the others said."),
        key="round.norming",
    )
    return replace(settings, mode=mode, order=order, ask_quality=quality, repeats=repeats / 100, norming=int(norming))


def parse_criteria(text: str) -> tuple[str, ...]:
    """The names between commas, of either language, in their order; each once."""
    return tuple(dict.fromkeys(filter(None, (name.strip() for name in re.split("[,，、;；]", text)))))


def _guideline(db: Database, dataset: str) -> str:
    current = rounds.guideline(db, dataset)
    return st.text_area(
        _("Guidelines"),
        current.text if current else "",
        placeholder=_("What makes an answer better here? Markdown is shown as such."),
        height=140,
        key=f"round.guideline.{dataset}",
    )


def _opened(
    db: Database, person: Person, dataset: str, guideline: str, opening: Callable[[float], Round]
) -> Round | None:
    """The round with its guidelines; None where storage refuses either, which is said."""
    try:
        current = rounds.guideline(db, dataset)
        round_ = opening(time.time())
        if guideline.strip() and guideline != (current.text if current else ""):
            judging.write_guideline(db, person, dataset, guideline, time.time())
    except StorageError as error:
        st.html(notices.refusal(error))
        return None
    return round_
