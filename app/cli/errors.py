"""Turns every error into one sentence and an exit code. Left out: errors in the command itself (`usage`)."""

import os
import traceback

from app.actions.launching import Refused
from app.cli import import_words
from app.cli.output import Failure
from app.clients import EngineError
from engine.spec import SpecError
from storage import outages
from storage.errors import Ambiguous, ImportFailed, Invalid, NotFound, StorageError, Unmapped


def sentence(error: Exception) -> tuple[str, int]:
    """The sentence for the person, and the exit code: 2 where other input would help, else 1."""
    if isinstance(error, Failure):
        return str(error), error.exit_code
    if outages.is_full(error):
        return outages.DISK_FULL, 1
    if isinstance(error, ImportFailed):
        return import_words.failure(error), 2
    if isinstance(error, StorageError | Refused | SpecError):
        advice = f" {import_words.MAPPING}" if isinstance(error, Unmapped) else ""
        return f"{error}{advice}", 2 if isinstance(error, NotFound | Ambiguous | Invalid | Refused | SpecError) else 1
    if isinstance(error, EngineError):
        return f"The engine could not answer: {error}", 1
    if isinstance(error, UnicodeEncodeError):
        return "A name or value of the command is not valid UTF-8.", 2
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}.", 1
    return _unforeseen(error), 1


def _unforeseen(error: Exception) -> str:
    if os.environ.get("ALIGNLAB_TRACEBACK"):
        traceback.print_exception(error)
    return (
        f"AlignLab stopped on an error of its own ({type(error).__name__}: {error}); ALIGNLAB_TRACEBACK=1 shows where."
    )
