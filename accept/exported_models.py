"""Exported models: of every method, full and with LoRA, what transformers and peft alone read of the folder.

Short runs of a tiny model, and of the starter with dpo, are exported, those with LoRA both ways. One process that can
load nothing of AlignLab then reads all the folders: greedy answers must be those of the checkpoint, and log-probs or
scores equal to 1e-5.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from accept.report import conclude
from engine.model_exports import equality, plain_reading, sources
from engine.model_exports.export import export
from engine.runtime.run.checkpoint_policy import load_checkpoint
from engine.spec import ALGORITHMS
from storage import queue
from storage.database import Database, connect
from storage.records import Lease, Run
from storage.workspace import Workspace
from tests import tiny
from tests.engine.runtime.attempts import attempt

AGREEMENT, MOST_SECONDS = 1e-5, 360
ADAPTERS: dict[str, Any] = {"full": "none", "lora": {"kind": "lora", "rank": 4}}
SHORT: dict[str, Any] = {
    "optimizer": {"learning_rate": 1e-3, "batch_size": 2, "micro_batch": 2},
    "sampling": {"max_new_tokens": 8},
    "budget": {"steps": 2},
    "evaluation": {"every": 2, "prompts": 2},
    "checkpoint": {"every": 2},
}
# -I: neither the current folder nor PYTHONPATH, so no module of ours can be found
PROGRAM = """
import json, runpy, sys
from pathlib import Path
plain = runpy.run_path(sys.argv[1])
for line in sys.stdin:
    request = json.loads(line)
    model = plain["open_folder"](Path(request["folder"]))
    rows = []
    greedy_answers = [
        None
        if model.is_reward_model
        else plain["greedy"](model.model, row["prompt"], request["ends"], request["limit"])
        for row in request["rows"]
    ]
    if request["exact"]:
        model.model.double()
    for row, greedy in zip(request["rows"], greedy_answers):
        prompt = plain["prompt_ids"](model.tokenizer, row["messages"], row["variables"])
        if model.is_reward_model:
            score = plain["score"](model.model, prompt + row["response"])
            rows.append({"prompt": prompt, "greedy": [], "values": [score]})
            continue
        parts = [plain["log_probs"](model.model, prompt, part).tolist() for part in (row["greedy"], row["response"])]
        rows.append({"prompt": prompt, "greedy": greedy, "values": parts[0] + parts[1]})
    ours = [name for name in sys.modules if name.partition(".")[0] in ("app", "engine", "storage", "words")]
    print(json.dumps({"rows": rows, "ours": ours}), flush=True)
"""


def main() -> int:
    """Train, export, and read all of it in a process of its own."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        db = connect(Workspace(Path(folder) / "workspace").create())
        tiny.write_pairs(db, "pairs", 40)
        small = str(tiny.write_model(Path(folder) / "tiny"))
        models = [*((method, small) for method in ALGORITHMS), ("dpo", "starter")]
        requests = [line for method, model in models for line in _exported(db, method, model, Path(folder))]
        db.close()
        figures = _compared(requests, _read_plainly(requests))
    seconds = round(time.monotonic() - began, 1)
    wanted = {
        "every method is exported, full, as an adapter and merged": len(figures) == 3 * len(ALGORITHMS) + 3,
        "the prompts have the same tokens": all(row["prompts_equal"] for row in figures.values()),
        "the greedy answers are the same": all(row["answers_equal"] for row in figures.values()),
        "log-probs and scores are equal to 1e-5": all(row["difference"] <= AGREEMENT for row in figures.values()),
        "nothing of AlignLab was loaded": not any(row["ours"] for row in figures.values()),
        "it takes less than six minutes": seconds < MOST_SECONDS,
    }
    return conclude("exported_models", {"seconds": seconds, **figures}, wanted)


def _exported(db: Database, method: str, model: str, folder: Path) -> Iterator[dict[str, Any]]:
    """The request about each folder that is made of a method's two runs."""
    for name, adapter in ADAPTERS.items():
        run = _trained(db, method, {"name": model, "adapter": adapter})
        for merge in (False, True) if name == "lora" else (False,):
            key = f"{method} {Path(model).name} {name}{' merged' if merge else ''}"
            source = sources.find(db, run.id, merge=merge)
            policy = load_checkpoint(source.location, source.before, source.own, head=source.spec.head)
            expected = equality.answers(source, policy, equality.choose_questions(db, source, policy))
            made = export(db, source, folder / key, force=False, tell=lambda _text: None)
            print(key, made.form, made.check, flush=True)
            constant = policy.head.constant if source.is_reward_model and policy.head else 0.0
            yield {
                "key": key,
                "exact": source.merges,
                "folder": made.folder,
                "ends": sorted(policy.template.stops),
                "limit": equality.TOKENS,
                "rows": [_row(answer, constant) for answer in expected],
            }


def _row(answer: equality.Answer, constant: float) -> dict[str, Any]:
    return {
        "messages": list(answer.question.messages),
        "variables": answer.question.variables,
        "prompt": list(answer.question.prompt),
        "greedy": list(answer.greedy),
        "response": list(answer.question.response),
        "values": (answer.values - constant).tolist(),
    }


def _trained(db: Database, method: str, model: dict[str, Any]) -> Run:
    run = tiny.submit(db, {**tiny.settings(Path("any"), "pairs", algorithm=method), **SHORT, "model": model})
    state = attempt(db, run, lambda row: _claimed(db, row))
    if state != "succeeded":
        raise SystemExit(f"The run of {method} ended as {state}.")
    return run


def _claimed(db: Database, run: Run) -> Lease:
    lease = queue.claim_run(db, run.id, host="here", device="cpu", seconds=600, now=time.time())
    assert lease is not None
    return lease


def _read_plainly(requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the folders say to a process that knows transformers and peft only."""
    command = [sys.executable, "-I", "-c", PROGRAM, str(plain_reading.__file__)]
    lines = "\n".join(map(json.dumps, requests))
    done = subprocess.run(command, input=lines, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def _compared(requests: list[dict[str, Any]], answered: list[dict[str, Any]]) -> dict[str, Any]:
    """For each folder: whether tokens are equal, and the largest difference of values."""
    figures = {}
    for expected, actual in zip(requests, answered, strict=True):
        pairs = list(zip(expected["rows"], actual["rows"], strict=True))
        values = [zip(one["values"], other["values"], strict=True) for one, other in pairs]
        figures[expected["key"]] = {
            "prompts_equal": all(one["prompt"] == other["prompt"] for one, other in pairs),
            "answers_equal": all(one["greedy"] == other["greedy"] for one, other in pairs),
            "difference": max(abs(one - other) for rows in values for one, other in rows),
            "values": sum(len(one["values"]) for one, _other in pairs),
            "ours": actual["ours"],
        }
    return figures


if __name__ == "__main__":
    sys.exit(main())
