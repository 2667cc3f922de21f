"""Before a run's row is written: what is wrong with it, what to know about it, and what it will cost. No torch.

`python -P -m engine.runtime.preflight.check --workspace DIR` reads the run as JSON and prints the answer as JSON, as
the service's /preflight does. Left out: the checks themselves (`run_checks`, `train_checks`), the figures (`estimate`),
and mistakes that the run file shows by itself (`engine.spec`), which are passed on.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from engine.runtime.preflight import generate_checks, study_checks, train_checks
from engine.runtime.preflight.run_checks import answer
from engine.runtime.run.ancestry import Planned
from engine.spec import Problem, RunSpec, SpecError, is_chain, is_study, parse, parse_chain
from engine.spec.answers import PreflightAnswer, StageAnswer
from engine.spec.chain import placeholders, stage_problems
from engine.version_hashes import with_whole_hashes
from storage import outages
from storage.database import Database, connect
from storage.workspace import Workspace

Check = Callable[[Database, Any, Planned], PreflightAnswer]
"""Answers for one run, which may start from planned stages. It gets the settings of its own kind."""

CHECKS: dict[str, Check] = {"train": train_checks.check, "generate": generate_checks.check}
"""What checks the runs of each kind. `run_checks.check` does for a kind that needs no more than a model and data."""


def preflight(db: Database, run: Mapping[str, Any]) -> PreflightAnswer:
    """The answer for a run file, a file of stages or a study file, also for one that cannot be read."""
    try:
        if is_study(run):
            return study_checks.check(db, run)
        return _check_chain(db, run) if is_chain(run) else _check_run(db, parse(run, RunSpec), {})
    except SpecError as error:
        return answer(error.problems)


def _check_run(db: Database, spec: RunSpec, planned: Planned) -> PreflightAnswer:
    try:
        spec = with_whole_hashes(db, spec)
    except SpecError as error:
        return answer(error.problems)
    return CHECKS[spec.kind](db, spec, planned)


def _check_chain(db: Database, file: Mapping[str, Any]) -> PreflightAnswer:
    chain = parse_chain(file)
    ids = placeholders(len(chain.stages))
    planned: dict[str, RunSpec] = {}
    problems: list[Problem] = []
    warnings: list[Problem] = []
    stages = []
    for number, (run_id, name, spec) in enumerate(zip(ids, chain.stages, chain.runs(ids), strict=True), 1):
        stage = _check_run(db, spec, planned)
        planned[run_id] = spec
        stages.append(StageAnswer(name=name, **dict(stage)))
        problems += stage_problems(number, name, stage.problems)
        warnings += stage_problems(number, name, stage.warnings)
    return answer(problems, warnings).model_copy(update={"stages": tuple(stages)})


def main() -> int:
    """Answer the run on standard input."""
    parser = argparse.ArgumentParser(prog="engine.runtime.preflight.check")
    parser.add_argument("--workspace", type=Path, required=True)
    options = parser.parse_args()
    db = connect(Workspace(options.workspace.resolve()))
    message = preflight(db, json.load(sys.stdin)).to_json()
    sys.stdout.write(json.dumps(message, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(outages.in_words(main))
