"""A study file: methods, settings and seeds that are compared on one dataset version, evaluation set and budget.

    base: {model: {name: starter}, data: {dataset: polite-weather}, evaluation: {prompts: 64}}
    algorithms: [dpo, grpo]
    methods: {grpo: {sampling: {group_size: 8}}}
    vary: {optimizer.learning_rate: [1e-4, 3e-4], grpo: {kl_coefficient: [0, 0.02]}}
    seeds: [0, 1, 2]
    search: {kind: random, trials: 4}
    budget: {tokens: 60000}

`base` is a run file. What the model suggests for a method comes before it, `methods` and `vary` after it. Left out: the
axes (`study_axes`), and which runs come next (`engine.studies`).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, Self

from pydantic import ValidationError, field_validator, model_validator

from engine.spec import key_metrics
from engine.spec.algorithms import ALGORITHMS
from engine.spec.blocks import Budget
from engine.spec.bounds import check_bounds
from engine.spec.fields import Settings, Whole, setting
from engine.spec.models import suggested_blocks
from engine.spec.parse import parse
from engine.spec.problems import Problem, SpecError, mistake, problems, shown
from engine.spec.reported import metric_keys
from engine.spec.study_axes import OWN_PLACE, Axis, Changes, axes, grid, grid_size, label, recommended
from engine.spec.train import Train
from words import N_, Text, to_json

SEEDS = (0, 1, 2)
MOST_RUNS = 2_000
LONGEST_NAME = 80  # as of a run
StudyRole = Literal["trial", "final"]
TRIAL = {"evaluation": {"final_prompts": 0}, "checkpoint": {"keep_last": 1, "keep_best": None}}
"""What a trial has in its own way: it never sees the reported prompts, and keeps no more than to go on."""


class Search(Settings):
    """How the settings of each method are chosen before the runs that are reported."""

    kind: Literal["grid", "random", "tpe"] = setting(
        "random",
        N_("Search"),
        N_("grid tries the listed values, random draws them, tpe draws where earlier trials were good."),
        labels={"grid": N_("grid"), "random": N_("random"), "tpe": "TPE"},
    )
    trials: Whole | None = setting(
        None, N_("Trials"), N_("Settings that each method may try; null is the whole grid."), ge=1, le=MOST_RUNS
    )
    seeds: list[Whole] | None = setting(
        None, N_("Seeds of a trial"), N_("Each setting is tried with these; null takes one that the study does not.")
    )
    seed: Whole = setting(0, N_("Seed of the search"), N_("Of what is drawn."), ge=0, le=2**31 - 1)

    @field_validator("seeds", mode="before")
    @classmethod
    def _seeds(cls, value: Any) -> Any:
        return None if value is None else _different_seeds(value)

    @model_validator(mode="after")
    def _an_end(self) -> Self:
        if self.kind != "grid" and self.trials is None:
            raise mistake(
                N_("A search of kind {kind} needs trials: how many settings each method may try."), kind=self.kind
            )
        return self


class StudySpec(Settings):
    """A checked study file. `parse_study` makes it."""

    version: Literal[1] = setting(1, N_("Version"), N_("Version of the study file's form."))
    name: str | None = setting(
        None, N_("Name"), N_("How the study is listed; null makes one."), max_length=LONGEST_NAME
    )
    base: dict[str, Any] = setting(..., N_("Base"), N_("The run file of what all runs have in common."))
    algorithms: list[str] = setting(..., N_("Methods"), N_("The algorithms that are compared."), min_length=1)
    methods: dict[str, dict[str, Any]] = setting({}, N_("Of one method"), N_("Settings of single methods, by name."))
    vary: dict[str, Any] = setting({}, N_("Varied settings"), N_("Values of settings, by path or by method and path."))
    seeds: list[Whole] = setting(list(SEEDS), N_("Seeds"), N_("Every setting that is reported is run with these."))
    search: Search | None = setting(None, N_("Search"), N_("null reports every combination of the varied settings."))
    budget: Budget = setting(..., N_("Budget"), N_("When each run ends: the same for all."))

    @field_validator("algorithms")
    @classmethod
    def _known(cls, value: list[str]) -> list[str]:
        unknown = [name for name in value if name not in ALGORITHMS]
        if unknown:
            text = N_("There is no algorithm {value}. There are: {known}.")
            raise mistake(text, value=shown(unknown[0]), known=", ".join(ALGORITHMS))
        if len(set(value)) < len(value):
            raise mistake(N_("{path} names a method twice: settings of one method are compared by vary."))
        return value

    @field_validator("seeds", mode="before")
    @classmethod
    def _seeds(cls, value: Any) -> Any:
        return _different_seeds(value)

    @property
    def title(self) -> str:
        """The name, or what the study compares."""
        dataset = self.base.get("data", {}).get("dataset", "")
        return self.name or f"{', '.join(self.algorithms)} on {dataset}"[:LONGEST_NAME]

    @property
    def file(self) -> dict[str, Any]:
        """The study as a file again. `parse_study(spec.file) == spec`."""
        full = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        full["budget"] = self.budget.model_dump(exclude_none=True)
        return {"version": 1, **full, "seeds": list(self.seeds)}

    @property
    def trial_seeds(self) -> Sequence[int]:
        """The seeds of each trial: those of the search, else one that no reported run has."""
        if self.search is not None and self.search.seeds:
            return self.search.seeds
        return [max(self.seeds) + 1]

    @property
    def objective(self) -> str:
        """The metric by which trials are chosen; better is up for all that it may be."""
        reported = metric_keys(self.plain(self.algorithms[0]))
        return key_metrics.HEADLINE if key_metrics.HEADLINE in reported else key_metrics.HELD_OUT_ACCURACY

    def axes(self, algorithm: str) -> list[Axis]:
        """What is varied of a method: what the file says, else what is recommended for a search."""
        varied = axes(self.vary, algorithm, self.algorithms)
        if varied or self.search is None:
            return varied
        return recommended(self.plain(algorithm), self._model)

    def grid(self, algorithm: str) -> list[dict[str, Any]]:
        """Every combination of the listed values of a method."""
        return list(grid(self.axes(algorithm)))

    def trials(self, algorithm: str) -> int:
        """Settings that the search tries of a method; 0 without a search."""
        if self.search is None:
            return 0
        return self.search.trials or grid_size(self.axes(algorithm)) or 0

    def finals(self, algorithm: str) -> int:
        """Settings of a method that are reported: one after a search, else every combination."""
        return 1 if self.search is not None else grid_size(self.axes(algorithm)) or 0

    @property
    def run_count(self) -> int:
        """How many runs the study will have."""
        trials = sum(map(self.trials, self.algorithms)) * len(self.trial_seeds)
        return trials + len(self.seeds) * sum(map(self.finals, self.algorithms))

    @property
    def _model(self) -> str | None:
        """The model whose suggestions are taken; None where the study starts from a run."""
        model = self.base.get("model", {})
        name = model.get("name", None if "from" in model else "starter") if isinstance(model, Mapping) else None
        return name if isinstance(name, str) else None

    def plain(self, algorithm: str) -> Train:
        """The run of a method with nothing varied."""
        return self.run(algorithm, {}, self.seeds[0])

    def run(
        self, algorithm: str, changes: Changes, seed: int, name: str | None = None, role: StudyRole = "final"
    ) -> Train:
        """One run of the study. Trials never see the prompts that are reported on. Raises SpecError."""
        file = merged(suggested_blocks(self._model or "", algorithm), self.base)
        for path, value in (*self.methods.get(algorithm, {}).items(), *changes.items()):
            file = merged(file, _nested(path, value))
        if role == "trial":
            file = merged(file, TRIAL)
        budget = self.budget.model_dump(exclude_none=True)
        return parse({**file, "name": name, "algorithm": algorithm, "seed": seed, "budget": budget})

    def run_name(self, algorithm: str, role: StudyRole, trial: int, changes: Changes, seed: int) -> str:
        """What a run of the study is called: the study's name, cut where the whole would be too long, and its place."""
        words = f"trial {trial + 1}" if role == "trial" else label(changes)
        place = " ".join(filter(None, (algorithm, words)))
        rest = f" s{seed}"
        place = place[: LONGEST_NAME - len(rest)]
        stem = self.title[: max(0, LONGEST_NAME - len(place) - len(rest) - 1)].strip()
        return f"{stem} {place}{rest}".strip()


