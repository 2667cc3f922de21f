"""Invented runs that belong together: four methods on equal terms, a chain, a diamond, and one of another trainer."""

from typing import Any

from engine.spec import dump, parse
from storage import metrics, queue, run_writes, samples
from storage.database import Database
from storage.records import Lease
from tests.app import invented

STEPS = 300


def spec(algorithm: str, seed: int = 0, **blocks: Any) -> dict[str, Any]:
    """A run file as it is stored; its blocks as in YAML."""
    given = {
        "algorithm": algorithm,
        "seed": seed,
        "data": {"dataset": "polite-weather", "version": "4c1e9b20aa"},
        "reward": [{"kind": "polite"}] if algorithm != "reward" else None,
        "budget": {"steps": STEPS},
    }
    return dump(parse({**given, **blocks}))


def put(db: Database, name: str, spec: dict[str, Any], at: float, lane: str = "train", **links: str | None) -> str:
    """A run in the line."""
    algorithm = spec.get("algorithm")
    return run_writes.create(
        db, spec=spec, kind="train", algorithm=algorithm, lane=lane, name=name, now=at, requested_by="local", **links
    ).id


def trained(db: Database, name: str, spec: dict[str, Any], at: float, gain: float = 1.0, **links: str | None) -> str:
    """A run that succeeded; `gain` scales what its held-out reward and KL rise by. `links` may name its lane."""
    run = put(db, name, spec, at, **links)
    lease = queue.claim_run(db, run, host=name, device="cpu", seconds=36_000, now=at)
    assert lease is not None
    advance(db, lease, 0, STEPS, at, gain)
    queue.finish(db, lease, "succeeded", now=at + STEPS * 0.9)
    return run


def advance(db: Database, lease: Lease, start: int, stop: int, at: float, gain: float = 1.0) -> None:
    """As `invented.advance`, with another gain."""
    invented.advance(db, lease, start, stop, at)
    measured = [(key, step, value) for key, step, value, _at in metrics.points(db, lease.run_id)]
    scaled = [
        (step, {key: 0.42 + gain * (value - 0.42) if key == "eval/reward" else gain * value}, at + step)
        for key, step, value in measured
        if key in ("eval/reward", "eval/kl") and start <= step <= stop
    ]
    metrics.write(db, lease, scaled)
    samples.add(db, lease, samples.listing(db, lease.run_id, step=stop - stop % 25))


def quartet(db: Database, at: float) -> list[str]:
    """Four methods with the same settings."""
    gains = {"dpo": 0.8, "ppo": 0.5, "grpo": 1.1, "gspo": 0.95}
    return [
        trained(db, f"fair-{name}", spec(name), at + 400 * index, gain)
        for index, (name, gain) in enumerate(gains.items())
    ]


def seeds(db: Database, at: float) -> list[str]:
    """Two methods in three seeds each, the seeds of one method after those of the other."""
    return [
        trained(db, f"{method}-seed{seed}", spec(method, seed), at, 1 + 0.1 * seed + 0.3 * index)
        for index, method in enumerate(("dpo", "grpo"))
        for seed in range(3)
    ]


def diamond(db: Database, at: float) -> dict[str, str]:
    """sft, a reward model from it, and ppo that starts from the first, is scored by the second and still waits."""
    sft = trained(db, "manners-sft", spec("sft"), at)
    model = {"from": f"run:{sft}"}
    judge = put(db, "manners-reward", spec("reward", model=model), at + 1)
    lease = queue.claim_run(db, judge, host="manners", device="cpu", seconds=36_000, now=at + 2)
    assert lease is not None
    invented.advance(db, lease, 0, 120, at + 2)
    policy = spec("ppo", model=model, reward=[{"kind": "learned", "from": f"run:{judge}"}])
    ppo = put(db, "manners-ppo", policy, at + 3, waits_for=judge)
    last = put(db, "manners-grpo", spec("grpo", model={"from": f"run:{ppo}"}), at + 4, waits_for=ppo)
    return {"sft": sft, "reward": judge, "ppo": ppo, "grpo": last}


def foreign(db: Database, at: float) -> str:
    """A run of another trainer: no run file of ours, a metric of its own, no log and no checkpoint."""
    run = run_writes.create(
        db, spec={"trainer": "other"}, kind="train", algorithm=None, lane="train", name="elsewhere", now=at
    )
    lease = queue.claim_run(db, run.id, host="there", device="cpu", seconds=36_000, now=at)
    assert lease is not None
    metrics.write(db, lease, [(step, {"loss": 1 / (step + 1), "my/own": float(step)}, at) for step in range(STEPS)])
    queue.renew(db, lease, seconds=60, now=at, step=STEPS, fraction=1.0)
    queue.finish(db, lease, "succeeded", now=at + 100)
    _become(db, run.id, "imported")
    return run.id


def _become(db: Database, run_id: str, origin: str) -> None:
    """What an import writes at once: only local runs can be claimed."""
    with db.write() as connection:
        connection.exec_driver_sql("UPDATE runs SET origin = ? WHERE id = ?", (origin, run_id))
