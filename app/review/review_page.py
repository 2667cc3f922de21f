"""The page Review of one dataset: agreement, the pair to decide next, the other pairs, people and machines.

Left out: how each part looks (`figures_strip`, `pair_card`, `annotator_table`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import streamlit as st
from markupsafe import Markup

from app.bridge import address, buttons, live
from app.markup import texts
from app.people import Person
from app.review import (
    agreement_chart,
    agreement_report,
    annotator_table,
    deciding,
    disagreements,
    figures_strip,
    judged_pairs,
    pair_card,
    preference_fact,
)
from app.review.agreement_report import AgreementReport
from app.review.judged_pairs import Filter, JudgedDataset, JudgedPair
from app.translations import _
from engine.analysis.comparisons import by_pair
from storage import datasets
from storage.database import Database
from storage.judging import rounds
from storage.judging.judgement_records import Round
from storage.people import users

LISTED = 50
_DATASET = Markup('<a href="data?{query}" target="_self">{name}</a>')
AT = "review.at"
KIND = "review.kind"


@dataclass(frozen=True)
class Reviewed:
    """What is looked at: the verdicts of a dataset, which of them, what was decided, and the names of accounts."""

    dataset: str
    judged: JudgedDataset
    wanted: Filter
    decisions: disagreements.Decisions
    names: Mapping[str, str]

    @property
    def pairs(self) -> list[JudgedPair]:
        """The pairs that the filter leaves, also those with nothing but late verdicts where nothing is filtered."""
        if self.wanted == Filter():
            return list(self.judged.pairs.values())
        return [self.judged.pairs[pair] for pair in by_pair(self.judged.chosen(self.wanted))]


def show(db: Database, person: Person) -> None:
    """The page. Raises NotFound."""
    known = rounds.listing(db)
    name = st.query_params.get("dataset") or next((round_.dataset for round_ in known), None)
    data = None if name is None else datasets.get(db, name)
    st.html(texts.heading(_("Review"), _DATASET.format(query=urlencode({"dataset": name}), name=name) if name else ""))
    if data is None:
        advice = _("Open a round on Annotate; what people say stands here.")
        st.html(texts.empty(_("Nobody has judged anything yet."), advice))
        if buttons.button(_("Annotate"), icon=":material/how_to_vote:", type="primary", key="review.annotate"):
            st.switch_page("views/annotate.py")
        return
    dataset = data.name
    deciding.carry_out(db, person, dataset)
    names = users.names(db)
    judged = judged_pairs.of_dataset(db, dataset)
    rounds_by_number = {round_.number: round_ for round_ in known if round_.dataset == dataset}
    with st.container(key="review-filters", horizontal=True, vertical_alignment="bottom"):
        _choose_dataset(dataset, [round_.dataset for round_ in known])
        wanted = _filters(judged, rounds_by_number, names)
    reviewed = Reviewed(dataset, judged, wanted, judged_pairs.decisions(db, dataset, judged), names)
    report = agreement_report.report(judged, wanted, reviewed.decisions)
    round_ = rounds_by_number.get(wanted.round or 0)
    whole_round = round_ if wanted == Filter(wanted.round) else None
    progress = None if whole_round is None else rounds.progress(db, dataset, whole_round.number)
    st.html(figures_strip.strip(report, progress) + agreement_chart.chart(judged, wanted, names))
    _pairs(person, reviewed, preference_fact.words(db, data))
    _people(db, report, names, round_)
    _norming(reviewed)


def _filters(judged: JudgedDataset, rounds_by_number: Mapping[int, Round], names: Mapping[str, str]) -> Filter:
    """Selects of what divides the verdicts."""
    titles = {str(number): _title(round_) for number, round_ in rounds_by_number.items()}
    accounts = {
        comparison.account: names.get(comparison.account, comparison.account) for comparison in judged.comparisons
    }
    topics = {comparison.topic: comparison.topic for comparison in judged.comparisons if comparison.topic}
    guidelines = {
        str(comparison.guideline): str(comparison.guideline)
        for comparison in judged.comparisons
        if comparison.guideline is not None
    }
    round_ = _select(_("Round"), "round", titles, _("all"))
    account = _select(_("Person"), "person", accounts, _("all"))
    topic = _select(_("Topic"), "topic", topics, _("all"))
    guideline = _select(_("Guideline"), "guideline", guidelines, _("all"))
    return Filter(
        int(round_) if round_ else next(iter(rounds_by_number)) if len(rounds_by_number) == 1 else None,
        (account,) if account else (),
        topic,
        int(guideline) if guideline else None,
    )


def _choose_dataset(current: str, judged: list[str]) -> None:
    """A select of the datasets that have a round, where there are several."""
    names = list(dict.fromkeys([*judged, current]))
    if len(names) < 2:
        return
    chosen = st.selectbox(_("Dataset"), names, index=names.index(current), key=f"review.of.{current}", width=220)
    if chosen != current:
        st.query_params.clear()
        _from_the_first()
        st.switch_page("views/review.py", query_params={"dataset": chosen})


def _title(round_: Round) -> str:
    number = _("round {number}").format(number=round_.number)
    return " · ".join(filter(None, [number, round_.name]))


def _select(label: str, name: str, options: dict[str, str], every: str) -> str | None:
    """A select that stands in the address; none where there is nothing to choose."""
    if len(options) < 2:
        return None
    return address.select(label, options, name=name, placeholder=every, on_change=_from_the_first, width=220)


def _from_the_first() -> None:
    st.session_state.pop(AT, None)


def _pairs(person: Person, reviewed: Reviewed, preferences: str) -> None:
    """The kinds, the pair that is looked at, and the list of all of its kind."""
    pairs = reviewed.pairs
    counts = disagreements.counts(pairs, reviewed.decisions)
    titles = {kind: _(title) for kind, (title, _holds) in disagreements.KINDS.items()}
    titles[disagreements.DECIDED] = _("Decided")
    shown = {kind: f"{title} {counts[kind]:,}" for kind, title in titles.items() if counts[kind] or kind == "split"}
    order = _("those that people differ on most come first")
    st.html(texts.section(_("Judged pairs"), " · ".join(filter(None, [order, preferences]))))
    kind = address.choice(_("Which pairs"), shown, name="show", default="split") or "split"
    if st.session_state.get(KIND) != kind:
        st.session_state[KIND] = kind
        _from_the_first()
    queue = disagreements.of_kind(pairs, kind, reviewed.decisions)
    if queue:
        _one(person, reviewed, queue)
        _list(queue)
    else:
        st.html(texts.tone(_("No pair of this kind is left."), "good", "✓"))
        deciding.undo_button(person)


def _one(person: Person, reviewed: Reviewed, queue: list[JudgedPair]) -> None:
    at = min(st.session_state.get(AT, 0), len(queue) - 1)
    pair = queue[at]
    decision = reviewed.decisions.get(pair.pair)
    place = _("{number} of {count}").format(number=f"{at + 1:,}", count=f"{len(queue):,}")
    st.html(Markup('<p class="al-soft al-note">{}</p>').format(place))
    live.static(pair_card.card(pair, decision, reviewed.names), key="review_pair")
    press = deciding.withdrawal(reviewed.dataset, pair, decision)
    step = deciding.buttons_of(person, press, is_first=at == 0, is_last=at + 1 == len(queue))
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


def _people(db: Database, report: AgreementReport, names: Mapping[str, str], round_: Round | None) -> None:
    if report.annotators:
        st.html(texts.section(_("People"), _("grey: too few to tell")))
        progress = (
            {row.account: rounds.own_progress(db, round_, row.account) for row in report.annotators} if round_ else {}
        )
        st.html(annotator_table.people(report.annotators, names, progress))
    if report.machines:
        st.html(texts.section(_("Machines"), _("compared with what most people said, or was decided")))
        st.html(annotator_table.machines(report.machines))


def _norming(reviewed: Reviewed) -> None:
    changed = [pair for pair in reviewed.pairs if pair.changes]
    if changed:
        st.html(texts.section(_("Changes in norming"), _("what people changed after they saw the others' verdicts")))
        live.static(pair_card.changes(changed, reviewed.names), key="review_changes")
