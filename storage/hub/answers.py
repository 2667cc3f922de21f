"""What the hub's answers mean for a person: one request within a time limit, and a sentence for each failure.

The token is huggingface_hub's own business: HF_TOKEN, or what `hf auth login` left. It is never kept here.
"""

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Literal, TypeVar

from storage import outages
from storage.errors import DiskFull, Invalid, NotFound, StorageError
from words import N_
from words.names import first_line

ANSWER_SECONDS = 10.0
Answer = TypeVar("Answer")
Kind = Literal["dataset", "model"]
KINDS: dict[Kind, str] = {"dataset": N_("dataset"), "model": N_("model")}


class Unreachable(StorageError):
    """The hub gave no answer in time, or not the files."""


_SENTENCES: dict[str, tuple[type[StorageError], str]] = {
    "GatedRepoError": (
        Invalid,
        N_(
            "The {kind} {name} is gated: accept its terms on its page of the hub, then set HF_TOKEN or sign in with "
            "`hf auth login` where AlignLab runs."
        ),
    ),
    "DisabledRepoError": (NotFound, N_("The Hugging Face hub has disabled the {kind} {name}.")),
    "RepositoryNotFoundError": (
        NotFound,
        N_(
            "The Hugging Face hub shows no {kind} {name}. If it is private, set HF_TOKEN or sign in with "
            "`hf auth login` where AlignLab runs."
        ),
    ),
    "RevisionNotFoundError": (NotFound, N_("The {kind} {name} has no revision {revision}.")),
    "OfflineModeIsEnabled": (
        Unreachable,
        N_("HF_HUB_OFFLINE is set, so the Hugging Face hub is not asked: unset it where AlignLab runs."),
    ),
    "HfHubHTTPError": (
        Unreachable,
        N_("The Hugging Face hub answered {status} about the {kind} {name}: try again later."),
    ),
    "BaseException": (
        Unreachable,
        N_(
            "The Hugging Face hub cannot be reached ({cause}). Try again, or download the {kind} elsewhere and bring "
            "its files here."
        ),
    ),
}
"""By the name of the error, of which the nearest counts: importing the library takes long."""


def within(seconds: float, request: Callable[[], Answer]) -> Answer:
    """What the request returns or raises. Raises TimeoutError where it takes longer.

    It runs in a thread, since looking up a host name takes as long as the system likes and heeds no timeout.
    """
    outcome: SimpleQueue[tuple[Answer | None, Exception | None]] = SimpleQueue()

    def run() -> None:
        try:
            outcome.put((request(), None))
        except Exception as error:
            outcome.put((None, error))

    Thread(target=run, daemon=True).start()
    try:
        answer, error = outcome.get(timeout=seconds)
    except Empty:
        raise TimeoutError(f"no answer within {seconds:.0f} s") from None
    if error is not None:
        raise error
    return answer  # type: ignore[return-value]  # only where there is an error there is none


def refusal(error: Exception, kind: Kind, name: str, revision: str | None = None) -> StorageError:
    """The sentence for what a request about the repository of that name raised."""
    if isinstance(error, StorageError):
        return error
    if outages.is_full(error):
        return DiskFull(outages.DISK_FULL)
    cause = error.__cause__ if isinstance(error, FileNotFoundError) and error.__cause__ else error
    names = (base.__name__ for base in type(cause).__mro__ if base.__name__ in _SENTENCES)
    refused, sentence = _SENTENCES[next(names, "BaseException")]
    return refused(
        sentence,
        kind=(KINDS[kind], {}),
        name=name,
        revision=revision or "main",
        status=getattr(getattr(cause, "response", None), "status_code", "-"),
        cause=first_line(cause),
    )
