"""What the parts of a reward need of the run around them: the reward models they name, keys, and a sign of life.

Which checkpoint a reward model is read from is decided once, by the run's first attempt, and kept with what else it
settled. Loads torch only to load such a model. Left out: the scores themselves (`engine.rewards`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import Any, Literal

from engine.models import catalogue
from engine.models.model_folder import Location, ModelProblem
from engine.rewards import Reward
from engine.rewards.judge import KeyUnreadable, read_key
from engine.rewards.plugins import find
from engine.rewards.protocol import Context, RewardProblem, Scorer
from engine.runtime.run import ancestry
from engine.spec import Problem, Train, parse
from engine.spec.blocks import Model
from engine.spec.rewards import Component, Judge, Learned, Plugin
from storage import run_references
from storage.database import Database
from storage.errors import Invalid, StorageError
from storage.item_content import to_json
from storage.records import Item, Run
from words import N_

Origin = dict[str, Any]  # of a reward model: model, ancestors (the last is its own checkpoint), token limits ...


def origins(db: Database, spec: Train) -> dict[str, Origin]:
    """Where each reward model that the run file names comes from, as plain JSON. Raises StorageError."""
    return {part.from_: _origin(db, part.from_) for _, part in _parts(spec) if isinstance(part, Learned)}


def models(db: Database, spec: Train, planned: ancestry.Planned) -> list[Location]:
    """The model of each reward model that will be loaded beside the policy; those that `problems` tells of left out."""
    found = []
    for reference in {part.from_ for _, part in _parts(spec) if isinstance(part, Learned)}:
        with suppress(StorageError, ModelProblem):
            root = ancestry.resolve_ancestry(db, Model.model_validate({"from": reference}), planned).root
            found.append(catalogue.locate(root, db.workspace))
    return found


def context(
    db: Database,
    known: Mapping[str, Origin],
    *,
    device: str,
    precision: Literal["fp32", "bf16"],
    beat: Callable[[], None],
) -> Context:
    """What the run's rewards are composed in. A reward model that several of them name is loaded once."""

    @cache
    def learned(run: str) -> Scorer:
        return _load(db, known[run], device, precision, beat)

    return Context(db.workspace.secrets, db.workspace.cache / "verdicts", learned, beat)


def rescored(items: Sequence[Item], reward: Reward, beat: Callable[[], None]) -> list[Item]:
    """The items, with this reward in place of the scores that groups brought along. Raises RewardProblem."""
    groups = {
        item.id for item in items if not item.preferences and any(one.score is not None for one in item.responses)
    }
    reward.ahead([(item.messages, one.text) for item in items if item.id in groups for one in item.responses])
    found = []
    for item in items:
        found.append(_rescored(item, reward) if item.id in groups else item)
        beat()
    return found


def problems(db: Database, spec: Train, planned: ancestry.Planned) -> Iterator[Problem]:
    """Parts that could not score: no such reward model or plug-in. One that is yet to be trained will do."""
    for path, part in _parts(spec):
        try:
            if isinstance(part, Learned):
                _foresee(db, part.from_, planned)
            elif isinstance(part, Plugin):
                find(part.plugin)
        except (StorageError, RewardProblem) as error:
            yield Problem(f"{path}.{'from' if isinstance(part, Learned) else 'plugin'}", error.text)


def warnings(db: Database, spec: Train) -> Iterator[Problem]:
    """Keys that are not to be had here and now; where the run is trained they may be."""
    for path, part in _parts(spec):
        if isinstance(part, Judge) and part.key is not None:
            try:
                read_key(part.key, db.workspace.secrets)
            except KeyUnreadable as error:
                text = N_("The judge {judge} cannot be asked: {cause}.")
                yield Problem(f"{path}.key", (text, {"judge": part.model, "cause": error.cause}))


def _rescored(item: Item, reward: Reward) -> Item:
    texts = [response.text for response in item.responses]
    totals = reward.score(item.messages, texts, [to_json(item)] * len(texts)).total
    responses = zip(item.responses, totals, strict=True)
    return replace(item, responses=tuple(replace(response, score=total) for response, total in responses))


def _parts(spec: Train) -> Iterator[tuple[str, Component]]:
    """The parts of both rewards, with their paths in the run file."""
    blocks: Sequence[tuple[str, Sequence[Component]]] = [
        ("reward", spec.reward or []),
        ("evaluation.reward", spec.evaluation.reward or []),
    ]
    return ((f"{path}.{number}", part) for path, parts in blocks for number, part in enumerate(parts, 1))


def _foresee(db: Database, reference: str, planned: ancestry.Planned) -> None:
    """Raises StorageError where no reward model will be found. A stage was looked at by the file it stands in."""
    if reference.removeprefix("run:") not in planned:
        run, checkpoint = run_references.follow(db, reference)
        _taught(run)
        if checkpoint is not None:
            _origin(db, reference)


def _taught(run: Run) -> Train:
    """The settings of a run that learns to score."""
    spec = parse(run.spec)
    if "scalar_head" not in spec.needs:
        text = N_("The run {id} is a {algorithm} run: only a reward run learns to score.")
        raise Invalid(text, id=run.id, algorithm=run.algorithm)
    return spec


def _origin(db: Database, reference: str) -> Origin:
    row, _ = run_references.follow(db, reference)
    trained = _taught(row)
    line = ancestry.resolve_ancestry(db, Model.model_validate({"from": reference}))
    own = db.workspace.checkpoints(row.id)
    if not line.checkpoints or not line.checkpoints[-1].weights.is_relative_to(own):
        raise Invalid(N_("The run {id} has learned nothing yet: it scores all answers alike."), id=row.id)
    return {
        "model": line.root,
        "ancestors": ancestry.to_json(db.workspace, line.checkpoints),
        "max_tokens": trained.data.max_tokens,
        "max_prompt_tokens": trained.data.max_prompt_tokens,
        "rests_on": line.references,
    }


def _load(
    db: Database, origin: Origin, device: str, precision: Literal["fp32", "bf16"], beat: Callable[[], None]
) -> Scorer:
    from safetensors.torch import load_file

    from engine.models.load import load_policy
    from engine.rewards.learned import RewardModel

    *before, own = ancestry.from_json(db.workspace, origin["ancestors"])
    policy = load_policy(
        catalogue.locate(origin["model"], db.workspace),
        adapter=own.adapter or "none",
        device=device,
        precision=precision,
        seed=0,  # of weights that are put in next
        head="shared",
        ancestors=before,
    )
    policy.load_weights(load_file(own.weights))
    beat()
    return RewardModel(policy, origin["max_tokens"], origin["max_prompt_tokens"], beat)
