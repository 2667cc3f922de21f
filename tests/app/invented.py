"""A workspace with invented runs in every state, for the tests and pictures of pages. The figures mean nothing."""

import math
import random
from pathlib import Path

from storage import attempt_writes, intervals, metrics, queue, run_writes, runs, samples
from storage.database import Database, connect
from storage.records import Interval, Lease, Sample, TokenRow
from storage.workspace import Workspace
from tests.app import invented_tokens

PROMPTS = (
    (
        "How is the weather in Lisbon today?",
        "Look out of the window.",
        "Good morning! It should be sunny in Lisbon today, around 24 degrees. Enjoy your walk!",
    ),
    ("请问去火车站怎么走？", "不知道，自己查地图。", "您好！沿着中山路直走大约十分钟就到火车站了，祝您一路顺风。"),
    (
        "How long do I boil an egg?",
        "Until it is done. <b>Obviously.</b>",
        "Happy to help: about seven minutes for a soft yolk, ten for a firm one.",
    ),
    (
        "Could you write two lines about the sea?",
        "The sea is wet. Done.",
        "Of course: the sea hums low,\nand keeps the evening's gold.",
    ),
)
SURE = ("eval/reward", "eval/accuracy", "eval/kl", "eval/length")
"""Metrics of evaluations whose points have an interval."""
OTHER_LANE = "elsewhere"
"""No engine serves this lane: beside one that lives, an invented run in it is not claimed before its test claims it."""


def spec(algorithm: str, seed: int = 0, dataset: str = "polite-weather") -> dict[str, object]:
    """A run file as it is stored."""
    from engine.spec import dump, parse

    given = {"algorithm": algorithm, "seed": seed, "data": {"dataset": dataset, "version": "4c1e9b20aa"}}
    return dump(parse({**given, "optimizer": {"learning_rate": 2e-4}, "budget": {"steps": 300}}))


def workspace(root: Path, now: float, until: int = 186) -> Database:
    """Fill `root`; its running run stands at step `until` of 300."""
    db = connect(Workspace(root))
    _ended(db, "sft", "starter-sft", now - 90_000, "succeeded")
    _ended(db, "dpo", "article-beta-0.5", now - 80_000, "stopped", steps=140)
    sentence = (
        "The loss was not a finite number any more at step {step}, and the weights could not be updated. A lower "
        "learning rate (optimizer.learning_rate) or a smaller optimizer.max_grad_norm usually helps."
    )
    reason = (sentence, {"step": 40})
    _ended(db, "dpo", "dpo-learning-rate-2e-2", now - 7_300, "failed", steps=40, reason=reason)
    _ended(db, "dpo", "polite-dpo-seed0", now - 3_600, "succeeded")
    lease = started(db, "dpo", "polite-dpo-seed1", now - 200, seed=1)
    advance(db, lease, 0, until, now - 200)
    _queued(db, "dpo", "polite-dpo-seed2", now - 150, seed=2)
    _queued(db, "sft", "polite-sft", now - 100)
    after = _queued(db, "dpo", "dpo-after-seed1", now, waits_for=lease.run_id)
    assert runs.get(db, after).state == "waiting"
    return db


def advance(db: Database, lease: Lease, start: int, stop: int, began: float) -> None:
    """Train from one step to another, a second a step, with an evaluation every 25."""
    noise = random.Random(f"{lease.run_id}{start}")
    rows = [(step, _figures(step, noise), began + step) for step in range(start, stop + 1)]
    metrics.write(db, lease, rows)
    for step in range(start + -start % 25, stop + 1, 25):
        metrics.write(db, lease, [(step, _evaluation(step, noise), began + step)])
        intervals.add(db, lease, {(key, step): _around(_evaluation(step, noise)[key]) for key in SURE})
        answers = [_sample(lease, step, index) for index in range(len(PROMPTS))]
        samples.add(db, lease, answers, _tokens(answers, step))
    queue.renew(
        db, lease, seconds=3600, now=began + stop, step=stop, fraction=stop / 300, eta_seconds=(300 - stop) * 0.9
    )


def started(db: Database, algorithm: str, name: str, at: float, seed: int = 0, lane: str = "train") -> Lease:
    """A run that was queued, claimed and resolved at `at`, with a log."""
    run = _queued(db, algorithm, name, at, seed, lane=lane)
    lease = queue.claim_run(db, run, host="here", device="cpu", seconds=36_000, now=at)
    assert lease is not None
    machine = {"device": "cpu", "precision": "fp32", "threads": 2}
    decided = {"micro_batch": 4, "learning_rate": 2e-4, "budget": {"steps": 300}}
    queue.resolve(db, lease, {"model": "starter", "ancestors": [], **machine, **decided})
    log = db.workspace.log(run)
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(
        "\n".join(f"12:{i // 60:02}:{i % 60:02} step {i} loss {0.69 * math.exp(-i / 90):.4f}" for i in range(300))
    )
    return lease


