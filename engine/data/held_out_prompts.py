"""Which held-out prompts are used for what: those along a run, by which checkpoints are chosen, and those reported.

Both are taken in the order of the prompts' hashes, the ones along the run from its beginning and the reported ones from
its end: so both are the same for all runs and seeds, and a run that looks at more prompts on the way reports on the
same ones. Left out: how they are asked (`engine.evaluation`).
"""

from collections.abc import Sequence
from typing import NamedTuple

from storage.item_content import asked_key
from storage.records import Item
from words import N_

NONE_LEFT = N_(
    "No held-out prompt of {name} has the tag or topic {filter}: the run is evaluated on the prompts that it trains on."
)
LEAST_REPORTED = 16  # prompts; of fewer no mean says much, so that those along the run are reported on too

ByPrompt = dict[str, list[Item]]


class Division(NamedTuple):
    """How many of the held-out prompts are used for what."""

    held_out: int
    selected_on: int
    reported_on: int

    @property
    def apart(self) -> bool:
        """Whether no prompt is used for both."""
        return self.selected_on + self.reported_on <= self.held_out


def divide(held_out: int, selected_on: int, reported_on: int) -> Division:
    """How the prompts are divided where so many are wanted for each: the reported ones give way first.

    >>> divide(300, 32, 300)
    Division(held_out=300, selected_on=32, reported_on=268)
    >>> divide(40, 32, 300), divide(40, 32, 300).apart  # 8 prompts would be left
    (Division(held_out=40, selected_on=32, reported_on=40), False)
    """
    selected = min(selected_on, held_out)
    rest = held_out - selected
    enough = rest >= min(LEAST_REPORTED, reported_on)
    return Division(held_out, selected, min(reported_on, rest if enough else held_out))


def by_prompt(items: Sequence[Item]) -> ByPrompt:
    """The items that ask each prompt, by id; the prompts by hash."""
    found: ByPrompt = {}
    for item in sorted(items, key=lambda item: item.id):
        found.setdefault(asked_key(item), []).append(item)
    return {key: found[key] for key in sorted(found)}


def first(prompts: ByPrompt, count: int) -> ByPrompt:
    """The first of the prompts, which a run is evaluated on along its way."""
    return {key: prompts[key] for key in list(prompts)[:count]}


def last(prompts: ByPrompt, count: int) -> ByPrompt:
    """The last of the prompts, which a run reports on."""
    return {key: prompts[key] for key in list(prompts)[len(prompts) - count :]}
