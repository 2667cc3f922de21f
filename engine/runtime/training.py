"""Puts the parts of a train run together, from its row and its newest checkpoint, and runs the loop.

Left out: the loop itself (`loop`), and the process around it (`worker`).
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import psutil
import torch

from engine.data.groups import encode
from engine.data.items import held_out, matching, training, units
from engine.evaluation.heldout import Heldout
from engine.models import catalogue
from engine.models.batches import Batches
from engine.models.load import Policy, load_policy
from engine.models.reference import ReferenceCache
from engine.runtime.heart import Heart
from engine.runtime.keeper import Keeper
from engine.runtime.learner import Learner
from engine.runtime.loop import Ending, Training, train
from engine.runtime.progress import Progress
from engine.runtime.recorder import Recorder
from engine.runtime.settled import Settled, settle
from engine.runtime.sources import Frozen
from engine.spec import Train, parse
from storage import datasets, metrics, queue, runs, samples
from storage.database import Database
from storage.records import Item, Lease, Run

log = logging.getLogger(__name__)


def run(db: Database, row: Run, lease: Lease, heart: Heart) -> Ending:
    """Train until the run ends or is asked to stop."""
    spec = parse(row.spec)
    location = catalogue.locate(spec.model.name, db.workspace)
    settled = Settled.of(queue.resolve(db, lease, row.resolved or settle(spec, location).state()))
    log.info("run %s, attempt %s: %s", row.id, lease.attempt, settled)
    torch.set_num_threads(settled.threads)
    policy = load_policy(
        location, adapter=spec.model.adapter, device=settled.device, precision=settled.precision, seed=spec.seed
    )
    heart.beat()
    writer = metrics.Writer(db, lease)
    try:
        return train(_assemble(db, lease, heart, spec, settled, policy, Recorder(writer, spec)))
    finally:
        writer.close()
        if writer.dropped:
            log.warning("%s points were not written", writer.dropped)


def _assemble(
    db: Database, lease: Lease, heart: Heart, spec: Train, settled: Settled, policy: Policy, recorder: Recorder
) -> Training:
    """All parts, standing where the newest checkpoint stands."""
    items = datasets.load(db, spec.data.version)
    keeper = Keeper(db, lease, keep_last=spec.checkpoint.keep_last)
    saved = keeper.newest()
    limits = {"max_tokens": spec.data.max_tokens, "max_prompt_tokens": spec.data.max_prompt_tokens}
    source = Frozen(
        units(matching(training(items), spec.data.filter), spec),
        partial(encode, template=policy.template, **limits),
        batch_size=spec.optimizer.batch_size,
        seed=spec.seed,
    )
    batches = _batches(db, spec, settled, policy, spec.data.version)
    learner = Learner(batches, spec, micro_batch=settled.micro_batch, beat=heart.beat)
    if saved is not None:
        learner.restore(saved.weights, saved.optimizer)
        source.restore(saved.state["source"])
    progress = Progress.of(saved.state["progress"]) if saved else Progress()
    if lease.attempt > 1:
        metrics.rewind(db, lease, progress.step if saved else -1, now=time.time())
    heart.beat()
    return Training(
        spec=spec,
        budget=settled.spending,
        peak_rate=settled.learning_rate,
        learner=learner,
        source=source,
        recorder=recorder,
        keeper=keeper,
        heart=heart,
        evaluate=_evaluator(db, lease, heart, spec, batches, items),
        memory_mb=partial(_memory_mb, policy.device),
        progress=progress,
        saved=progress.step if saved else -1,
    )


def _evaluator(
    db: Database, lease: Lease, heart: Heart, spec: Train, batches: Batches, items: Sequence[Item]
) -> Callable[[int], Mapping[str, float]]:
    """What evaluates a step: its answers are kept at once, its metrics are the loop's to record."""
    heldout = Heldout(spec, held_out(items), batches)

    def evaluate(step: int) -> Mapping[str, float]:
        values, answers = heldout.run(step, heart.beat)
        samples.add(db, lease, answers)
        runs.add_event(db, lease, "evaluation", step, None, now=time.time())
        return values

    return evaluate


def _batches(db: Database, spec: Train, settled: Settled, policy: Policy, version: str) -> Batches:
    """Batches of one dataset version. Reference log-probs are shared by all runs for which they come out the same."""
    data = (version, spec.data.max_tokens, spec.data.max_prompt_tokens, policy.tokenizer.chat_template)
    machine = (settled.device, settled.precision, settled.threads)
    return Batches.of(spec, policy, ReferenceCache(db.workspace.cache, policy.reference_hash, *data, *machine))


def _memory_mb(device: torch.device) -> float:
    """Memory of this process, or the most it has held on its GPU."""
    if device.type == "cuda":
        return float(torch.cuda.max_memory_allocated(device)) / 2**20
    return float(psutil.Process().memory_info().rss) / 2**20
