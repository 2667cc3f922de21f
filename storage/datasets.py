"""Datasets as they are read: a working copy that people edit, frozen versions that runs are trained on, and files
that could become datasets. Left out: every write (`storage.dataset_writes`).
"""

from dataclasses import dataclass, replace
from pathlib import Path

import sqlalchemy as sa

from storage import formats, tables, version_files, working_copy
from storage.database import Database
from storage.errors import ImportFailed, Invalid, NotFound
from storage.formats import files as rows
from storage.item_content import check, kind_of, with_flags
from storage.records import Dataset, Item, Version
from words import N_, Text

MOST_PROBLEMS = 50
PREVIEWED = 5


@dataclass(frozen=True)
class ImportReport:
    """What an import found: `flagged` counts the items by flag, `preview` holds the first few."""

    name: str
    kind: str
    format: str
    imported: int
    flagged: dict[str, int]
    preview: tuple[Item, ...]
    dataset: Dataset | None = None


def listing(db: Database) -> list[Dataset]:
    """All datasets, by name."""
    with db.read() as connection:
        return working_copy.records(connection)


def get(db: Database, name: str) -> Dataset:
    """The dataset of this name. Raises NotFound."""
    with db.read() as connection:
        return working_copy.records(connection, tables.Dataset.id == working_copy.find(connection, name).id)[0]


def items(
    db: Database,
    name: str,
    *,
    offset: int = 0,
    limit: int | None = None,
    search: str | None = None,
    topic: str | None = None,
    tag: str | None = None,
    flag: str | None = None,
    origin: str | None = None,
    script: str | None = None,
) -> tuple[list[Item], int]:
    """One page of the working copy, and how many items the filters leave in all."""
    labels = {"topic": topic, "tag": tag, "flag": flag, "origin": origin, "script": script}
    with db.read() as connection:
        query = working_copy.filtered(working_copy.live_items(working_copy.find(connection, name).id), search, labels)
        total = connection.execute(sa.select(sa.func.count()).select_from(query.order_by(None).subquery())).scalar_one()
        return [working_copy.item(row) for row in connection.execute(query.offset(offset).limit(limit))], total


def facets(db: Database, name: str) -> dict[str, dict[str, int]]:
    """facet -> value -> number of items, the most frequent first; facets are topic, tag, flag, origin and script."""
    label, item = tables.Label, tables.Item
    count = sa.func.count().label("count")
    counts: dict[str, dict[str, int]] = {facet: {} for facet in ("topic", "tag", "flag", "origin", "script")}
    with db.read() as connection:
        query = (
            sa.select(label.facet, label.value, count)
            .join(item, sa.and_(item.dataset_id == label.dataset_id, item.id == label.item_id))
            .where(label.dataset_id == working_copy.find(connection, name).id, item.deleted_at.is_(None))
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


def inspect_file(path: Path, format: str = "auto") -> ImportReport:
    """What `import_file` would import, without doing it."""
    return read_file(path, "", format)[0]


def export(db: Database, name: str, format: str, out: Path) -> int:
    """Write the working copy to `out` in a form of `formats.FORMATS`; returns the number of rows."""
    form = formats.named(format)
    dataset = get(db, name)
    if form.kind not in (None, dataset.kind):
        fitting = [form.name for form in formats.FORMATS.values() if form.kind in (None, dataset.kind)]
        raise Invalid(
            N_("The form {format} cannot hold {kind}; for {name} there are: {fitting}."),
            format=format,
            kind=dataset.kind,
            name=name,
            fitting=", ".join(fitting),
        )
    return rows.write(out, form.write(items(db, name)[0]))


def versions(db: Database, name: str) -> list[Version]:
    """The dataset's frozen versions, the newest first."""
    table = tables.Version
    with db.read() as connection:
        of_dataset = table.dataset_id == working_copy.find(connection, name).id
        query = sa.select(*table.__table__.columns).where(of_dataset).order_by(table.created_at.desc())
        versions = connection.execute(query).mappings().all()
    return [Version(**row, path=db.workspace.datasets / f"{row['hash']}.parquet") for row in versions]


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


def read_file(path: Path, name: str, format: str) -> tuple[ImportReport, list[Item]]:
    """Read and check a whole file: every item with id and flags. Raises ImportFailed, or NotFound for the format."""
    numbered, problems = rows.read(path)
    problems += [(line, (N_("The row must be an object."), {})) for line, row in numbered if not isinstance(row, dict)]
    objects = [(line, row) for line, row in numbered if isinstance(row, dict)]
    if not objects:
        raise _failed(path, problems or [(0, (N_("The file holds no rows."), {}))])
    form = formats.detect([row for _, row in objects]) if format == "auto" else formats.named(format)
    items: list[Item] = []
    line_of_id: dict[str, int] = {}
    for line, row in objects:
        try:
            item = check(form.read(row))
            if item.id in line_of_id:
                raise Invalid(N_("The id {id} is that of line {line} already."), id=item.id, line=line_of_id[item.id])
            line_of_id.update({item.id: line} if item.id else {})
            items.append(item)
        except Invalid as error:
            problems.append((line, error.text))
    if problems:
        raise _failed(path, problems)
    items = with_flags(_numbered(items, set(line_of_id)))
    flags = sorted({flag for item in items for flag in item.flags})
    counts = {flag: sum(flag in item.flags for item in items) for flag in flags}
    report = ImportReport(name, form.kind or kind_of(items), form.name, len(items), counts, tuple(items[:PREVIEWED]))
    return report, items


def new_item_id(number: int, ids: set[str]) -> str:
    """The first free one: ids are numbers in order, so that the same file always gives the same ids."""
    while f"{number:05d}" in ids:
        number += 1
    return f"{number:05d}"


def _numbered(items: list[Item], ids: set[str]) -> list[Item]:
    return [item if item.id else replace(item, id=new_item_id(number, ids)) for number, item in enumerate(items, 1)]


def _failed(path: Path, problems: list[tuple[int, Text]]) -> ImportFailed:
    problems.sort(key=lambda problem: problem[0])
    sentence = N_("Nothing was imported from {name}; lines with mistakes: {count}.")
    return ImportFailed(problems[:MOST_PROBLEMS], sentence, name=path.name, count=len(problems))