def _queued(
    db: Database,
    algorithm: str,
    name: str,
    at: float,
    seed: int = 0,
    waits_for: str | None = None,
    lane: str = "train",
) -> str:
    run = run_writes.create(
        db,
        spec=spec(algorithm, seed),
        kind="train",
        algorithm=algorithm,
        lane=lane,
        name=name,
        now=at,
        requested_by="local",
        waits_for=waits_for,
    )
    return run.id


def _ended(db: Database, algorithm: str, name: str, at: float, state: str, steps: int = 300, reason=None) -> None:
    lease = started(db, algorithm, name, at)
    advance(db, lease, 0, steps, at)
    for step in range(50, steps + 1, 50):
        path = db.workspace.checkpoints(lease.run_id) / f"{step}-a1"
        attempt_writes.record_checkpoint(
            db, lease, step=step, path=path, size=8_400_000, best=step == 250, now=at + step
        )
    if state == "succeeded":
        report(db, lease, steps, at)
    queue.finish(db, lease, state, now=at + steps * 0.9, reason=reason)


def report(db: Database, lease: Lease, step: int, at: float) -> None:
    """An end evaluation, of step 0 and of the last step."""
    final = {0: {"final/reward": 0.43, "final/kl": 0.0}, step: {"final/reward": 0.76, "final/kl": 7.2}}
    final[step]["final/reward_gain"] = 0.33
    metrics.write(db, lease, [(when, values, at + step) for when, values in final.items()])
    bounds = {(key, when): _around(value) for when, values in final.items() for key, value in values.items()}
    intervals.add(db, lease, bounds)


def _around(value: float) -> Interval:
    return Interval(value - 0.04, value + 0.04, 32, 32)


def _figures(step: int, noise: random.Random) -> dict[str, float]:
    risen = 1 - math.exp(-step / 90)
    figures = {
        "loss": 0.6931 * math.exp(-step / 110) + noise.gauss(0, 0.02) * risen,
        "learning_rate": 2e-4 * min(1, step / 30) * (0.5 + 0.5 * math.cos(math.pi * step / 300)),
        "grad_norm": 1.5 + noise.gauss(0, 0.2),
        "rewards/chosen": 0.9 * risen + noise.gauss(0, 0.05),
        "rewards/rejected": -1.4 * risen + noise.gauss(0, 0.08),
        "rewards/margins": 2.3 * risen + noise.gauss(0, 0.1),
        "rewards/accuracies": min(1.0, 0.5 + 0.5 * risen + noise.gauss(0, 0.03)),
        "logps/chosen": -42 + 6 * risen + noise.gauss(0, 0.8),
        "logps/rejected": -31 - 15 * risen + noise.gauss(0, 1.0),
        "num_tokens": 1_850.0 * step,
        "tokens_per_second": 3_420 + noise.gauss(0, 90),
        "seconds_per_step": 0.54 + noise.gauss(0, 0.02),
        "memory_mb": 512.0,
    }
    return {**figures, "loss": 1.1} if step == 121 else figures


def _evaluation(step: int, noise: random.Random) -> dict[str, float]:
    risen = 1 - math.exp(-step / 90)
    return {
        "eval/reward": 0.42 + 0.36 * risen + noise.gauss(0, 0.01),
        "eval/accuracy": 0.5 + 0.48 * risen,
        "eval/margin": 14 * risen,
        "eval/kl": 7.5 * risen,
        "eval/loss": 0.6931 * math.exp(-step / 110) + 0.04,
        "eval/length": 27 + 5 * risen,
        "eval/distinct_2": 0.84 - 0.06 * risen,
        "eval/reference_perplexity": 2.1 + 0.2 * risen,
        "eval/clipped_ratio": 0.01,
    }


def _tokens(answers: list[Sample], step: int) -> list[TokenRow]:
    rows = [invented_tokens.row(sample.text, sample.prompt_index, step) for sample in answers]
    for index, (prompt, rejected, chosen) in enumerate(PROMPTS):
        about = {"part": "pairs", "messages": ({"role": "user", "content": prompt},)}
        rows.append(invented_tokens.row(chosen, index, step, label="chosen", score=1.0, **about))
        rows.append(invented_tokens.row(rejected, index, step, label="rejected", score=0.0, **about))
    return rows


def _sample(lease: Lease, step: int, index: int) -> Sample:
    prompt, before, after = PROMPTS[index]
    return Sample(
        run_id=lease.run_id,
        step=step,
        attempt=lease.attempt,
        prompt_index=index,
        sample_index=0,
        messages=({"role": "user", "content": prompt},),
        text=after if step >= 75 else before,
        scores={"polite": 0.85 if step >= 75 else 0.2},
        tokens=14,
        finished=True,
        reward=0.85 if step >= 75 else 0.2,
        kl=step / 40,
    )
