"""The one loop: for batch in source, for minibatch in plan(batch): loss, update. All algorithms run through it.

It knows no algorithm and no kind of source (ADR 0003). Left out: how the parts are made (`assembly`), what an update
computes (`learner`) and what ends a worker (`engine.runtime.run.worker`).
"""

import logging
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from engine.data.groups import Group
from engine.rewards import JudgeUnavailable
from engine.runtime.run.activities import Outcome
from engine.runtime.run.checkpoint_files import Content
from engine.runtime.run.checkpoints import CheckpointStore
from engine.runtime.run.lease_renewal import Interrupted, LeaseRenewer
from engine.runtime.training.learner import Learner, Update
from engine.runtime.training.learning_signs import nonfinite_keys, skip_sentences
from engine.runtime.training.progress import Progress
from engine.runtime.training.recorder import Recorder
from engine.runtime.training.schedule import factor
from engine.runtime.training.sources import NothingToTrainOn, Source, plan
from engine.runtime.training.watching import Verdict, Watch
from engine.spec import Train, metric
from engine.spec.blocks import Budget
from words import N_, Explained, Text, english, from_json, to_json

log = logging.getLogger(__name__)

LOG_SECONDS = 5.0  # between two lines about updates
NONFINITE_LIMIT = 3  # updates in a row that are not finite: the weights no longer change, so nothing will mend it

Quantity = Literal["loss", "gradient", "weights"]
_NOT_FINITE: dict[Quantity, str] = {
    "loss": N_(
        "The loss was not a finite number any more at step {step}, and the weights could not be updated. A lower "
        "learning rate (optimizer.learning_rate) or a smaller optimizer.max_grad_norm usually helps."
    ),
    "gradient": N_(
        "The gradient was not a finite number any more at step {step}, and the weights could not be updated. A lower "
        "learning rate (optimizer.learning_rate) or a smaller optimizer.max_grad_norm usually helps."
    ),
    "weights": N_(
        "The model's weights were not finite numbers any more at step {step}. The last checkpoint is from before that. "
        "A lower learning rate (optimizer.learning_rate) usually helps."
    ),
}
_EVALUATION_NOT_FINITE = N_("The evaluation of step {step} gave numbers that are not finite: {metrics}.")
_OUTCOMES: dict[str, Outcome] = {"pause": "paused", "stop": "stopped", "requeue": "queued"}


class NotFinite(Explained):
    """Loss or gradient stayed infinite or undefined, or a weight is."""

    def __init__(self, quantity: Quantity, step: int) -> None:
        """`step` is the last one tried."""
        super().__init__(_NOT_FINITE[quantity], step=step)


class Evaluates(Protocol):
    """What evaluates; it keeps answers and intervals itself."""

    def evaluate(self, step: int) -> Mapping[str, float]:
        """The metrics of a step on the way. Raises Interrupted."""

    def evaluate_end(self, step: int, report: Callable[[float], None]) -> Mapping[int, Mapping[str, float]]:
        """The metrics of the end evaluation by step; `report` is told the share that is done. Raises Interrupted."""

    @property
    def end_in_evaluations(self) -> float:
        """How many evaluations on the way take as long as the one at the end."""


