"""The rounds to choose from: open ones with how far they are, and datasets that none has been opened for.

Left out: opening one with settings of its own (`round_form`), and judging (`judging_task`).
"""

import time
from collections.abc import Sequence
from functools import partial

import streamlit as st
from markupsafe import Markup

from app import judging_words
from app.actions import judging
from app.annotate import judges, judging_task, round_form, round_link
from app.bridge import buttons, dialogs, live
from app.markup import notices, tables, texts
from app.people import Person
from app.translations import _, ngettext
from storage import datasets
from storage.database import Database
from storage.errors import StorageError
from storage.item_content import COMPARED
from storage.judging import rounds
from storage.judging.judgement_records import Round, RoundSettings, Selection
from storage.people import users
from storage.records import Dataset

MOST_ROUNDS = 50
MOST_DATASETS = 12
NAME = Markup('<a class="al-name" data-go="annotate" href="annotate?{query}">{title}</a>')
JUDGE = Markup('<a class="al-judge-link" data-go="annotate" href="annotate?{query}">{word}</a>')
LINK_ICON = Markup(  # few fonts have a glyph of it
    '<svg class="al-icon" viewBox="0 0 16 16" aria-hidden="true"><path d="M6.6 9.4 9.4 6.6M7.6 4.7l1.3-1.3'
    'a2.6 2.6 0 0 1 3.7 3.7l-1.3 1.3M8.4 11.3l-1.3 1.3a2.6 2.6 0 0 1-3.7-3.7l1.3-1.3"/></svg>'
)
ACT = Markup(
    '<button type="button" class="al-act" data-do="{do}" data-id="{number} {dataset}" title="{word}" '
    'aria-label="{word}">{sign}</button>'
)


def show(db: Database, person: Person, dataset: str | None) -> None:
    """All rounds, or those of one dataset; the newest first."""
    known = rounds.listing(db, dataset)[:MOST_ROUNDS]
    st.html(texts.heading(_("Annotate"), ngettext("{count} round", "{count} rounds", len(known)) if known else ""))
    if not person.reads:
        _own_rounds(db, person, [round_ for round_ in known if round_.closed_at is None])
        return
    compared = [data for data in datasets.listing(db) if data.kind in COMPARED and data.items]
    opens = person.may("researcher")
    if compared and opens:
        _bar(dataset)
    if known:
        _table(db, person, known)
    if not compared:
        _nothing_to_compare(opens=opens)
    elif opens:
        _without_round(db, person, [data for data in compared if dataset in (None, data.name)], known)
    form = partial(round_form.show, db, person, [data.name for data in compared])
    bodies = {
        "round": (_("Open a round"), form),
        "assign": (_("Who may judge"), partial(judges.dialog, db, person)),
        "close": (_("Close a round"), partial(_close, db, person)),
        "link": (_("Link for annotators"), partial(round_link.dialog, db)),
    }
    dialogs.show(bodies, not_dismissible={"round"}, widths={"round": "medium"})


def _bar(dataset: str | None) -> None:
    with st.container(key="rounds-bar", horizontal=True, vertical_alignment="center"):
        if buttons.button(_("Open a round"), type="primary", icon=":material/add:", key="round.open"):
            dialogs.ask("round", {"dataset": dataset})
        if dataset and buttons.button(_("All rounds"), key="round.all", type="tertiary"):
            st.switch_page("views/annotate.py")


def _nothing_to_compare(*, opens: bool) -> None:
    st.html(
        texts.empty(
            _("There is nothing to judge yet."),
            _("A round compares answers to the same prompt: import a dataset that has two or more for each."),
        )
    )
    if opens and buttons.button(_("Import a file"), type="primary", icon=":material/upload:", key="round.import"):
        st.switch_page("views/data.py", query_params={"import": "file"})


def _own_rounds(db: Database, person: Person, open_rounds: Sequence[Round]) -> None:
    """What an annotator sees: where to judge, and how far the own work is."""
    rows = [[_name(round_), progress] for round_ in open_rounds if (progress := _own_progress(db, round_, person))]
    if not rows:
        advice = _("When a round is opened for you, it stands here. You may also be sent a link.")
        st.html(texts.empty(_("Nothing to judge right now"), advice))
        return
    table = tables.table([_("Round"), _("Your verdicts")], rows, ["al-first", "al-num"], name="al-rounds")
    live.static(table, key="rounds")


def _own_progress(db: Database, round_: Round, person: Person) -> str:
    """How far the person is; empty where nothing is asked of them."""
    own = rounds.own_progress(db, round_, person.judging_account)
    if not own.total_for_me:
        return ""
    return judging_words.own(own)