def is_study(data: object) -> bool:
    """Whether the file is one of a study, well or badly written."""
    return isinstance(data, Mapping) and "base" in data


def parse_study(data: Mapping[str, Any]) -> StudySpec:
    """A study file, checked. Raises SpecError with one sentence for each mistake."""
    check_bounds(data)
    try:
        spec = StudySpec.model_validate(_completed(data))
    except ValidationError as error:
        raise SpecError(problems(error, StudySpec, "a study file")) from error
    _require_methods(spec)
    _require_alike(spec, _examples(spec))
    _require_effort(spec)
    return spec


def readable_study(data: object) -> StudySpec | None:
    """The study, or None where its row holds no file that this version can read."""
    try:
        return parse_study(data) if isinstance(data, Mapping) and is_study(data) else None
    except SpecError:
        return None


def merged(file: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """The file with what `over` says in its place; blocks are merged, lists are replaced.

    >>> merged({"optimizer": {"batch_size": 8}, "beta": 0.1}, {"optimizer": {"schedule": "linear"}})
    {'optimizer': {'batch_size': 8, 'schedule': 'linear'}, 'beta': 0.1}
    """
    both = dict(file)
    for key, value in over.items():
        inner = both.get(key)
        both[key] = merged(inner, value) if isinstance(inner, Mapping) and isinstance(value, Mapping) else value
    return both


def _nested(path: str, value: Any) -> dict[str, Any]:
    """A value at its path, as blocks.

    >>> _nested("sampling.group_size", 4)
    {'sampling': {'group_size': 4}}
    """
    for key in reversed(path.split(".")):
        value = {key: value}
    return dict(value)


def _different_seeds(value: Any) -> Any:
    whole = isinstance(value, list | tuple) and all(type(seed) is int and 0 <= seed < 2**31 for seed in value)
    if not whole or not value or len(set(value)) < len(value):
        text = N_("{path} must be a list of different whole numbers from 0 on, not {value}.")
        raise mistake(text, value=shown(value))
    return list(value)


def _completed(data: Mapping[str, Any]) -> dict[str, Any]:
    """The file with what its base says of algorithm, seed, budget and name in the study's own places."""
    file, base = dict(data), data.get("base")
    if not isinstance(base, Mapping):
        return file
    for key in ("stages", "fork"):
        if base.get(key) is not None:
            text = N_("base.{key}: the runs of a study are single runs from one start, without stages and forks.")
            raise SpecError.at(f"base.{key}", (text, {"key": key}))
    for key, place in OWN_PLACE.items():
        value = base.get(key)
        if value is not None and value != "auto":
            file.setdefault(place, [value] if place != key else value)
    if file.get("budget") in (None, "auto"):
        text = N_("A study gives all its runs one budget: set budget to steps, samples, tokens or seconds.")
        raise SpecError.at("budget", (text, {}))
    file["base"] = {key: value for key, value in base.items() if key not in OWN_PLACE}
    return file


def _require_methods(spec: StudySpec) -> None:
    """Raise SpecError for settings of a method that the study does not have, or of which it says more elsewhere."""
    mistakes = []
    for name, block in spec.methods.items():
        if name not in spec.algorithms:
            text = N_("methods.{name}: the study compares {algorithms}.")
            values = {"name": name, "algorithms": ", ".join(spec.algorithms)}
            mistakes.append(Problem(f"methods.{name}", (text, values)))
        for key in OWN_PLACE.keys() & block.keys():
            text = N_("methods.{name}.{key}: all runs have the same; a study says it once, as {place}.")
            values = {"name": name, "key": key, "place": OWN_PLACE[key]}
            mistakes.append(Problem(f"methods.{name}.{key}", (text, values)))
    if mistakes:
        raise SpecError(mistakes)


def _examples(spec: StudySpec) -> list[Train]:
    """Runs by which every mistake shows: of each method the plain one, then each value of each axis.

    Raises SpecError; a mistake that all methods share is said once.
    """
    runs: list[Train] = []
    methods: dict[tuple[str, str], list[str]] = {}
    sentences: dict[tuple[str, str], Problem] = {}
    for algorithm in spec.algorithms:
        try:
            runs += _examples_of(spec, algorithm)
        except SpecError as error:
            for problem in error.problems:
                key = (problem.path, str(problem.text))
                sentences[key] = problem
                methods.setdefault(key, []).append(algorithm)
    if sentences:
        everywhere = len(spec.algorithms)
        raise SpecError(
            [
                problem if len(methods[key]) == everywhere else _of_methods(problem, methods[key])
                for key, problem in sentences.items()
            ]
        )
    return runs


def _examples_of(spec: StudySpec, algorithm: str) -> Iterator[Train]:
    yield spec.plain(algorithm)
    for axis in spec.axes(algorithm):
        for value in axis.examples:
            yield spec.run(algorithm, {axis.path: value}, spec.seeds[0])


def _of_methods(problem: Problem, methods: Sequence[str]) -> Problem:
    values = {"methods": ", ".join(methods), "problem": to_json(problem.text)}
    return Problem(problem.path, (N_("{methods}: {problem}"), values))


def _require_alike(spec: StudySpec, runs: Sequence[Train]) -> None:
    """Raise SpecError where figures of the study's runs would not lie on one scale."""
    for path in ("data.dataset", "data.version", "data.filter", "evaluation", "evaluation.reward", "model"):
        if any(_condition(run, path) != _condition(runs[0], path) for run in runs):
            text = N_("All runs of a study are measured alike: {path} has one value, in base.")
            raise SpecError.at(path, (text, {"path": path}))
    if runs[0].evaluation.final_prompts == 0:
        text = N_("A study reports on prompts that chose nothing: leave {path} out, or set it above 0.")
        raise SpecError.at("evaluation.final_prompts", (text, {"path": "evaluation.final_prompts"}))
    if len({key_metrics.HEADLINE in metric_keys(run) for run in runs}) > 1:
        text = N_("A reward model learns to score and has no answers: it cannot be compared with the other methods.")
        raise SpecError.at("algorithms", (text, {}))
    if spec.run_count > MOST_RUNS:
        text = N_("The study has {count} runs; at most {most} are possible.")
        raise SpecError.at("", (text, {"count": f"{spec.run_count:,}", "most": f"{MOST_RUNS:,}"}))


def _condition(run: Train, path: str) -> object:
    if path == "model":
        return run.model.name, run.model.from_
    if path == "evaluation":
        return run.evaluation.model_copy(update={"reward": None})
    if path == "evaluation.reward":
        return [part.model_dump() for part in run.evaluation_reward]
    return getattr(run.data, path.removeprefix("data."))


def _require_effort(spec: StudySpec) -> None:
    """Raise SpecError where a method would have more trials than another, or more than it has settings."""
    sizes = {algorithm: grid_size(spec.axes(algorithm)) for algorithm in spec.algorithms}
    ranged = next((axis for algorithm in spec.algorithms for axis in spec.axes(algorithm) if axis.range), None)
    if ranged is not None and (spec.search is None or spec.search.kind == "grid"):
        text = N_("vary.{path} is a range, from which only a search of kind random or tpe draws: list its values.")
        raise SpecError.at(f"vary.{ranged.path}", (text, {"path": ranged.path}))
    if spec.search is None:
        return
    counted = ", ".join(f"{name} {size}" for name, size in sizes.items() if size is not None)
    smallest = min((size for size in sizes.values() if size is not None), default=MOST_RUNS)
    sentence: Text | None = None
    if smallest < 2:
        sentence = (N_("A search needs at least two settings of each method ({sizes}): list more in vary."), {})
    elif spec.search.trials is None and len(set(sizes.values())) > 1:
        sentence = (
            N_("The methods have unequal grids ({sizes}): set search.trials to a number, at most {most}, for all."),
            {"most": smallest},
        )
    elif spec.search.trials is not None and spec.search.trials > smallest:
        sentence = (
            N_("search.trials is {trials}, but there are fewer different settings ({sizes}): at most {most}."),
            {"trials": spec.search.trials, "most": smallest},
        )
    if sentence is not None:
        raise SpecError.at("search.trials", (sentence[0], {**sentence[1], "sizes": counted}))
