"""Studies: from the file to the first runs, and from what has ended to the runs that come next (ADR 0044).

A step reads the study's file and its runs and says which are missing; nothing else is remembered, so a step can be
taken by any engine, at any time, twice. Loads no torch. Left out: what a file may say (`engine.spec.study`), how a
search chooses (`engine.analysis.search`), when steps are taken (`engine.runtime.engine.study_steps`).
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from math import isfinite
from statistics import fmean
from typing import Any, NamedTuple

from engine import run_drafts
from engine.analysis import search
from engine.analysis.search import Dimension, Interval, Trial
from engine.spec.problems import SpecError
from engine.spec.study import StudyRole, StudySpec, merged, parse_study, readable_study
from engine.spec.study_axes import Axis, Changes
from storage import metrics, run_writes, studies, study_writes
from storage.database import Database
from storage.errors import Outage, StorageError
from storage.records import ACTIVE, ENDED, Run, Study, StudyState
from words import N_, Text, to_json
from words.names import listed

_FAILED = N_("{count} of its {total} runs did not succeed.")
_UNCHOSEN = N_("No trial of {methods} succeeded, so nothing of them is reported.")
_BOTH = N_("{first} {second}")


class Place(NamedTuple):
    """Where a run stands in the plan of its study: which setting (from 0) of its method, in which role, which seed."""

    role: StudyRole
    algorithm: str
    trial: int
    seed: int


Members = Mapping[Place, Run]
Values = Mapping[str, float]
"""run id -> the figure by which trials are chosen"""
Planned = Mapping[Place, Changes]
"""place -> what its run changes of the study's base"""


def launch(db: Database, spec: StudySpec, *, requested_by: str | None, now: float) -> Study:
    """Freeze the data, once for all runs, and put the study and its first runs into the queue: all of it or nothing.

    The stored file names the frozen versions and the checkpoints that the study starts from. Raises SpecError,
    StorageError.
    """
    spec = _frozen(db, spec, now)
    drafts = _drafts(db, spec, missing(spec, {}, {}), requested_by, now)
    return study_writes.create(db, drafts, name=spec.title, spec=spec.file, now=now, requested_by=requested_by)


def step(db: Database, study_id: str, now: float) -> None:
    """Put the runs that come next into the queue, or end the study where none come and none are active.

    A study whose next runs cannot be made any more, as when its data was deleted, fails and says why.
    """
    study = studies.get(db, study_id)
    if study.state != "running":
        return
    spec = readable_study(study.spec)
    runs = studies.members(db, study.id)
    try:
        planned = {} if spec is None else missing(spec, members(runs), values(db, spec, runs))
        if spec is not None and planned:
            study_writes.add_runs(db, study.id, _drafts(db, spec, planned, study.requested_by, now), now)
            return
    except Outage:
        raise
    except (StorageError, SpecError) as error:
        text = error.text if isinstance(error, StorageError) else error.problems[0].text
        study_writes.finish(db, study.id, "failed", now=now, reason=text)
        return
    if runs and not any(run.state in (*ACTIVE, "paused") for run in runs):
        _finish(db, study, spec, runs, now)


def members(runs: Sequence[Run]) -> dict[Place, Run]:
    """The runs by their places; one without a place in a plan is left out."""
    return {
        Place(run.study_role, run.algorithm or "", run.study_trial or 0, run.study_seed or 0): run
        for run in runs
        if run.study_role is not None
    }


def values(db: Database, spec: StudySpec, runs: Sequence[Run]) -> dict[str, float]:
    """The figure by which trials are chosen, of each run that has succeeded with a finite one."""
    ids = [run.id for run in runs if run.state == "succeeded" and run.study_role == "trial"]
    series = metrics.by_run(db, ids)
    figures = {run_id: series[run_id].get(spec.objective) for run_id in ids if run_id in series}
    return {run_id: curve.last for run_id, curve in figures.items() if curve is not None and isfinite(curve.last)}


