"""Where a dataset stands on the way from sampled answers to a trained model: sampled, judged, frozen, trained on.

Left out: each of these (`generated_items`, `rounds` and `judgements`, `datasets`, `runs`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storage import datasets, generated_items, tables
from storage.database import Database
from storage.judging import rounds
from storage.judging.judgement_records import Progress, Round
from storage.records import Dataset, JudgementCount, RunSummary, Version
from storage.runs import SUMMARY_COLUMNS, summary

PEOPLE = ("human", "adjudicator")
NO_VERDICT = ("withdrawn", "skip")


@dataclass(frozen=True)
class JudgingLoop:
    """The steps of one dataset. Runs and versions are the newest first.

    `judged` counts items with a verdict of a person, of which there may be fewer than items; `verdicts` has what each
    version rests on, by its hash. `open_round` is the newest one that is not closed. `unasked` counts the items without
    a verdict that came after the rounds were opened, or that these left out; 0 where there was no round yet.
    """

    generated_by: tuple[RunSummary, ...]
    judged: int
    open_round: Round | None
    progress: Progress | None
    unasked: int
    versions: tuple[Version, ...]
    verdicts: dict[str, JudgementCount]
    trained: tuple[RunSummary, ...]


def of_dataset(db: Database, data: Dataset) -> JudgingLoop:
    """The loop of a dataset. Raises NotFound."""
    versions = datasets.versions(db, data.name)
    all_rounds = rounds.listing(db, data.name)
    open_round = next((row for row in all_rounds if row.closed_at is None), None)
    hashes = [version.hash for version in versions]
    with db.read() as connection:
        judged = connection.execute(_judged(data.id)).scalar_one()
        unasked = connection.execute(_unasked(data.id)).scalar_one() if all_rounds else 0
        trained = [summary(row) for row in connection.execute(_trained_on(hashes))]
    return JudgingLoop(
        generated_by=tuple(generated_items.runs_into(db, data.name)),
        judged=judged,
        open_round=open_round,
        progress=None if open_round is None else rounds.progress(db, data.name, open_round.number),
        versions=tuple(versions),
        unasked=unasked,
        verdicts=datasets.judgement_counts(db, hashes),
        trained=tuple(trained),
    )


def _judged(dataset_id: int) -> sa.Select[Any]:
    """The number of live items with a verdict of a person that was not taken back."""
    judgement, item = tables.Judgement, tables.Item
    return (
        sa.select(sa.func.count(judgement.item_id.distinct()))
        .join(item, sa.and_(item.dataset_id == judgement.dataset_id, item.id == judgement.item_id))
        .where(
            judgement.dataset_id == dataset_id,
            item.deleted_at.is_(None),
            judgement.source.in_(PEOPLE),
            judgement.verdict.not_in(NO_VERDICT),
            rounds.not_superseded(),
        )
    )


def _unasked(dataset_id: int) -> sa.Select[Any]:
    """The number of live items with answers to compare of which no round asks, and nobody has said anything."""
    item, question, label, judgement = tables.Item, tables.Question, tables.Label, tables.Judgement
    own_question = sa.exists().where(question.dataset_id == dataset_id, question.item_id == item.id)
    verdict = sa.exists().where(judgement.dataset_id == dataset_id, judgement.item_id == item.id)
    equal = sa.exists().where(
        label.dataset_id == dataset_id,
        label.item_id == item.id,
        label.facet == "flag",
        label.value == "equal_responses",
    )
    live = (item.dataset_id == dataset_id, item.deleted_at.is_(None))
    return sa.select(sa.func.count()).select_from(item).where(*live, ~own_question, ~verdict, ~equal)


def _trained_on(hashes: Sequence[str]) -> sa.Select[Any]:
    """The train runs on these versions, the newest first."""
    run = tables.Run
    on_version = run.spec["data"]["version"].as_string().in_(hashes)
    query = sa.select(*SUMMARY_COLUMNS).where(run.kind == "train", on_version)
    return query.order_by(run.created_at.desc(), run.position.desc())
