"""Launching: runs, stages and studies are put into the queue when the engine finds nothing wrong with them.

Left out: how a run becomes a row (`engine.launch`), and how the engine is asked (`app.clients`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.actions.permissions import record, require
from app.people import Person
from engine import launch as engine_launch
from engine.spec import Chain, RunSpec, Train, dump
from engine.spec.answers import PreflightAnswer
from storage.database import Database
from storage.records import Run
from words import N_, Text, english
from words.names import unseen_character

Preflight = Callable[[dict[str, Any]], PreflightAnswer]
"""Asks the engine about a run file or a file of stages. Raises EngineError."""


class Refused(ValueError):
    """A run that would fail. `texts` has one sentence for each problem; str() is their English."""

    def __init__(self, texts: list[Text]) -> None:
        super().__init__(" ".join(english(text) for text in texts))
        self.texts = texts


@dataclass(frozen=True)
class Launched:
    """The runs that were put into the queue, in their order, and what the engine warns of."""

    runs: tuple[Run, ...]
    warnings: tuple[Text, ...]


def launch(db: Database, person: Person, spec: RunSpec | Chain, now: float, *, preflight: Preflight) -> Launched:
    """Queue a run, or stages that wait for each other. Raises Refused, EngineError or StorageError."""
    require(person, "researcher")
    warnings = _check(spec, preflight)
    if isinstance(spec, Chain):
        queued = engine_launch.submit_chain(db, spec, requested_by=person.account, now=now)
    else:
        queued = [engine_launch.submit(db, spec, requested_by=person.account, now=now)]
    return _launched(db, person, queued, warnings, now)


def forked(db: Database, person: Person, reference: str, changes: Sequence[str]) -> Train:
    """The settings of a fork of a checkpoint, ID or ID@STEP, to be launched. Raises StorageError, SpecError."""
    require(person, "researcher")
    return engine_launch.forked(db, reference, changes)


def launch_study(
    db: Database,
    person: Person,
    specs: Sequence[RunSpec],
    now: float,
    *,
    name: str,
    description: Mapping[str, Any],
    preflight: Preflight,
) -> Launched:
    """Make a study and queue its runs, or leave nothing where one is refused. `description` says how they came about.

    Raises Refused, EngineError or StorageError.
    """
    require(person, "researcher")
    character = unseen_character(name)
    if character is not None:
        text = N_("The name of the study holds the character {character}, which nobody sees: leave it out.")
        raise Refused([(text, {"character": character})])
    warnings = [warning for spec in specs for warning in _check(spec, preflight)]
    queued = engine_launch.submit_study(
        db, specs, name=name, description=description, requested_by=person.account, now=now
    )
    return _launched(db, person, queued, warnings, now)


def _launched(db: Database, person: Person, queued: Sequence[Run], warnings: Sequence[Text], now: float) -> Launched:
    for run in queued:
        record(db, person, "run.launch", run.id, now, name=run.name)
    return Launched(tuple(queued), tuple(warnings))


def _check(spec: RunSpec | Chain, preflight: Preflight) -> list[Text]:
    """What the engine warns of in a run that can be launched. Raises Refused, or EngineError."""
    answer = preflight(spec.file if isinstance(spec, Chain) else dump(spec))
    if answer.problems:
        raise Refused(answer.problem_texts)
    return answer.warning_texts
