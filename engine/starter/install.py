"""Puts the datasets that ship with the product into a workspace, once: one that was deleted stays deleted until it is
asked for again.

`python -P -m engine.starter.install --workspace DIR [--again]`; the engine does it at its start. With `--example` it
brings in the recorded example study instead, and prints its id. Needs no torch.
"""

import argparse
import json
import logging
import sys
import time
from pathlib import Path

from storage import dataset_writes, datasets, outages, study_archive
from storage.database import Database, connect
from storage.errors import Invalid
from storage.workspace import Workspace

SHIPPED = Path(__file__).parent / "data"
SUFFIX = ".jsonl.gz"
EXAMPLE = SHIPPED / "fair-quartet.study.gz"

log = logging.getLogger(__name__)


def samples(db: Database, shipped: Path = SHIPPED, again: bool = False) -> list[str]:
    """Import what this workspace has not been given yet, or with `again` all that it lacks; returns their names."""
    marker = db.workspace.datasets / "shipped.json"
    imported: list[str] = json.loads(marker.read_text()) if marker.exists() else []
    if again:
        present = {data.name for data in datasets.listing(db)}
        imported = [name for name in imported if name in present]
    new = [path for path in sorted(shipped.glob(f"*{SUFFIX}")) if _name(path) not in imported]
    for path in new:
        try:
            dataset_writes.import_file(db, path, name=_name(path), format="jsonl", now=time.time())
        except Invalid as error:  # the name is taken, by its owner or by a process that imports just now
            log.info("%s", error)
    if new:
        marker.write_text(json.dumps(imported + [_name(path) for path in new]))
    return [_name(path) for path in new]


def _name(path: Path) -> str:
    return path.name.removesuffix(SUFFIX)


def main() -> int:
    """Import, and print what was imported, a line each."""
    parser = argparse.ArgumentParser(prog="engine.starter.install")
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--again", action="store_true", help="also what was deleted since")
    parser.add_argument("--example", action="store_true", help="the recorded example study")
    options = parser.parse_args()
    db = connect(Workspace(options.workspace.resolve()).create())
    if options.example:
        brought = [study_archive.unpack(db, EXAMPLE.read_bytes(), origin="example").id]
    else:
        brought = samples(db, again=options.again)
    for name in brought:
        sys.stdout.write(name + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(outages.in_words(main))
