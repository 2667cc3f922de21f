"""What there is to train on: examples, responses and tokens of a dataset, and what of it can teach nothing. No torch.

It is counted before a launch. Small datasets are counted whole; of large ones an even sample stands for the rest.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.data.groups import Group, grouped
from engine.data.items import Example, examples, matching, score_spread, share, training
from engine.data.templates import Encoded, Encoder, TemplateProblem, truncate
from engine.spec import Train
from storage import datasets
from storage.database import Database
from storage.item_content import split
from storage.judging import judged_items
from storage.records import Item

READ_ITEMS = 5_000
TOKENISED_EXAMPLES = 400
RESPONSE_SHARE = 0.5  # of sampling.max_new_tokens that a sampled response takes on average
MARGIN = 1.25  # over the longest row of a sample, which may not be the longest of all
UNCUT = 2**40  # tokens: more than any example has


@dataclass(frozen=True)
class Content:
    """The data of a run as read. `share` is the part of all its items that was read."""

    items: int
    read: Sequence[Item]
    examples: Sequence[Example]
    share: float
    split: bool
    train_items: int  # of those that were read
    flags: Mapping[str, int]  # of these items, by flag
    spreads: Sequence[float]  # of the scores of each group, where these are what is compared

    @property
    def example_count(self) -> int:
        """Examples of the whole dataset; exact where it was read whole."""
        return round(len(self.examples) / self.share)


@dataclass(frozen=True)
class Tokenised:
    """A sample of the examples as token ids, cut to the limits, and what that does to them."""

    groups: Sequence[Group]
    prompts: Sequence[int]  # tokens of each prompt, before it is cut
    counts: Mapping[str, int]  # by what `tokenise` counts
    answers: int
    checked: int  # examples of the sample


@dataclass(frozen=True)
class DataStats:
    """Tokens and responses of an example on average, the longest row there may be, and the examples to skip."""

    tokens: float
    responses: float
    longest: int
    skipped: int  # for want of room


def read(db: Database, spec: Train) -> Content:
    """The training part of the run's dataset. Raises StorageError."""
    with_parts, total = read_items(db, spec.data.dataset, spec.data.version)
    items = matching(with_parts, spec.data.filter)
    to_train_on = share(training(items), spec.data.fraction)
    run_examples = examples(to_train_on, spec)
    return Content(
        total,
        with_parts,
        run_examples,
        len(with_parts) / total if total else 1.0,
        any(item.split == "held_out" for item in items),
        len(to_train_on),
        Counter(flag for item in to_train_on for flag in item.flags),
        _spreads(to_train_on, run_examples, spec),
    )


def read_items(db: Database, dataset: str, version: str) -> tuple[list[Item], int]:
    """The items of a version, or the first of the working copy as it would be frozen, and how many there are in all.

    Each is in its part of the split. Raises StorageError.
    """
    if version != "latest":
        frozen = datasets.load(db, version)
        return frozen, len(frozen)
    items, total = datasets.items(db, dataset, limit=READ_ITEMS)
    return split(judged_items.to_freeze(db, dataset, items)), total


def measure(content: Content, spec: Train, template: Encoder) -> DataStats | None:
    """Tokenise a sample of the examples. None where nothing of it can be trained on."""
    return stats(tokenise(content, spec, template), content, spec)


