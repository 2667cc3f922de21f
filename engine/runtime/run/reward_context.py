"""What the parts of a reward need of the run around them: the reward models they name, keys, and a heartbeat.

Which checkpoint a reward model is read from is decided once, by the run's first attempt, and kept with what else it
decided. Loads torch only to load such a model. Left out: the scores themselves (`engine.rewards`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import NamedTuple
from urllib.parse import urlsplit

from engine.models import catalogue
from engine.models.model_folder import Location, ModelProblem
from engine.rewards import Reward
from engine.rewards.judge_access import read_key, refusal_by_lookup
from engine.rewards.plugins import find
from engine.rewards.protocol import Context, RewardProblem, Scorer
from engine.runtime.run import ancestry
from engine.secret_places import SecretUnreadable
from engine.spec import Problem, RewardOrigin, RunSpec, Train, parse
from engine.spec.blocks import Model, SystemTurn
from engine.spec.resolved import Precision
from engine.spec.rewards import Judge, Learned, Plugin
from storage import run_references
from storage.database import Database
from storage.errors import Invalid, StorageError
from storage.item_content import to_json
from storage.records import Item, Run
from words import N_, Text

_UNASKABLE = N_("The judge {judge} cannot be asked: {cause}.")


def origins(db: Database, spec: RunSpec) -> dict[str, RewardOrigin]:
    """Where each reward model that the run file names comes from. Raises StorageError."""
    return {part.from_: _origin(db, part.from_) for _, part in spec.reward_parts if isinstance(part, Learned)}


class RewardModelPlan(NamedTuple):
    """A reward model that will be loaded beside the policy, and how it reads a conversation."""

    path: str  # of the first part of a reward that names it
    location: Location
    system_turn: SystemTurn
    enable_thinking: bool | None


def models(db: Database, spec: RunSpec, planned: ancestry.Planned) -> list[RewardModelPlan]:
    """The reward models that the run file names, without those that `problems` names."""
    plans: dict[str, RewardModelPlan] = {}
    for path, part in spec.reward_parts:
        if isinstance(part, Learned) and part.from_ not in plans:
            with suppress(StorageError, ModelProblem):
                root = ancestry.resolve_ancestry(db, Model.model_validate({"from": part.from_}), planned).root
                data, location = _settings_of(db, part.from_, planned).data, catalogue.locate(root, db.workspace)
                plans[part.from_] = RewardModelPlan(path, location, data.system_turn, data.enable_thinking)
    return list(plans.values())


def _settings_of(db: Database, reference: str, planned: ancestry.Planned) -> RunSpec:
    """The settings of the run that learns to score, which may be planned only."""
    stage = planned.get(reference.removeprefix("run:"))
    return stage if stage is not None else parse(run_references.follow(db, reference)[0].spec)


def context(
    db: Database,
    scorers: Mapping[str, RewardOrigin],
    *,
    device: str,
    precision: Precision,
    heartbeat: Callable[[], None],
    written_at: datetime | None = None,
) -> Context:
    """What the run's reward components may use. A reward model that several of them name is loaded once.

    `written_at` is the date that their templates may write.
    """

    @cache
    def learned(run: str) -> Scorer:
        return _load(db, scorers[run], device, precision, heartbeat, written_at)

    return Context(db.workspace.secrets, db.workspace.cache / "verdicts", learned, heartbeat)


def rescored(items: Sequence[Item], reward: Reward, heartbeat: Callable[[], None]) -> list[Item]:
    """The items, with this reward in place of the scores that groups brought along. Raises RewardProblem."""
    groups = {
        item.id
        for item in items
        if not item.preferences and any(response.score is not None for response in item.responses)
    }
    in_groups = [item for item in items if item.id in groups]
    reward.prefetch([(item.messages, response.text) for item in in_groups for response in item.responses])
    scored = []
    for item in items:
        scored.append(_rescored(item, reward) if item.id in groups else item)
        heartbeat()
    return scored


def problems(db: Database, spec: RunSpec, planned: ancestry.Planned) -> Iterator[Problem]:
    """Parts that could not score: no such reward model or plug-in, a judge that no run file may name.

    A reward model that is yet to be trained will do.
    """
    for path, part in spec.reward_parts:
        if isinstance(part, Judge) and (clause := refusal_by_lookup(part)):
            yield Problem(path, (_UNASKABLE, {"judge": part.model, "cause": clause}))
        try:
            if isinstance(part, Learned):
                _check_scorer(db, part.from_, planned)
            elif isinstance(part, Plugin):
                find(part.plugin)
        except (StorageError, RewardProblem) as error:
            yield Problem(f"{path}.{'from' if isinstance(part, Learned) else 'plugin'}", error.text)


def warnings(db: Database, spec: RunSpec) -> Iterator[Problem]:
    """To whom the answers go, with which key; keys that cannot be read here and now, but may be where the run is."""
    for path, part in spec.reward_parts:
        if not isinstance(part, Judge):
            continue
        yield Problem(path, _recipient(part))
        if part.key is not None:
            try:
                read_key(part.key, db.workspace.secrets)
            except SecretUnreadable as error:
                yield Problem(f"{path}.key", (_UNASKABLE, {"judge": part.model, "cause": error.text}))


def _recipient(judge: Judge) -> Text:
    host = urlsplit(judge.url).netloc
    if judge.key is None:
        return (N_("The prompts and answers are sent to {host}, without a key."), {"host": host})
    text = N_("The prompts and answers are sent to {host}, with the key of {place}.")
    return (text, {"host": host, "place": judge.key})


def _rescored(item: Item, reward: Reward) -> Item:
    texts = [response.text for response in item.responses]
    totals = reward.score(item.messages, texts, [to_json(item)] * len(texts)).total
    responses = zip(item.responses, totals, strict=True)
    return replace(item, responses=tuple(replace(response, score=total) for response, total in responses))


def _check_scorer(db: Database, reference: str, planned: ancestry.Planned) -> None:
    """Raises StorageError where no reward model will be found. `parse_chain` has checked the planned stages."""
    if reference.removeprefix("run:") not in planned:
        run, checkpoint = run_references.follow(db, reference)
        _scorer_spec(run)
        if checkpoint is not None:
            _origin(db, reference)


def _scorer_spec(run: Run) -> Train:
    """The settings of a run that learns to score."""
    spec = parse(run.spec)
    if "scalar_head" not in spec.needs:
        text = N_("The run {id} is a {algorithm} run: only a reward run learns to score.")
        raise Invalid(text, id=run.id, algorithm=run.algorithm)
    return spec


def _origin(db: Database, reference: str) -> RewardOrigin:
    row, _ = run_references.follow(db, reference)
    spec = _scorer_spec(row)
    lineage = ancestry.resolve_ancestry(db, Model.model_validate({"from": reference}))
    own = db.workspace.checkpoints(row.id)
    if not lineage.checkpoints or not lineage.checkpoints[-1].weights.is_relative_to(own):
        raise Invalid(N_("The run {id} has learned nothing yet: it scores all answers alike."), id=row.id)
    return RewardOrigin(
        model=lineage.root,
        ancestors=ancestry.to_row(db.workspace, lineage.checkpoints),
        max_tokens=spec.data.max_tokens,
        max_prompt_tokens=spec.data.max_prompt_tokens,
        system_turn=spec.data.system_turn,
        rests_on=lineage.references,
        enable_thinking=spec.data.enable_thinking,
    )


def _load(
    db: Database,
    origin: RewardOrigin,
    device: str,
    precision: Precision,
    heartbeat: Callable[[], None],
    written_at: datetime | None,
) -> Scorer:
    from engine.rewards.learned import RewardModel
    from engine.runtime.run.checkpoint_policy import load_checkpoint

    *before, own = ancestry.from_row(db.workspace, origin.ancestors)
    location = catalogue.locate(origin.model, db.workspace)
    policy = load_checkpoint(location, before, own, head="shared", device=device, precision=precision)
    policy.template = policy.template.for_run(written_at, origin.enable_thinking)
    heartbeat()
    return RewardModel(policy, origin.max_tokens, origin.max_prompt_tokens, heartbeat, origin.system_turn)
