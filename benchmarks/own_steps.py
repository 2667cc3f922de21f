"""Our side: the run's own parts, put together as a worker does, one step for each line that comes in.

One JSON question on the first line of stdin: the workspace, the run file, the steps of the warm-up. Each step answers
with its seconds, the tokens that passed through the update, those sampled, and the most memory so far.
"""

import json
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from engine.runtime.run.lease_renewal import LeaseRenewer
from engine.runtime.training.assembly import Attempt
from engine.runtime.training.loop import Training
from engine.runtime.training.recorder import Recorder
from engine.runtime.training.resolve_train import resolve_train
from engine.runtime.training.sources import plan
from engine.spec import parse
from storage import metrics, queue, runs
from storage.database import connect
from storage.workspace import Workspace


def main() -> None:
    """Serve until stdin ends."""
    question = json.loads(sys.stdin.readline())
    db = connect(Workspace(Path(question["workspace"])))
    run_id = question["run"]
    lease = queue.claim_run(db, run_id, host="benchmark", device=run_id, seconds=86_400.0, now=time.time())
    assert lease is not None
    spec = parse(runs.get(db, run_id).spec)
    resolved = resolve_train(db, spec)
    torch.set_num_threads(resolved.threads)
    with LeaseRenewer(db, lease) as renewer:
        attempt = Attempt(db, lease, renewer, spec, resolved)
        writer = metrics.Writer(db, lease)
        job = attempt.assemble(attempt.policy(), Recorder(writer, spec))
        serve(_steps(job), question["warm_up"], resolved.summary())
        writer.close()


def serve(steps: Iterator[dict[str, Any]], warm_up: int, about: str) -> None:
    """Take the steps of the warm-up, say that it is done, then one step a line."""
    for _ in range(warm_up):
        next(steps)
    say({"ready": about})
    for _line in sys.stdin:
        began = time.perf_counter()
        counts = next(steps)
        seconds = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        say({"seconds": seconds, "peak_mb": peak, **counts})


def say(answer: dict[str, Any]) -> None:
    """One line on stdout."""
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _steps(job: Training) -> Iterator[dict[str, Any]]:
    tokens = generated = 0.0
    for batch in job.source:
        minibatches = plan(batch, batch_size=job.spec.optimizer.batch_size, passes=job.spec.passes)
        for minibatch in minibatches:
            job.progress.done = (job.progress.done + 1) % len(minibatches)
            if job.learn(minibatch):
                before, tokens = tokens, float(job.progress.tokens)
                sampled, generated = generated, float(job.source.generated)
                yield {"tokens": tokens - before, "generated": generated - sampled}


if __name__ == "__main__":
    main()
