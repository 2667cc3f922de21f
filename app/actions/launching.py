"""Launching: runs, stages and studies are put into the queue when the engine finds nothing wrong with them.

Left out: how a run becomes a row (`engine.launch`), and how the engine is asked (`app.clients`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.actions.permissions import record, require
from app.people import Person
from engine.launch import submit, submit_chain, submit_study
from engine.spec import Chain, RunSpec, apply, dump, parse
from engine.spec.answers import PreflightAnswer
from storage import runs
from storage.database import Database
from storage.errors import Invalid
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
        queued = submit_chain(db, spec, requested_by=person.account, now=now)
    else:
        queued = [submit(db, spec, requested_by=person.account, now=now)]
    return _launched(db, person, queued, warnings, now)


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
    queued = submit_study(db, specs, name=name, description=description, requested_by=person.account, now=now)
    return _launched(db, person, queued, warnings, now)


def fork(
    db: Database, person: Person, run_id: str, changes: Sequence[str], now: float, *, preflight: Preflight
) -> Launched:
    """Queue a run that goes on from a run's newest checkpoint with its settings, some of them changed (KEY=VALUE)."""
    require(person, "researcher")
    parent = runs.get(db, run_id)
    if parent.origin != "local":
        raise Invalid(N_("The run {id} was not made here: it has no checkpoint to go on from."), id=parent.id)
    start = {**parent.spec["model"], "name": None, "from": f"run:{parent.id}"}
    spec = parse(apply({**parent.spec, "name": None, "model": start}, list(changes)))
    return launch(db, person, spec, now, preflight=preflight)


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
