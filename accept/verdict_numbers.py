"""Every number of the verdict is recomputed from the rows by plain SQL and numpy; nothing here knows our analysis.

Two methods are trained with two seeds each on the starter, so briefly that only their figures matter. Then each number
of `runs compare --json`, and each cell of the report's table, is compared with one that is computed anew. With
--workspace and the ids of runs, those are taken, and nothing is trained.
"""

import argparse
import re
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml

from accept.report import alignlab, answer, conclude

METHODS, SEEDS, STEPS, PROMPTS = ("dpo", "grpo_pairwise"), (0, 1), 9, 24
TOLERANCE = 1e-9
TAIL_TOLERANCE = 1e-6  # of tails of Student's t, which are integrated here
KL = "eval/kl"
Rows = np.ndarray[tuple[int, int], np.dtype[np.float64]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, or take what there is; compare."""
    parser = argparse.ArgumentParser(prog="accept.verdict_numbers")
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("runs", nargs="*")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        workspace = options.workspace or Path(folder) / "workspace"
        ids = options.runs or list(trained(workspace, Path(folder) / "run.yaml"))
        report = Path(folder) / "report.html"
        command = ("runs", "compare", *ids, "--json", "--out", str(report))
        said = answer(alignlab(*command, workspace=workspace))
        with sqlite3.connect(workspace / "alignlab.db") as database:
            checks = list(compared(database, said))
        cells = list(report_cells(report.read_text(encoding="utf-8"), said["verdict"]))
    wrong = [name for name, held in checks if not held]
    figures = {
        "runs": len(ids),
        "numbers": len(checks),
        "wrong": wrong,
        "cells": len(cells),
        "verdict": said["verdict"],
    }
    wanted = {
        "there is a verdict": not said["verdict"]["refusal"] and bool(said["verdict"]["pairs"]),
        "every number of the JSON is what SQL and numpy give": bool(checks) and not wrong,
        "every cell of the report shows these numbers": bool(cells) and all(cells),
    }
    return conclude("verdict_numbers", figures, wanted)


def trained(workspace: Path, path: Path) -> Iterator[str]:
    """The ids of the runs."""
    alignlab("data", "list", workspace=workspace)
    for method in METHODS:
        for seed in SEEDS:
            file = {
                "name": f"{method}-seed{seed}",
                "algorithm": method,
                "model": {"name": "starter"},
                "data": {"dataset": "polite-weather"},
                "seed": seed,
                "budget": {"steps": STEPS},
                "evaluation": {"every": STEPS // 3, "prompts": PROMPTS, "final_prompts": PROMPTS, "answers": 2},
            }
            path.write_text(yaml.safe_dump(file))
            yield answer(alignlab("train", str(path), "--json", workspace=workspace))["id"]


def compared(database: sqlite3.Connection, said: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """The name of each number and whether it is the one that is computed anew."""
    groups = {group["label"]: group["runs"] for group in said["groups"]}
    of_runs = {run: last_rewards(database, run) for runs in groups.values() for run in runs}
    yield from judged(
        "", {name: stacked([of_runs[run] for run in runs]) for name, runs in groups.items()}, said["verdict"]
    )
    matched = said["verdict"]["at_equal_kl"]
    if matched:
        curves = {run: kl_curve(database, run) for run in of_runs}
        kl = min(list(curve.values())[-1] for curve in curves.values())
        yield "kl", near(kl, matched["nats"])
        moved = {run: rewards_at_kl(database, run, curve, kl) for run, curve in curves.items()}
        yield from judged(
            "kl ", {name: stacked([moved[run] for run in runs]) for name, runs in groups.items()}, matched
        )


def last_rewards(database: sqlite3.Connection, run: str) -> dict[str, float]:
    """Mean rewards by prompt, of the end evaluation where there is one."""
    tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for table in ("final_samples", "samples"):
        if table in tables:
            (step,) = database.execute(f"SELECT MAX(step) FROM {table} WHERE run_id = ?", (run,)).fetchone()
            if step is not None:
                return rewards_at(database, run, step, table)
    raise SystemExit(f"{run} kept no answers")


def rewards_at(database: sqlite3.Connection, run: str, step: int, table: str = "samples") -> dict[str, float]:
    """Mean rewards by prompt at a step."""
    query = f"SELECT messages, AVG(reward) FROM {table} WHERE run_id = ? AND step = ? GROUP BY prompt_index"
    return dict(database.execute(query, (run, step)))


def kl_curve(database: sqlite3.Connection, run: str) -> dict[int, float]:
    """The held-out KL by step, of evaluations whose answers are kept."""
    query = """
    SELECT points.step, points.value FROM points JOIN series ON series.id = points.series_id
    WHERE series.run_id = ?1 AND series.key = ?2
    AND points.step IN (SELECT step FROM samples WHERE run_id = ?1) ORDER BY points.step
    """
    return dict(database.execute(query, (run, KL)))


def rewards_at_kl(database: sqlite3.Connection, run: str, curve: Mapping[int, float], kl: float) -> dict[str, float]:
    """Between the two evaluations where the curve last has this KL."""
    steps = list(curve)
    before, after = next(
        (low, high)
        for low, high in reversed(list(pairwise(steps)))
        if min(curve[low], curve[high]) <= kl <= max(curve[low], curve[high])
    )
    weight = (kl - curve[before]) / (curve[after] - curve[before])
    first, second = rewards_at(database, run, before), rewards_at(database, run, after)
    return {prompt: (1 - weight) * first[prompt] + weight * second[prompt] for prompt in first}


def stacked(seeds: Sequence[Mapping[str, float]]) -> Rows:
    """Seeds by prompts, prompts in the order of their texts."""
    return np.array([[rewards[prompt] for prompt in sorted(seeds[0])] for rewards in seeds])


def judged(prefix: str, methods: Mapping[str, Rows], said: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """The numbers of one verdict."""
    yield f"{prefix}prompts", said["prompts"] == next(iter(methods.values())).shape[1]
    everything = list(methods.values())
    for mean in said["methods"]:
        parts = contrast([methods[mean["name"]]], everything)
        yield f"{prefix}{mean['name']} mean", near(mean["mean"], parts.value)
        yield f"{prefix}{mean['name']} interval", is_interval(mean["low"], mean["high"], parts)
    raw = {}
    for pair in said["pairs"]:
        raw[pair["first"], pair["second"]] = level_reaching_zero(
            contrast([methods[pair["first"]], methods[pair["second"]]], everything)
        )
    corrected = holm(raw)
    for pair in said["pairs"]:
        names = pair["first"], pair["second"]
        label = f"{prefix}{names[0]} - {names[1]}"
        a, b = (methods[name] for name in names)
        parts = contrast([a, b], everything)
        value = parts.value
        between = a.mean(axis=0) - b.mean(axis=0)
        ahead = a[:, None, :] - b[None, :, :]
        yield f"{label} difference", near(pair["difference"], value)
        yield f"{label} df", near(pair["seed_df"], parts.seed_df)
        yield f"{label} interval", is_interval(*pair["interval"], parts)
        yield f"{label} p", abs(pair["p"] - raw[names]) < TAIL_TOLERANCE
        yield f"{label} corrected p", abs(pair["adjusted_p"] - corrected[names]) < len(raw) * TAIL_TOLERANCE
        yield f"{label} better", pair["better"] == (between > 0).sum()
        yield f"{label} flips", pair["flips"] == (between < 0).sum()
        yield f"{label} improvement", near(pair["improvement"], ((ahead > 0) + (ahead == 0) / 2).mean())
        yield f"{label} told apart", pair["told_apart"] == (corrected[names] < 0.05 and value > 0)
        drawn = bootstrap(a, b)
        yield f"{label} bootstrap", near_drawn(pair["resampled"]["difference"], drawn[:, 0])
        yield f"{label} bootstrap of improvement", near_drawn(pair["resampled"]["improvement"], drawn[:, 1])
        level = 0.05 / max(1, sum(p >= 0.05 for p in corrected.values()))
        wanted = None if corrected[names] < 0.05 else seeds_needed(a, b, everything, level)
        yield f"{label} seeds needed", pair["seeds_needed"] == wanted
    beats = {names for names, p in corrected.items() if p < 0.05}
    leaders = [name for name in methods if all((name, other) in beats for other in methods if other != name)]
    yield f"{prefix}leader", said["leader"] == (leaders[0] if leaders else None)
    yield f"{prefix}pairs", len(said["pairs"]) == len(list(combinations(methods, 2)))


class Parts(NamedTuple):
    """A mean, or the difference of two, with the variances that seeds and prompts have in it."""

    value: float
    seed_part: float
    seed_df: float
    prompt_part: float
    prompt_df: float


def contrast(methods: Sequence[Rows], everything: Sequence[Rows]) -> Parts:
    """The mean of one method, or the difference of two; `everything` are all methods that are compared."""
    signs = (1, -1)[: len(methods)]
    prompts = methods[0].shape[1]
    between = sum(sign * rows.mean(axis=0) for sign, rows in zip(signs, methods, strict=True))
    shares = [1 / len(rows) for rows in methods]
    own = sum(share * component(rows) for share, rows in zip(shares, methods, strict=True))
    all_df = sum(len(rows) - 1 for rows in everything)
    together = sum((len(rows) - 1) * component(rows) for rows in everything) / all_df * sum(shares)
    own_df = sum(shares) ** 2 / sum(share**2 / (len(rows) - 1) for share, rows in zip(shares, methods, strict=True))
    seed_part = (max(0.0, own) + max(0.0, together)) / 2
    prompt_part = float(between.var(ddof=1)) / prompts
    return Parts(float(between.mean()), seed_part, (own_df + all_df) / 2, prompt_part, prompts - 1)


def component(rows: Rows) -> float:
    """The variance of seeds, without what chance on these prompts adds."""
    return float(rows.mean(axis=1).var(ddof=1)) - residual(rows) / rows.shape[1]


def half_width(parts: Parts, level: float) -> float:
    """Of the interval that leaves out the level."""
    of_seeds, of_prompts = quantile(level, parts.seed_df), quantile(level, parts.prompt_df)
    return float((of_seeds**2 * parts.seed_part + of_prompts**2 * parts.prompt_part) ** 0.5)


def level_reaching_zero(parts: Parts) -> float:
    """The level whose interval just reaches 0: p."""
    low, high = 1e-12, 1.0
    for _halving in range(30):
        middle = (low * high) ** 0.5
        low, high = (middle, high) if half_width(parts, middle) >= abs(parts.value) else (low, middle)
    return high


def residual(rows: Rows) -> float:
    """The mean square of what seed and prompt leave."""
    left = rows - rows.mean(axis=0) - rows.mean(axis=1, keepdims=True) + rows.mean()
    return float((left**2).sum() / ((len(rows) - 1) * (rows.shape[1] - 1)))


def tail(t: float, df: float) -> float:
    """Both tails of Student's t beyond t: with x = tan(u) sqrt(df) the density is cos(u)^(df - 1)."""
    whole = np.linspace(0, np.pi / 2, 20_001)
    beyond = np.linspace(np.arctan(t / df**0.5), np.pi / 2, 20_001)
    inside = np.trapezoid(np.cos(whole) ** (df - 1), whole)
    return float(np.trapezoid(np.cos(beyond) ** (df - 1), beyond) / inside)


def is_interval(low: float, high: float, parts: Parts) -> bool:
    """Whether the ends are those of the 95 % interval."""
    return near((low + high) / 2, parts.value) and abs((high - low) / 2 - half_width(parts, 0.05)) < TAIL_TOLERANCE


def holm(p: Mapping[Any, float]) -> dict[Any, float]:
    """Corrected for all of them."""
    largest, corrected = 0.0, {}
    for rank, (name, value) in enumerate(sorted(p.items(), key=lambda item: item[1])):
        largest = max(largest, min(1.0, (len(p) - rank) * value))
        corrected[name] = largest
    return corrected


def seeds_needed(a: Rows, b: Rows, everything: Sequence[Rows], level: float) -> int | None:
    """The fewest seeds of each, up to 200, with which a true difference of this size is seen in 80 % of studies."""
    prompts, parts = a.shape[1], contrast([a, b], everything)
    own_df = len(a) + len(b) - 2
    methods = 2 * sum(len(rows) - 1 for rows in everything) / own_df
    fixed = max(0.0, parts.prompt_part - (residual(a) / len(a) + residual(b) / len(b)) / prompts)
    of_prompts = quantile(level, prompts - 1)
    for seeds in range(2, 201):
        seed_part = parts.seed_part / (1 / len(a) + 1 / len(b)) * 2 / seeds
        prompt_part = fixed + (residual(a) + residual(b)) / prompts / seeds
        rest = 0.841621 * (seed_part + prompt_part) ** 0.5
        if parts.value < rest + 1.96 * (seed_part + prompt_part) ** 0.5:  # t is wider than that
            continue
        of_seeds = quantile(level, (2 + methods) / 2 * (seeds - 1))
        if (of_seeds**2 * seed_part + of_prompts**2 * prompt_part) ** 0.5 + rest <= parts.value:
            return seeds
    return None


@cache
def quantile(both_tails: float, df: float) -> float:
    """Beyond which lies this much in both tails together."""
    low, high = 0.0, 1e7
    for _halving in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if tail(middle, df) > both_tails else (low, middle)
    return (low + high) / 2


def bootstrap(a: Rows, b: Rows) -> Rows:
    """Differences and probabilities of improvement of other draws: (draws, 2)."""
    random = np.random.default_rng(1)
    values = []
    for _draw in range(4000):
        prompts = random.integers(a.shape[1], size=a.shape[1])
        first, second = (rows[random.integers(len(rows), size=len(rows))][:, prompts] for rows in (a, b))
        ahead = first[:, None, :] - second[None, :, :]
        values.append((first.mean() - second.mean(), ((ahead > 0) + (ahead == 0) / 2).mean()))
    return np.array(values)


def near_drawn(ends: Sequence[float], values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> bool:
    """Whether both ends are within a tenth of the width of those of other draws."""
    own = np.quantile(values, (0.025, 0.975))
    return bool((np.abs(own - ends) <= 0.1 * (own[1] - own[0])).all())


def report_cells(page: str, said: Mapping[str, Any]) -> Iterator[bool]:
    """Whether the report shows each pair with its difference, interval and counts, to three digits."""
    rows = [re.sub(r"<[^>]+>", " ", row) for row in re.findall(r"<tr>(.*?)</tr>", page)]
    for pair in said["pairs"]:
        (row,) = [row for row in rows if re.match(rf"\s*{re.escape(pair['first'])}\s+(&gt;|≈)", row)][:1] or [""]
        numbers = [float(text.replace("−", "-").replace(",", "")) for text in re.findall(r"[−\d.,]*\d", row)]
        shown = [pair["difference"], *pair["interval"], *pair["resampled"]["difference"]]
        yield all(any(abs(number - value) <= 0.0006 for number in numbers) for value in shown)
        yield {pair["better"], pair["flips"]} <= set(numbers)


def near(first: float, second: float) -> bool:
    """Equal up to rounding."""
    return abs(first - second) < TOLERANCE


if __name__ == "__main__":
    sys.exit(main())
