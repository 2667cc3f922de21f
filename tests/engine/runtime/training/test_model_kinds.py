"""Models with states, and one without a cache, train as others do; `accept.model_kinds` tries all kinds."""

from pathlib import Path

import pytest

from storage import metrics, queue
from storage.database import Database
from tests import model_kinds, tiny
from tests.engine.runtime.attempts import Claim, attempt
from tests.remains import left_behind


@pytest.mark.slow
@pytest.mark.parametrize("adapter", ["none", {"kind": "lora", "rank": 2}], ids=["full", "lora"])
@pytest.mark.parametrize("kind", ["lfm2", "mamba", "openai-gpt"])
def test_a_kind_trains_and_goes_on_bit_for_bit(
    db: Database, model: Path, pairs: str, claim: Claim, tmp_path: Path, kind: str, adapter: object
):
    folder = model_kinds.write_model(kind, tmp_path / "kind", model)
    file = {
        **tiny.settings(folder, pairs, budget={"steps": 2}, evaluation={"every": 2, "prompts": 2}),
        "model": {"name": str(folder), "adapter": adapter},
    }
    whole, parts = tiny.submit(db, file), tiny.submit(db, file)
    assert attempt(db, whole, claim) == "succeeded"
    assert attempt(db, parts, claim, pause_at=1) == "paused"
    queue.resume(db, parts.id, 3_000.0)
    assert attempt(db, parts, claim) == "succeeded"
    assert left_behind(db, parts.id) == left_behind(db, whole.id)
    sampled = {"data": {**file["data"], "source": "sampled"}, "sampling": {"max_new_tokens": 6, "group_size": 2}}
    run = tiny.submit(db, {**file, "algorithm": "grpo", **sampled, "budget": {"steps": 1}})
    assert attempt(db, run, claim) == "succeeded"
    ratios = [value for key, _, value, _ in metrics.points(db, run.id) if key == "ratio/mean"]
    assert ratios == [pytest.approx(1, abs=1e-3)]  # what was sampled is what is scored
