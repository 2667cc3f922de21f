"""Tiny random models of many kinds: whether each is scored, sampled and trained as its own forward says, or refused.

Of each kind, with and without an adapter: two steps of dpo, the same in two attempts, one step of grpo on answers of
its own, and a child that starts where its parent ended. A kind that cannot be trained must be refused before the queue,
in a sentence that names it. `python -m accept.model_kinds KIND ...` tries only those, and leaves the other rows of the
file as they were: all kinds take over an hour. Each row says when it was tried.
"""

import json
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file

from accept.report import conclude
from engine.data.templates import Encoded
from engine.models import catalogue
from engine.models.load import Policy, load_policy
from engine.models.model_folder import AncestorCheckpoint
from engine.models.sampler import sample
from engine.models.scoring import score
from engine.runtime.preflight.check import preflight
from engine.spec.blocks import Lora
from storage import queue, runs
from storage.database import Database, connect
from storage.records import Lease, Run
from storage.workspace import Workspace
from tests import model_kinds, tiny
from tests.engine.runtime.attempts import attempt
from tests.remains import left_behind
from words import english

AGREEMENT = 1e-4  # nats, beside what float32 rounds off a log-prob of thousands of nats, as some random models have
ROUNDING = 1e-6  # of the log-prob
ENOUGH = 30  # kinds that train
PROMPTS = [
    tuple(1 + (7 * row + 3 * token) % 250 for token in range(length)) for row, length in enumerate((2, 70, 9, 2))
]
ADAPTERS: dict[str, Any] = {"full": "none", "lora": {"kind": "lora", "rank": 2}}


