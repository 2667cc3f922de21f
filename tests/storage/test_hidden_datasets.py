"""Datasets whose items are on their way in: nobody sees them, and nothing of one that fails stays."""

import json
import tempfile
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage import dataset_writes, datasets, hidden_datasets, tables, working_copy
from storage.data_files import Numbering
from storage.database import Database
from storage.errors import DatabaseBusy, Invalid
from storage.records import Item, Response

COUNT = 7
DAY = 24 * 3600.0


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that comes in as four batches."""
    monkeypatch.setattr(hidden_datasets, "BATCH_ITEMS", 2)
    path = tmp_path / "pairs.jsonl"
    rows = [{"prompt": f"Rain {number}?", "chosen": "a", "rejected": "b"} for number in range(COUNT)]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def rows(db: Database) -> list[int]:
    """How many datasets, items and labels there are in all, seen or not."""
    with db.read() as connection:
        counts = (
            sa.select(sa.func.count()).select_from(table) for table in (tables.Dataset, tables.Item, tables.Label)
        )
        return [connection.execute(count).scalar_one() for count in counts]


def test_all_batches_come_in_with_their_order_and_ids(db: Database, file: Path):
    dataset_writes.import_file(db, file, name="x", now=5.0)
    items = datasets.items(db, "x")[0]
    assert [item.messages[0]["content"] for item in items] == [f"Rain {number}?" for number in range(COUNT)]
    assert [item.id for item in items] == [f"{number:05d}" for number in range(1, COUNT + 1)]


def test_others_write_between_batches_and_see_no_part_of_the_dataset(
    db: Database, file: Path, monkeypatch: pytest.MonkeyPatch
):
    seen = list[list[str]]()

    def meanwhile(item: Item) -> str:
        dataset_writes.create(db, f"other-{len(seen)}", "pairs", 5.0)
        seen.append([dataset.name for dataset in datasets.listing(db)])
        return ""

    monkeypatch.setattr(working_copy, "words", meanwhile)
    dataset_writes.import_file(db, file, name="x", now=5.0)
    assert len(seen) == COUNT
    assert all(name.startswith("other-") for name in seen[-1])
    assert datasets.get(db, "x").items == COUNT


def test_nothing_stays_of_an_import_that_fails_midway(db: Database, file: Path, monkeypatch: pytest.MonkeyPatch):
    insert, calls = working_copy.insert, []

    def failing(*arguments: object) -> None:
        calls.append(1)
        if len(calls) == 3:
            raise DatabaseBusy("The database is away.")
        insert(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(working_copy, "insert", failing)
    with pytest.raises(DatabaseBusy):
        dataset_writes.import_file(db, file, name="x", now=5.0)
    assert rows(db) == [0, 0, 0]


def test_nothing_stays_where_the_name_was_taken_meanwhile(db: Database, file: Path, monkeypatch: pytest.MonkeyPatch):
    prompt_key = working_copy.prompt_key

    def meanwhile(messages: object) -> str:
        if not datasets.listing(db):
            dataset_writes.create(db, "x", "pairs", 5.0)
        return prompt_key(messages)  # type: ignore[arg-type]

    monkeypatch.setattr(working_copy, "prompt_key", meanwhile)
    with pytest.raises(Invalid, match="There is a dataset named x already"):
        dataset_writes.import_file(db, file, name="x", now=5.0)
    assert rows(db) == [1, 0, 0]


@pytest.mark.parametrize(("later", "datasets_left"), [(DAY - 1, 2), (DAY + 1, 1)])
def test_what_a_killed_import_left_goes_a_day_later(db: Database, file: Path, later: float, datasets_left: int):
    item = Item("", ({"role": "user", "content": "Hi"},), (Response("r1", "Hello"),))
    killed = hidden_datasets.hidden(db, "demonstrations", 5.0)
    dataset_id = killed.__enter__()
    with tempfile.TemporaryFile() as waiting:
        hidden_datasets.put_aside([item] * 5, waiting)
        hidden_datasets.fill(db, dataset_id, waiting, Numbering(set()), 5.0)
    assert rows(db)[:2] == [1, 5]
    dataset_writes.import_file(db, file, name="x", now=5.0 + later)
    assert rows(db)[0] == datasets_left
    assert datasets.items(db, "x")[1] == COUNT
    del killed
