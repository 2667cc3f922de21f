"""A study as an answer for scripts: `alignlab study --json` and `alignlab studies show --json`. No Streamlit."""

from collections.abc import Mapping
from typing import Any

from app.compare import group_figures, group_verdicts, group_words
from app.studies.study_view import StudyView, TrialView
from storage.database import Database
from storage.records import Run, Study
from storage.studies import Progress
from words import english


def brief(study: Study, progress: Progress) -> dict[str, Any]:
    """One study of a list."""
    return {
        "id": study.id,
        "name": study.name,
        "state": study.state,
        "reason": english(study.reason) if study.reason else None,
        "created_at": study.created_at,
        "finished_at": study.finished_at,
        "runs": progress.counts,
    }


def whole(db: Database, view: StudyView) -> dict[str, Any]:
    """Everything that there is to tell, the file that makes the same study again among it."""
    counts: dict[str, int] = {}
    for run in view.runs:
        counts[run.state] = counts.get(run.state, 0) + 1
    return {
        **brief(view.study, Progress(counts)),
        "planned": view.planned,
        "fraction": view.fraction,
        "eta_seconds": view.eta_seconds,
        "objective": view.spec.objective if view.spec is not None and view.trials else None,
        "trials": [_trial(trial) for trial in view.trials],
        "search_costs": {algorithm: vars(cost) for algorithm, cost in view.search_costs.items()},
        "result": _result(db, view),
        "members": [_member(run) for run in view.runs],
        "file": view.study.spec,
    }


def _result(db: Database, view: StudyView) -> dict[str, Any] | None:
    if view.comparison is None:
        return None
    figures = group_figures.final_figures(db, view.comparison)
    answer = group_figures.as_json(view.comparison, figures)
    groups: list[dict[str, Any]] = [
        {
            **of_group,
            "settings": _changes(group.runs[0]),
            "reached": {key: vars(spread) for key, spread in view.reached[group.id].items()},
            "cost": vars(view.costs[group.id]),
        }
        for of_group, group in zip(answer["groups"], view.comparison.groups, strict=True)
    ]
    judged = group_verdicts.of_comparison(db, view.comparison, detailed=True)
    return {
        **answer,
        "groups": groups,
        "verdict": group_verdicts.as_json(judged),
        "warnings": [english(text) for text in group_words.caveats(view.comparison)],
    }


def _trial(trial: TrialView) -> dict[str, Any]:
    return {
        "algorithm": trial.algorithm,
        "trial": trial.number,
        "changes": dict(trial.changes),
        "runs": [run.id for run in trial.runs],
        "states": [run.state for run in trial.runs],
        "value": trial.value,
        "chosen": trial.chosen,
    }


def _member(run: Run) -> dict[str, Any]:
    return {
        "id": run.id,
        "name": run.name,
        "algorithm": run.algorithm,
        "role": run.study_role,
        "trial": run.study_trial,
        "seed": run.study_seed,
        "changes": _changes(run),
        "state": run.state,
        "fraction": run.fraction,
        "reason": english(run.reason) if run.reason else None,
    }


def _changes(run: Run) -> Mapping[str, Any]:
    return run.study_changes or {}
