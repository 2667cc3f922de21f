"""`alignlab data versions|diff|restore|note`: what was frozen, what differs, and back to it.

Left out: freezing (`judging_commands`).
"""

import time
from dataclasses import asdict, astuple
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.dataset_copy_commands import Name
from app.cli.options import Json, WorkspaceOption, opened
from app.cli.output import local_time, note, write, write_json, write_table
from app.people import COMMAND_LINE

if TYPE_CHECKING:
    from storage.records import Item, Version
    from storage.version_diffs import VersionDiff

SHOWN = 20  # items of a difference in words; --json has all
Hash = Annotated[str, typer.Argument(metavar="VERSION", help="A version's hash, or its beginning.")]


def versions(name: Name, as_json: Json = False, workspace: WorkspaceOption = None) -> None:
    """List a dataset's frozen versions, the newest first."""
    from storage import datasets

    database = opened(workspace)
    found = datasets.versions(database, name)
    counts = datasets.judgement_counts(database, [version.hash for version in found])
    if as_json:
        write_json([_version(v) | {"judgements": counts[v.hash].total, **asdict(counts[v.hash])} for v in found])
        return
    write_table(
        ("VERSION", "FROZEN", "BY", "ITEMS", "HELD OUT", "VERDICTS", "DECISIONS", "NOTE"),
        [
            (v.hash[:12], local_time(v.created_at), v.created_by, v.items, v.held_out, *astuple(counts[v.hash]), v.note)
            for v in found
        ],
    )


def diff(
    name: Name,
    before: Hash,
    after: Annotated[
        str | None, typer.Argument(metavar="VERSION", help="Compared with this one; else with the working copy.")
    ] = None,
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Say which items came, went and changed from one version to another, or to the working copy."""
    from storage import version_diffs
    from storage.item_content import to_json

    found = version_diffs.diff(opened(workspace), name, before, after)
    if as_json:
        changed = [{"before": to_json(old), "after": to_json(new)} for old, new in found.changed]
        added, removed = ([to_json(item) for item in items] for items in (found.added, found.removed))
        write_json({"added": added, "removed": removed, "changed": changed, "same": found.same})
    else:
        _write_diff(found)


def restore(name: Name, version: Hash, as_json: Json = False, workspace: WorkspaceOption = None) -> None:
    """Let the working copy hold what a version holds. The Data page can undo it."""
    from app.actions import dataset_versions

    batch = dataset_versions.restore(opened(workspace), COMMAND_LINE, name, version, time.time())
    items = 0 if batch is None else batch.items
    if as_json:
        write_json({"name": name, "version": version, "changed": items})
    else:
        note(f"{items} items of {name} were changed." if items else f"{name} holds that version already.")


def annotate(
    name: Name,
    version: Hash,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What the version is for; empty takes the note away.")],
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Write a note on a frozen version."""
    from app.actions import dataset_versions

    noted = dataset_versions.set_note(opened(workspace), COMMAND_LINE, name, version, text, time.time())
    if as_json:
        write_json(_version(noted))
    else:
        note(f"Noted on {noted.hash[:12]}.")


def _version(version: "Version") -> dict[str, Any]:
    fields = ("hash", "kind", "items", "held_out", "created_at", "created_by", "note")
    return {field: getattr(version, field) for field in fields}


def _write_diff(diff: "VersionDiff") -> None:
    from storage import item_differences
    from words import english

    counts = (len(diff.added), len(diff.removed), len(diff.changed), diff.same)
    write("{} added, {} removed, {} changed, {} the same".format(*counts))
    for sign, items in (("+", diff.added), ("-", diff.removed)):
        for item in items[:SHOWN]:
            write(f"{sign} {item.id}: {_beginning(item)}")
    for old, new in diff.changed[:SHOWN]:
        write(f"~ {old.id}: {_beginning(new)}")
        for difference in item_differences.between(old, new):
            write(f"    {english(difference.field)}")
            write(f"      - {_line(difference.before)}")
            write(f"      + {_line(difference.after)}")
    if max(counts[:3]) > SHOWN:
        write(f"The first {SHOWN} of each are shown: --json has all.")


def _beginning(item: "Item") -> str:
    return _line(item.messages[-1]["content"], 80)


def _line(text: str, longest: int = 400) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[:longest]} ..."
