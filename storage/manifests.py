"""The manifest of a checkpoint: its files with their sizes and SHA-256. It is written last, so it says what is whole.

Left out: writing it, and comparing the contents (`engine.runtime.run.checkpoint_files`).
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from storage.errors import Damaged
from storage.records import ACTIVE, Checkpoint, Run
from words import N_, Text

MANIFEST = "manifest.json"


def files(folder: Path) -> dict[str, dict[str, Any]]:
    """Name -> bytes and SHA-256 of each file of the checkpoint. Raises Damaged where there is no readable manifest."""
    try:
        listed = json.loads((folder / MANIFEST).read_text())["files"]
        return {str(name): {"bytes": int(entry["bytes"]), "sha256": entry["sha256"]} for name, entry in listed.items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise damaged(folder / MANIFEST) from error


def damage(folder: Path) -> Text | None:
    """Why the checkpoint is not whole, as far as the sizes of its files tell; None where it seems to be."""
    try:
        for name, entry in files(folder).items():
            path = folder / name
            if not path.is_file() or path.stat().st_size != entry["bytes"]:
                return damaged(path).text
    except Damaged as error:
        return error.text
    return None


def damaged_of(run: Run, checkpoints: Iterable[Checkpoint]) -> list[Text]:
    """A sentence for each checkpoint of an ended run that is not whole. One that trains deletes old ones meanwhile."""
    if run.state in ACTIVE or run.origin != "local":
        return []
    return [text for checkpoint in checkpoints if (text := damage(checkpoint.path))]


def damaged(path: Path) -> Damaged:
    """The error that names a file of a checkpoint that is missing or is not what was saved."""
    msgid = N_("The checkpoint {folder} is damaged: {file} is not there, or not as it was saved.")
    return Damaged(msgid, folder=str(path.parent), file=path.name)
