"""Exports one checkpoint: `python -P -m engine.model_exports --workspace W --out DIR [--merge] [--force] RUN[@STEP]`.

It prints one `ExportNews` a line: how far it is, then the model or the problem. Left out: who may do it
(`app.actions.model_exports`).
"""

import argparse
import signal
import sys
from pathlib import Path
from typing import Any

from engine.model_exports import destination, sources
from engine.models.model_folder import ModelProblem
from engine.spec.answers import ExportedModel, ExportNews
from storage import outages
from storage.database import connect
from storage.errors import Ambiguous, Invalid, NotFound, StorageError
from storage.workspace import Workspace
from words import N_, Explained, Text

REFUSED, FAILED = 2, 1


def main() -> int:
    """0 where the folder was made; 2 where other input would help, else 1."""
    parser = argparse.ArgumentParser(prog="engine.model_exports")
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--merge", action="store_true")
    parser.add_argument("--force", action="store_true")
    parser.add_argument("checkpoint")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, _end)
    try:
        _say(progress=(N_("Getting ready ..."), {}))
        _say(model=_exported(options))
    except (StorageError, ModelProblem, OSError) as error:
        text, code = _problem(error)
        _say(problem=text)
        return code
    return 0


def _exported(options: argparse.Namespace) -> ExportedModel:
    """Raises StorageError, ModelProblem or OSError; what is a mistake of the person, before torch is loaded."""
    db, out = connect(Workspace(options.workspace)), options.out.absolute()
    destination.check(out, force=options.force)
    source = sources.find(db, options.checkpoint, merge=options.merge)

    from transformers.utils import logging

    from engine.model_exports.export import export

    logging.set_verbosity_error()  # transformers warns of a reward model's head, which is put in next
    return export(db, source, out, force=options.force, tell=_progress)


def _problem(error: Exception) -> tuple[Text, int]:
    """The sentence for a person, and the exit code."""
    if outages.is_full(error):
        return (outages.DISK_FULL, {}), FAILED
    if isinstance(error, Explained):
        return error.text, REFUSED if isinstance(error, NotFound | Ambiguous | Invalid) else FAILED
    assert isinstance(error, OSError)
    values = {"file": str(error.filename), "cause": str(error.strerror)}
    return (N_("{file} cannot be read or written: {cause}."), values), FAILED


def _progress(text: Text) -> None:
    _say(progress=text)


def _say(**news: Any) -> None:
    sys.stdout.write(ExportNews(**news).model_dump_json() + "\n")
    sys.stdout.flush()


def _end(_number: int, _frame: Any) -> None:
    """Leave nothing unfinished behind."""
    sys.exit(FAILED)


if __name__ == "__main__":
    sys.exit(main())
