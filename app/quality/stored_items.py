"""Stored items as the input of `engine.analysis.quality`, with the verdicts on them.

Left out: which verdicts count, which is the same for agreement (`app.review.judged_pairs`).
"""

from collections.abc import Sequence

from app.review import judged_pairs
from engine.analysis.quality.quality_items import Answer, QualityInput, QualityItem
from storage import datasets, evaluation_sets
from storage.database import Database
from storage.errors import StorageError
from storage.item_content import asked_key, calling_responses
from storage.judging import rounds
from storage.records import Item

LANGUAGE_FIELDS = ("language", "lang")


def quality_input(db: Database, name: str, items: Sequence[Item]) -> QualityInput:
    """What quality is measured of, for items of the dataset `name` with their split."""
    return QualityInput(
        items=[quality_item(item) for item in items],
        judged=judged_pairs.of_dataset(db, name).comparisons,
        guideline=rounds.guideline_version(db, name),
        evaluation_prompts=evaluation_prompts(db, name),
    )


def quality_item(item: Item) -> QualityItem:
    """One item; its language is what the row declares, if it does."""
    texts = [str(turn.get("content", "")) for turn in item.messages]
    questions = [text for text, turn in zip(texts, item.messages, strict=True) if turn.get("role") == "user"]
    calling = calling_responses(item)
    declared = [item.extra[field] for field in LANGUAGE_FIELDS if isinstance(item.extra.get(field), str)]
    return QualityItem(
        id=item.id,
        prompt="\n".join(texts),
        prompt_key=asked_key(item),
        question=questions[-1] if questions else "",
        turns=len(questions),
        topic=item.topic,
        language=declared[0] if declared else None,
        answers=tuple(
            Answer(response.id, response.text, response.score, response.label, response.id in calling)
            for response in item.responses
        ),
        preferences=tuple((preference.chosen, preference.rejected) for preference in item.preferences),
        held_out=item.split == "held_out",
    )


def evaluation_prompts(db: Database, name: str) -> frozenset[str]:
    """The keys of the prompts of other datasets that runs are evaluated on; of a set without a split, all of them.

    A version that cannot be read is left out: quality can be measured without it.
    """
    keys: set[str] = set()
    for other, version in evaluation_sets.versions(db).items():
        if other == name:
            continue
        try:
            items = datasets.load(db, version)
        except StorageError:
            continue
        held_out = [item for item in items if item.split == "held_out"] or items
        keys.update(asked_key(item) for item in held_out)
    return frozenset(keys)
