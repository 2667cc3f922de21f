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
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from accept.report import alignlab, answer, conclude

METHODS, SEEDS, STEPS, PROMPTS = ("dpo", "grpo_pairwise"), (0, 1), 12, 24
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
                "evaluation": {"every": STEPS // 3, "prompts": PROMPTS},
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
        yield "kl", near(kl, matched["kl"])
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
    for mean in said["methods"]:
        value, variance, df = contrast([methods[mean["name"]]])
        yield f"{prefix}{mean['name']} mean", near(mean["mean"], value)
        yield f"{prefix}{mean['name']} interval", is_interval(mean["low"], mean["high"], value, variance, df)
    raw = {}
    for pair in said["pairs"]:
        value, variance, df = contrast([methods[pair["first"]], methods[pair["second"]]])
        raw[pair["first"], pair["second"]] = tail(abs(value) / variance**0.5, df)
    corrected = holm(raw)
    for pair in said["pairs"]:
        names = pair["first"], pair["second"]
        label = f"{prefix}{names[0]} - {names[1]}"
        a, b = (methods[name] for name in names)
        value, variance, df = contrast([a, b])
        between = a.mean(axis=0) - b.mean(axis=0)
        ahead = a[:, None, :] - b[None, :, :]
        yield f"{label} difference", near(pair["difference"], value)
        yield f"{label} df", near(pair["df"], df)
        yield f"{label} interval", is_interval(*pair["interval"], value, variance, df)
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
        wanted = None if corrected[names] < 0.05 else seeds_needed(a, b, value, level)
        yield f"{label} seeds needed", pair["seeds_needed"] == wanted
    beats = {names for names, p in corrected.items() if p < 0.05}
    leaders = [name for name in methods if all((name, other) in beats for other in methods if other != name)]
    yield f"{prefix}leader", said["leader"] == (leaders[0] if leaders else None)
    yield f"{prefix}pairs", len(said["pairs"]) == len(list(combinations(methods, 2)))


def contrast(methods: Sequence[Rows]) -> tuple[float, float, float]:
    """The mean of one method, or the difference of two; its variance; degrees of freedom."""
    signs = (1, -1)[: len(methods)]
    prompts = methods[0].shape[1]
    between = sum(sign * rows.mean(axis=0) for sign, rows in zip(signs, methods, strict=True))
    of_seeds = sum(rows.mean(axis=1).var(ddof=1) / len(rows) for rows in methods)
    of_prompts = between.var(ddof=1) / prompts
    rest = sum(residual(rows) / len(rows) for rows in methods) / prompts
    shares = [1 / len(rows) for rows in methods]
    seed_df = sum(shares) ** 2 / sum(share**2 / (len(rows) - 1) for share, rows in zip(shares, methods, strict=True))
    variance = of_seeds + max(0.0, of_prompts - rest)
    df = variance**2 / (of_seeds**2 / seed_df + of_prompts**2 / (prompts - 1))
    return float(between.mean()), float(variance), max(2.0, float(df))


def residual(rows: Rows) -> float:
    """The mean square of what seed and prompt leave."""
    left = rows - rows.mean(axis=0) - rows.mean(axis=1, keepdims=True) + rows.mean()
    return float((left**2).sum() / ((len(rows) - 1) * (rows.shape[1] - 1)))


def tail(t: float, df: float) -> float:
    """Both tails of Student's t beyond t: with x = tan(u) sqrt(df) the density is cos(u)^(df - 1)."""
    whole = np.linspace(0, np.pi / 2, 400_001)
    beyond = np.linspace(np.arctan(t / df**0.5), np.pi / 2, 400_001)
    inside = np.trapezoid(np.cos(whole) ** (df - 1), whole)
    return float(np.trapezoid(np.cos(beyond) ** (df - 1), beyond) / inside)


def is_interval(low: float, high: float, value: float, variance: float, df: float) -> bool:
    """Whether the ends lie as far from the value as leaves 2.5 % in each tail."""
    half = (high - low) / 2
    return near((low + high) / 2, value) and abs(tail(half / variance**0.5, df) - 0.05) < TAIL_TOLERANCE


def holm(p: Mapping[Any, float]) -> dict[Any, float]:
    """Corrected for all of them."""
    largest, corrected = 0.0, {}
    for rank, (name, value) in enumerate(sorted(p.items(), key=lambda item: item[1])):
        largest = max(largest, min(1.0, (len(p) - rank) * value))
        corrected[name] = largest
    return corrected


def seeds_needed(a: Rows, b: Rows, difference: float, level: float) -> int | None:
    """The fewest seeds of each, up to 200, with which a true difference is seen in 80 % of studies."""
    prompts = a.shape[1]
    seed_one = sum(rows.mean(axis=1).var(ddof=1) for rows in (a, b))
    rest_one = sum(map(residual, (a, b))) / prompts
    rest_now = sum(residual(rows) / len(rows) for rows in (a, b)) / prompts
    fixed = max(0.0, (a.mean(axis=0) - b.mean(axis=0)).var(ddof=1) / prompts - rest_now)
    for seeds in range(2, 201):
        variance = seed_one / seeds + fixed
        if difference < 2.8 * variance**0.5:  # of a normal distribution: t is wider
            continue
        spread = (seed_one / seeds) ** 2 / (2 * (seeds - 1)) + (fixed + rest_one / seeds) ** 2 / (prompts - 1)
        df = max(2.0, variance**2 / spread)
        if (quantile(level, df) + quantile(0.4, df)) * variance**0.5 <= difference:
            return seeds
    return None


def quantile(both_tails: float, df: float) -> float:
    """Beyond which lies this much in both tails together."""
    low, high = 0.0, 200.0
    for _halving in range(40):
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
