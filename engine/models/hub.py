"""The Hugging Face hub: one short question before anything is fetched, and snapshots in its usual cache.

Transformers' own look-ups retry for 23 seconds without a network, so nothing here or in `load` lets them happen:
models are always loaded from a folder. Left out: what the hub's answers mean (`storage.hub.answers`), and what a folder
must hold (`model_folder`).
"""

from functools import partial
from pathlib import Path

from engine.models.model_folder import ModelProblem
from storage.hub import answers
from words import N_

ANSWER_SECONDS = 5.0
FILES = ["*.json", "*.safetensors", "*.model", "*.txt", "*.jinja"]


class Unreachable(ModelProblem):
    """The hub gave no answer in time, or not the files."""


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

    try:
        answers.within(ANSWER_SECONDS, partial(HfApi().model_info, repo, timeout=ANSWER_SECONDS))
    except Exception as error:  # of the network and the library, which share no class
        problem = _problem(error, repo)
        if isinstance(problem, Unreachable):
            msgid = N_("There is no model named {name} on this machine: {cause}")
            raise Unreachable(msgid, name=repo, cause=problem.text) from error
        raise problem from error


def download(repo: str, folder: Path | None = None) -> Path:
    """Fetch a repository's safetensors, config and tokenizer: into the hub's cache, or into `folder`.

    Raises ModelProblem; where it is Unreachable, some of the files may be there. What a gated model is may be read
    without its terms, so that `require_readable` does not see it.
    """
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(repo, local_dir=folder, allow_patterns=FILES))
    except Exception as error:  # of the network, the disk and the library's Rust part, which share no class
        raise _problem(error, repo) from error


def _problem(error: Exception, repo: str) -> ModelProblem:
    refusal = answers.refusal(error, "model", repo)
    msgid, values = refusal.text
    return (Unreachable if isinstance(refusal, answers.Unreachable) else ModelProblem)(msgid, **values)
