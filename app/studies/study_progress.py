"""How far a study is: one bar with what is left, and its runs as rows."""

import time
from collections.abc import Mapping, Sequence

from markupsafe import Markup

from app import clients
from app.bridge.fragment import QUICK_SECONDS, SLOW_SECONDS, Fragment
from app.markup import notices, tables, texts
from app.runs import outcome, run_progress
from app.studies import study_view
from app.studies.study_view import StudyView
from app.translations import N_, _
from storage.records import ENDED, Run
from words import Text

MOST_ROWS = 200
_BAR = Markup(
    '<span class="al-bar" role="progressbar" aria-label="{label}" aria-valuemin="0" aria-valuemax="100" '
    'aria-valuenow="{now}"><i class="al-fill-baseline" style="width:{width}%"></i></span>'
)
_HEAD = Markup(
    '<div class="al-head"><div class="al-line">{methods}{state}<span class="al-soft">{about}</span></div>'
    '<div class="al-progress"><b>{runs}</b>{bar}<b>{percent}</b><span class="al-soft">{left}</span></div></div>'
)
_RUN = Markup('<a class="al-name" data-go="run" href="run?id={id}">{name}</a>')
_ROLES = {"trial": N_("trial"), "final": N_("reported")}
_PAUSED = N_("{run} is paused by itself: the study waits for it until it is resumed or stopped.")


def study_progress(query: Mapping[str, str]) -> Fragment:
    """Query: `id` of the study. The page runs again when the study's state changes, or a run of it ends."""
    view = study_view.read(clients.database(), query["id"], time.time())
    ended = sum(run.state in ENDED for run in view.runs)
    findings: list[Text] = [(_PAUSED, {"run": run.name}) for run in view.waits_for_person]
    reason = [view.study.reason] if view.study.reason is not None else []
    html = _head(view, ended) + notices.sentences([*reason, *findings], "warning") + members(view.runs)
    running = any(run.state == "running" for run in view.runs)
    every = QUICK_SECONDS if running else SLOW_SECONDS if view.study.state == "running" else None
    return Fragment(html, version=f"{view.study.state} {ended} {len(view.runs)}", every=every)


def bar(name: str, fraction: float) -> Markup:
    """How far the study of this name is, without a method's hue."""
    label = _("Progress of {run}").format(run=name)
    return _BAR.format(label=label, now=int(fraction * 100), width=f"{fraction * 100:.1f}")


def members(runs: Sequence[Run]) -> Markup:
    """The runs in the order in which they were made, at most MOST_ROWS."""
    heads = [_("Run"), _("Method"), _("Role"), _("Seed"), _("State"), _("Progress"), _("Time")]
    kinds = ("al-first", "", "", "al-num", "", "al-wide", "al-num")
    table = tables.table(heads, map(_row, runs[:MOST_ROWS]), kinds, name="al-members")
    if len(runs) <= MOST_ROWS:
        return table
    more = _("Only the first {count} are shown; the page Runs has all of them.").format(count=MOST_ROWS)
    return table + Markup('<p class="al-soft">{}</p>').format(more)


def _head(view: StudyView, ended: int) -> Markup:
    spec, study = view.spec, view.study
    left = "" if view.eta_seconds is None else _("{time} left").format(time=texts.duration(view.eta_seconds))
    return _HEAD.format(
        methods=Markup("").join(map(texts.chip, spec.algorithms)) if spec is not None else "",
        state=texts.state(study.state),
        about=texts.moment(study.created_at, "both"),
        runs=_("{ended} of {planned} runs").format(ended=ended, planned=view.planned),
        bar=bar(study.name, view.fraction),
        percent=texts.percent(view.fraction),
        left=left,
    )


def _row(run: Run) -> list[tables.Cell]:
    progress = Markup('<div class="al-progress">{}<b>{}</b></div>').format(
        run_progress.bar(run), texts.percent(run.fraction)
    )
    return [
        _RUN.format(id=run.id, name=run.name),
        texts.chip(run.algorithm, run.kind),
        _(_ROLES[run.study_role]) if run.study_role else "–",
        "–" if run.study_seed is None else str(run.study_seed),
        texts.state(run.state, run.request),
        progress if run.state not in ENDED else texts.sentence(run.reason),
        outcome.duration(run, time.time()) or "–",
    ]
