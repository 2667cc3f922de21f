"""What happened to runs, as marks on the axis of their charts.

Left out: the events in full, in a table of the run's page (`app.runs.run_tabs`), and drawing the marks
(`js/event_marks.js`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.translations import N_, _, translate
from storage import event_steps
from storage.database import Database
from storage.event_steps import EventStep
from storage.records import Run

EVENTS = {
    "state": N_("state"),
    "attempt": N_("attempt"),
    "checkpoint": N_("checkpoint"),
    "rewind": N_("back to a checkpoint"),
    "evaluation": N_("evaluation"),
    "end_evaluation": N_("end evaluation"),
    "note": N_("note"),
    "finding": N_("finding"),
    "watch": N_("watch rule"),
    "notification": N_("notification"),
}
"""Kinds of events in words; another kind stands for itself."""
TONES = {
    "evaluation": "faint",
    "end_evaluation": "faint",
    "checkpoint": "accent",
    "note": "info",
    "finding": "info",
    "notification": "faint",
}  # all others: a warning
_LOUDEST = ("good", "warning", "info", "accent", "faint")
_USUAL = ("queued", "running", "waiting", "succeeded")  # states that every run comes to


@dataclass(frozen=True)
class Mark:
    """All that happened at one step, a line each; `tone` is a token of the theme, that of the most important."""

    step: int
    tone: str
    words: str


def marks(db: Database, runs: Sequence[Run]) -> dict[str, list[Mark]]:
    """The marks of each run, in the order of their steps."""
    by_run: dict[str, dict[int, list[EventStep]]] = {run.id: {} for run in runs}
    for event in event_steps.event_steps(db, [run.id for run in runs]):
        if _is_marked(event):
            by_run[event.run_id].setdefault(event.step, []).append(event)
    return {run: [_mark(step, events[step]) for step in sorted(events)] for run, events in by_run.items()}


def _is_marked(event: EventStep) -> bool:
    """Not that it began or came to its end, as runs do."""
    if event.kind == "state":
        return event.text is None or event.text[0] not in _USUAL
    return event.kind != "attempt" or event.attempt > 1


def _mark(step: int, events: Sequence[EventStep]) -> Mark:
    tones = {"good" if event.is_best else TONES.get(event.kind, "warning") for event in events}
    lines = dict.fromkeys([_("step {step}").format(step=step), *map(_words, events)])
    return Mark(step, min(tones, key=_LOUDEST.index), "\n".join(lines))


def _words(event: EventStep) -> str:
    if event.kind == "attempt":
        return _("attempt {number}").format(number=event.attempt)
    words = _(EVENTS.get(event.kind, event.kind))
    if event.is_best:
        words = _("{event}, the best so far").format(event=words)
    text = translate(event.text)
    return f"{words}: {text}" if text else words
