"""Datasets as they are read: a working copy that people edit, frozen versions that runs are trained on, and files
that could become datasets. Left out: every write (`storage.dataset_writes`).
"""

from collections.abc import Collection
from pathlib import Path

import sqlalchemy as sa

from storage import exports, formats, import_records, tables, version_files, working_copy
from storage.column_mapping import Columns
from storage.data_files import DataFiles, ImportReport, ItemReader
from storage.database import Database
from storage.errors import Ambiguous, Invalid, NotFound
from storage.exports import ExportCheck, ExportReport
from storage.import_records import ImportRecord
from storage.item_content import kinds_in_words
from storage.item_filter import FACETS, ItemFilter
from storage.judging import judged_items
from storage.records import Dataset, Item, JudgementCount, Version
from words import N_, Text


def listing(db: Database) -> list[Dataset]:
    """All datasets, by name."""
    with db.read() as connection:
        return working_copy.records(connection)


def get(db: Database, name: str) -> Dataset:
    """The dataset of this name. Raises NotFound."""
    with db.read() as connection:
        return working_copy.records(connection, tables.Dataset.id == working_copy.find(connection, name).id)[0]


def items(
    db: Database, name: str, *, offset: int = 0, limit: int | None = None, **filters: str | None
) -> tuple[list[Item], int]:
    """One page of the working copy, and how many items the filters, fields of an ItemFilter, leave in all."""
    item_filter = ItemFilter(**filters)
    with db.read() as connection:
        dataset_id = working_copy.find(connection, name).id
        query = working_copy.filtered(connection, dataset_id, item_filter)
        total = working_copy.count(connection, dataset_id, item_filter)
        return [working_copy.item(row) for row in connection.execute(query.offset(offset).limit(limit))], total


def facets(db: Database, name: str) -> dict[str, dict[str, int]]:
    """facet -> value -> number of items, the most frequent first; the facets are FACETS."""
    label = tables.Label
    count = sa.func.count().label("count")
    counts: dict[str, dict[str, int]] = {facet: {} for facet in FACETS}
    with db.read() as connection:
        query = (
            sa.select(label.facet, label.value, count)
            .where(label.dataset_id == working_copy.find(connection, name).id)
            .group_by(label.facet, label.value)
            .order_by(count.desc(), label.value)
        )
        for facet, value, number in connection.execute(query):
            counts[facet][value] = number
    return counts


def item(db: Database, name: str, item_id: str) -> Item:
    """One item of the working copy."""
    with db.read() as connection:
        return working_copy.find_item(connection, working_copy.find(connection, name), item_id)


def inspect_file(
    files: Path | DataFiles, format: str = "auto", columns: Columns | None = None, *, skip_bad: bool = False
) -> ImportReport:
    """What `import_file` would import, without doing it."""
    reader = ItemReader(files, format, columns)
    for _ in reader.items():
        pass
    return reader.report("", skip_bad=skip_bad)


def import_record(db: Database, name: str) -> ImportRecord | None:
    """What the file held that the dataset was made of; None for one that was not imported, or longer ago."""
    with db.read() as connection:
        return import_records.read(db.workspace, working_copy.find(connection, name).id)


def export(db: Database, name: str, format: str, out: Path, *, skip_unfit: bool = False) -> ExportReport:
    """Write the working copy to `out` in a form of `formats.FORMATS`. Raises Invalid for items that it cannot hold.

    Its preferences follow from the verdicts of people, and excluded items are left out, as in a frozen version.
    `skip_unfit` leaves out what the form cannot hold.
    """
    return exports.write(out, *_to_export(db, name, format), skip_unfit=skip_unfit)


def export_check(db: Database, name: str, format: str) -> ExportCheck:
    """What `export` would write, and which items it would leave out. Raises NotFound, Invalid."""
    return exports.check(*_to_export(db, name, format))


