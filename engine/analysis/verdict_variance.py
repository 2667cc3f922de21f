"""How sure a mean reward is, or the difference of two, over prompts that all methods answer and seeds of each method.

y[..., s, p] is the mean reward of the answers of seed s to prompt p. Prompts are crossed with seeds and methods; seeds
are nested in methods. Leading axes count studies, so that thousands of them are computed at once. Left out: which of
several methods is better (`verdict`).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
LEAST_DF = 2.0
LEVEL = 0.05
ROUNDING = 1e-12  # relative: equal rewards may be summed in another order


@dataclass(frozen=True)
class SeedsByPrompts:
    """What the rewards (..., S, P) of one method come to, P at least 2.

    `seed_variance` is that of the seeds' means over prompts, `residual` the mean square of what seed and prompt leave;
    both (...), and NaN of one seed.
    """

    prompt_means: FloatArray  # (..., P), over seeds
    seed_variance: FloatArray
    residual: FloatArray
    seeds: int


@dataclass(frozen=True)
class Estimate:
    """A mean reward or the difference of two: each field (...), in units of the reward, variances of the mean.

    Where a method has one seed, `seed_part` and `residual_part` are 0, since nobody knows them: the variance is then
    that of the prompts alone.
    """

    value: FloatArray
    seed_part: FloatArray
    prompt_part: FloatArray
    residual_part: FloatArray
    df: FloatArray

    @property
    def variance(self) -> FloatArray:
        """Seeds, and prompts less what both parts hold of the residual."""
        return self.seed_part + np.maximum(0.0, self.prompt_part - self.residual_part)

    @property
    def half_width(self) -> FloatArray:
        """Of the 95 % interval."""
        from scipy.special import stdtrit  # late: pages import this module, and few of them show a verdict

        quantile: FloatArray = stdtrit(self.df, 1 - LEVEL / 2)
        return quantile * np.sqrt(self.variance)

    @property
    def p(self) -> FloatArray:
        """Two-sided; 1 of no difference, also where nothing varies."""
        from scipy.special import stdtr

        error = np.sqrt(self.variance)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(self.value == 0, 0.0, np.abs(self.value) / error)
        p: FloatArray = 2 * stdtr(self.df, -ratio)
        return p


def seeds_by_prompts(rewards: FloatArray) -> SeedsByPrompts:
    """The parts of the rewards (..., S, P) of one method, by two-way analysis of variance without replicates.

    >>> parts = seeds_by_prompts(np.array([[0.0, 2.0, 4.0], [2.0, 2.0, 8.0]]))
    >>> parts.prompt_means.tolist(), float(parts.seed_variance), float(parts.residual)
    ([1.0, 2.0, 6.0], 2.0, 2.0)
    """
    seeds, prompts = rewards.shape[-2:]
    prompt_means = rewards.mean(axis=-2)
    if seeds == 1:
        unknown = np.full(rewards.shape[:-2], np.nan)
        return SeedsByPrompts(prompt_means, unknown, unknown, 1)
    seed_means = rewards.mean(axis=-1)
    additive = prompt_means[..., None, :] + (seed_means - prompt_means.mean(axis=-1)[..., None])[..., None]
    residual = ((rewards - additive) ** 2).sum(axis=(-2, -1)) / ((seeds - 1) * (prompts - 1))
    return SeedsByPrompts(prompt_means, seed_means.var(axis=-1, ddof=1), residual, seeds)


def estimate(method: SeedsByPrompts, other: SeedsByPrompts | None = None) -> Estimate:
    """The mean reward of a method over the same prompts as the other's, less the other's; without one, its mean.

    Seeds: the variance of seed means over S. Prompts: the variance over prompts of the difference of seed means, over
    P. Both hold the residual, which is taken off once. Degrees of freedom by Satterthwaite 1946, where those of the
    seeds take the methods' seed variances as equal: 2 (S - 1) for two methods of S seeds.
    """
    methods = [method] if other is None else [method, other]
    means = method.prompt_means if other is None else prompt_differences(method, other)  # (..., P)
    prompts = means.shape[-1]
    value, prompt_part = means.mean(axis=-1), means.var(axis=-1, ddof=1) / prompts
    if any(each.seeds == 1 for each in methods):
        nothing = np.zeros_like(value)
        return Estimate(value, nothing, prompt_part, nothing, np.full_like(value, max(prompts - 1, LEAST_DF)))
    seed_part = sum((each.seed_variance / each.seeds for each in methods), np.zeros_like(value))
    residual_part = sum((each.residual / each.seeds for each in methods), np.zeros_like(value)) / prompts
    shares = [1 / each.seeds for each in methods]
    by_seeds = [share**2 / (each.seeds - 1) for share, each in zip(shares, methods, strict=True)]
    seed_df = sum(shares) ** 2 / sum(by_seeds)
    df = degrees_of_freedom(seed_part, prompt_part, residual_part, seed_df, prompts)
    return Estimate(value, seed_part, prompt_part, residual_part, df)


def prompt_differences(method: SeedsByPrompts, other: SeedsByPrompts) -> FloatArray:
    """By how much the first method's mean over seeds is higher on each prompt: (..., P); 0 within rounding."""
    between = method.prompt_means - other.prompt_means
    scale = np.maximum(np.abs(method.prompt_means), np.abs(other.prompt_means))
    return np.where(np.abs(between) <= ROUNDING * scale, 0.0, between)


def degrees_of_freedom(
    seed_part: FloatArray, prompt_part: FloatArray, residual_part: FloatArray, seed_df: FloatArray | float, prompts: int
) -> FloatArray:
    """Of the variance that these parts make up, at least 2: those of `seed_df` and of P - 1, by Satterthwaite."""
    variance = seed_part + np.maximum(0.0, prompt_part - residual_part)
    spread = seed_part**2 / seed_df + prompt_part**2 / (prompts - 1)
    nothing_varies = spread == 0
    df = variance**2 / np.where(nothing_varies, 1.0, spread)
    return np.maximum(np.where(nothing_varies, LEAST_DF, df), LEAST_DF)
