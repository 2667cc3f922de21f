"""The recorded sweep that the starter's suggestions rest on: one run a setting, through the product's own engine.

`python -P -m engine.starter.sweep [ALGORITHM ...]` writes `sweep.json` beside this file. Left out: choosing among the
settings, which is done by reading it; the suggestions are in `suggestions.json`. Both were measured on the starter
before its answers had facts, with the labels and the reward of that time.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.runtime.engine import single_run
from engine.spec import apply, dump, parse, suggested_blocks
from engine.starter import install, languages
from storage import dataset_writes, datasets, metrics, run_writes, runs, samples
from storage.database import Database, connect
from storage.records import Run
from storage.workspace import Workspace

RECORD = Path(__file__).parent / "sweep.json"
DATASET = "polite-weather"
PROMPTS = 128  # more than a run takes by default: figures that differ by a hundredth mean something
DRAWN = 8  # answers to each of them, for the share that is in another language: it is small
RATE, STEPS, BATCH = "optimizer.learning_rate", "budget.steps", "optimizer.batch_size"
# Rates and weights of the imitation of better answers, beside DPO's own loss.
IMITATION = ((2e-4, 0.5), (2e-4, 1.0), (2e-4, 2.0), (2.5e-4, 2.0), (3e-4, 2.0), (4e-4, 5.0))
# What a point does not name is as the suggestions have it.
POINTS: dict[str, list[dict[str, Any]]] = {
    "sft": [{RATE: rate, STEPS: 100} for rate in (1e-4, 3e-4)],
    "dpo": [
        *({RATE: rate, STEPS: steps, BATCH: 16} for rate in (1e-5, 1e-4, 2e-4, 3e-4) for steps in (100, 150)),
        {RATE: 3e-4, STEPS: 70, BATCH: 32},
        {RATE: 2e-4, STEPS: 130, BATCH: 16},
        *({RATE: rate, STEPS: 130, "sft_weight": weight} for rate, weight in IMITATION),
    ],
    "ppo": [{RATE: 3e-4, STEPS: 120, "value_rate": times, "gae_lambda": 1.0} for times in (1, 5)],
    "grpo": [
        *({RATE: rate, STEPS: 110, "mean": "sequence"} for rate in (2e-4, 3e-4, 4e-4)),
        *({RATE: 3e-4, STEPS: steps, "mean": "token"} for steps in (100, 90)),
    ],
    "gspo": [{RATE: 5e-4, STEPS: 160}, {RATE: 8e-4, STEPS: 160}, {RATE: 5e-4, STEPS: 150}],
    "grpo_pairwise": [
        *({RATE: rate, STEPS: 100} for rate in (3e-4, 5e-4)),
        *({RATE: 4e-4, STEPS: steps} for steps in (90, 80)),
    ],
    "gspo_selective": [
        *({RATE: rate, STEPS: 100} for rate in (3e-4, 5e-4)),
        *({RATE: 4e-4, STEPS: steps} for steps in (90, 80)),
    ],
}
FIGURES = (
    "eval/accuracy",
    "eval/margin",
    "eval/reward",
    "eval/kl",
    "eval/length",
    "eval/distinct_2",
    "eval/reference_perplexity",
    "eval/clipped_ratio",
    "eval/loss",
)


def measure(db: Database, algorithm: str, point: dict[str, Any], seed: int = 0) -> dict[str, Any]:
    """Train with these settings; the held-out figures at the start and at the end."""
    source = "frozen" if algorithm in ("sft", "dpo") else "sampled"
    plain = suggested_blocks("starter", algorithm) | {
        "algorithm": algorithm,
        "model": {"name": "starter"},
        "data": {"dataset": DATASET, "source": source},
        "seed": seed,
    }
    changes = [f"{path}={value}" for path, value in point.items()]
    run = trained(db, apply(plain, [*changes, f"evaluation.prompts={PROMPTS}", "evaluation.every=1000000"]))
    series = metrics.by_run(db, [run.id])[run.id]
    figures = {key: [round(series[key].first, 4), round(series[key].last, 4)] for key in FIGURES if key in series}
    ends = [_share_over_half(db, run.id, step) for step in samples.steps(db, run.id)]
    seconds = sum(value for _, _, value, _ in metrics.points(db, run.id, "seconds_per_step"))
    return {
        **point,
        "seed": seed,
        **figures,
        "share_over_half": [ends[0], ends[-1]],
        "other_language": _in_another_language(db, run.id),
        "seconds": round(seconds, 1),
    }


def trained(db: Database, file: Mapping[str, Any], study_id: str | None = None) -> Run:
    """The run of a run file, once it has succeeded. RuntimeError where it does not."""
    spec = parse(file)
    settings = dump(spec)
    settings["data"]["version"] = dataset_writes.freeze(db, spec.data.dataset, time.time()).hash
    run = run_writes.create(
        db,
        spec=settings,
        kind="train",
        algorithm=spec.algorithm,
        lane="train",
        name=spec.name or spec.algorithm,
        study_id=study_id,
        now=time.time(),
    )
    if single_run.serve(db, run.id) != single_run.SUCCEEDED:
        raise RuntimeError(f"{run.name} did not succeed: {runs.get(db, run.id).reason}")
    return runs.get(db, run.id)


def _in_another_language(db: Database, run_id: str) -> float:
    """Share of answers drawn at top_p 0.95 to the held-out prompts."""
    items = datasets.load(db, dataset_writes.freeze(db, DATASET, time.time()).hash)
    items_held_out = [item for item in items if item.split == "held_out"]
    dialogues = languages.drawn(db, run_id, items_held_out, DRAWN)
    return round(languages.wrong_language(dialogues) / len(dialogues), 5)


def _share_over_half(db: Database, run_id: str, step: int) -> float:
    """Share of the answers of a step that score over 0.5."""
    scores = [sum(sample.scores.values()) for sample in samples.listing(db, run_id, step=step)]
    return round(sum(score > 0.5 for score in scores) / len(scores), 3)


def main() -> int:
    """Measure every point of the methods asked for, and keep what earlier sweeps found of the others."""
    parser = argparse.ArgumentParser(prog="engine.starter.sweep")
    parser.add_argument("algorithms", nargs="*", default=list(POINTS), help="of those with points")
    options = parser.parse_args()
    record = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    with tempfile.TemporaryDirectory() as folder:
        db = connect(Workspace(Path(folder)).create())
        install.samples(db)
        for algorithm in options.algorithms:
            rows = []
            for point in POINTS[algorithm]:
                rows.append(measure(db, algorithm, point))
                sys.stdout.write(json.dumps({"algorithm": algorithm, **rows[-1]}) + "\n")
                sys.stdout.flush()
            record[algorithm] = rows
        db.close()
    RECORD.write_text(_one_line_a_row(record), encoding="utf-8")
    return 0


def _one_line_a_row(record: dict[str, list[dict[str, Any]]]) -> str:
    tables = (f'"{key}": [\n' + ",\n".join(map(json.dumps, rows)) + "\n]" for key, rows in record.items())
    return "{" + ",\n".join(tables) + "}\n"


if __name__ == "__main__":
    sys.exit(main())
