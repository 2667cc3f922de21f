"""How often the verdict is right where the truth is known: studies of four equal methods, simulated by the thousand.

Every cell has 1,000 studies: S seeds, P prompts, seeds that truly differ or not, random streams of their own or shared
by all seeds, rewards that are normal or mostly zero. Counted are intervals of a difference that hold the truth, studies
in which a method is said to beat an equal one, and how far the number of seeds that would be needed is off.
"""

import json
import sys
import time
from collections.abc import Iterator
from itertools import combinations, product
from typing import Any, NamedTuple

import numpy as np

from accept.report import conclude
from engine.analysis.verdict import holm
from engine.analysis.verdict_seeds import POWER, seeds_needed
from engine.analysis.verdict_variance import FloatArray, SeedsByPrompts, estimate, seeds_by_prompts

STUDIES = 1000
CHUNK = 100  # studies in memory at once
METHODS = 4
SEEDS, PROMPTS, SEED_DEVIATIONS = (2, 3, 5, 8), (32, 64, 300), (0.0, 0.01, 0.03)
STREAMS, SHAPES = ("own", "shared"), ("normal", "zero-inflated")
COVERAGE = (0.93, 0.97)
MOST_WRONG = 0.05
UNEQUAL = ((2, 5), (3, 8))
PROMPT_DEVIATION, METHOD_DEVIATION, RUN_DEVIATION = 0.2, 0.08, 0.03  # of prompts, by method, and by run of it
ANSWERS, SHARED_ANSWERS = 4, 3  # with shared streams three of four answers have the same luck in all runs
ANSWER_DEVIATION, ABOVE_ZERO = 0.25, 0.4
TRIED_SEEDS = (2, 3, 4, 5, 6, 8, 10, 12, 15, 19, 24, 30, 38, 48)

Cell = dict[str, Any]


class World(NamedTuple):
    """What a cell simulates."""

    streams: str
    shape: str
    prompts: int
    deviation: float  # of true means of seeds


def main() -> int:
    """All cells, then the numbers of seeds."""
    began = time.monotonic()
    cells = [cell(World(*world), (seeds,) * METHODS) for *world, seeds in grid()]
    unequal = [
        cell(World(streams, shape, prompts, 0.01), seeds * 2)
        for streams, shape, prompts, seeds in product(STREAMS, SHAPES, (64, 300), UNEQUAL)
    ]
    forecasts = [
        forecast(World("own", shape, prompts, deviation), difference)
        for shape, prompts, deviation, difference in product(SHAPES, (64, 300), (0.01, 0.03), (0.03, 0.05))
    ]
    forecasts = [each for each in forecasts if each["seeds"]]
    figures = {
        "studies": STUDIES,
        "minutes": round((time.monotonic() - began) / 60, 1),
        "coverage": [min(each["coverage"] for each in cells), max(each["coverage"] for each in cells)],
        "outside": [each for each in cells if not COVERAGE[0] <= each["coverage"] <= COVERAGE[1]],
        "wrong": max(each["wrong"] for each in cells),
        "too often wrong": [each for each in cells if each["wrong"] > MOST_WRONG],
        "unequal": unequal,
        "forecasts": forecasts,
        "cells": cells,
    }
    ratios = [ratio for each in forecasts for ratio in each["ratios"].values()]
    wanted = {
        f"{len(cells)} cells of {STUDIES} studies": len(cells) == 144,
        f"intervals hold the truth in {COVERAGE[0]} to {COVERAGE[1]} of studies, in every cell": not figures["outside"],
        f"a wrong winner in at most {MOST_WRONG} of studies, in every cell": not figures["too often wrong"],
        "seeds needed right within a factor of 2 (medians)": all(0.5 <= ratio <= 2 for ratio in ratios),
    }
    return conclude("coverage", figures, wanted)


def grid() -> Iterator[tuple[Any, ...]]:
    """Streams, shape, prompts, deviation of seeds, and seeds."""
    return product(STREAMS, SHAPES, PROMPTS, SEED_DEVIATIONS, SEEDS)


