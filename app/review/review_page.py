"""The page Review of one dataset: agreement, the pair to decide next, the other pairs, people and machines.

Left out: how each part looks (`figures_strip`, `pair_card`, `annotator_table`).
"""

import streamlit as st
from markupsafe import Markup

from app.bridge import address, live
from app.markup import texts
from app.people import Person
from app.review import (
    agreement_report,
    annotator_table,
    deciding,
    disagreements,
    figures_strip,
    judged_pairs,
    pair_card,
)
from app.review.agreement_report import AgreementReport
from app.review.judged_pairs import Filter, JudgedDataset, JudgedPair
from app.translations import _
from engine.analysis.comparisons import by_pair
from storage import rounds, users
from storage.database import Database
from storage.judgement_records import Round

LISTED = 50
AT = "review.at"


def show(db: Database, person: Person) -> None:
    """The page. Raises NotFound."""
    known = rounds.listing(db)
    names = {user.id: user.name for user in users.listing(db)}
    dataset = _dataset([round_.dataset for round_ in known])
    st.html(texts.heading(_("Review"), dataset or ""))
    if dataset is None:
        advice = _("Open a round on Annotate; what people say stands here.")
        st.html(texts.empty(_("Nobody has judged anything yet."), advice))
        return
    deciding.carry_out(db, person, dataset)
    judged = judged_pairs.of_dataset(db, dataset)
    with st.container(key="review-filters", horizontal=True, vertical_alignment="bottom"):
        wanted = _filters(judged, [round_ for round_ in known if round_.dataset == dataset], names, known)
    report = agreement_report.report(judged, wanted)
    round_ = next((own for own in known if (own.dataset, own.number) == (dataset, wanted.round)), None)
    progress = None if round_ is None else rounds.progress(db, dataset, round_.number)
    st.html(figures_strip.strip(report, progress))
    _pairs(person, dataset, judged, wanted, names)
    _people(db, report, names, round_)
    _norming(judged, wanted, names)


def _dataset(present: list[str]) -> str | None:
    """The dataset of the address, else that of the newest round."""
    return st.query_params.get("dataset") or next(iter(present), None)


def _filters(judged: JudgedDataset, own: list[Round], names: dict[str, str], known: list[Round]) -> Filter:
    """Selects of what divides the verdicts."""
    others = list(dict.fromkeys(round_.dataset for round_ in known))
    if len(others) > 1:
        _choose_dataset(others)
    titles = {str(round_.number): _title(round_) for round_ in own}
    accounts = {own.account: names.get(own.account, own.account) for own in judged.comparisons}
    topics = {own.topic: own.topic for own in judged.comparisons if own.topic}
    guidelines = {str(own.guideline): str(own.guideline) for own in judged.comparisons if own.guideline is not None}
    round_ = _select(_("Round"), "round", titles, _("all"))
    account = _select(_("Person"), "person", accounts, _("all"))
    topic = _select(_("Topic"), "topic", topics, _("all"))
    guideline = _select(_("Guideline"), "guideline", guidelines, _("all"))
    return Filter(
        int(round_) if round_ else own[0].number if len(own) == 1 else None,
        (account,) if account else (),
        topic,
        int(guideline) if guideline else None,
    )


def _choose_dataset(present: list[str]) -> None:
    before = st.query_params.get("dataset") or present[0]
    names = dict.fromkeys([*present, before])
    chosen = st.selectbox(_("Dataset"), list(names), index=list(names).index(before), key="review.dataset", width=220)
    if chosen != before:
        st.query_params.clear()
        st.query_params["dataset"] = chosen
        st.session_state.pop(AT, None)
        st.rerun()


def _title(round_: Round) -> str:
    number = _("round {number}").format(number=round_.number)
    return " · ".join(filter(None, [number, round_.name]))


