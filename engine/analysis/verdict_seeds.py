"""How many seeds each of two methods would need before a difference of a given size is seen.

"Seen" is: a true difference of that size makes a p under the level in 80 % of studies. Left out: prompts, which stay
as many as they are.
"""

import numpy as np

from engine.analysis.verdict_variance import LEVEL, FloatArray, SeedsByPrompts, degrees_of_freedom, estimate

POWER = 0.8
MOST_SEEDS = 200


def seeds_needed(method: SeedsByPrompts, other: SeedsByPrompts, difference: float, level: float = LEVEL) -> int | None:
    """Seeds of each method, at least 2; None for more than MOST_SEEDS, and where prompts alone hide the difference.

    The methods' seed variances, residuals and the prompts' variance are taken as they were measured, which needs at
    least two seeds of each; with few seeds the number is rough.
    """
    from scipy.special import stdtrit

    if difference <= 0 or min(method.seeds, other.seeds) < 2:
        return None
    prompts = method.prompt_means.shape[-1]
    measured = estimate(method, other)
    fixed = float(np.maximum(0.0, measured.prompt_part - measured.residual_part))  # of prompts, whatever the seeds
    one_seed = float(method.seed_variance + other.seed_variance)
    one_residual = float(method.residual + other.residual) / prompts
    seeds = np.arange(2, MOST_SEEDS + 1, dtype=np.float64)
    seed_part: FloatArray = one_seed / seeds
    residual_part: FloatArray = one_residual / seeds
    df = degrees_of_freedom(seed_part, fixed + residual_part, residual_part, 2 * (seeds - 1), prompts)
    smallest = (stdtrit(df, 1 - level / 2) + stdtrit(df, POWER)) * np.sqrt(seed_part + fixed)
    enough = np.flatnonzero(smallest <= difference)
    return int(seeds[enough[0]]) if len(enough) else None