def _table(db: Database, person: Person, known: Sequence[Round]) -> None:
    heads = [_("Round"), _("Asks for"), _("Verdicts"), _("Opened"), ""]
    kinds = ["al-first", "al-wide", "al-num", "al-num", "al-acts"]
    table = tables.table(heads, [_row(db, person, round_) for round_ in known], kinds, name="al-rounds")
    pressed = live.static(table, key="rounds")
    if pressed and pressed["do"] in ("assign", "close", "link"):
        number, dataset = pressed["id"].split(" ", 1)
        dialogs.ask(pressed["do"], (dataset, int(number)))


def _close(db: Database, person: Person, about: tuple[str, int]) -> None:
    """Ask first: a closed round stays closed."""
    st.html(Markup("<p>{}</p>").format(judging_task.title(rounds.get(db, *about))))
    st.caption(_("Nobody is asked any more, and it cannot be opened again. Its verdicts stay."))
    if buttons.button(_("Close this round"), type="primary", key="round.close"):
        judging.close_round(db, person, *about, time.time())
        dialogs.close()
        st.rerun()


def _row(db: Database, person: Person, round_: Round) -> list[tables.Cell]:
    opens = person.may("researcher")
    # to who neither opens rounds nor judges, a viewer, the questions are not shown
    name = _name(round_) if opens else Markup("<b>{}</b>").format(judging_task.title(round_))
    progress = rounds.progress(db, round_.dataset, round_.number)
    people = ngettext("{count} person", "{count} people", progress.people)
    given = judging_words.given(progress.answered, progress.wanted, progress.skipped)
    # what everybody answers has no number of answers that it wants
    done = Markup('{given}<span class="al-id">{people}</span>').format(
        given=given if progress.wanted else "", people=people
    )
    opened = texts.moment(round_.created_at, "both")
    request = " · ".join(filter(None, [_asks_for(round_.settings), judges.in_words(db, round_)]))
    if round_.closed_at is not None:
        return [name, request, done, opened, texts.tone(_("closed"), "soft", "■")]
    judged = JUDGE.format(query=judging_task.query(round_), word=_("Judge"))
    acts = judged if opens and round_link.asks(db, round_, person) else Markup("")
    known_people = [("assign", "✎", _("Who may judge"))] if users.exist(db) else []
    link = ("link", LINK_ICON, _("Link for annotators"))
    for do, sign, word in (link, *known_people, ("close", "✕", _("Close this round"))):
        acts += ACT.format(do=do, sign=sign, number=round_.number, dataset=round_.dataset, word=word)
    return [name, request, done, opened, acts if opens else ""]


def _name(round_: Round) -> Markup:
    return NAME.format(query=judging_task.query(round_), title=judging_task.title(round_))


def _asks_for(settings: RoundSettings) -> str:
    """What the round wants, in a few words; silent where it is what every round does."""
    people = (
        _("2 people, a third where they differ")
        if settings.adaptive
        else ngettext("{count} person a question", "{count} people a question", settings.overlap)
    )
    more = [
        _("rankings") if settings.mode == "ranking" else "",
        ", ".join(settings.criteria),
        _("quality of each answer") if settings.ask_quality else "",
        _("{share} asked twice").format(share=texts.percent(settings.repeats)) if settings.repeats else "",
        _("the first {count} together").format(count=settings.norming) if settings.norming else "",
        _("uncertain ones first") if settings.order == "uncertain" else "",
        _("some of the items") if settings.selection != Selection() else "",
    ]
    return " · ".join(filter(None, [people, *more]))


def _without_round(db: Database, person: Person, compared: Sequence[Dataset], known: Sequence[Round]) -> None:
    """Datasets without an open round: one press opens one as most people want it, and begins."""
    judged = {round_.dataset for round_ in known if round_.closed_at is None}
    waiting = sorted((data for data in compared if data.name not in judged), key=lambda data: -data.edited_at)
    if not waiting:
        return
    st.html(texts.section(_("Ready to judge"), _("blind, one person a pair; everything else can be set as well")))
    with st.container(key="rounds-ready", horizontal=True):
        for data in waiting[:MOST_DATASETS]:
            label = _("Judge {dataset}").format(dataset=texts.escape_markdown(data.name))
            if buttons.button(label, key=f"round.ready.{data.name}", icon=":material/how_to_vote:"):
                _open(db, person, data)


def _open(db: Database, person: Person, data: Dataset) -> None:
    try:
        round_ = judging.open_round(db, person, data.name, RoundSettings(), time.time())
    except StorageError as error:
        st.html(notices.refusal(error))
    else:
        st.switch_page("views/annotate.py", query_params={"dataset": round_.dataset, "round": str(round_.number)})
