"""The evaluations of one attempt: they measure, and keep answers, intervals and values of tokens at once.

Their metrics are the loop's to record. Left out: when they are done (`loop`), and what is measured
(`engine.evaluation`).
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.evaluation.end_evaluation import EndEvaluation
from engine.evaluation.heldout import Heldout
from engine.runtime.run.lease_renewal import LeaseRenewer
from engine.runtime.training.sources import Source
from storage import attempt_writes, final_samples, intervals, rollout_samples, samples
from storage.database import Database
from storage.records import Lease
from words import N_

_SHARED_PROMPTS = N_(
    "There are {held_out} held-out prompts, too few to choose the best checkpoint by {selected_on} of them and report "
    "on others: the end evaluation reports on {reported_on} that include those."
)
ANSWERS_AS_QUICK = 1.5  # as those on the way, which are scored one by one, but asked of one model only


@dataclass
class Evaluations:
    """What the loop calls."""

    db: Database
    lease: Lease
    renewer: LeaseRenewer
    heldout: Heldout
    end: EndEvaluation | None
    source: Source

    def evaluate(self, step: int) -> Mapping[str, float]:
        """The metrics of a step; its answers are kept beside a few that were trained on before it."""
        measured = self.heldout.run(step, self.renewer.heartbeat_or_yield, self.source.newest_groups())
        samples.add(self.db, self.lease, measured.samples, measured.tokens, step=step)
        intervals.add(self.db, self.lease, {(key, step): each for key, each in measured.figures.intervals.items()})
        rollout_samples.add(self.db, self.lease, step, self.source.sampled_groups())
        attempt_writes.add_event(self.db, self.lease, "evaluation", step, None, now=time.time())
        return measured.figures.metrics

    def evaluate_end(self, step: int, report: Callable[[float], None]) -> Mapping[int, Mapping[str, float]]:
        """The metrics of the end evaluation by step: 0 and the last."""
        if self.end is None:
            return {}
        division = self.end.division
        if not division.apart:
            attempt_writes.add_note(self.db, self.lease, (_SHARED_PROMPTS, division._asdict()), now=time.time())
        ended = self.end.run(step, self.renewer.heartbeat_or_yield, report)
        final_samples.add(self.db, self.lease, ended.samples)
        kept = {(key, at): each for at, found in ended.figures.items() for key, each in found.intervals.items()}
        intervals.add(self.db, self.lease, kept)
        attempt_writes.add_event(self.db, self.lease, "end_evaluation", step, None, now=time.time())
        return {at: found.metrics for at, found in ended.figures.items()}

    @property
    def end_in_evaluations(self) -> float:
        """How many evaluations on the way take as long as the one at the end."""
        if self.end is None:
            return 0.0
        return self.end.answers / max(1, self.heldout.prompts) / ANSWERS_AS_QUICK
