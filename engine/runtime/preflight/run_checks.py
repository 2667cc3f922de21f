"""What is checked before runs of every kind: their datasets, their model, their rewards and their device. No torch.

Left out: what one kind of runs needs beside these (`train_checks`).
"""

from collections.abc import Iterator, Sequence

from engine.models import catalogue, model_checks, weight_scan
from engine.models.model_folder import Location, ModelProblem
from engine.runtime.run import ancestry, reward_context
from engine.runtime.run.machine import this_device
from engine.secret_places import SecretUnreadable, read_address
from engine.spec import Problem, RunSpec, dump
from engine.spec.answers import Estimate, PreflightAnswer
from engine.spec.blocks import Lora, Model
from storage import datasets
from storage.database import Database
from storage.errors import StorageError
from words import N_, to_json
from words.names import unseen_character


def check(db: Database, spec: RunSpec, planned: ancestry.Planned) -> PreflightAnswer:
    """The answer for a kind of runs that needs no more than a model and data, and whose cost is not estimated."""
    _location, model_problems = check_model(db, spec.model, planned)
    reward_problems = reward_context.problems(db, spec, planned)
    problems = [
        *name_problems(spec),
        *notify_problems(db, spec),
        *device_problems(spec),
        *reward_problems,
        *dataset_problems(db, spec),
        *model_problems,
    ]
    return answer(problems, tuple(reward_context.warnings(db, spec)), spec=spec)


def device_problems(spec: RunSpec) -> Iterator[Problem]:
    """Whether this machine has the device."""
    if spec.resources.device.startswith("cuda") and this_device() == "cpu":
        yield Problem("resources.device", (N_("This machine has no GPU: set resources.device to auto or cpu."), {}))


def name_problems(spec: RunSpec) -> Iterator[Problem]:
    """A name with characters that nobody sees; rows of old runs may have one, so it is no mistake of the settings."""
    character = unseen_character(spec.name or "")
    if character is not None:
        text = N_("The name of the run holds the character {character}, which nobody sees: leave it out.")
        yield Problem("name", (text, {"character": character}))


def notify_problems(db: Database, spec: RunSpec) -> Iterator[Problem]:
    """A webhook whose address the engine cannot read: at the end of the run it would be too late."""
    if spec.notify.webhook is not None:
        try:
            read_address(spec.notify.webhook, db.workspace.secrets)
        except SecretUnreadable as error:
            text = N_("The webhook cannot be told: {cause}.")
            yield Problem("notify.webhook", (text, {"cause": to_json(error.text)}))


def dataset_problems(db: Database, spec: RunSpec) -> Iterator[Problem]:
    """Datasets and versions that are not there."""
    for block, dataset, version in spec.dataset_references:
        path = f"{block}.version"
        if version != "latest" and not _is_version(db, dataset, version):
            text = N_("{version} is not a version of the dataset {name}: set {path} to latest.")
            yield Problem(path, (text, {"version": version[:8], "name": dataset, "path": path}))
            continue
        try:
            if version == "latest":
                datasets.get(db, dataset)
            else:
                datasets.version_path(db, version)
        except StorageError as error:
            yield Problem(f"{block}.dataset", error.text)


def check_model(
    db: Database, model: Model, planned: ancestry.Planned, path: str = "model"
) -> tuple[Location | None, list[Problem]]:
    """The base model, or None and why there is none; `path` is that of the model's block."""
    try:
        name = ancestry.resolve_ancestry(db, model, planned).root
    except StorageError as error:
        return None, [Problem(f"{path}.from", error.text)]
    try:
        location = catalogue.locate(name, db.workspace)
        weight_scan.check_numbers(location)
    except ModelProblem as error:
        return None, [Problem(f"{path}.name" if model.from_ is None else f"{path}.from", error.text)]
    try:
        if isinstance(model.adapter, Lora):
            model_checks.check_targets(location, model.adapter)
    except ModelProblem as error:
        return location, [Problem(f"{path}.adapter.targets", error.text)]
    return location, []


def answer(
    problems: Sequence[Problem],
    warnings: Sequence[Problem] = (),
    figures: Estimate | None = None,
    spec: RunSpec | None = None,
) -> PreflightAnswer:
    """The message for the findings; `spec` is None where the run file cannot be read."""
    file = None if spec is None else dump(spec)
    return PreflightAnswer(problems=tuple(problems), warnings=tuple(warnings), estimate=figures, spec=file)


def _is_version(db: Database, name: str, version: str) -> bool:
    """Whether the dataset has the version. One that is gone, its versions with it, is another mistake."""
    try:
        return version in [frozen.hash for frozen in datasets.versions(db, name)]
    except StorageError:
        return True