def _select(label: str, name: str, options: dict[str, str], every: str) -> str | None:
    """A select that stands in the address; none where there is nothing to choose."""
    if len(options) < 2:
        return None
    picked = st.selectbox(
        label,
        list(options),
        index=None,
        key=address.read_query(name, options),
        placeholder=every,
        format_func=lambda value: options.get(value, value),
        on_change=_from_the_first,
        width=220,
    )
    return address.write_query(name, picked)


def _from_the_first() -> None:
    st.session_state.pop(AT, None)


def _pairs(person: Person, dataset: str, judged: JudgedDataset, wanted: Filter, names: dict[str, str]) -> None:
    """The kinds, the pair that is looked at, and the list of all of its kind."""
    chosen = {pair: judged.pairs[pair] for pair in _wanted_pairs(judged, wanted)}
    counts = disagreements.counts(chosen.values())
    titles = {kind: _(title) for kind, (title, _holds) in disagreements.KINDS.items()}
    titles[disagreements.DECIDED] = _("Decided")
    shown = {kind: f"{title} {counts[kind]:,}" for kind, title in titles.items() if counts[kind] or kind == "split"}
    st.html(texts.section(_("Pairs"), _("those that people differ on most come first")))
    kind = address.choice(_("Which pairs"), shown, name="show", default="split") or "split"
    if st.session_state.get("review.kind") != kind:
        st.session_state["review.kind"] = kind
        _from_the_first()
    queue = disagreements.of_kind(chosen.values(), kind)
    if not queue:
        st.html(texts.tone(_("No pair of this kind is left."), "good", "✓"))
        deciding.undo_button(person)
        return
    at = min(st.session_state.get(AT, 0), len(queue) - 1)
    _one(person, dataset, queue, at, names)
    _list(queue)


def _wanted_pairs(judged: JudgedDataset, wanted: Filter) -> list[tuple[str, str, str]]:
    """The pairs that the filter leaves, also those with nothing but late verdicts where nothing is filtered."""
    if wanted == Filter():
        return list(judged.pairs)
    return list(by_pair(judged.chosen(wanted)))


def _one(person: Person, dataset: str, queue: list[JudgedPair], at: int, names: dict[str, str]) -> None:
    place = _("{number} of {count}").format(number=f"{at + 1:,}", count=f"{len(queue):,}")
    st.html(Markup('<p class="al-soft al-note">{}</p>').format(place))
    live.static(pair_card.card(queue[at], names), key="review_pair")
    step = deciding.buttons_of(person, dataset, queue[at], is_first=at == 0, is_last=at + 1 == len(queue))
    if step:
        st.session_state[AT] = max(0, min(at + step, len(queue) - 1))
        st.rerun()


def _list(queue: list[JudgedPair]) -> None:
    if len(queue) < 2:
        return
    with st.expander(_("All of this kind"), key="review_list"):
        pressed = live.static(pair_card.rows(list(enumerate(queue[:LISTED]))), key="review_rows")
        if len(queue) > LISTED:
            st.caption(_("The first {count} are listed.").format(count=LISTED))
    if pressed and pressed["id"].isdecimal():
        st.session_state[AT] = int(pressed["id"])
        st.rerun()


def _people(db: Database, report: AgreementReport, names: dict[str, str], round_: Round | None) -> None:
    if report.annotators:
        st.html(texts.section(_("People"), _("grey: too few to tell")))
        progress = (
            {row.account: rounds.own_progress(db, round_, row.account) for row in report.annotators} if round_ else {}
        )
        st.html(annotator_table.people(report.annotators, names, progress))
    if report.machines:
        st.html(texts.section(_("Machines"), _("compared with what most people said, or was decided")))
        st.html(annotator_table.machines(report.machines))


def _norming(judged: JudgedDataset, wanted: Filter, names: dict[str, str]) -> None:
    changed = [judged.pairs[pair] for pair in _wanted_pairs(judged, wanted) if judged.pairs[pair].changes]
    if changed:
        st.html(texts.section(_("Changes in norming"), _("what people changed after they saw the others' verdicts")))
        live.static(pair_card.changes(changed, names), key="review_changes")
