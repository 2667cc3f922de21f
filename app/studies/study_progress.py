"""How far a study is: one bar with what is left, what went wrong, and its runs as rows.

Left out: what it came to (`study_page`), and how its rows look (`study_tables`).
"""

import time
from collections.abc import Mapping

from markupsafe import Markup

from app import clients
from app.bridge.fragment import QUICK_SECONDS, SLOW_SECONDS, Fragment
from app.markup import notices, texts
from app.runs import queue_list
from app.studies import study_tables, study_view
from app.studies.study_view import StudyView
from app.translations import N_, _
from storage.records import ENDED
from words import Text

MOST_NAMED = 4  # runs that did not succeed, above the table that has all of them
_BAR = Markup(
    '<span class="al-bar" role="progressbar" aria-label="{label}" aria-valuemin="0" aria-valuemax="100" '
    'aria-valuenow="{now}"><i class="al-fill-baseline" style="width:{width}%"></i></span>'
)
_HEAD = Markup(
    '<div class="al-head"><div class="al-line">{methods}{state}<span class="al-soft">{about}</span></div>{reason}'
    '<div class="al-progress"><b>{runs}</b>{bar}<b>{percent}</b><span class="al-soft">{left}</span></div></div>'
)
_PAUSED = N_("{run} is paused by itself: the study waits for it until it is resumed or stopped.")
_ENDED = N_("{run} {state}: {reason}")


def study_progress(query: Mapping[str, str]) -> Fragment:
    """Query: `id` of the study. The page runs again when the study's state changes, or a run of it ends."""
    view = study_view.read(clients.database(), query["id"], time.time())
    ended = sum(run.state in ENDED for run in view.runs)
    return Fragment(_head(view, ended), version=f"{view.study.state} {ended} {len(view.runs)}", every=_every(view))


def study_runs(query: Mapping[str, str]) -> Fragment:
    """The runs of a study as rows; query as above."""
    view = study_view.read(clients.database(), query["id"], time.time())
    return Fragment(study_tables.members(view), every=_every(view))


def bar(name: str, fraction: float) -> Markup:
    """How far the study of this name is, without a method's hue."""
    label, share = _("Progress of {run}").format(run=name), min(1.0, fraction)
    return _BAR.format(label=label, now=int(share * 100), width=f"{share * 100:.1f}")


def _every(view: StudyView) -> float | None:
    running = any(run.state == "running" for run in view.runs)
    return QUICK_SECONDS if running else SLOW_SECONDS if view.study.state == "running" else None


def _head(view: StudyView, ended: int) -> Markup:
    spec, study = view.spec, view.study
    about = [Markup("{}").format(study_tables.same_for_all(spec))] if spec is not None else []
    about.append(Markup("{} {}").format(_("started"), texts.moment(study.created_at, "both")))
    waits = study.state == "running" and any(run.state == "queued" for run in view.runs)
    return _HEAD.format(
        methods=study_tables.methods(spec),
        state=texts.state(study.state),
        about=Markup(" · ").join(about),
        reason=(queue_list.nothing_starts() if waits else Markup("")) + notices.sentences(_troubles(view), "warning"),
        runs=_("{ended} of {planned} runs").format(ended=ended, planned=view.planned),
        bar=bar(study.name, view.fraction),
        percent=texts.percent(view.fraction),
        left=_left(view),
    )


def _left(view: StudyView) -> str:
    """How long it will take, which is known once a run has ended; empty where nothing goes on."""
    if view.study.state != "running":
        return ""
    if view.eta_seconds is None:
        return _("the time is known when the first run has ended")
    return _("{time} left").format(time=texts.duration(view.eta_seconds))


def _troubles(view: StudyView) -> list[Text]:
    """Why it ended, which runs failed, and for which it waits."""
    lines: list[Text] = [view.study.reason] if view.study.reason is not None else []
    failed = [(run, reason) for run, reason in view.failures if run.state == "failed" and reason is not None]
    lines += [
        (_ENDED, {"run": run.name, "state": texts.state_word(run.state), "reason": reason})
        for run, reason in failed[:MOST_NAMED]
    ]
    return lines + [(_PAUSED, {"run": run.name}) for run in view.waits_for_person]
