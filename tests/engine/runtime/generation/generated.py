"""A generate run of the tiny model, and attempts at it in this process that may be paused or die."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine import launch
from engine.runtime.generation import generate_run
from engine.runtime.run.lease_renewal import Interrupted, LeaseRenewer
from engine.spec import Generate, parse
from storage import datasets, queue, runs
from storage.database import Database
from storage.item_content import to_json
from storage.records import Item, Run
from tests.engine.runtime import attempts
from tests.engine.runtime.attempts import Claim, Died


def run_file(model: Path, **blocks: Any) -> dict[str, Any]:
    """Eight short answers to four prompts."""
    return {
        "kind": "generate",
        "model": {"name": str(model)},
        "data": {"dataset": "pairs", "max_prompt_tokens": 64},
        "prompts": 4,
        "sampling": {"max_new_tokens": 6},
        "into": "candidates",
        **blocks,
    }


def submit(db: Database, file: dict[str, Any]) -> Run:
    return launch.submit(db, parse(file, Generate), requested_by=None, now=1_000.0)


@dataclass
class Troubled(attempts.Troubled):
    """A lease renewer that asks for a pause, or dies, after a number of prompts or of tokens."""

    pause_after_tokens: int | None = None
    tokens: int = 0

    def heartbeat_or_yield(self) -> None:
        self.tokens += 1
        if self.tokens == self.pause_after_tokens:
            self.renewer.ask("pause")
        if self.renewer.request is not None:
            raise Interrupted


def attempt(db: Database, run: Run, claim: Claim, **trouble: int) -> str:
    """The state that the run is in afterwards. `trouble` is that of `Troubled`."""
    lease = claim(run)
    try:
        outcome = generate_run.run(db, runs.get(db, run.id), lease, Troubled(LeaseRenewer(db, lease), **trouble))
    except Died:
        queue.requeue(db, lease, now=2_000.0)
    else:
        queue.finish(db, lease, outcome.state, now=2_000.0)
    return runs.get(db, run.id).state


def items(db: Database, name: str) -> list[Item]:
    return datasets.items(db, name)[0]


def contents(db: Database, name: str) -> list[dict[str, Any]]:
    """The items without the id of the run that made them."""
    rows = [to_json(item) for item in items(db, name)]
    for row in rows:
        row["extra"]["generated"].pop("run")
    return rows
