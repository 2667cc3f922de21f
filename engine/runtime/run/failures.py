"""Why a run ended early, as one sentence with cause and remedy. The traceback goes to the run's log only."""

import torch
from sqlalchemy.exc import SQLAlchemyError

from engine.rewards import JudgeUnavailable
from engine.spec import SpecError
from storage import outages
from storage.errors import Outage
from words import N_, Explained, Text

_MEMORY = N_(
    "The memory was not enough. A smaller micro-batch (optimizer.micro_batch), shorter examples (data.max_tokens) or "
    "LoRA (model.adapter) need less."
)
_DATABASE = N_("The database could not be written to or read for a while: {error}.")
_CACHE = N_("A file of the cache is damaged. `alignlab clean` deletes the cache; then resume the run.")
_UNEXPECTED = N_("An error that AlignLab did not expect ended the run: {error}. Its log has the details.")


def outcome(error: BaseException) -> tuple[str, Text]:
    """The state of a run whose attempt an error ended, and the sentence for it.

    A judge that is down may come back when a person sees to it: paused. A database that is locked comes back by
    itself: queued.
    """
    if isinstance(error, JudgeUnavailable):
        return "paused", reason(error)
    passing = isinstance(error, SQLAlchemyError | Outage) or outages.is_busy(error)
    return "queued" if passing and not outages.is_full(error) else "failed", reason(error)


def reason(error: BaseException) -> Text:
    """The sentence for an error that ended a run."""
    if outages.is_full(error):
        return (outages.RUN_DISK_FULL, {})
    if isinstance(error, Explained):
        return error.text
    if outages.is_damaged(error):
        return (_CACHE, {})
    if isinstance(error, SpecError):
        return error.problems[0].text
    if _is_memory(error):
        return (_MEMORY, {})
    if isinstance(error, SQLAlchemyError) or outages.is_busy(error):
        return (_DATABASE, {"error": str(getattr(error, "orig", None) or error)})
    return (_UNEXPECTED, {"error": f"{type(error).__name__}: {error}"})


def _is_memory(error: BaseException) -> bool:
    # On a CPU torch says so in words only.
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or (
        isinstance(error, RuntimeError) and "can't allocate memory" in str(error)
    )
