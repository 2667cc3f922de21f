"""How many seeds each of two methods would need before a difference of a given size is seen.

"Seen" is: a true difference of that size makes a p under the level in 80 % of studies. Left out: prompts, which stay
as many as they are.
"""

import numpy as np

from engine.analysis.verdict_variance import LEVEL, Estimate, Pool, SeedsByPrompts, estimate

POWER = 0.8
POWER_Z = 0.841621  # of a normal distribution, 80 %
MOST_SEEDS = 200


def seeds_needed(
    method: SeedsByPrompts, other: SeedsByPrompts, difference: float, level: float = LEVEL, pool: Pool | None = None
) -> int | None:
    """Seeds of each method, at least 2; None for more than MOST_SEEDS, and where prompts alone hide the difference.

    Seeds, residuals and prompts are taken to vary as they were measured, which needs at least two seeds of each; `pool`
    is as in `estimate`. With few seeds the number is rough.
    """
    if difference <= 0 or min(method.seeds, other.seeds) < 2:
        return None
    prompts = method.prompt_means.shape[-1]
    measured = estimate(method, other, pool)
    shares = 1 / method.seeds + 1 / other.seeds
    own_df = method.seeds + other.seeds - 2
    methods = 2.0 if pool is None else 2 * pool.df / own_df  # as if all had as many seeds as these
    now = float(method.residual / method.seeds + other.residual / other.seeds) / prompts
    fixed = max(0.0, float(measured.prompt_part) - now)  # of prompts, whatever the seeds
    seeds = np.arange(2, MOST_SEEDS + 1, dtype=np.float64)
    later = Estimate(
        value=np.zeros_like(seeds),
        seed_part=float(measured.seed_part) / shares * 2 / seeds,
        seed_df=(2 + methods) / 2 * (seeds - 1),
        prompt_part=fixed + float(method.residual + other.residual) / prompts / seeds,
        prompt_df=prompts - 1,
    )
    smallest = later.half_width(level) + POWER_Z * np.sqrt(later.seed_part + later.prompt_part)
    enough = np.flatnonzero(smallest <= difference)
    return int(seeds[enough[0]]) if len(enough) else None
