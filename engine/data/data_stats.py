"""How much there is to train on: units, answers and tokens of a dataset, counted before a run is launched. No torch.

Small datasets are counted whole; of large ones an even sample stands for the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.data.groups import Group, encode
from engine.data.items import Example, examples, matching, training
from engine.data.templates import Template
from engine.spec import Train
from storage import datasets
from storage.database import Database
from storage.item_content import split
from storage.records import Item

READ_ITEMS = 5_000
TOKENISED_UNITS = 400
ANSWER_SHARE = 0.5  # of sampling.max_new_tokens that a sampled answer takes on average
MARGIN = 1.25  # over the longest row of a sample, which may not be the longest of all


@dataclass(frozen=True)
class Content:
    """The data of a run as read. `share` is the part of all its items that was read."""

    items: int
    units: Sequence[Example]
    share: float
    split: bool

    @property
    def unit_count(self) -> int:
        """Units of the whole dataset; exact where it was read whole."""
        return round(len(self.units) / self.share)


@dataclass(frozen=True)
class DataStats:
    """Tokens and answers of one unit on average, the longest row there may be, and the units left out in one pass."""

    tokens: float
    answers: float
    longest: int
    skipped: int


def read(db: Database, spec: Train) -> Content:
    """The training part of the run's dataset. Raises StorageError."""
    items, total = _items(db, spec)
    divided = split(items) if spec.data.version == "latest" else items
    kept = examples(matching(training(divided), spec.data.filter), spec)
    has_split = any(item.split == "held_out" for item in divided)
    return Content(total, kept, len(items) / total if total else 1.0, has_split)


def measure(content: Content, spec: Train, template: Template) -> DataStats | None:
    """Tokenise a sample of the units. None where nothing of it can be trained on."""
    step = max(1, -(-len(content.units) // TOKENISED_UNITS))
    sample = content.units[::step]
    if spec.data.source == "sampled":
        return _foreseen([len(template.encode_prompt(unit.messages)) for unit in sample], spec)
    found = [encode(unit, template, spec.data.max_tokens, spec.data.max_prompt_tokens) for unit in sample]
    groups: list[Group] = [group for group in found if group is not None]
    if not groups:
        return None
    longest = max(len(row.prompt) + len(row.response) for group in groups for row in group.encoded)
    return DataStats(
        tokens=sum(group.tokens for group in groups) / len(groups),
        answers=sum(len(group.encoded) for group in groups) / len(groups),
        longest=min(spec.data.max_tokens, round(MARGIN * longest)),
        skipped=round((len(found) - len(groups)) / len(found) * content.unit_count),
    )


def _foreseen(prompts: Sequence[int], spec: Train) -> DataStats:
    """Of answers that are yet to be sampled, from the tokens of their prompts."""
    kept = [min(length, spec.data.max_prompt_tokens) for length in prompts]
    answers, longest = spec.sampling.group_size, spec.sampling.max_new_tokens
    tokens = answers * (sum(kept) / len(kept) + ANSWER_SHARE * longest)
    return DataStats(tokens, answers, longest=round(MARGIN * max(kept)) + longest, skipped=0)


def _items(db: Database, spec: Train) -> tuple[list[Item], int]:
    if spec.data.version != "latest":
        found = datasets.load(db, spec.data.version)
        return found, len(found)
    return datasets.items(db, spec.data.dataset, limit=READ_ITEMS)