@dataclass
class Training:
    """A run under way: its parts, and how far it is."""

    spec: Train
    budget: Budget
    peak_rate: float
    learner: Learner
    source: Source
    recorder: Recorder
    checkpoints: CheckpointStore
    renewer: LeaseRenewer
    evaluations: Evaluates
    system: Callable[[], Mapping[str, float]]  # what the process takes of the machine
    note: Callable[[Text], None]  # keeps a sentence about the run
    progress: Progress = field(default_factory=Progress)
    saved: int = -1  # step of the checkpoint this attempt started from, or wrote last

    def __post_init__(self) -> None:
        self._empty = 0
        self._batch_metrics: dict[str, float] = {}  # not yet recorded: their batches led to no update
        self._logged_at = -math.inf
        self._watch = Watch(self.spec.watch or [], self.progress.rules)
        self._verdict: Verdict | None = None  # of the step under way
        self._reason: Text | None = from_json(self.progress.ended_early)
        self._evaluation_seconds = 0.0  # that the newest took
        self._clock = time.perf_counter()
        self._started = (self._clock, self.progress.fraction(self.budget))

    @property
    def reason(self) -> Text | None:
        """Why a watch rule ended the run, or paused it; None where none did."""
        return self._reason

    def learn(self, groups: Sequence[Group]) -> bool:
        """One update, and its metrics. False where the groups hold nothing that the loss counts."""
        tokens, samples = sum(group.tokens for group in groups), sum(len(group.encoded) for group in groups)
        rate = self._rate(samples, tokens)
        fresh = self.source.take_batch_metrics()
        self._batch_metrics.update(fresh)
        update = self.learner.update(groups, rate, fresh=bool(fresh))
        if update is None:
            self._pass_over(len(groups))
            return False
        now = time.perf_counter()
        seconds, self._clock = now - self._clock, now
        self._count(update, samples, tokens, seconds)
        speed = {
            "seconds_per_step": seconds,
            "tokens_per_second": tokens / seconds,
            "samples_per_second": samples / seconds,
        }
        values = {**self._batch_metrics, **update.metrics, "learning_rate": rate, **speed, **self._counts()}
        self._batch_metrics = {}
        self._record(values)
        self._log_progress(values["loss"], speed["tokens_per_second"])
        if update.applied:
            self.progress.signs.observe(values)
        else:
            self._require_finite(update)
        return True

    def after_step(self) -> Outcome | None:
        """Evaluate and save where it is time to; the outcome, where the run ends or was asked to."""
        fraction = self.progress.fraction(self.budget)
        self.renewer.report(self.progress.step, fraction, self._remaining_seconds(fraction))
        better = self._evaluate(last=fraction >= 1)
        request, verdict, self._verdict = self.renewer.request, self._verdict, None
        # a fork begins with a checkpoint of its own: its parent's may be deleted
        if verdict is not None and verdict.state == "succeeded" and not request:
            self.progress.ended_early = to_json(verdict.reason)  # so that no later attempt trains on
        due = self.saved < 0 or self.progress.step % self.spec.checkpoint.every == 0
        if better or ((due or fraction >= 1 or request or verdict) and self.saved != self.progress.step):
            self._save(best=better)
        self._clock = time.perf_counter()
        if fraction >= 1 and self.progress.evaluated == self.progress.step:
            return "succeeded"
        if request or verdict is None:
            return _OUTCOMES.get(request or "")
        self._reason = verdict.reason
        log.info("%s", english(verdict.reason))
        return verdict.state

    def evaluate_end(self) -> Outcome:
        """The end evaluation of a run that came to its end; what was asked meanwhile, where it was given up for that.

        Nothing is saved after it: an attempt that finds the budget spent does it again, with the same answers.
        """
        began, fraction = time.perf_counter(), self.progress.fraction(self.budget)

        def report(share: float) -> None:
            seconds = time.perf_counter() - began
            self.renewer.report(self.progress.step, fraction, seconds / share * (1 - share))

        try:
            by_step = self.evaluations.evaluate_end(self.progress.step, report)
        except Interrupted:
            self._reason = None
            return _OUTCOMES[self.renewer.request or "requeue"]
        for step, metrics in by_step.items():
            self.recorder.record(step, metrics, time.time())
            log.info("end evaluation of step %s: %s", step, _in_words(metrics))
            self._note_unusable(step, metrics)
        return "succeeded"

    def end_notes(self) -> None:
        """Note what was skipped, and that nothing was learned, where that is so."""
        sentences = [*skip_sentences(self.source.skips), *self.progress.signs.sentences(self.spec)]
        for sentence in sentences:
            log.info("%s", english(sentence))
            self.note(sentence)

    def save_if_needed(self) -> None:
        """Save, unless this step is saved already."""
        if self.saved != self.progress.step:
            self._save(best=False)

    def _require_finite(self, update: Update) -> None:
        """Raises NotFinite after an update that was not applied, where no later one can be."""
        self.renewer.report(self.progress.step, self.progress.fraction(self.budget), None)  # the step that failed
        self._require_finite_weights()
        if self.progress.nonfinite_steps == NONFINITE_LIMIT:
            raise NotFinite("gradient" if math.isfinite(update.metrics["loss"]) else "loss", self.progress.step)

    def _require_finite_weights(self) -> None:
        if not self.learner.has_finite_weights():
            raise NotFinite("weights", self.progress.step)

    def _record(self, values: Mapping[str, float]) -> None:
        """Keep the metrics of this step, and look whether a rule acts upon them."""
        self.recorder.record(self.progress.step, values, time.time())
        verdict = self._watch.observe(self.progress.step, values)
        self._verdict = self._verdict or verdict

    def _log_progress(self, loss: float, tokens_per_second: float) -> None:
        """A line in the log, now and then."""
        if self._clock - self._logged_at >= LOG_SECONDS:
            self._logged_at = self._clock
            log.info("step %s: loss %.4f, %.0f tokens a second", self.progress.step, loss, tokens_per_second)

    def _rate(self, samples: int, tokens: int) -> float:
        """The learning rate in the middle of an update, so that neither the first nor the last is at zero."""
        cost = {"steps": 1.0, "samples": samples, "tokens": tokens}.get(self.budget.unit, 0.0)
        middle = (self.progress.spent(self.budget) + cost / 2) / self.budget.amount
        optimizer = self.spec.optimizer
        return self.peak_rate * factor(optimizer.schedule, optimizer.warmup_ratio, min(1.0, middle))

    def _count(self, update: Update, samples: int, tokens: int, seconds: float) -> None:
        self._empty = 0
        self.progress.step += 1
        self.progress.samples += samples
        self.progress.tokens += tokens
        self.progress.seconds += seconds
        self.progress.nonfinite_steps = 0 if update.applied else self.progress.nonfinite_steps + 1

    def _counts(self) -> dict[str, float]:
        return {
            "num_tokens": self.progress.tokens,
            "num_samples": self.progress.samples,
            "train_seconds": self.progress.seconds,
            "generated_tokens": self.source.generated,
            "data/skipped": self.progress.skipped + self.source.skips.total(),
            **self.system(),
        }

    def _pass_over(self, examples: int) -> None:
        self.progress.skipped += examples
        self._empty += 1
        if self._empty == self.source.max_empty_batches:
            raise NothingToTrainOn

    def _evaluate(self, *, last: bool) -> bool:
        """Evaluate where it is due and not done; true where the result is the best so far."""
        step = self.progress.step
        if self.progress.evaluated == step or not (last or step % self.spec.evaluation.every == 0):
            return False
        began = time.perf_counter()
        try:
            metrics = self.evaluations.evaluate(step)
        except Interrupted:
            return False  # whoever goes on from here evaluates first
        self._evaluation_seconds = time.perf_counter() - began
        self._record(metrics)
        log.info("step %s: %s", step, _in_words(metrics))
        self.progress.evaluated = step
        self._note_unusable(step, metrics)
        return self._is_best(metrics)

    def _note_unusable(self, step: int, metrics: Mapping[str, float]) -> None:
        unusable = nonfinite_keys(metrics)
        if unusable:
            self._require_finite_weights()
            self.note((_EVALUATION_NOT_FINITE, {"step": step, "metrics": ", ".join(unusable)}))

    def _is_best(self, metrics: Mapping[str, float]) -> bool:
        key = self.spec.checkpoint.keep_best
        if key is None or key not in metrics:
            return False
        sign = -1 if metric(key).direction == "down" else 1
        best, value = self.progress.best, metrics[key]
        if math.isnan(value) or (best is not None and sign * value <= sign * best):
            return False
        self.progress.best = value
        return True

    def _save(self, *, best: bool) -> None:
        self._require_finite_weights()  # or the last good checkpoint might make room for a useless one
        self.recorder.flush()
        state = {"progress": self.progress.state(), "source": self.source.state(within=self.progress.done > 0)}
        weights, optimizer = self.learner.state(whole=self.progress.step > 0)
        self.checkpoints.save(self.progress.step, Content(weights, optimizer, state), best=best)
        self.saved = self.progress.step
        log.info("step %s: checkpoint saved%s", self.saved, ", the best so far" if best else "")

    def _remaining_seconds(self, fraction: float) -> float | None:
        """At the pace of this attempt so far, all evaluations included; None before the first step."""
        began, at = self._started
        if fraction <= at:
            return None
        end = self._evaluation_seconds * self.evaluations.end_in_evaluations
        return (time.perf_counter() - began) / (fraction - at) * (1.0 - fraction) + end


def _in_words(metrics: Mapping[str, float]) -> str:
    return ", ".join(f"{key} {value:.4g}" for key, value in metrics.items())


def train(job: Training) -> Outcome:
    """Train until the budget is spent or someone asks to stop.

    A judge that is down raises: what was learned until then is saved first.
    """
    try:
        outcome = _train(job)
        if outcome == "succeeded":
            outcome = job.evaluate_end()
    except JudgeUnavailable:
        job.save_if_needed()
        raise
    if outcome == "succeeded":
        job.end_notes()
    return outcome


def _train(job: Training) -> Outcome:
    if job.progress.ended_early:
        return "succeeded"
    outcome = job.after_step()
    if outcome is not None:
        return outcome
    for batch in job.source:
        minibatches = plan(batch, batch_size=job.spec.optimizer.batch_size, passes=job.spec.passes)
        for minibatch in minibatches[job.progress.done :]:
            job.progress.done = (job.progress.done + 1) % len(minibatches)
            if job.learn(minibatch) or job.renewer.request:
                outcome = job.after_step()
            if outcome is not None:
                return outcome
    raise AssertionError("a source never ends")
