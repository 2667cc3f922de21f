"""The Hugging Face hub: one short question before anything is fetched, and snapshots in its usual cache.

Transformers' own look-ups retry for 23 seconds without a network, so nothing here or in `load` lets them happen:
models are always loaded from a folder. Left out: what a folder must hold (`model_folder`).
"""

from pathlib import Path
from threading import Thread

from engine.models.model_folder import ModelProblem, first_line
from words import N_

ANSWER_SECONDS = 5.0
FILES = ["*.json", "*.safetensors", "*.model", "*.txt", "*.jinja"]


class Unreachable(ModelProblem):
    """The hub gave no answer in time, or not the files."""


def is_id(name: str) -> bool:
    """Whether the hub could have a repository of that name."""
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id

    try:
        validate_repo_id(name)
    except HFValidationError:
        return False
    return True


def cached(repo: str) -> Path | None:
    """The snapshot of a repository that is on this machine already, with all that `download` fetches of it."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        return Path(snapshot_download(repo, allow_patterns=FILES, local_files_only=True))
    except LocalEntryNotFoundError:
        return None


def require_readable(repo: str) -> None:
    """Raise unless the hub has the repository and lets us read it. Answers within `ANSWER_SECONDS`."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError

    outcome: list[BaseException | None] = []

    def request() -> None:
        try:
            HfApi().model_info(repo, timeout=ANSWER_SECONDS)
            outcome.append(None)
        except Exception as error:
            outcome.append(error)

    # A thread, since looking up a host name takes as long as the system likes and heeds no timeout.
    thread = Thread(target=request, daemon=True)
    thread.start()
    thread.join(ANSWER_SECONDS)
    match outcome:
        case [None]:
            return
        case [GatedRepoError()]:
            raise _gated(repo)
        case [RepositoryNotFoundError()]:
            raise ModelProblem(N_("There is no model named {name} on the Hugging Face hub."), name=repo)
        case _:
            raise Unreachable(
                N_("There is no model named {name} on this machine, and the Hugging Face hub cannot be reached."),
                name=repo,
            )


def download(repo: str, folder: Path | None = None) -> Path:
    """Fetch a repository's safetensors, config and tokenizer: into the hub's cache, or into `folder`.

    Raises ModelProblem; where it is Unreachable, some of the files may be there.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import GatedRepoError

    try:
        return Path(snapshot_download(repo, local_dir=folder, allow_patterns=FILES))
    except GatedRepoError:  # what a gated model is may be read without its terms, so `require_readable` does not see it
        raise _gated(repo) from None
    except Exception as error:  # of the network, the disk and the library's Rust part, which share no class
        raise Unreachable(
            N_("The model {name} could not be downloaded: {cause}"), name=repo, cause=first_line(error)
        ) from error


def _gated(repo: str) -> ModelProblem:
    return ModelProblem(N_("The model {name} is gated: accept its terms on the hub and set HF_TOKEN first."), name=repo)
