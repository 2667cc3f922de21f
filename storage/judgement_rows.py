"""Verdicts as rows of a file: one for each, with its author, its pair, and how it was shown.

Left out: preferences that follow from them, which `datasets.export` writes.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from storage import containers, datasets, tables
from storage.containers import row_writing
from storage.database import Database
from storage.errors import Invalid
from storage.judging import judgements
from storage.judging.judgement_records import Judgement
from storage.records import CheckpointReference, Item, Response
from words import N_

ENDINGS = (".jsonl", ".json", ".jsonl.gz", ".json.gz")
UNCHANGED = (
    "round",
    "turn",
    "verdict",
    "strength",
    "criteria",
    "ranking",
    "reasons",
    "comment",
    "flag",
    "seconds",
    "supersedes",
    "source",
    "machine",
    "guideline_version",
    "late",
    "created_at",
)
"""Fields of a verdict that a row holds under the same name."""


def export(db: Database, dataset: str, out: Path, *, round: int | None = None, history: bool = False) -> int:
    """Write the verdicts to .jsonl or .json, also gzipped; returns how many. Raises NotFound, Invalid.

    `history` writes those that were changed or withdrawn, too.
    """
    if not out.name.endswith(ENDINGS):
        raise Invalid(
            N_("Verdicts are written as {endings}; {name} is none of them."), endings=", ".join(ENDINGS), name=out.name
        )
    containers.check_writable(out)
    verdicts = judgements.listing(db, dataset, round=round, history=history)
    return row_writing.write(out, _rows(db, dataset, verdicts))


def _rows(db: Database, dataset: str, verdicts: list[Judgement]) -> Iterator[dict[str, Any]]:
    items = {item.id: item for item in datasets.items(db, dataset)[0]}
    versions = _versions(db, dataset)
    runs = judgements.runs_by_version(db, {version for hashes in versions.values() for version in hashes})
    for verdict in verdicts:
        item = items.get(verdict.item_id)
        used = [run.id for version in versions.get(verdict.id, []) for run in runs[version]]
        yield {
            "event_id": verdict.id,
            "pair_id": verdict.question_id,
            "item_id": verdict.item_id,
            "dataset_versions": versions.get(verdict.id, []),
            "runs": list(dict.fromkeys(used)),
            "annotator_id": verdict.account,
            **{name: getattr(verdict, name) for name in UNCHANGED},
            **_pair(verdict, item),
            "prompt": list(item.messages) if item else None,
            "category": item.topic if item else None,
            "extra": item.extra if item else None,
        }


def _pair(verdict: Judgement, item: Item | None) -> dict[str, Any]:
    """What concerns each of the two responses; of a ranking, each of them all, by id."""
    responses = {response.id: response for response in item.responses} if item else {}
    if verdict.response_a is None or verdict.response_b is None:
        return {
            "shown": list(verdict.shown),
            "responses": {key: _response(responses.get(key)) for key in verdict.shown},
            "quality": verdict.quality,
            "edits": verdict.edits,
        }
    sides: dict[str, Any] = {"displayed_left": "a" if verdict.shown[0] == verdict.response_a else "b"}
    for side, key in (("a", verdict.response_a), ("b", verdict.response_b)):
        fields = {
            **_response(responses.get(key)),
            "response_id": key,
            "quality": verdict.quality.get(key),
            "edited": verdict.edits.get(key),
        }
        sides |= {f"{name}_{side}": value for name, value in fields.items()}
    return sides


def _response(response: Response | None) -> dict[str, Any]:
    """The text, and where it came from; nothing where the item or the response was deleted."""
    if response is None:
        return {"response": None, "model": None, "checkpoint": None}
    checkpoint = CheckpointReference.parse(response.origin)
    return {"response": response.text, "model": response.origin or None, "checkpoint": checkpoint and str(checkpoint)}


def _versions(db: Database, dataset: str) -> dict[str, list[str]]:
    """verdict -> the frozen versions of the dataset that rest on it."""
    link, version = tables.VersionJudgement, tables.Version
    query = (
        sa.select(link.judgement_id, link.hash)
        .join(version, version.hash == link.hash)
        .where(version.dataset_id == datasets.get(db, dataset).id)
        .order_by(version.created_at)
    )
    versions: dict[str, list[str]] = {}
    with db.read() as connection:
        for judgement_id, version_hash in connection.execute(query):
            versions.setdefault(judgement_id, []).append(version_hash)
    return versions