def missing(spec: StudySpec, runs: Members, figures: Values) -> dict[Place, Changes]:
    """The runs that can be made now and are not there, in the order in which they are queued.

    Methods take turns, so that what has ended at any time is as even as can be.
    """
    planned: dict[Place, Changes] = {}
    for algorithm in spec.algorithms:
        if spec.search is None:
            planned |= _finals(spec, algorithm, dict(enumerate(spec.grid(algorithm))))
            continue
        tried = _tried(spec, algorithm, runs)
        trials = list(_trials(spec, algorithm, tried, _scores(spec, algorithm, tried, runs, figures)))
        planned |= {
            Place("trial", algorithm, number, seed): changes for number, changes in trials for seed in spec.trial_seeds
        }
        best = winner(spec, algorithm, runs, figures)
        if best is not None:
            planned |= _finals(spec, algorithm, {best: tried[best]})
    absent = {place: changes for place, changes in planned.items() if place not in runs}
    return dict(sorted(absent.items(), key=lambda item: _turn(spec, item[0])))


def winner(spec: StudySpec, algorithm: str, runs: Members, figures: Values) -> int | None:
    """The trial of a method with the best mean over its seeds; None before all have ended, or where none succeeded."""
    tried = _tried(spec, algorithm, runs)
    scores = _scores(spec, algorithm, tried, runs, figures)
    if len(scores) < spec.trials(algorithm):
        return None
    return search.best({number: score for number, score in scores.items() if score is not None})


def _turn(spec: StudySpec, place: Place) -> tuple[int, int, int, int]:
    """Where a run comes in the queue: trials before reports, seed by seed, and of each one run a method."""
    seeds = spec.trial_seeds if place.role == "trial" else spec.seeds
    order = list(seeds).index(place.seed)
    major, minor = (place.trial, order) if place.role == "trial" else (order, place.trial)
    return (int(place.role == "final"), major, minor, spec.algorithms.index(place.algorithm))


def _finals(spec: StudySpec, algorithm: str, settings: Mapping[int, Changes]) -> dict[Place, Changes]:
    """The reported runs of these settings of a method."""
    return {
        Place("final", algorithm, number, seed): changes for number, changes in settings.items() for seed in spec.seeds
    }


def _tried(spec: StudySpec, algorithm: str, runs: Members) -> dict[int, Mapping[str, Any]]:
    """The settings of a method's trials that are there, by number."""
    return {
        place.trial: run.study_changes or {}
        for place, run in runs.items()
        if place.role == "trial" and place.algorithm == algorithm and place.seed in spec.trial_seeds
    }


def _scores(
    spec: StudySpec, algorithm: str, tried: Mapping[int, object], runs: Members, figures: Values
) -> dict[int, float | None]:
    """The mean over its seeds of each trial whose runs have all ended; None where one of them did not succeed."""
    scores: dict[int, float | None] = {}
    for number in tried:
        of_trial = [runs.get(Place("trial", algorithm, number, seed)) for seed in spec.trial_seeds]
        if all(run is not None and run.state in ENDED for run in of_trial):
            each = [figures.get(run.id) for run in of_trial if run is not None]
            whole = [figure for figure in each if figure is not None]
            scores[number] = fmean(whole) if len(whole) == len(each) else None
    return scores


def _trials(
    spec: StudySpec, algorithm: str, tried: Mapping[int, Changes], scores: Mapping[int, float | None]
) -> Iterator[tuple[int, Changes]]:
    """The trials of a method that can be made now, those that are there among them, each with its number.

    TPE learns from one trial after another; what is drawn, and a grid, depends on no result.
    """
    assert spec.search is not None
    varied, count = spec.axes(algorithm), spec.trials(algorithm)
    key = f"{spec.search.seed}/{algorithm}"
    at_once = search.random_trials(count) if spec.search.kind == "tpe" else count
    whole_grid = spec.search.kind == "grid" and spec.search.trials in (None, len(_grid(spec, algorithm)))
    for number in range(count):
        if number in tried:
            yield number, tried[number]
        elif whole_grid:
            yield number, _grid(spec, algorithm)[number]
        elif number < at_once:
            yield number, _changes(varied, search.draw(_dimensions(varied), number, key))
        else:
            if all(before in scores for before in range(number)):
                earlier = [Trial(_point(varied, tried[before]), scores[before]) for before in range(number)]
                yield number, _changes(varied, search.tpe(_dimensions(varied), earlier, key))
            return


