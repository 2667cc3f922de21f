"""What an engine answers, for tests that run none."""

from engine.spec.answers import Estimate, Health

HEALTH = Health(state="alive", pid=1, host="here", device="cpu", version="0.1.0", started_at=1.0, running=())
ESTIMATE = Estimate(
    steps=120,
    passes=1.6,
    items=1297,
    tokens=410_000,
    generated_tokens=0,
    rollout_prompts=0,
    completions=0,
    seconds=130,
    memory_mb=390,
    memory_limit_mb=23_000,
    disk_mb=74,
    disk_free_mb=80_000,
    skipped=3,
    split=True,
    evaluated_on=None,
    device="cpu",
    micro_batch=16,
    precision="fp32",
)
