"""What a fork may change of its parent's settings, what it changes, and what that means for a checkpoint.

Left out: which checkpoint it goes on from (`storage.run_references`), and how (`engine.runtime`).
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from engine.spec.parse import dump, flat
from engine.spec.problems import Problem
from engine.spec.train import Train
from words import N_

_CUTS = ("optimizer.batch_size", "sampling.epochs", "sampling.minibatches")
"""Settings that say into which updates a rollout is cut."""
_LABELS = ("name", "fork")


class Change(NamedTuple):
    """A setting that differs: its path, its value in the parent and in the fork; None where it has none."""

    path: str
    before: str | None
    after: str | None


def changes(parent: Train, fork: Train) -> list[Change]:
    """The settings in which they differ, name aside, in the order of the run file."""
    before, after = dict(flat(dump(parent))), dict(flat(dump(fork)))
    return [
        Change(path, before.get(path), after.get(path))
        for path in dict.fromkeys([*before, *after])
        if path not in _LABELS and before.get(path) != after.get(path)
    ]


def problems(parent: Train, fork: Train) -> Iterator[Problem]:
    """A problem for each setting that a fork cannot change."""
    for path in parent.fixed_in_forks:
        if any(within(change.path, (path,)) for change in changes(parent, fork)):
            text = N_("{path} cannot change in a fork: what its checkpoint holds depends on it. Launch a run instead.")
            yield Problem(path, (text, {"path": path}))


def drops_rollout(parent: Train, fork: Train) -> bool:
    """Whether the updates left of a rollout under way no longer exist: the fork cuts rollouts into others."""
    return any(change.path in _CUTS for change in changes(parent, fork))


def drops_carry(parent: Train, fork: Train) -> bool:
    """Whether the fork sets anew what has changed while its parent trained."""
    return any(change.path in parent.carried for change in changes(parent, fork))


def unchanged(parent: Train, fork: Train, *blocks: str) -> bool:
    """Whether they agree in all settings of these blocks."""
    return not any(within(change.path, blocks) for change in changes(parent, fork))


def within(path: str, blocks: Sequence[str]) -> bool:
    """Whether the setting is one of these, or stands in one of these blocks."""
    return any(path == block or path.startswith(f"{block}.") for block in blocks)