def _to_export(db: Database, name: str, format: str) -> tuple[formats.Format, list[Item]]:
    """The form, which holds the kind of the dataset, and the items as a version would hold them."""
    form = formats.named(format)
    dataset = get(db, name)
    fitting = [form.name for form in formats.written(dataset.kind)]
    if form.name not in fitting:
        raise Invalid(
            N_("The form {format} cannot hold {kind}; for {name} there are: {fitting}."),
            format=format,
            kind=kinds_in_words([dataset.kind]),
            name=name,
            fitting=", ".join(fitting),
        )
    return form, judged_items.to_freeze(db, name, items(db, name)[0])


def versions(db: Database, name: str) -> list[Version]:
    """The dataset's frozen versions, the newest first."""
    table = tables.Version
    with db.read() as connection:
        of_dataset = table.dataset_id == working_copy.find(connection, name).id
        query = sa.select(*table.__table__.columns).where(of_dataset).order_by(table.created_at.desc())
        versions = connection.execute(query).mappings().all()
    return [Version(**row, path=db.workspace.datasets / f"{row['hash']}.parquet") for row in versions]


def judgement_counts(db: Database, hashes: Collection[str]) -> dict[str, JudgementCount]:
    """What each of these frozen versions rests on; JudgementCount() where that is nothing."""
    link, judgement = tables.VersionJudgement, tables.Judgement
    decided = sa.func.sum(sa.case((judgement.source == "adjudicator", 1), else_=0))
    query = (
        sa.select(link.hash, sa.func.count() - decided, decided)
        .join(judgement, judgement.id == link.judgement_id)
        .where(link.hash.in_(hashes))
        .group_by(link.hash)
    )
    with db.read() as connection:
        counted = {hash: JudgementCount(*counts) for hash, *counts in connection.execute(query)}
    return {hash: counted.get(hash, JudgementCount()) for hash in hashes}


def version(db: Database, name: str, hash: str) -> Version:
    """The dataset's version with this hash, or the only one that begins so. Raises NotFound, Ambiguous."""
    found = [version for version in versions(db, name) if hash and version.hash.startswith(hash)]
    if not found:
        raise NotFound(N_("The dataset {name} has no version {hash}."), name=name, hash=hash or '""')
    if len(found) > 1:
        raise Ambiguous(
            N_("{hash} begins several versions of {name}: {hashes}. Name one of them by more of its hash."),
            hash=hash,
            name=name,
            hashes=", ".join(version.hash[:12] for version in found),
        )
    return found[0]


def damaged(db: Database) -> dict[str, list[Text]]:
    """Dataset -> a sentence for each of its frozen versions that cannot be read; the whole ones are not named."""
    table = tables.Version
    query = sa.select(tables.Dataset.name, table.hash).join(tables.Dataset, tables.Dataset.id == table.dataset_id)
    with db.read() as connection:
        rows = connection.execute(query.where(tables.Dataset.deleted_at.is_(None)).order_by(table.created_at)).all()
    sentences: dict[str, list[Text]] = {}
    for name, version in rows:
        if text := version_files.damage(db.workspace.datasets / f"{version}.parquet"):
            sentences.setdefault(name, []).append(text)
    return sentences


def held_out_count(db: Database, version: str) -> int | None:
    """The number of held-out items of a frozen version; None for a version that was not frozen here."""
    query = sa.select(tables.Version.held_out).where(tables.Version.hash == version).limit(1)
    with db.read() as connection:
        return connection.execute(query).scalar()


def version_path(db: Database, version: str) -> Path:
    """The file of a frozen version, also of one whose dataset was deleted. Raises NotFound."""
    path = db.workspace.datasets / f"{version}.parquet"
    if not path.is_file():
        raise NotFound(N_("The dataset version {hash} is not in this workspace."), hash=version)
    return path


def load(db: Database, version: str) -> list[Item]:
    """The items of a frozen version in the order of their ids, each with its split. Raises NotFound."""
    return version_files.read(version_path(db, version))