def cell(world: World, seeds: tuple[int, ...]) -> Cell:
    """How often intervals of all pairs hold 0, and how often any pair is told apart, of methods that are equal."""
    random = np.random.default_rng([*map(ord, f"{world}{seeds}")])
    held, wrong = [], 0
    for _chunk in range(STUDIES // CHUNK):
        prompt_luck = luck_of_prompts(random, world)
        methods = [seeds_by_prompts(rewards(random, world, count, prompt_luck)) for count in seeds]
        differences = [estimate(first, second) for first, second in combinations(methods, 2)]
        held += [np.abs(each.value) <= each.half_width for each in differences]
        p = np.stack([each.p for each in differences], axis=1)  # (studies, pairs)
        wrong += sum(min(holm(list(row))) < MOST_WRONG for row in p)
    row = {**world._asdict(), "seeds": seeds if len(set(seeds)) > 1 else seeds[0]}
    row |= {"coverage": round(float(np.mean(held)), 4), "wrong": wrong / STUDIES}
    print(json.dumps(row), flush=True)
    return row


def luck_of_prompts(random: np.random.Generator, world: World) -> tuple[FloatArray, FloatArray]:
    """How hard each prompt is, and what luck all answers to it share with shared streams: (studies, 1, P)."""
    shape = (CHUNK, 1, world.prompts)
    return random.normal(0, PROMPT_DEVIATION, shape), answer_luck(random, world, shape, SHARED_ANSWERS)


def answer_luck(random: np.random.Generator, world: World, shape: tuple[int, ...], answers: int) -> FloatArray:
    """Sums over answers: of normal noise, or of how many are above zero."""
    if world.shape == "normal":
        return random.normal(0, ANSWER_DEVIATION * answers**0.5, shape)
    return random.binomial(answers, ABOVE_ZERO, shape).astype(float)


def rewards(
    random: np.random.Generator,
    world: World,
    seeds: int,
    prompt_luck: tuple[FloatArray, FloatArray],
    mean: float = 0.5,
) -> FloatArray:
    """Mean rewards of the answers of one method in many studies: (studies, S, P)."""
    hardness, shared = prompt_luck
    shape = (CHUNK, seeds, world.prompts)
    true = (
        mean
        + hardness
        + random.normal(0, METHOD_DEVIATION, (CHUNK, 1, world.prompts))
        + random.normal(0, 1, (CHUNK, seeds, 1)) * world.deviation
        + random.normal(0, RUN_DEVIATION, shape)
    )
    own = answer_luck(random, world, shape, ANSWERS if world.streams == "own" else ANSWERS - SHARED_ANSWERS)
    luck = (own if world.streams == "own" else own + shared) / ANSWERS
    return true + luck if world.shape == "normal" else true / ABOVE_ZERO * luck


def forecast(world: World, difference: float) -> Cell:
    """The seeds with which two methods of this true difference are told apart in 80 % of studies, and the median of
    what studies of few seeds say of that, over it; and the share of these studies that say at most twice or half."""
    random = np.random.default_rng([*map(ord, f"{world}{difference}")])
    truth = next((seeds for seeds in TRIED_SEEDS if power(random, world, seeds, difference) >= POWER), None)
    row: Cell = {**world._asdict(), "difference": difference, "seeds": truth, "ratios": {}, "within": {}}
    for seeds in SEEDS:
        if truth is None or truth <= SEEDS[0]:
            row["seeds"] = None
            break
        said = np.array([each or np.inf for each in said_by_studies(random, world, seeds, difference)])
        row["ratios"][seeds] = round(float(np.median(said)) / truth, 2)
        row["within"][seeds] = round(float(np.mean((said <= 2 * truth) & (said >= truth / 2))), 2)
    print(json.dumps(row), flush=True)
    return row


def power(random: np.random.Generator, world: World, seeds: int, difference: float) -> float:
    """The share of studies that tell two methods apart."""
    chunks = [pair(random, world, seeds, difference) for _chunk in range(STUDIES // CHUNK)]
    return float(np.mean([estimate(*methods).p < MOST_WRONG for methods in chunks]))


def said_by_studies(random: np.random.Generator, world: World, seeds: int, difference: float) -> Iterator[int | None]:
    """What each study says of the seeds that would show the difference."""
    for _chunk in range(STUDIES // CHUNK):
        methods = pair(random, world, seeds, difference)
        for study in range(CHUNK):
            yield seeds_needed(*(one_study(method, study) for method in methods), difference)


def pair(random: np.random.Generator, world: World, seeds: int, difference: float) -> list[SeedsByPrompts]:
    """Two methods, one better by the difference."""
    prompt_luck = luck_of_prompts(random, world)
    means = 0.5, 0.5 + difference
    return [seeds_by_prompts(rewards(random, world, seeds, prompt_luck, mean)) for mean in means]


def one_study(method: SeedsByPrompts, study: int) -> SeedsByPrompts:
    """Of many studies one."""
    values = (each[study] for each in (method.prompt_means, method.seed_variance, method.residual))
    return SeedsByPrompts(*values, method.seeds)


if __name__ == "__main__":
    sys.exit(main())
