"""Datasets made of others: copies, several in one, one in two parts."""

from collections.abc import Callable

import pytest

from storage import dataset_copy_writes, dataset_writes, datasets
from storage.database import Database
from storage.errors import Invalid, NotFound
from storage.item_content import prompt_key
from storage.records import Item


def fill(db: Database, name: str, texts: list[str], kind: str = "prompts") -> None:
    dataset_writes.create(db, name, kind, 1.0)
    for text in texts:
        tags = ("even",) if text[-1] in "02468" else ()
        item = Item("", ({"role": "user", "content": text},), topic=text.split()[0], tags=tags)
        dataset_writes.add_item(db, name, item, 2.0)


def prompts(db: Database, name: str, **filters: str) -> list[str]:
    return [item.messages[0]["content"] for item in datasets.items(db, name, **filters)[0]]


def test_a_copy_holds_the_same_items_and_goes_its_own_way(db: Database):
    fill(db, "notes", ["天气 1", "tea 2", "tea 2"])
    copied = dataset_copy_writes.copy(db, "notes", "again", 5.0)
    assert (copied.items, copied.kind, copied.created_at) == (3, "prompts", 5.0)
    assert datasets.items(db, "again") == datasets.items(db, "notes")
    assert datasets.facets(db, "again") == datasets.facets(db, "notes")
    assert dataset_writes.freeze(db, "again", 6.0).hash == dataset_writes.freeze(db, "notes", 6.0).hash
    dataset_writes.delete_item(db, "again", "00001", expected=5.0, now=7.0)
    assert (prompts(db, "again", search="天气"), prompts(db, "notes", search="天气")) == ([], ["天气 1"])


def test_merged_items_keep_their_ids_where_these_are_free(db: Database):
    fill(db, "one", ["tea 1", "tea 2"])
    fill(db, "two", ["tea 2", "tea 3", "tea 4"])
    merged = dataset_copy_writes.merge(db, ["one", "two", "one"], "both", 5.0)
    assert merged.items == 5
    assert [item.id for item in datasets.items(db, "both")[0]] == ["00001", "00002", "two:00001", "two:00002", "00003"]
    assert prompts(db, "both", flag="duplicate") == ["tea 2"]
    assert prompts(db, "both", search="tea") == ["tea 1", "tea 2", "tea 2", "tea 3", "tea 4"]


def test_only_datasets_of_one_kind_are_merged(db: Database):
    fill(db, "one", ["tea 1"])
    fill(db, "two", ["tea 2"], "demonstrations")
    with pytest.raises(Invalid, match="one holds prompts, two holds demonstrations"):
        dataset_copy_writes.merge(db, ["one", "two"], "both", 5.0)
    with pytest.raises(Invalid, match="at least two"):
        dataset_copy_writes.merge(db, ["one", "one"], "both", 5.0)
    with pytest.raises(NotFound, match="no dataset named three"):
        dataset_copy_writes.merge(db, ["one", "three"], "both", 5.0)
    assert [data.name for data in datasets.listing(db)] == ["one", "two"]


def test_a_dataset_is_split_by_a_label(db: Database):
    fill(db, "notes", ["tea 1", "cup 2", "tea 3", "tea 4"])
    dataset_copy_writes.split_by_label(db, "notes", ("teas", "others"), 5.0, facet="topic", value="tea")
    assert (prompts(db, "teas"), prompts(db, "others")) == (["tea 1", "tea 3", "tea 4"], ["cup 2"])
    dataset_copy_writes.split_by_label(db, "notes", ("even", "odd"), 5.0, facet="tag", value="even")
    assert (prompts(db, "even"), prompts(db, "odd")) == (["cup 2", "tea 4"], ["tea 1", "tea 3"])
    assert len(prompts(db, "notes")) == 4


def test_equal_prompts_stay_together_in_a_split_by_share(db: Database):
    fill(db, "notes", [f"tea {number % 20}" for number in range(60)])
    for seed in (1, 2):
        names = (f"a{seed}", f"b{seed}")
        first, second = dataset_copy_writes.split_by_share(db, "notes", names, 5.0, share=0.25, seed=seed)
        assert (first.items, second.items) == (15, 45)
        keys = [{prompt_key(item.messages) for item in datasets.items(db, name)[0]} for name in names]
        assert not keys[0] & keys[1]
    assert prompts(db, "a1") != prompts(db, "a2")
    dataset_copy_writes.split_by_share(db, "notes", ("c", "d"), 5.0, share=0.25, seed=1)
    assert prompts(db, "c") == prompts(db, "a1")


def share(db: Database, *into: str, of: float = 0.5) -> None:
    dataset_copy_writes.split_by_share(db, "notes", into, 5.0, share=of, seed=1)


def label(db: Database, facet: str) -> None:
    dataset_copy_writes.split_by_label(db, "notes", ("a", "b"), 5.0, facet=facet, value="x")


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (lambda db: dataset_copy_writes.copy(db, "notes", "taken", 5.0), "taken already"),
        (lambda db: dataset_copy_writes.copy(db, "notes", "a/b", 5.0), "cannot be a dataset's name"),
        (lambda db: share(db, "a", "taken"), "taken already"),
        (lambda db: share(db, "a", "a"), "two names"),
        (lambda db: share(db, "a", "b", of=1.0), "between 0 and 1"),
        (lambda db: label(db, "tag"), "a would hold no"),
        (lambda db: label(db, "flag"), "not by flag"),
    ],
)
def test_what_cannot_be_made_leaves_nothing_behind(db: Database, act: Callable[[Database], object], sentence: str):
    fill(db, "notes", ["tea 1", "tea 2"])
    fill(db, "taken", ["tea 1"])
    with pytest.raises(Invalid, match=sentence):
        act(db)
    assert [data.name for data in datasets.listing(db)] == ["notes", "taken"]