def tokenise(content: Content, spec: Train, template: Encoder) -> Tokenised:
    """An even sample of the examples, as training will cut them."""
    sample = _sample(content.examples)
    counts: Counter[str] = Counter()
    groups: list[Group] = []
    prompts: list[int] = []
    for example, uncut in zip(sample, _uncut(sample, template), strict=True):
        if isinstance(uncut, TemplateProblem):
            counts["refused"] += 1
            continue
        prompts.append(len(uncut[0].prompt))
        counts["prompts_cut"] += prompts[-1] > spec.data.max_prompt_tokens
        if not example.responses:
            continue
        cut = _cut(uncut, spec)
        pairs = zip(uncut, cut, strict=False)
        counts["answers_cut"] += sum(before.response != after.response for before, after in pairs)
        group = grouped(example, cut)
        if isinstance(group, Group):
            groups.append(group)
        else:
            counts["equal_cut" if group == "equal" and grouped(example, uncut) != "equal" else group] += 1
    texts = [response.text for example in sample for response in example.responses]
    counts["typed_ends"] = sum(template.typed_ends(texts))
    counts["contradicting"] = _contradicting(groups) if spec.labelled else 0
    return Tokenised(groups, prompts, counts, len(texts), len(sample))


def stats(tokenised: Tokenised, content: Content, spec: Train) -> DataStats | None:
    """What the sample says of all examples. None where nothing of it can be trained on."""
    if spec.data.source == "sampled":
        return _sampled_stats(tokenised.prompts, spec) if tokenised.prompts else None
    groups = tokenised.groups
    if not groups:
        return None
    longest = max(len(row.prompt) + len(row.response) for group in groups for row in group.encoded)
    return DataStats(
        tokens=sum(group.tokens for group in groups) / len(groups),
        responses=sum(len(group.encoded) for group in groups) / len(groups),
        longest=min(spec.data.max_tokens, round(MARGIN * longest)),
        skipped=round(tokenised.counts["no_room"] / tokenised.checked * content.example_count),
    )


def _sample(all_examples: Sequence[Example]) -> list[Example]:
    """All examples of evenly chosen items, since those of one item may contradict each other."""
    step = max(1, -(-len(all_examples) // TOKENISED_EXAMPLES))
    chosen = set(list(dict.fromkeys(example.item for example in all_examples))[::step])
    return [example for example in all_examples if example.item in chosen]


def _contradicting(groups: Sequence[Group]) -> int:
    """Responses that are good here and bad there, with the same tokens after the same prompt."""
    scores: dict[Encoded, set[float]] = {}
    for group in groups:
        for row, score in zip(group.encoded, group.scores, strict=True):
            scores.setdefault(row, set()).add(score)
    return sum(len(scores[row]) > 1 for group in groups for row in group.encoded)


def _uncut(sample: Sequence[Example], template: Encoder) -> list[list[Encoded] | TemplateProblem]:
    """The whole prompt with each response; with an empty one where responses are yet to be sampled."""
    conversations = [example.conversation for example in sample]
    sampled = [conversation._replace(answers=conversation.answers or [""]) for conversation in conversations]
    return template.encode_all(sampled, UNCUT, UNCUT)


def _cut(uncut: Sequence[Encoded], spec: Train) -> list[Encoded]:
    responses = [row.response for row in uncut]
    return truncate(uncut[0].prompt, responses, spec.data.max_tokens, spec.data.max_prompt_tokens)


def _sampled_stats(prompt_lengths: Sequence[int], spec: Train) -> DataStats:
    """Of responses that are yet to be sampled, from the tokens of their prompts."""
    lengths = [min(length, spec.data.max_prompt_tokens) for length in prompt_lengths]
    responses, longest = spec.sampling.group_size, spec.sampling.max_new_tokens
    tokens = responses * (sum(lengths) / len(lengths) + RESPONSE_SHARE * longest)
    return DataStats(tokens, responses, longest=round(MARGIN * max(lengths)) + longest, skipped=0)


def _spreads(items: Sequence[Item], run_examples: Sequence[Example], spec: Train) -> list[float]:
    """None where responses are not compared, or are scored anew. Of a group that stays whole, as it is trained on."""
    if spec.batch == "texts" or spec.data.source == "sampled" or spec.reward is not None:
        return []
    if not spec.whole_groups:
        return [spread for item in items if (spread := score_spread(item)) is not None]
    scores = [[response.score for response in example.responses] for example in run_examples]
    return [max(group) - min(group) for group in scores]