def _grid(spec: StudySpec, algorithm: str) -> list[dict[str, Any]]:
    """The grid of a method; empty where a range makes it endless."""
    return [] if any(axis.range for axis in spec.axes(algorithm)) else spec.grid(algorithm)


def _dimensions(varied: Sequence[Axis]) -> dict[str, Dimension]:
    return {
        axis.path: len(axis.values)
        if axis.range is None
        else Interval(axis.range.low, axis.range.high, axis.range.scale == "log")
        for axis in varied
    }


def _changes(varied: Sequence[Axis], point: search.Point) -> dict[str, Any]:
    """The values at a point. Those of a range have four digits, as a person would write them."""
    return {
        axis.path: axis.values[int(point[axis.path])] if axis.range is None else float(f"{point[axis.path]:.4g}")
        for axis in varied
    }


def _point(varied: Sequence[Axis], changes: Changes) -> dict[str, float]:
    """The point of a trial's values. Rounding may have put one just outside its range."""
    return {
        axis.path: float(axis.values.index(changes[axis.path]))
        if axis.range is None
        else min(max(changes[axis.path], axis.range.low), axis.range.high)
        for axis in varied
    }


def _frozen(db: Database, spec: StudySpec, now: float) -> StudySpec:
    """The study with its data frozen and its checkpoints named. Raises SpecError, StorageError."""
    file = deepcopy(spec.file)
    plain = spec.plain(spec.algorithms[0])
    settings = run_drafts.frozen_settings(db, plain, now)
    versions = {block: {"version": settings[block]["version"]} for block, _name, _version in plain.dataset_references}
    run_drafts.pin(db, file, ())
    return parse_study({**file, "base": merged(file["base"], versions)})


def _drafts(
    db: Database, spec: StudySpec, planned: Planned, requested_by: str | None, now: float
) -> list[run_writes.Draft]:
    """The rows of planned runs. Raises SpecError, StorageError."""
    drafts: list[run_writes.Draft] = []
    for place, changes in planned.items():
        name = spec.run_name(place.algorithm, place.role, place.trial, changes, place.seed)
        run = spec.run(place.algorithm, changes, place.seed, name, place.role)
        drafts.append(
            {
                **run_drafts.draft(db, run, requested_by, now),
                "study_role": place.role,
                "study_trial": place.trial,
                "study_seed": place.seed,
                "study_changes": dict(changes),
            }
        )
    return drafts


def _finish(db: Database, study: Study, spec: StudySpec | None, runs: Sequence[Run], now: float) -> None:
    """End a study whose runs have all ended. It succeeded if a run that it reports did."""
    failed = sum(run.state != "succeeded" for run in runs)
    reported = [run for run in runs if run.study_role != "trial"]
    state: StudyState = "succeeded" if any(run.state == "succeeded" for run in reported) else "failed"
    reasons: list[Text] = [(_FAILED, {"count": failed, "total": len(runs)})] if failed else []
    if spec is not None:
        with_finals = {run.algorithm for run in reported}
        without = [name for name in spec.algorithms if name not in with_finals]
        reasons += [(_UNCHOSEN, {"methods": listed(without)})] if without else []
    study_writes.finish(db, study.id, state, now=now, reason=_joined(reasons))


def _joined(reasons: Sequence[Text]) -> Text | None:
    if len(reasons) == 2:
        return (_BOTH, {"first": to_json(reasons[0]), "second": to_json(reasons[1])})
    return reasons[0] if reasons else None
