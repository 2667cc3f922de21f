"""A file of stages: run files that are trained one after another, each free to start from an earlier one.

    data: {dataset: polite-weather}
    stages:
    - {name: first, algorithm: sft}
    - {name: second, algorithm: dpo, model: {from: "stage:first"}}

A key beside `stages` holds for every stage that has none of its own. Left out: runs that exist already, and how the
stages become runs that wait for each other (`engine.launch`).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.spec.bounds import check_bounds
from engine.spec.parse import apply, parse
from engine.spec.problems import MOST_PROBLEMS, Problem, SpecError, shown_key
from engine.spec.train import Train
from words import N_, to_json

NAME = re.compile(r"[^\W_][\w-]{0,39}")
MARK = "stage:"
MOST_STAGES = 100


@dataclass(frozen=True)
class Chain:
    """Run files by the names of their stages, in order. They name an earlier stage as stage:NAME."""

    stages: Mapping[str, Mapping[str, Any]]

    @property
    def file(self) -> dict[str, Any]:
        """The stages as a file again. `parse_chain(chain.file) == chain`."""
        return {"stages": list(self.stages.values())}

    def runs(self, ids: Sequence[str]) -> list[Train]:
        """The stages as runs that have these ids, or will have them. Raises SpecError with the mistakes of all."""
        run_of_stage: dict[str, str] = {}
        specs: list[Train] = []
        problems: list[Problem] = []
        for number, (name, file, run_id) in enumerate(zip(self.stages, self.stages.values(), ids, strict=True), 1):
            if len(problems) > MOST_PROBLEMS:
                break  # a mistake beside `stages` is one of every stage
            try:
                specs.append(parse(_bound(file, run_of_stage)))
            except SpecError as error:
                problems += stage_problems(number, name, error.problems)
            run_of_stage[name] = f"run:{run_id}"
        if problems:
            raise SpecError(problems)
        return specs


def is_chain(data: object) -> bool:
    """Whether the file has stages, well or badly written."""
    return isinstance(data, Mapping) and "stages" in data


def parse_chain(data: Mapping[str, Any]) -> Chain:
    """A file of stages, checked. Raises SpecError with one sentence for each mistake."""
    chain = Chain(_stages(data))
    specs = dict(zip(chain.stages, chain.runs(placeholders(len(chain.stages))), strict=True))
    problems = [
        problem
        for number, (name, file) in enumerate(chain.stages.items(), 1)
        for problem in stage_problems(number, name, _unlearned(file, specs))
    ]
    if problems:
        raise SpecError(problems)
    return chain


def placeholders(count: int) -> list[str]:
    """Ids of runs that are not there yet. A real one begins with a letter."""
    return [str(number) for number in range(1, count + 1)]


def references(data: object, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """The blocks of a run file that name a run or a stage under `from`, with their paths."""
    if isinstance(data, dict):
        if isinstance(data.get("from"), str):
            yield path, data
        for key, value in data.items():
            yield from references(value, f"{path}.{key}" if path else str(key))
    elif isinstance(data, list):
        for number, value in enumerate(data, 1):
            yield from references(value, f"{path}.{number}")


def stage_problems(number: int, name: str, problems: Iterable[Problem]) -> list[Problem]:
    """The problems of one stage, as problems of the whole file."""
    return [
        Problem(
            f"stages.{number}.{problem.path}".rstrip("."),
            (N_("Stage {stage}: {problem}"), {"stage": name, "problem": to_json(problem.text)}),
        )
        for problem in problems
    ]


def apply_to_stages(data: Mapping[str, Any], changes: Iterable[str]) -> dict[str, Any]:
    """The file with changes of a command line, each written STAGE.path=value."""
    files = _stages(data)
    for change in changes:
        name, dot, rest = change.partition(".")
        if not dot or name not in files:
            text = N_("In a file of stages a change is written STAGE.path=value, such as {stage}.seed=1, not {change}.")
            raise SpecError.at("stages", (text, {"stage": next(iter(files)), "change": shown_key(change)}))
        files[name] = apply(files[name], [rest])
    return Chain(files).file


def _stages(data: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The stages by name, each with what stands beside them."""
    check_bounds(data)
    shared = {key: value for key, value in data.items() if key != "stages"}
    if "name" in shared:
        raise SpecError.at("name", (N_("A file of stages has no name of its own: each stage has one."), {}))
    files = data["stages"]
    if isinstance(files, list) and len(files) > MOST_STAGES:
        raise SpecError.at("stages", (N_("A file has at most {most} stages."), {"most": MOST_STAGES}))
    if not isinstance(files, list) or not files or not all(isinstance(stage, dict) for stage in files):
        raise SpecError.at("stages", (N_("stages must be a list of run files, each with a name."), {}))
    stages: dict[str, dict[str, Any]] = {}
    for number, stage in enumerate(files, 1):
        name = stage.get("name")
        if not isinstance(name, str) or not NAME.fullmatch(name):
            text = N_("Stage {number} needs a name of letters, digits, dashes and underscores.")
            raise SpecError.at(f"stages.{number}.name", (text, {"number": number}))
        if name in stages:
            raise SpecError.at(f"stages.{number}.name", (N_("Two stages are called {name}."), {"name": name}))
        stages[name] = shared | stage
    return stages


def _bound(file: Mapping[str, Any], runs: Mapping[str, str]) -> Any:
    """The run file with runs in place of the stages it names. Raises SpecError for one that is not before it.

    `runs`: run:ID by the name of its stage.
    """
    paths = [path for path, block in references(file) if _stage(block) not in (None, *runs)]
    if paths:
        text = N_("{path}.from names a stage that does not come before this one; there are: {known}.")
        stages: object = ", ".join(runs) or (N_("none"), {})
        raise SpecError([Problem(f"{path}.from", (text, {"path": path, "known": stages})) for path in paths])
    return _replaced(file, runs)


def _replaced(value: Any, runs: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        block = {key: _replaced(inner, runs) for key, inner in value.items()}
        name = _stage(value)
        return block if name is None else {**block, "from": runs[name]}
    return [_replaced(inner, runs) for inner in value] if isinstance(value, list) else value


def _stage(block: Mapping[str, Any]) -> str | None:
    """The stage that a block names, if it names one."""
    start = block.get("from")
    return start.removeprefix(MARK) if isinstance(start, str) and start.startswith(MARK) else None


def _unlearned(file: Mapping[str, Any], specs: Mapping[str, Train]) -> Iterator[Problem]:
    """Rewards that name a stage which does not learn to score."""
    for path, block in references(file):
        stage = _stage(block)
        if stage is not None and block.get("kind") == "learned" and "scalar_head" not in specs[stage].needs:
            text = N_(
                "{path}.from names the stage {name}, which learns {algorithm}: only a reward run learns to score."
            )
            values = {"path": path, "name": stage, "algorithm": specs[stage].algorithm}
            yield Problem(f"{path}.from", (text, values))
