"""Launching: runs, stages and studies are put into the queue when the engine finds nothing wrong with them.

Left out: how a run becomes a row (`engine.launch`), and how the engine is asked (`app.clients`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.actions.permissions import record, require
from app.people import Person
from engine import launch as engine_launch
from engine.spec import Chain, RunSpec, StudySpec, Train, dump
from engine.spec.answers import PreflightAnswer, StudyEstimate
from storage.database import Database
from storage.records import Run, Study
from words import N_, Text, english
from words.names import unseen_character

Preflight = Callable[[dict[str, Any]], PreflightAnswer]
"""Asks the engine about a run file, a file of stages or a study file. Raises EngineError."""


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


@dataclass(frozen=True)
class LaunchedStudy:
    """The study whose first runs were put into the queue, what the engine warns of, and what the whole will take."""

    study: Study
    warnings: tuple[Text, ...]
    estimate: StudyEstimate | None


def launch(db: Database, person: Person, spec: RunSpec | Chain, now: float, *, preflight: Preflight) -> Launched:
    """Queue a run, or stages that wait for each other. Raises Refused, EngineError or StorageError."""
    require(person, "researcher")
    warnings = _check(spec, preflight).warning_texts
    if isinstance(spec, Chain):
        queued = engine_launch.submit_chain(db, spec, requested_by=person.account, now=now)
    else:
        queued = [engine_launch.submit(db, spec, requested_by=person.account, now=now)]
    return _launched(db, person, queued, warnings, now)


def forked(db: Database, person: Person, reference: str, changes: Sequence[str]) -> Train:
    """The settings of a fork of a checkpoint, ID or ID@STEP, to be launched. Raises StorageError, SpecError."""
    require(person, "researcher")
    return engine_launch.forked(db, reference, changes)


def launch_study(db: Database, person: Person, spec: StudySpec, now: float, *, preflight: Preflight) -> LaunchedStudy:
    """Make a study and queue its first runs, or leave nothing where one is refused.

    Raises Refused, EngineError, SpecError or StorageError.
    """
    require(person, "researcher")
    character = unseen_character(spec.title)
    if character is not None:
        text = N_("The name of the study holds the character {character}, which nobody sees: leave it out.")
        raise Refused([(text, {"character": character})])
    answer = _check(spec, preflight)
    study = engine_launch.submit_study(db, spec, requested_by=person.account, now=now)
    record(db, person, "study.launch", study.id, now, name=study.name)
    return LaunchedStudy(study, tuple(answer.warning_texts), answer.study)


def _launched(db: Database, person: Person, queued: Sequence[Run], warnings: Sequence[Text], now: float) -> Launched:
    for run in queued:
        record(db, person, "run.launch", run.id, now, name=run.name)
    return Launched(tuple(queued), tuple(warnings))


def _check(spec: RunSpec | Chain | StudySpec, preflight: Preflight) -> PreflightAnswer:
    """What the engine says of a run that can be launched. Raises Refused, or EngineError."""
    answer = preflight(dump(spec) if isinstance(spec, RunSpec) else spec.file)
    if answer.problems:
        raise Refused(answer.problem_texts)
    return answer
