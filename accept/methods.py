"""Six methods, three seeds each, on the starter: all must learn the polite reward, and none by breaking the text.

Settings were chosen on the held-out part of polite-weather (`engine.starter.sweep`); what is reported here are the
prompts of polite-weather-heldout, which are in no pair. Beside them: dpo without its imitation of the better answers,
controls with a reward that says nothing, and ppo with a reward model in its place. Whether the twenty answers of
each method read well is for a person to say: they are in `methods.txt`. It takes most of an hour: with `--folder DIR`
what was trained is kept there, and a second call goes on where the first was broken off.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from accept.report import alignlab, answer, conclude
from engine.spec import suggested_blocks
from engine.starter.languages import drawn, wrong_language
from storage import dataset_writes, datasets, samples
from storage.database import connect
from storage.workspace import Workspace

METHODS = ("dpo", "ppo", "grpo", "gspo", "grpo_pairwise", "gspo_selective")
ROOM = {"dpo": 0.4, "gspo": 0.4}  # of the room to 1.0; half of it for the others
SEEDS = 3
HELD_OUT = "polite-weather-heldout"
PROMPTS = 300
PRINTED = 20
SECONDS = 120
# DPO alone lets one answer in a hundred run on in the other language; imitating the better answers holds it back.
CHOSEN = {"dpo": {"sft_weight": 2.0, "optimizer": {"learning_rate": 2.5e-4, "batch_size": 16}}}
# A reward model's scores have no scale of their own: these settings were chosen for them, as all others, elsewhere.
LEARNED = {"kl_coefficient": 0.2, "budget": {"steps": 110}}
SAYS_NOTHING = [{"kind": "regex", "pattern": ".*", "name": "constant"}]

Run = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> int:
    """Train all, compare start and end, write figures and texts down."""
    parser = argparse.ArgumentParser(prog="accept.methods")
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options.folder or Path(folder))
        rows = [bench.row(method, seed, **CHOSEN.get(method, {})) for method in METHODS for seed in range(SEEDS)]
        plain = [bench.row("dpo", seed, "alone") for seed in range(SEEDS)]
        controls = [bench.row(method, 0, "control", reward=SAYS_NOTHING) for method in ("ppo", "grpo")]
        # PPO's KL penalty is part of its reward, which is a constant without it only. Shown, not demanded.
        without_kl = bench.row("ppo", 0, "control without KL", reward=SAYS_NOTHING, kl_coefficient=0.0)
        learned = bench.learned()
        texts = "\n\n".join(bench.printed(row) for row in rows if row["seed"] == 0)
    Path(__file__).with_suffix(".txt").write_text(texts + "\n", encoding="utf-8")
    figures = {
        "runs": rows,
        "dpo_alone": plain,
        "controls": controls,
        "control_without_kl": without_kl,
        "learned": learned,
    }
    return conclude("methods", figures, dict(demands(rows, controls, learned)))


class Bench:
    """A workspace of its own, the runs in it, and what they came to."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._workspace = folder / "workspace"
        alignlab("data", "list", workspace=self._workspace)  # sets the workspace up, samples included
        self._db = connect(Workspace(self._workspace))
        self._known = folder / "rows.json"
        self._rows: dict[str, Run] = json.loads(self._known.read_text()) if self._known.exists() else {}

    def row(self, method: str, seed: int, label: str = "", **blocks: Any) -> Run:
        """One run of a method, as figures: at the start and at the end. One that is done is not done again."""
        name = f"{method} {seed} {label}".strip()
        if name not in self._rows:
            self._rows[name] = self.train(method, seed, **blocks)
            self._known.write_text(json.dumps(self._rows))
        print({key: value for key, value in self._rows[name].items() if key != "id"}, flush=True)
        return self._rows[name]

    def learned(self) -> Run:
        """ppo with a reward model, trained on the pairs, in place of the rule that judges it."""
        judge = self._run("reward", 0)
        reward = [{"kind": "learned", "from": f"run:{judge['id']}"}]
        return self.row("ppo", 0, "learned", reward=reward, **LEARNED) | {
            "accuracy": judge["metrics"]["eval/accuracy"]["best"],
            "reward_model_seconds": judge["seconds"],
        }

    def train(self, method: str, seed: int, **blocks: Any) -> Run:
        """Train a method and measure it."""
        run = self._run(method, seed, **blocks)
        metrics = run["metrics"]
        kept = {
            key.removeprefix("eval/"): [round(metrics[key][end], 4) for end in ("first", "last")]
            for key in ("eval/reward", "eval/kl", "eval/length", "eval/distinct_2", "eval/reference_perplexity")
        }
        before, after = kept["reward"]
        return {
            "id": run["id"],
            "method": method,
            "seed": seed,
            "steps": run["steps"],
            "seconds": round(self._seconds(run["id"]), 1),
            "room": round((after - before) / (1 - before), 3),
            **kept,
            "clipped": round(metrics["eval/clipped_ratio"]["last"], 4),
            "other_language": [self._strangers(run["id"], place) for place in (0, -1)],
            "other_language_at_top_p": wrong_language(self._drawn(run["id"])),
        }

    def printed(self, row: Run) -> str:
        """Five answers before and after, then twenty at top_p 0.95, for a person to read."""
        first, *_, last = samples.steps(self._db, row["id"])
        before, after = (samples.listing(self._db, row["id"], step=step) for step in (first, last))
        lines = [f"== {row['method']}"]
        for place in range(5):
            lines.append(f"> {before[place].messages[-1]['content']}")
            lines += [f"  before: {before[place].text}", f"  after:  {after[place].text}"]
        drawn = self._drawn(row["id"])[:: PROMPTS // PRINTED]
        lines += [f"{number}. {asked} => {said}" for number, (asked, said) in enumerate(drawn, 1)]
        return "\n".join(lines)

    def _run(self, method: str, seed: int, **blocks: Any) -> Run:
        file = self._folder / "run.yaml"
        data = {"dataset": "polite-weather"}
        if method.startswith(("grpo_", "gspo_")):
            data["source"] = "sampled"
        evaluation = {"every": 100_000, "prompts": PROMPTS}
        if method != "reward":
            evaluation |= {"dataset": HELD_OUT, "reward": [{"kind": "polite"}]}
        base = {"algorithm": method, "model": {"name": "starter"}, "data": data, "seed": seed, "evaluation": evaluation}
        file.write_text(yaml.safe_dump(suggested_blocks("starter", method) | base | blocks))
        return answer(alignlab("train", str(file), "--json", workspace=self._workspace))

    def _seconds(self, run_id: str) -> float:
        """Of rollouts and updates."""
        points = answer(
            alignlab("runs", "metrics", run_id, "--key", "seconds_per_step", "--json", workspace=self._workspace)
        )
        return sum(point["value"] for point in points)

    def _strangers(self, run_id: str, place: int) -> int:
        """How many answers of the first or last evaluation are not in their prompt's language."""
        said = samples.listing(self._db, run_id, step=samples.steps(self._db, run_id)[place])
        return wrong_language((one.messages[-1]["content"], one.text) for one in said)

    @cache  # noqa: B019, the bench lives as long as its answers are needed
    def _drawn(self, run_id: str) -> list[tuple[str, str]]:
        asked = datasets.load(self._db, dataset_writes.freeze(self._db, HELD_OUT, time.time()).hash)[:PROMPTS]
        return drawn(self._db, run_id, asked)


def demands(rows: Sequence[Run], controls: Sequence[Run], learned: Run) -> Iterator[tuple[str, bool]]:
    """What must hold, in words."""
    for method in METHODS:
        own = [row for row in rows if row["method"] == method]
        share = ROOM.get(method, 0.5)
        yield f"{method}: every seed takes {share:.0%} of the room", all(row["room"] >= share for row in own)
    everyone = [*rows, learned]
    yield f"within {SECONDS} s of training", all(row["seconds"] <= SECONDS for row in everyone)
    yield "eval/kl at most 40 nats", all(row["kl"][1] <= 40 for row in rows)
    yield "eval/distinct_2 at least 0.7 of its start", all(grown(row, "distinct_2") >= 0.7 for row in rows)
    yield "mean length 0.5 to 2 of its start", all(0.5 <= grown(row, "length") <= 2 for row in rows)
    yield "at most 5 % cut short", all(row["clipped"] <= 0.05 for row in rows)
    yield (
        "perplexity under the reference at most 1.3 of its start",
        all(grown(row, "reference_perplexity") <= 1.3 for row in rows),
    )
    yield (
        "every answer at top_p 0.95 in its prompt's language",
        all(row["other_language_at_top_p"] == 0 for row in rows),
    )
    moved = [abs(row["reward"][1] - row["reward"][0]) for row in controls]
    yield "a constant reward moves the held-out reward by less than 0.05", max(moved) < 0.05
    yield "the reward model is right about 9 of 10 held-out pairs", learned["accuracy"] >= 0.9
    yield "ppo with the reward model takes half of the room", learned["room"] >= 0.5


def grown(row: Run, key: str) -> float:
    """The end of a figure over its start."""
    before, after = row[key]
    return float(after / before)


if __name__ == "__main__":
    sys.exit(main())
