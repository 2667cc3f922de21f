"""Puts the parts of a train run together, from its row and its newest checkpoint, and runs the loop.

Left out: the loop itself (`loop`), and the process around it (`engine.runtime.run.worker`).
"""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import torch

from engine.data.groups import encode
from engine.data.held_out_prompts import NONE_LEFT
from engine.data.items import evaluated, examples, matching, share, training
from engine.data.refusals import checker
from engine.data.tool_calls import tools_of
from engine.evaluation.end_evaluation import EndEvaluation
from engine.evaluation.heldout import Heldout
from engine.models import catalogue
from engine.models.batches import Batches
from engine.models.load import Policy, load_policy
from engine.models.reference import ReferenceCache
from engine.rewards import Context, Reward, compose
from engine.runtime.run import ancestry, reward_context
from engine.runtime.run.activities import Ending
from engine.runtime.run.checkpoints import CheckpointStore
from engine.runtime.run.lease_renewal import LeaseRenewer
from engine.runtime.run.readable import NothingReadable, readable
from engine.runtime.training.evaluations import Evaluations
from engine.runtime.training.forked_content import forked_content
from engine.runtime.training.learner import Learner
from engine.runtime.training.loop import Training, train
from engine.runtime.training.progress import Progress
from engine.runtime.training.recorder import Recorder
from engine.runtime.training.resolve_train import resolve_train
from engine.runtime.training.rollouts import Rollouts
from engine.runtime.training.sources import Frozen, Source
from engine.runtime.training.system_meter import SystemMeter
from engine.spec import ResolvedTrain, Train, parse
from engine.spec.blocks import SystemTurn
from engine.spec.models import resolve_final_prompts
from storage import attempt_writes, datasets, metrics, queue
from storage.database import Database
from storage.records import Item, Lease, Run
from words import N_, Text, to_json

log = logging.getLogger(__name__)

_NO_EVALUATION = N_("Not one held-out prompt can be read, so no answers are sampled in evaluations. {cause}")


def run(db: Database, row: Run, lease: Lease, renewer: LeaseRenewer) -> Ending:
    """Train until the run ends or is asked to stop."""
    spec = parse(row.spec)
    resolved = ResolvedTrain.model_validate(row.resolved) if row.resolved else resolve_train(db, spec)
    torch.set_num_threads(resolved.threads)
    attempt = Attempt(db, lease, renewer, spec, resolved)
    policy = attempt.policy()
    queue.resolve(db, lease, resolved.with_loaded(policy.reference_hash, policy.template.plain).state())
    log.info("run %s, attempt %s: %s", row.id, lease.attempt, resolved.summary())
    renewer.heartbeat()
    writer = metrics.Writer(db, lease)
    try:
        job = attempt.assemble(policy, Recorder(writer, spec))
        outcome = train(job)
        if job.reason is not None:
            attempt_writes.add_event(db, lease, "watch", job.progress.step, job.reason, now=time.time())
        return Ending(outcome, job.reason)
    finally:
        writer.close()
        if writer.dropped:
            log.warning("%s points were not written", writer.dropped)