def main(names: list[str]) -> int:
    """Try all kinds in one process, and write down what came of each."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder) / "workspace").create()
        db = connect(workspace)
        tokenizer = tiny.write_model(Path(folder) / "tokenizer")
        tiny.write_pairs(db, "pairs", 40)
        outcomes = {}
        for kind in names or model_kinds.KINDS:
            began = time.monotonic()
            outcome = _outcome(db, kind, tokenizer)
            outcomes[kind] = outcome | {"seconds": round(time.monotonic() - began, 1), "at": time.strftime("%F %T")}
            print(kind, json.dumps(outcomes[kind], ensure_ascii=False), flush=True)
        db.close()
    return _conclude({**_earlier(), **outcomes} if names else outcomes)


def _earlier() -> dict[str, Any]:
    file = Path(__file__).with_suffix(".json")
    return json.loads(file.read_text(encoding="utf-8"))["figures"] if file.exists() else {}


def _conclude(outcomes: dict[str, Any]) -> int:
    states = [outcome["outcome"] for outcome in outcomes.values()]
    wanted = {
        "every kind is tried": set(outcomes) == set(model_kinds.KINDS),
        "every kind trains, or is refused by name before the queue": all(s in ("trains", "refused") for s in states),
        f"{ENOUGH} kinds or more train": states.count("trains") >= ENOUGH,
    }
    return conclude("model_kinds", outcomes, wanted)


def _outcome(db: Database, kind: str, tokenizer: Path) -> dict[str, Any]:
    """What came of a kind: trains with these figures, refused with this sentence, or what it failed with."""
    name = kind.replace("_", "-")
    try:
        model_kinds.write_model(kind, db.workspace.models / name, tokenizer)
        refusal = _refusal(db, name)
        if refusal is not None:
            return {"outcome": "refused" if kind in refusal else "refused without its name", "sentence": refusal}
        return {"outcome": "trains"} | {label: _trial(db, name, adapter) for label, adapter in ADAPTERS.items()}
    except Exception as error:
        traceback.print_exc()
        return {"outcome": "failed", "error": f"{type(error).__name__}: {error}"}


def _refusal(db: Database, name: str) -> str | None:
    """What the preflight says against it; nothing where it may train."""
    for algorithm in ("dpo", "grpo"):
        problems = preflight(db, _file(name, "none", algorithm)).problems
        if problems:
            return english(problems[0].text)
    return None


def _file(name: str, adapter: Any, algorithm: str, **blocks: Any) -> dict[str, Any]:
    steps = {"dpo": 2, "grpo": 1}[algorithm]
    file = tiny.settings(Path(name), "pairs", budget={"steps": steps}, evaluation={"every": 2, "prompts": 2}, **blocks)
    if algorithm == "grpo":
        file |= {"algorithm": "grpo", "data": {**file["data"], "source": "sampled"}}
        file["sampling"] = {"max_new_tokens": 6, "group_size": 2}
    return {"model": {"name": name, "adapter": adapter}, **{k: v for k, v in file.items() if k != "model"}}


def _trial(db: Database, name: str, adapter: Any) -> dict[str, Any]:
    """Figures of one way to train. Raises AssertionError where what must be equal is not."""
    lora: Any = Lora.model_validate(adapter) if isinstance(adapter, dict) else "none"
    location = catalogue.locate(name, db.workspace)
    policy = load_policy(location, adapter=lora, device="cpu", seed=0)
    figures = {"decoding": policy.decoding, "shares": policy.packs_prompts, **_differences(policy)}
    whole, parts = (tiny.submit(db, _file(name, adapter, "dpo")) for _ in range(2))
    assert _attempt(db, whole) == "succeeded"
    assert _attempt(db, parts, pause_at=1) == "paused"
    queue.resume(db, parts.id, time.time())
    assert _attempt(db, parts) == "succeeded"
    assert left_behind(db, whole.id) == left_behind(db, parts.id), "two attempts left something else than one"
    assert _attempt(db, tiny.submit(db, _file(name, adapter, "grpo"))) == "succeeded"
    weights = runs.checkpoints(db, whole.id)[-1].path / "weights.safetensors"
    policy.load_weights(load_file(weights))
    ancestors = [AncestorCheckpoint(None if lora == "none" else lora, weights)]
    child = load_policy(location, adapter="none", device="cpu", seed=0, ancestors=ancestors)
    figures["child"] = _distance(_scores(policy), _scores(child))
    for key in ("scoring", "sampling", "child"):
        assert figures[key] < AGREEMENT, f"{key}: off by {figures[key]}"
    return figures


def _attempt(db: Database, run: Run, **trouble: int) -> str:
    return attempt(db, run, _claim(db), **trouble)


def _claim(db: Database) -> Callable[[Run], Lease]:
    def take(run: Run) -> Lease:
        lease = queue.claim_run(db, run.id, host="here", device="cpu", seconds=600, now=time.time())
        assert lease is not None
        return lease

    return take


@torch.no_grad()
def _differences(policy: Policy) -> dict[str, float]:
    """How far scoring and sampling are from the model's own forward, in nats; rows leave the batch at unlike times."""
    answers = sample(
        policy.model,
        PROMPTS,
        [(row,) for row in range(len(PROMPTS))],
        stops=set(range(0, model_kinds.VOCABULARY, 5)),
        max_new_tokens=12,
        decoding=policy.decoding,
    )
    pairs = [Encoded(prompt, answer.tokens) for prompt, answer in zip(PROMPTS, answers, strict=True)]
    own = [_own(policy.model, pair) for pair in pairs]
    scores = score(policy.model, pairs, share=policy.packs_prompts).logps
    sampled = [torch.tensor(answer.logps) for answer in answers]
    scored = [row[: len(pair.response)] for row, pair in zip(scores, pairs, strict=True)]
    return {"scoring": _distance(scored, own), "sampling": _distance(sampled, own)}


def _own(model: Any, pair: Encoded) -> torch.Tensor:
    logits = model(input_ids=torch.tensor([pair.prompt + pair.response])).logits[0]
    logps = logits[len(pair.prompt) - 1 : -1].float().log_softmax(-1)
    return logps.gather(1, torch.tensor(pair.response)[:, None])[:, 0]


@torch.no_grad()
def _scores(policy: Policy) -> list[torch.Tensor]:
    return [score(policy.model, [Encoded(prompt, (5, 6, 7))]).logps for prompt in PROMPTS]


def _distance(values: list[torch.Tensor], expected: list[torch.Tensor]) -> float:
    """The largest difference, less what float32 rounds off values of that size."""
    differences = ((one - other).abs() - ROUNDING * other.abs() for one, other in zip(values, expected, strict=True))
    return max(0.0, *(float(difference.max()) for difference in differences))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
