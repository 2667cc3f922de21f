"""Carries out a generate run: batches of prompts are answered, scored if a scorer is named, and kept as items.

A batch is kept whole or not at all, and always holds the same prompts, so a run that was killed or paused ends with the
items that it would have had without. Left out: how answers are sampled (`answering`), and the writes
(`storage.generated_item_writes`).
"""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import torch

from engine.analysis.quality import answer_variety
from engine.data.items import matching, prompts
from engine.data.refusals import checker
from engine.data.tool_calls import tools_of
from engine.models import catalogue
from engine.models.load import Policy, load_policy
from engine.models.sampler import ROWS
from engine.rewards import Reward, compose
from engine.runtime.generation import starter_perplexity
from engine.runtime.generation.answering import Answer, Answerer, answers
from engine.runtime.generation.resolve_generate import resolve_generate
from engine.runtime.run import ancestry, reward_context
from engine.runtime.run.activities import Ending, Outcome
from engine.runtime.run.lease_renewal import Interrupted, LeaseRenewer
from engine.runtime.run.readable import readable
from engine.spec import Generate, parse
from engine.spec.blocks import Model, SystemTurn
from engine.spec.resolved import Ancestor, ResolvedGenerate
from storage import attempt_writes, datasets, generated_item_writes, generated_items, queue
from storage.database import Database
from storage.generated_items import EXTRA
from storage.item_content import TOOLS, to_json
from storage.records import MEASUREMENT, NOTE, Item, Lease, Response, Run
from words import N_, Text

log = logging.getLogger(__name__)

MARGIN = "margin"
"""The extra field that says how close the scores of an item's responses are: the closer, the less a scorer knows."""
OF_PROMPT = (TOOLS,)
"""Extra fields that belong to the prompt, and so to every item that asks it."""
_OUTCOMES: dict[str | None, Outcome] = {"pause": "paused", "stop": "stopped", "requeue": "queued"}


def run(db: Database, row: Run, lease: Lease, renewer: LeaseRenewer) -> Ending:
    """Answer prompts until all are answered or the run is asked to stop."""
    spec = parse(row.spec, Generate)
    resolved = ResolvedGenerate.model_validate(row.resolved) if row.resolved else resolve_generate(db, spec)
    torch.set_num_threads(resolved.threads)
    attempt = _Attempt(db, lease, renewer, spec, resolved)
    first, *others = attempt.answerers
    loaded = resolved.with_loaded(first.weights, first.policy.template.plain)
    hashes = {"against_hash": others[0].weights if others else None}
    queue.resolve(db, lease, loaded.model_copy(update=hashes).state())
    log.info("run %s, attempt %s: %s", row.id, lease.attempt, resolved.summary())
    renewer.heartbeat()
    return Ending(attempt.answer())