@dataclass(frozen=True)
class Attempt:
    """What all parts of one attempt are made from."""

    db: Database
    lease: Lease
    renewer: LeaseRenewer
    spec: Train
    resolved: ResolvedTrain

    def policy(self) -> Policy:
        """The policy at its step 0."""
        policy = load_policy(
            catalogue.locate(self.resolved.model, self.db.workspace),
            adapter=self.spec.model.adapter,
            device=self.resolved.device,
            precision=self.resolved.precision,
            seed=self.spec.seed,
            head=self.spec.head,
            ancestors=ancestry.from_row(self.db.workspace, self.resolved.ancestors),
        )
        policy.template = policy.template.for_run(self.resolved.written_at, self.spec.data.enable_thinking)
        return policy

    def assemble(self, policy: Policy, recorder: Recorder) -> Training:
        """All parts, standing where the newest checkpoint stands."""
        items = datasets.load(self.db, self.spec.data.version)
        usable = self._scored(self._readable(items, policy, self._training_reward()))
        checkpoints = CheckpointStore(
            self.db, self.lease, keep_last=self.spec.checkpoint.keep_last, heartbeat=self.renewer.heartbeat
        )
        saved = checkpoints.newest()
        batches = self._batches(policy, self.spec.data.version)
        source = self._source(usable, batches)
        source.skips["refused"] = len(self._to_train_on(items)) - len(self._to_train_on(usable))
        learner = Learner(batches, self.spec, micro_batch=self.resolved.micro_batch, heartbeat=self.renewer.heartbeat)
        progress = Progress()
        start = saved or forked_content(self.db, self.spec)
        if start is not None:
            learner.restore(start.weights, start.optimizer)
            source.restore(start.state["source"])
            progress = Progress.from_state(start.state["progress"])
        if self.lease.attempt > 1:
            metrics.rewind(self.db, self.lease, progress.step if saved else -1, now=time.time())
        self.renewer.heartbeat()
        return Training(
            spec=self.spec,
            budget=self.resolved.budget,
            peak_rate=self.resolved.learning_rate,
            learner=learner,
            source=source,
            recorder=recorder,
            checkpoints=checkpoints,
            renewer=self.renewer,
            evaluations=self._evaluations(policy, batches, self._held_out(items, usable), source),
            system=SystemMeter(policy.device),
            note=self._note,
            progress=progress,
            saved=progress.step if saved else -1,
        )

    def _source(self, items: Sequence[Item], batches: Batches) -> Source:
        """The answers of the dataset, or the policy's own answers to its prompts."""
        data = self.spec.data
        matches = self._to_train_on(items)
        if data.source == "sampled":
            reward = compose(self.spec.training_reward, self._context)
            return Rollouts(matches, batches, reward, self.spec, heartbeat=self.renewer.heartbeat)
        template = batches.policy.template
        return Frozen(
            examples(matches, self.spec),
            partial(encode, template=template, max_tokens=data.max_tokens, max_prompt_tokens=data.max_prompt_tokens),
            batch_size=self.spec.optimizer.batch_size,
            seed=self.spec.seed,
        )

    @cached_property
    def _context(self) -> Context:
        return reward_context.context(
            self.db,
            self.resolved.scorers,
            device=self.resolved.device,
            precision=self.resolved.precision,
            heartbeat=self.renewer.heartbeat,
            written_at=self.resolved.written_at,
        )

    def _held_out(self, items: Sequence[Item], usable: Sequence[Item]) -> list[Item]:
        data = self.spec.data
        matches = evaluated(items, data.filter)
        if any(item.split == "held_out" for item in items) and all(item.split != "held_out" for item in matches):
            self._note((NONE_LEFT, {"name": data.dataset, "filter": data.filter}))
        ids = {item.id for item in matches}
        return [item for item in usable if item.id in ids]

    def _to_train_on(self, items: Sequence[Item]) -> list[Item]:
        return share(matching(training(items), self.spec.data.filter), self.spec.data.fraction)

    def _training_reward(self) -> Reward | None:
        """What scores answers to the prompts that are trained on; None where they bring their scores along."""
        if self.spec.data.source == "sampled":
            return compose(self.spec.training_reward, self._context)
        return compose(self.spec.reward, self._context) if self.spec.reward is not None else None

    def _readable(self, items: Sequence[Item], policy: Policy | None, reward: Reward | None) -> list[Item]:
        """The items that policy and reward can read, where these are given."""

        def check(batch: Sequence[Item], system_turn: SystemTurn) -> list[Text | None]:
            causes: list[Text | None] = [None] * len(batch)
            if policy is not None:
                answers = self.spec.data.source == "frozen"
                causes = list(checker(policy.template, answers=answers)(batch, system_turn))
            if reward is not None:
                pairs = zip(causes, batch, strict=True)
                causes = [cause or reward.refusal(item.messages, tools_of(item.extra)) for cause, item in pairs]
            return causes

        system_turn = self.spec.data.system_turn
        return readable(items, check, system_turn, note=self._note, heartbeat=self.renewer.heartbeat)

    def _note(self, text: Text) -> None:
        attempt_writes.add_note(self.db, self.lease, text, now=time.time())

    def _scored(self, items: Sequence[Item]) -> list[Item]:
        """The items, their groups scored anew where the run file names a reward for answers that are there already."""
        if self.spec.reward is None or self.spec.data.source == "sampled":
            return list(items)
        return reward_context.rescored(items, compose(self.spec.reward, self._context), self.renewer.heartbeat)

    def _evaluations(self, policy: Policy, batches: Batches, items: Sequence[Item], source: Source) -> Evaluations:
        """What evaluates along the run and at its end, on the same held-out items."""
        version = self.spec.evaluation.version
        reward = compose(self.spec.evaluation_reward, self._context)
        try:
            if self.spec.evaluated_elsewhere:
                batches = self._batches(policy, version)
                items = self._scored(self._readable(datasets.load(self.db, version), policy, reward))
            else:
                items = self._readable(items, None, reward)
        except NothingReadable as error:
            items = []
            self._note((_NO_EVALUATION, {"cause": to_json(error.cause)}))
        parameters = catalogue.locate(self.resolved.model, self.db.workspace).parameters
        count = resolve_final_prompts(self.spec, parameters, self.resolved.device)
        end = EndEvaluation(self.spec, items, batches, reward, count) if count and items else None
        heldout = Heldout(self.spec, items, batches, reward)
        return Evaluations(self.db, self.lease, self.renewer, heldout, end, source)

    def _batches(self, policy: Policy, version: str) -> Batches:
        """Batches of one dataset version. All runs whose reference log-probs come out the same share them."""
        data = (version, self.spec.data.max_tokens, self.spec.data.max_prompt_tokens)
        model = (policy.reference_hash, policy.tokenizer.chat_template)
        machine = (self.resolved.device, self.resolved.precision, self.resolved.threads)
        return Batches.for_spec(self.spec, policy, ReferenceCache(self.db.workspace.cache, *data, *model, *machine))
