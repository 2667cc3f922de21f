"""How much there is to train on: examples, responses and tokens of a dataset, counted before a launch. No torch.

Small datasets are counted whole; of large ones an even sample stands for the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.data.groups import Group, encode
from engine.data.items import Example, examples, matching, training
from engine.data.templates import Encoder
from engine.spec import Train
from storage import datasets
from storage.database import Database
from storage.item_content import split
from storage.records import Item

READ_ITEMS = 5_000
TOKENISED_EXAMPLES = 400
RESPONSE_SHARE = 0.5  # of sampling.max_new_tokens that a sampled response takes on average
MARGIN = 1.25  # over the longest row of a sample, which may not be the longest of all


@dataclass(frozen=True)
class Content:
    """The data of a run as read. `share` is the part of all its items that was read."""

    items: int
    examples: Sequence[Example]
    share: float
    split: bool

    @property
    def example_count(self) -> int:
        """Examples of the whole dataset; exact where it was read whole."""
        return round(len(self.examples) / self.share)


@dataclass(frozen=True)
class DataStats:
    """Tokens and responses of an example on average, the longest row there may be, and the examples to skip."""

    tokens: float
    responses: float
    longest: int
    skipped: int


def read(db: Database, spec: Train) -> Content:
    """The training part of the run's dataset. Raises StorageError."""
    items, total = _items(db, spec)
    with_parts = split(items) if spec.data.version == "latest" else items
    run_examples = examples(matching(training(with_parts), spec.data.filter), spec)
    has_split = any(item.split == "held_out" for item in with_parts)
    return Content(total, run_examples, len(items) / total if total else 1.0, has_split)


def measure(content: Content, spec: Train, template: Encoder) -> DataStats | None:
    """Tokenise a sample of the examples. None where nothing of it can be trained on."""
    step = max(1, -(-len(content.examples) // TOKENISED_EXAMPLES))
    sample = content.examples[::step]
    if spec.data.source == "sampled":
        return _sampled_stats([len(template.encode_prompt(example.messages)) for example in sample], spec)
    encoded = [encode(example, template, spec.data.max_tokens, spec.data.max_prompt_tokens) for example in sample]
    groups: list[Group] = [group for group in encoded if group is not None]
    if not groups:
        return None
    longest = max(len(row.prompt) + len(row.response) for group in groups for row in group.encoded)
    return DataStats(
        tokens=sum(group.tokens for group in groups) / len(groups),
        responses=sum(len(group.encoded) for group in groups) / len(groups),
        longest=min(spec.data.max_tokens, round(MARGIN * longest)),
        skipped=round((len(encoded) - len(groups)) / len(encoded) * content.example_count),
    )


def _sampled_stats(prompt_lengths: Sequence[int], spec: Train) -> DataStats:
    """Of responses that are yet to be sampled, from the tokens of their prompts."""
    lengths = [min(length, spec.data.max_prompt_tokens) for length in prompt_lengths]
    responses, longest = spec.sampling.group_size, spec.sampling.max_new_tokens
    tokens = responses * (sum(lengths) / len(lengths) + RESPONSE_SHARE * longest)
    return DataStats(tokens, responses, longest=round(MARGIN * max(lengths)) + longest, skipped=0)


def _items(db: Database, spec: Train) -> tuple[list[Item], int]:
    if spec.data.version != "latest":
        frozen = datasets.load(db, spec.data.version)
        return frozen, len(frozen)
    return datasets.items(db, spec.data.dataset, limit=READ_ITEMS)