@dataclass(frozen=True)
class _Attempt:
    """What all batches of one attempt are made with."""

    db: Database
    lease: Lease
    renewer: LeaseRenewer
    spec: Generate
    resolved: ResolvedGenerate

    @cached_property
    def answerers(self) -> list[Answerer]:
        """The run's model, and the second one. Two that are the same are loaded once."""
        resolved, second = self.resolved, self.resolved.against
        own = self._policy(resolved.model, resolved.ancestors)
        loaded = [Answerer(own, _origin(self.spec.model, resolved.rests_on), own.reference_hash)]
        if second is not None and self.spec.against is not None:
            same = (second.model, second.ancestors) == (resolved.model, resolved.ancestors)
            policy = own if same else self._policy(second.model, second.ancestors)
            loaded.append(Answerer(policy, _origin(self.spec.against, second.rests_on), policy.reference_hash))
        return loaded

    @cached_property
    def scorer(self) -> Reward | None:
        if self.spec.scorer is None:
            return None
        resolved = self.resolved
        context = reward_context.context(
            self.db,
            resolved.scorers,
            device=resolved.device,
            precision=resolved.precision,
            heartbeat=self.renewer.heartbeat,
            written_at=resolved.written_at,
        )
        return compose(self.spec.scorer, context)

    def answer(self) -> Outcome:
        """All batches that are not answered yet."""
        items = self._prompts()
        size = max(1, ROWS // self.spec.sampling.samples)
        generation = generated_item_writes.open_dataset(self.db, self.lease, self.spec.into, time.time())
        answered, began = generation.prompts, time.monotonic()
        self.renewer.report(answered, answered / len(items), None)
        for start in range(answered, len(items), size):
            try:
                new = self._answered(items[start : start + size])
            except Interrupted:
                return _OUTCOMES[self.renewer.request]
            done = start + len(new)
            generated_item_writes.add(self.db, self.lease, new, done, time.time())
            seconds = (time.monotonic() - began) / (done - answered)
            self.renewer.report(done, done / len(items), seconds * (len(items) - done))
            log.info("%s of %s prompts answered", done, len(items))
            if self.renewer.request is not None and done < len(items):
                return _OUTCOMES[self.renewer.request]
        self._note_equal()
        self._note_variety()
        return "succeeded"

    def _policy(self, model: str, ancestors: Sequence[Ancestor]) -> Policy:
        policy = load_policy(
            catalogue.locate(model, self.db.workspace),
            adapter="none",
            device=self.resolved.device,
            precision=self.resolved.precision,
            seed=0,  # of weights that it has not
            ancestors=ancestry.from_row(self.db.workspace, ancestors),
        )
        policy.template = policy.template.for_run(self.resolved.written_at, self.spec.data.enable_thinking)
        return policy

    def _prompts(self) -> list[Item]:
        """One item for each prompt that all models can read, by the prompts' hashes."""
        items = matching(datasets.load(self.db, self.spec.data.version), self.spec.data.filter)
        by_prompt = prompts(items)
        first = [by_prompt[key] for key in sorted(by_prompt)[: self.spec.prompts]]
        return readable(
            first, self._refusals, self.spec.data.system_turn, note=self._note, heartbeat=self.renewer.heartbeat
        )

    def _refusals(self, items: Sequence[Item], system_turn: SystemTurn) -> list[Text | None]:
        """Why one of the models refuses the prompt of each item."""
        causes: list[Text | None] = [None] * len(items)
        for answerer in self.answerers:
            refused = checker(answerer.policy.template, answers=False)(items, system_turn)
            causes = [cause or other for cause, other in zip(causes, refused, strict=True)]
        if self.scorer is None:
            return causes
        pairs = zip(causes, items, strict=True)
        return [cause or self.scorer.refusal(item.messages, tools_of(item.extra)) for cause, item in pairs]

    @torch.no_grad()
    def _answered(self, items: Sequence[Item]) -> list[Item]:
        """The new items. Raises Interrupted once the run was asked to end."""
        groups = answers(items, self.answerers, self.spec, self.renewer.heartbeat_or_yield)
        if self.scorer is not None:
            pairs = zip(items, groups, strict=True)
            self.scorer.prefetch([(item.messages, answer.text) for item, group in pairs for answer in group])
        return [self._item(item, group) for item, group in zip(items, groups, strict=True)]

    def _item(self, asked: Item, group: Sequence[Answer]) -> Item:
        """The item to judge; how its responses came about stands in its extra fields."""
        responses = tuple(
            Response(f"r{number}", answer.text, origin=answer.origin) for number, answer in enumerate(group, 1)
        )
        cut = [response.id for response, answer in zip(responses, group, strict=True) if not answer.finished]
        scores = self._scores(asked, group)
        sampling = self.spec.sampling
        made: dict[str, Any] = {
            "run": self.lease.run_id,
            "item": asked.id,
            "seed": self.spec.seed,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "max_new_tokens": sampling.max_new_tokens,
            "weights": {answerer.origin: answerer.weights for answerer in self.answerers},
            "cut": cut,
        }
        extra: dict[str, Any] = {EXTRA: made, **{key: asked.extra[key] for key in OF_PROMPT if key in asked.extra}}
        if scores is not None:
            made["scores"] = {response.id: score for response, score in zip(responses, scores, strict=True)}
            extra[MARGIN] = min(high - low for low, high in pairwise(sorted(scores)))
        return Item("", asked.messages, responses, topic=asked.topic, tags=asked.tags, extra=extra)

    def _scores(self, asked: Item, group: Sequence[Answer]) -> list[float] | None:
        if self.scorer is None:
            return None
        texts = [answer.text for answer in group]
        return self.scorer.score(asked.messages, texts, [to_json(asked)] * len(texts)).total

    def _note(self, text: Text, kind: str = NOTE) -> None:
        attempt_writes.add_note(self.db, self.lease, text, now=time.time(), kind=kind)

    def _note_equal(self) -> None:
        items, total = generated_items.items(self.db, self.lease.run_id)
        count = sum("equal_responses" in item.flags for item in items)
        if count:
            text = N_(
                "To {count} of {total} prompts all answers are equal: these items are flagged, and not asked about."
            )
            self._note((text, {"count": count, "total": total}))

    def _note_variety(self) -> None:
        """How varied all answers of the run are; without a gate for broken text where the starter is not their root."""
        items, _total = generated_items.items(self.db, self.lease.run_id)
        texts = [response.text for item in items for response in item.responses]
        variety = answer_variety.measure(texts, self._perplexities(items))
        values: dict[str, Any] = {
            "different": variety.different,
            "count": variety.answers,
            "distinct": f"{variety.distinct_2:.2f}",
            "words": variety.words,
        }
        if variety.perplexity is None:
            text = N_(
                "{different} of {count} answers are different texts; distinct-2 of a sample of {words} words "
                "is {distinct}. "
                "Their perplexity was not measured: that needs answers of the starter or of a run that began with it."
            )
        else:
            values |= {"perplexity": f"{variety.perplexity:.1f}", "left_out": variety.left_out}
            text = N_(
                "{different} of {count} answers are different texts; distinct-2 of a sample of {words} words "
                "is {distinct}, "
                "without {left_out} answers outside the 1st to 99th percentile of perplexity under the starter "
                "(median {perplexity})."
            )
        self._note((text, values), MEASUREMENT)

    def _perplexities(self, items: Sequence[Item]) -> list[float] | None:
        resolved = self.resolved
        if resolved.model != starter_perplexity.NAME or not items:
            return None
        starter = self._policy(resolved.model, ()) if resolved.ancestors else self.answerers[0].policy
        return starter_perplexity.perplexities(starter, items, self.renewer.heartbeat)


def _origin(model: Model, rests_on: Sequence[str]) -> str:
    """What answers of a model are called: the checkpoint that it is, or its name."""
    return rests_on[-1] if model.from_ is not None else str(model.name)
