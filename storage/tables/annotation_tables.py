"""Judging: rounds, what they ask of whom, and the verdicts. See `storage.records` for what leaves storage."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base_table import Table


class Guideline(Table):
    __tablename__ = "guidelines"
    dataset_id: Mapped[int] = mapped_column(ForeignKey("datasets.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    created_by: Mapped[str | None]
    created_at: Mapped[float]


class Round(Table):
    """One pass of people over items of a dataset. `settings` is what `RoundSettings` declares."""

    __tablename__ = "rounds"
    dataset_id: Mapped[int] = mapped_column(ForeignKey("datasets.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    settings: Mapped[dict[str, Any]]
    created_by: Mapped[str | None]
    created_at: Mapped[float]
    closed_at: Mapped[float | None]


class Question(Table):
    """What a round asks: which of these responses of one item is better, or how they rank.

    `wanted` is how many people shall answer, `answers` how many have; `kind` is plain, norming or gold.
    """

    __tablename__ = "questions"
    id: Mapped[str] = mapped_column(primary_key=True)
    dataset_id: Mapped[int]
    round: Mapped[int]
    item_id: Mapped[str]
    position: Mapped[int]
    kind: Mapped[str]
    responses: Mapped[list[Any]]
    wanted: Mapped[int]
    answers: Mapped[int]
    expected: Mapped[str | None]
    margin: Mapped[float | None]
    chosen_by: Mapped[str]
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["dataset_id", "round"], ["rounds.dataset_id", "rounds.number"], name="fk_questions_round"
        ),
        sa.ForeignKeyConstraint(["dataset_id", "item_id"], ["items.dataset_id", "items.id"], name="fk_questions_item"),
        Index("ix_questions_order", "dataset_id", "round", "position"),
        # what a queue reads: it stays short where most of a round is done
        Index(
            "ix_questions_open",
            "dataset_id",
            "round",
            "position",
            sqlite_where=sa.text("answers < wanted"),
            postgresql_where=sa.text("answers < wanted"),
        ),
        Index("ix_questions_item", "dataset_id", "item_id"),
    )


class Assignment(Table):
    """Only the people whom a question is assigned to are asked; one without assignments is asked of everybody."""

    __tablename__ = "assignments"
    question_id: Mapped[str] = mapped_column(ForeignKey("questions.id", ondelete="CASCADE"), primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True, index=True)
    assigned_at: Mapped[float]


class Lease(Table):
    """A question that lies before a person, so that no more people than wanted answer it. `turn` 1 is a repeat."""

    __tablename__ = "leases"
    question_id: Mapped[str] = mapped_column(ForeignKey("questions.id", ondelete="CASCADE"), primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True, index=True)
    turn: Mapped[int] = mapped_column(primary_key=True)
    leased_until: Mapped[float]


class Judgement(Table):
    """One verdict on responses of an item. Append-only: a change of mind, or an undo, is a new row that `supersedes`.

    `response_a` and `response_b` are None for a ranking, which `ranking` holds. `turn` is 0, or 1 for a repeat with
    sides swapped. `source` is human, adjudicator, judge or reward; for the latter two `machine` names the model.
    `late`, the one column that changes: it came when its question wanted no more answers, is kept, and counts for
    nothing unless a verdict that counted is taken back.
    """

    __tablename__ = "judgements"
    id: Mapped[str] = mapped_column(primary_key=True)
    question_id: Mapped[str | None] = mapped_column(ForeignKey("questions.id"), index=True)
    dataset_id: Mapped[int]
    item_id: Mapped[str]
    round: Mapped[int | None]
    response_a: Mapped[str | None]
    response_b: Mapped[str | None]
    shown: Mapped[list[Any]]
    turn: Mapped[int]
    verdict: Mapped[str]
    strength: Mapped[int | None]
    criteria: Mapped[dict[str, Any]]
    ranking: Mapped[list[Any] | None]
    quality: Mapped[dict[str, Any]]
    edits: Mapped[dict[str, Any]]
    reasons: Mapped[list[Any]]
    comment: Mapped[str | None]
    flag: Mapped[str | None]
    source: Mapped[str]
    account: Mapped[str | None]
    machine: Mapped[str | None]
    seconds: Mapped[float | None]
    guideline_version: Mapped[int | None]
    late: Mapped[bool]
    supersedes: Mapped[str | None] = mapped_column(ForeignKey("judgements.id"), unique=True)
    created_at: Mapped[float]
    __table_args__ = (
        sa.ForeignKeyConstraint(["dataset_id", "item_id"], ["items.dataset_id", "items.id"], name="fk_judgements_item"),
        Index("ix_judgements_item", "dataset_id", "item_id"),
        Index("ix_judgements_account", "account", "dataset_id", "round", "created_at"),
    )


class VersionJudgement(Table):
    """Which judgements a frozen version's preferences rest on."""

    __tablename__ = "version_judgements"
    hash: Mapped[str] = mapped_column(primary_key=True)
    judgement_id: Mapped[str] = mapped_column(ForeignKey("judgements.id"), primary_key=True, index=True)
    __table_args__ = {"sqlite_with_rowid": False}
