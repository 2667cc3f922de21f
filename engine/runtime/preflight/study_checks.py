"""Before a study's rows are written: what is wrong with the run of each method, and what all runs will cost. No torch.

One run of each method is checked, the one with nothing varied: the file itself has been checked with every value.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.runtime.preflight import train_checks
from engine.runtime.preflight.run_checks import answer
from engine.spec import Problem, SpecError, StudySpec, parse_study
from engine.spec.answers import Estimate, PreflightAnswer, StageAnswer, StudyEstimate
from engine.version_hashes import with_whole_hashes
from storage.database import Database
from words import N_, to_json

_OF_METHOD = N_("{methods}: {problem}")


def check(db: Database, file: Mapping[str, Any]) -> PreflightAnswer:
    """The answer for a study file: problems and warnings of all methods, each once, and the figures of the whole."""
    spec = parse_study(file)
    stages = [StageAnswer(name=algorithm, **dict(_check(db, spec, algorithm))) for algorithm in spec.algorithms]
    problems = _of_methods(stages, [stage.problems for stage in stages])
    warnings = _of_methods(stages, [stage.warnings for stage in stages])
    if len(spec.seeds) == 1:
        text = N_("With one seed, nothing can be said of how the methods differ beyond this seed: take three or more.")
        warnings.append(Problem("seeds", (text, {})))
    whole = _estimate(spec, [stage.estimate for stage in stages])
    if whole is not None and whole.disk_mb > whole.disk_free_mb:
        text = N_("The checkpoints of {count} runs take about {needed} MB, and {free} MB are free.")
        values = {"count": whole.runs, "needed": f"{whole.disk_mb:,}", "free": f"{whole.disk_free_mb:,}"}
        problems.append(Problem("checkpoint.keep_last", (text, values)))
    return answer(problems, warnings).model_copy(update={"stages": tuple(stages), "study": whole})


def _check(db: Database, spec: StudySpec, algorithm: str) -> PreflightAnswer:
    try:
        run = with_whole_hashes(db, spec.plain(algorithm))
    except SpecError as error:
        return answer(error.problems)
    return train_checks.check(db, run, {})


def _of_methods(stages: Sequence[StageAnswer], findings: Sequence[Sequence[Problem]]) -> list[Problem]:
    """Each finding once: of all methods as it is, of some with their names."""
    methods: dict[str, list[str]] = {}
    first: dict[str, Problem] = {}
    for stage, of_stage in zip(stages, findings, strict=True):
        for finding in of_stage:
            key = str((finding.path, finding.text))
            first.setdefault(key, finding)
            methods.setdefault(key, []).append(stage.name)
    return [
        finding
        if len(methods[key]) == len(stages)
        else Problem(finding.path, (_OF_METHOD, {"methods": ", ".join(methods[key]), "problem": to_json(finding.text)}))
        for key, finding in first.items()
    ]


def _estimate(spec: StudySpec, estimates: Sequence[Estimate | None]) -> StudyEstimate | None:
    """The sums over all runs, each as dear as the plain run of its method; None where one has no estimate."""
    counts = [
        spec.trials(algorithm) * len(spec.trial_seeds) + spec.finals(algorithm) * len(spec.seeds)
        for algorithm in spec.algorithms
    ]
    known = [(count, each) for count, each in zip(counts, estimates, strict=True) if each is not None]
    if len(known) < len(counts):
        return None
    return StudyEstimate(
        runs=sum(counts),
        trials=sum(map(spec.trials, spec.algorithms)) * len(spec.trial_seeds),
        seconds=sum(count * each.seconds for count, each in known),
        tokens=sum(count * each.tokens for count, each in known),
        generated_tokens=sum(count * each.generated_tokens for count, each in known),
        disk_mb=sum(count * each.disk_mb for count, each in known),
        disk_free_mb=min(each.disk_free_mb for _count, each in known),
    )
