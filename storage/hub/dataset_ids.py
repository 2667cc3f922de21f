"""How a dataset of the hub is named: hub:owner/name[/config][@revision].

Left out: whether there is one (`repositories`).
"""

import re
from dataclasses import dataclass

from storage.errors import Invalid
from storage.records import LONGEST_DATASET_NAME
from words import N_
from words.names import shortened

PREFIX = "hub:"
LONGEST = 300  # characters
_WORD = r"[A-Za-z0-9][\w.-]*"
_ID = re.compile(rf"(?P<repository>{_WORD}/{_WORD})(?:/(?P<config>[^/@]+))?(?:@(?P<revision>[\w./-]+))?", re.ASCII)


@dataclass(frozen=True)
class DatasetId:
    """A repository owner/name; `config` and `revision` (a branch, tag or commit) are None where none is named."""

    repository: str
    config: str | None = None
    revision: str | None = None

    @property
    def suggested_name(self) -> str:
        """What a dataset made of it may be called."""
        return self.repository.partition("/")[2][:LONGEST_DATASET_NAME]

    def __str__(self) -> str:
        config = f"/{self.config}" if self.config else ""
        return f"{PREFIX}{self.repository}{config}" + (f"@{self.revision}" if self.revision else "")


def parse(text: str) -> DatasetId:
    """The id that a person wrote, with or without hub: before it. Raises Invalid, also for an address of the web.

    >>> parse("hub:trl-lib/tldr-preference"), str(parse("openai/gsm8k/main@refs/pr/3"))
    (DatasetId(repository='trl-lib/tldr-preference', config=None, revision=None), 'hub:openai/gsm8k/main@refs/pr/3')
    """
    match = _ID.fullmatch(text.strip().removeprefix(PREFIX)) if len(text) <= LONGEST else None
    if match is None or not is_repository_id(match["repository"]) or ".." in (match["revision"] or ""):
        raise Invalid(
            N_(
                "{name} names no dataset of the Hugging Face hub: write {forms}, with the owner and the name as they "
                "stand in the address of its page."
            ),
            name=shortened(text, LONGEST),
            forms="hub:owner/name, hub:owner/name/config, hub:owner/name@revision",
        )
    return DatasetId(match["repository"], match["config"], match["revision"])


def is_repository_id(name: str) -> bool:
    """Whether the hub could have a repository of that name, of a model too."""
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id

    try:
        validate_repo_id(name)
    except HFValidationError:
        return False
    return True
