"""Datasets: their working copies, the labels that these are filtered by, and their frozen versions."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base_table import Table

_NOT_UNDONE = sa.text("undone_at IS NULL")


class Dataset(Table):
    """A deleted dataset keeps its row, so that versions and judgements that runs rest on stay whole."""

    __tablename__ = "datasets"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    created_at: Mapped[float]
    edited_at: Mapped[float]
    deleted_at: Mapped[float | None]
    __table_args__ = (
        Index(
            "uq_datasets_name",
            "name",
            unique=True,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        ),
    )


class Item(Table):
    """The working copy. `words` is what a search looks in; `prompt_key` is equal for equal prompts."""

    __tablename__ = "items"
    dataset_id: Mapped[int] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    messages: Mapped[list[Any]]
    responses: Mapped[list[Any]]
    preferences: Mapped[list[Any]]
    topic: Mapped[str | None]
    tags: Mapped[list[Any]]
    extra: Mapped[dict[str, Any]]
    flags: Mapped[list[Any]]
    prompt_key: Mapped[str]
    words: Mapped[str]
    edited_at: Mapped[float]
    deleted_at: Mapped[float | None]
    __table_args__ = (
        Index("ix_items_order", "dataset_id", "position"),
        Index("ix_items_prompt", "dataset_id", "prompt_key"),
        # of those that pages and counts look at
        Index(
            "ix_items_live",
            "dataset_id",
            "position",
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        ),
    )


class Label(Table):
    """What live items are filtered by: facet is topic, tag, flag, origin, script or defect. A deleted item has none."""

    __tablename__ = "labels"
    dataset_id: Mapped[int] = mapped_column(primary_key=True)
    facet: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    item_id: Mapped[str] = mapped_column(primary_key=True)
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["dataset_id", "item_id"], ["items.dataset_id", "items.id"], ondelete="CASCADE", name="fk_labels_item"
        ),
        Index("ix_labels_item", "dataset_id", "item_id"),
        {"sqlite_with_rowid": False},
    )


class SearchRun(Table):
    """The runs of letters and digits that items' texts have, or had: see `storage.search_index`."""

    __tablename__ = "search_runs"
    run: Mapped[str] = mapped_column(primary_key=True)
    __table_args__ = {"sqlite_with_rowid": False}


class Version(Table):
    __tablename__ = "versions"
    dataset_id: Mapped[int] = mapped_column(ForeignKey("datasets.id"), primary_key=True)
    hash: Mapped[str] = mapped_column(primary_key=True, index=True)
    kind: Mapped[str]
    items: Mapped[int]
    held_out: Mapped[int]
    created_at: Mapped[float]
    created_by: Mapped[str | None]
    note: Mapped[str | None]


class Generation(Table):
    """Into which dataset a generate run puts its answers, and how many prompts of it are answered there so far."""

    __tablename__ = "generations"
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("datasets.id"), index=True)
    prompts: Mapped[int]


class ItemEdit(Table):
    """One change of one item, so that it can be undone; a bulk action is all edits of one `batch`."""

    __tablename__ = "item_edits"
    id: Mapped[int] = mapped_column(primary_key=True)
    batch: Mapped[str] = mapped_column(index=True)
    dataset_id: Mapped[int]
    item_id: Mapped[str]
    at: Mapped[float]
    account: Mapped[str | None]
    action: Mapped[str]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    undone_at: Mapped[float | None]
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["dataset_id", "item_id"], ["items.dataset_id", "items.id"], ondelete="CASCADE", name="fk_item_edits_item"
        ),
        Index("ix_item_edits_item", "dataset_id", "item_id"),
        # of those that can be undone: the newest of a dataset, and how many a batch has, without reading the items
        Index("ix_item_edits_newest", "dataset_id", "id", sqlite_where=_NOT_UNDONE, postgresql_where=_NOT_UNDONE),
        Index("ix_item_edits_left", "batch", sqlite_where=_NOT_UNDONE, postgresql_where=_NOT_UNDONE),
    )
