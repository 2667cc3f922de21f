"""What there is to tell of a study, read once: progress, trials, the chosen settings, the reported runs in groups.

No Streamlit: the command line and a report use it too. Left out: which method is better (`app.compare`), and what is
shown (`app.views.studies`, `app.cli.study_commands`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from app.compare import compared_groups
from app.compare.compared_groups import Comparison
from app.runs import outcome
from engine.analysis import grouping
from engine.analysis.grouping import Spread
from engine.spec import StudySpec, key_metrics, readable, readable_study
from engine.spec.metrics import at_the_end
from storage import metrics, studies
from storage.database import Database
from storage.records import ENDED, Run, Series, Study
from words import Text

SeriesByKey = Mapping[str, Series]


@dataclass(frozen=True)
class TrialView:
    """A setting that a search tried. `value` is the mean over its runs of the figure by which trials are chosen, None
    before all have ended or where one failed."""

    algorithm: str
    number: int
    changes: Mapping[str, Any]
    runs: tuple[Run, ...]
    value: float | None
    chosen: bool


@dataclass(frozen=True)
class Cost:
    """What runs paid, added up. `answers_scored` are calls of the reward in training; evaluations come on top."""

    runs: int
    updates: int
    trained_tokens: float
    generated_tokens: float
    answers_scored: float
    seconds: float


@dataclass(frozen=True)
class StudyView:
    """A study, its runs, and what they come to. `planned` is how many runs it will have in all."""

    study: Study
    spec: StudySpec | None
    runs: tuple[Run, ...]
    planned: int
    fraction: float
    eta_seconds: float | None
    trials: tuple[TrialView, ...]
    comparison: Comparison | None
    costs: Mapping[str, Cost]
    """Of the reported runs, by the id of their group."""
    search_costs: Mapping[str, Cost]
    """Of the trials, by algorithm."""
    reached: Mapping[str, Mapping[str, Spread]]
    """What the runs of each group came to, by its id and by metric: at the end evaluation where all runs had theirs."""

    @property
    def reported(self) -> list[Run]:
        """The runs that are reported, ended or not."""
        return [run for run in self.runs if run.study_role != "trial"]

    @property
    def failures(self) -> list[tuple[Run, Text | None]]:
        """The runs that ended without success, each with why."""
        return [(run, run.reason) for run in self.runs if run.state in ("failed", "stopped")]

    @property
    def waits_for_person(self) -> list[Run]:
        """Runs that somebody paused one by one, for which a running study waits."""
        return [run for run in self.runs if run.state == "paused"] if self.study.state == "running" else []


def read(db: Database, study_id: str, now: float) -> StudyView:
    """The study of this id or the beginning of it. Raises NotFound, Ambiguous."""
    study = studies.get(db, study_id)
    spec = readable_study(study.spec)
    runs = studies.members(db, study.id)
    series = metrics.by_run(db, [run.id for run in runs])
    planned = len(runs) if spec is None else max(spec.run_count, len(runs))
    ended = [run for run in runs if run.state == "succeeded" and run.study_role != "trial"]
    comparison = compared_groups.compared({run.id: run for run in ended}, grouping.ALL_BUT_SEED) if ended else None
    return StudyView(
        study,
        spec,
        tuple(runs),
        planned,
        sum(1.0 if run.state in ENDED else run.fraction for run in runs) / max(1, planned),
        eta_seconds(study, spec, runs, now),
        tuple(_trials(spec, runs, series)) if spec is not None else (),
        comparison,
        {group.id: cost(group.runs, series) for group in comparison.groups} if comparison else {},
        _search_costs(runs, series),
        _reached(comparison, spec, series) if comparison else {},
    )


def eta_seconds(study: Study, spec: StudySpec | None, runs: Sequence[Run], now: float) -> float | None:
    """Until all planned runs have ended, one after another, each as long as those of its method were; None where the
    study is not running, or no run has ended yet."""
    lengths: dict[str | None, list[float]] = {}
    for run in runs:
        length = outcome.seconds(run)
        if run.state == "succeeded" and length is not None:
            lengths.setdefault(run.algorithm, []).append(length)
    if study.state != "running" or not lengths:
        return None
    usual = fmean([fmean(of_method) for of_method in lengths.values()])
    means = {algorithm: fmean(of_method) for algorithm, of_method in lengths.items()}
    left = 0.0
    for algorithm, count in _planned_by_method(spec, runs).items():
        of_method = [run for run in runs if run.algorithm == algorithm]
        length = means.get(algorithm, usual)
        open_runs = count - sum(run.state in ENDED for run in of_method)
        spent = sum(outcome.seconds(run, now) or 0.0 for run in of_method if run.state == "running")
        left += max(0.0, open_runs * length - min(spent, length))
    return left


def _planned_by_method(spec: StudySpec | None, runs: Sequence[Run]) -> dict[str | None, int]:
    if spec is None:
        algorithms = [run.algorithm for run in runs]
        return {algorithm: algorithms.count(algorithm) for algorithm in algorithms}
    return {
        algorithm: spec.trials(algorithm) * len(spec.trial_seeds) + spec.finals(algorithm) * len(spec.seeds)
        for algorithm in spec.algorithms
    }


def _trials(spec: StudySpec, runs: Sequence[Run], series: Mapping[str, SeriesByKey]) -> list[TrialView]:
    places: dict[tuple[str, int], list[Run]] = {}
    for run in runs:
        if run.study_role == "trial" and run.algorithm is not None and run.study_trial is not None:
            places.setdefault((run.algorithm, run.study_trial), []).append(run)
    values = {place: _mean(of_trial, spec.objective, series) for place, of_trial in places.items()}
    reported = {(run.algorithm, run.study_trial) for run in runs if run.study_role == "final"}
    return [
        TrialView(*place, of_trial[0].study_changes or {}, tuple(of_trial), values[place], place in reported)
        for place, of_trial in sorted(places.items(), key=lambda item: (spec.algorithms.index(item[0][0]), item[0][1]))
    ]


def _mean(runs: Sequence[Run], key: str, series: Mapping[str, SeriesByKey]) -> float | None:
    curves = [series[run.id].get(key) for run in runs if run.state == "succeeded"]
    values = [curve.last for curve in curves if curve is not None]
    return fmean(values) if len(values) == len(runs) else None


def _search_costs(runs: Sequence[Run], series: Mapping[str, SeriesByKey]) -> dict[str, Cost]:
    by_method: dict[str, list[Run]] = {}
    for run in runs:
        if run.study_role == "trial" and run.algorithm is not None:
            by_method.setdefault(run.algorithm, []).append(run)
    return {algorithm: cost(of_method, series) for algorithm, of_method in by_method.items()}


def _reached(
    comparison: Comparison, spec: StudySpec | None, series: Mapping[str, SeriesByKey]
) -> dict[str, dict[str, Spread]]:
    """The spreads of the last values of each group: of the study's objective, and of the KL."""
    objective = key_metrics.HEADLINE if spec is None else spec.objective
    wanted = [(at_the_end(key), key) for key in (objective, key_metrics.HELD_OUT_KL)]
    chosen = [
        next((key for key in keys if all(key in series[run.id] for run in comparison.runs)), None) for keys in wanted
    ]
    reached: dict[str, dict[str, Spread]] = {}
    for group in comparison.groups:
        spreads = {
            key: grouping.spread([series[run.id][key].last for run in group.runs]) for key in chosen if key is not None
        }
        reached[group.id] = {key: spread for key, spread in spreads.items() if spread is not None}
    return reached


def cost(runs: Sequence[Run], series: Mapping[str, SeriesByKey]) -> Cost:
    """What these runs paid so far."""
    return Cost(
        len(runs),
        sum(run.step for run in runs),
        _total(runs, key_metrics.TRAINED_TOKENS, series),
        _total(runs, key_metrics.GENERATED_TOKENS, series),
        sum(_answers_scored(run, series[run.id]) for run in runs),
        _total(runs, key_metrics.TRAINING_SECONDS, series),
    )


def _total(runs: Sequence[Run], key: str, series: Mapping[str, SeriesByKey]) -> float:
    curves = [series[run.id].get(key) for run in runs]
    return sum(curve.last for curve in curves if curve is not None)


def _answers_scored(run: Run, series: SeriesByKey) -> float:
    """Answers that were sampled for training, each scored once however often it is trained on."""
    spec = readable(run.spec)
    samples = series.get(key_metrics.TRAINED_SAMPLES)
    if spec is None or samples is None or spec.data.source != "sampled":
        return 0.0
    return samples.last / spec.passes
