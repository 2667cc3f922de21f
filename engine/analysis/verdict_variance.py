"""How sure a mean reward is, or the difference of two, over prompts that all methods answer and seeds of each method.

y[..., s, p] is the mean reward of the answers of seed s to prompt p. Prompts are crossed with seeds and methods; seeds
are nested in methods. Leading axes count studies, so that thousands of them are computed at once. Left out: which of
several methods is better (`verdict`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
LEVEL = 0.05
ROUNDING = 1e-12  # relative: equal rewards may be summed in another order
HALVINGS = 48
LEAST_P = 1e-14  # p is not told closer


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

    @property
    def seed_component(self) -> FloatArray:
        """How much the seeds' true means differ, without what chance on these prompts adds; it may come out below 0."""
        component: FloatArray = self.seed_variance - self.residual / self.prompt_means.shape[-1]
        return component


@dataclass(frozen=True)
class Pool:
    """The seed component of all methods of a study together, each weighted by its degrees of freedom."""

    component: FloatArray
    df: int


@dataclass(frozen=True)
class Estimate:
    """A mean reward or the difference of two: each field (...), in units of the reward, parts as variances of the mean.

    Where a method has one seed, `seed_part` is 0, since nobody knows it: the interval is then of the prompts alone.
    """

    value: FloatArray
    seed_part: FloatArray
    seed_df: float | FloatArray
    prompt_part: FloatArray
    prompt_df: float

    def half_width(self, level: float | FloatArray = LEVEL) -> FloatArray:
        """Of the interval that leaves out `level`: each part has the t of its own degrees of freedom.

        Source: the sum of squared half intervals of Howe 1974 and Graybill and Wang 1980, for sums of variances.
        """
        from scipy.special import stdtrit  # late: pages import this module, and few of them show a verdict

        of_seeds, of_prompts = (stdtrit(df, np.divide(level, 2)) for df in (self.seed_df, self.prompt_df))
        half: FloatArray = np.sqrt(of_seeds**2 * self.seed_part + of_prompts**2 * self.prompt_part)
        return half

    @property
    def p(self) -> FloatArray:
        """The level at which the interval just reaches 0; 1 of no difference, also where nothing varies."""
        low, high = np.full(self.value.shape, np.log(LEAST_P)), np.zeros(self.value.shape)
        for _halving in range(HALVINGS):
            middle = (low + high) / 2
            reaches = self.half_width(np.exp(middle)) >= np.abs(self.value)
            low, high = np.where(reaches, middle, low), np.where(reaches, high, middle)
        return np.where(self.value == 0, 1.0, np.exp(high))


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


def pooled(methods: Sequence[SeedsByPrompts]) -> Pool | None:
    """Over the methods that have several seeds; None where none has."""
    several = [method for method in methods if method.seeds > 1]
    if not several:
        return None
    df = sum(method.seeds - 1 for method in several)
    total = np.sum([(method.seeds - 1) * method.seed_component for method in several], axis=0)
    return Pool(np.asarray(total / df), df)


def estimate(method: SeedsByPrompts, other: SeedsByPrompts | None = None, pool: Pool | None = None) -> Estimate:
    """The mean reward of a method over the same prompts as the other's, less the other's; without one, its mean.

    Prompts: the variance over prompts of the difference of seed means, over P; it holds the residual. Seeds: the seed
    component over S, half-way between that of these methods and that of all methods of the study (`pool`), each at
    least 0, with the mean of their degrees of freedom. Few seeds of two methods alone are often alike by chance, and
    then look surer than they are; all methods taken as equal would hide one that varies more.
    """
    methods = [method] if other is None else [method, other]
    means = method.prompt_means if other is None else prompt_differences(method, other)  # (..., P)
    prompts = means.shape[-1]
    value, prompt_part = means.mean(axis=-1), means.var(axis=-1, ddof=1) / prompts
    own = pooled(methods)
    if own is None or any(each.seeds == 1 for each in methods):
        return Estimate(value, np.zeros_like(value), 1.0, prompt_part, prompts - 1)
    pool = own if pool is None else pool
    shares = [1 / each.seeds for each in methods]
    of_these = np.sum([share * each.seed_component for share, each in zip(shares, methods, strict=True)], axis=0)
    seed_part = (np.maximum(0.0, of_these) + np.maximum(0.0, sum(shares) * pool.component)) / 2
    by_seeds = [share**2 / (each.seeds - 1) for share, each in zip(shares, methods, strict=True)]
    return Estimate(value, seed_part, (sum(shares) ** 2 / sum(by_seeds) + pool.df) / 2, prompt_part, prompts - 1)


def prompt_differences(method: SeedsByPrompts, other: SeedsByPrompts) -> FloatArray:
    """By how much the first method's mean over seeds is higher on each prompt: (..., P); 0 within rounding."""
    between = method.prompt_means - other.prompt_means
    scale = np.maximum(np.abs(method.prompt_means), np.abs(other.prompt_means))
    return np.where(np.abs(between) <= ROUNDING * scale, 0.0, between)
