"""Fills a workspace with invented runs: chains, runs that stand alone, a failed run in every ten, each with its curves.

`python -m benchmarks.fill_workspace FOLDER --runs 5000` makes a workspace to look at in a browser. The rows are written
through storage's own tables in one transaction, since that many runs of the queue's own making would take minutes. The
figures mean nothing. Left out: files of runs, such as checkpoints and logs.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engine.spec import dump, parse
from storage import run_links, tables
from storage.database import Database, connect
from storage.run_writes import new_id, searched_columns
from storage.workspace import Workspace

AT = 1_700_000_000.0
SECONDS_APART = 60.0
STEPS = 300
SERIES = ("loss", "eval/reward", "eval/kl", "rewards/margins", "seconds_per_step", "tokens_per_second")
STAGES = ("sft", "reward", "ppo", "dpo")
DATASETS = ("polite-weather", "manners", "礼貌对话")
STATES = ("succeeded",) * 8 + ("failed", "stopped")


@dataclass(frozen=True)
class _Invented:
    """One run: its place among all, its id, and the ids of the runs that it takes weights and reward of."""

    number: int
    id: str
    spec: dict[str, Any]
    waits_for: str | None

    @property
    def state(self) -> str:
        """Runs of a chain succeeded, since others came from them."""
        return STATES[self.number % len(STATES)] if self.waits_for is None else "succeeded"


def main() -> int:
    """Fill the folder that is named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=5000)
    options = parser.parse_args()
    db = connect(Workspace(options.folder.resolve()))
    fill(db, options.runs)
    db.close()
    return 0


def fill(db: Database, count: int) -> list[str]:
    """Write `count` ended runs, each a minute after the one before; their ids, the oldest first.

    Half of them are chains of four: a reward model and a policy from one start, and a fourth run from the policy.
    """
    invented = list(_runs(count))
    with db.write() as connection:
        connection.execute(sa.insert(tables.Run), [_row(run) for run in invented])
        for run in invented:
            run_links.add(connection, run.id, run.spec, run.waits_for)
        connection.execute(sa.insert(tables.Event), [event for run in invented for event in _events(run)])
        connection.execute(sa.insert(tables.Series), [series for run in invented for series in _series(run)])
    return [run.id for run in invented]


def _runs(count: int) -> Iterator[_Invented]:
    specs = {(name, dataset): _spec(name, dataset) for name in STAGES for dataset in DATASETS}
    chain: list[str] = []
    for number in range(count):
        position, run_id = number % (2 * len(STAGES)), new_id()
        dataset = DATASETS[number % len(DATASETS)]
        if position >= len(STAGES):
            yield _Invented(number, run_id, specs["dpo", dataset], None)
            continue
        if position == 0:
            chain = []
        spec = specs[STAGES[position], dataset]
        if position > 0:
            spec = {**spec, "model": {**spec["model"], "name": None, "from": f"run:{chain[0 if position < 3 else 2]}"}}
        if STAGES[position] == "ppo":
            spec = {**spec, "reward": [{"kind": "learned", "from": f"run:{chain[1]}"}]}
        yield _Invented(number, run_id, spec, chain[-1] if chain else None)
        chain.append(run_id)


def _spec(algorithm: str, dataset: str) -> dict[str, Any]:
    """A run file as it is stored."""
    reward = [{"kind": "polite"}] if algorithm == "ppo" else None
    data = {"dataset": dataset, "version": "4c1e9b20aa"}
    return dump(parse({"algorithm": algorithm, "data": data, "budget": {"steps": STEPS}, "reward": reward}))


def _row(run: _Invented) -> dict[str, Any]:
    created_at, algorithm = AT + SECONDS_APART * run.number, run.spec["algorithm"]
    name = f"{algorithm} on {run.spec['data']['dataset']} {run.number}"
    return {
        **searched_columns(run.id, name, algorithm, run.spec),
        "id": run.id,
        "name": name,
        "kind": "train",
        "algorithm": algorithm,
        "origin": "local",
        "lane": "train",
        "spec": run.spec,
        "resolved": {"budget": {"steps": STEPS}, "micro_batch": 8, "rests_on": []},
        "waits_for": run.waits_for,
        "state": run.state,
        "ended_by": "person" if run.state == "stopped" else "engine",
        "reason": ["The disk is full.", {}] if run.state == "failed" else None,
        "exclusive": False,
        "priority": 0,
        "position": run.number,
        "attempt": 1,
        "advanced_attempt": 1,
        "step": STEPS,
        "fraction": 1.0,
        "created_at": created_at,
        "queued_at": created_at,
        "started_at": created_at + 1,
        "finished_at": created_at + SECONDS_APART - 1,
    }


def _events(run: _Invented) -> Iterator[dict[str, Any]]:
    about = {"run_id": run.id, "attempt": 1, "step": None, "at": AT + SECONDS_APART * run.number}
    yield {**about, "kind": "attempt", "text": None}
    yield {**about, "kind": "state", "text": [run.state, {}]}


def _series(run: _Invented) -> Iterator[dict[str, Any]]:
    """What tables show of the curves; their points are left out."""
    for number, key in enumerate(SERIES):
        first, last = 1.0 + number, 0.5 + run.number % 7
        yield {
            "run_id": run.id,
            "key": key,
            "count": STEPS,
            "first": first,
            "first_kind": 0,
            "last": last,
            "last_kind": 0,
            "last_step": STEPS,
            "minimum": min(first, last),
            "minimum_step": 0,
            "maximum": max(first, last),
            "maximum_step": STEPS,
        }


if __name__ == "__main__":
    raise SystemExit(main())
