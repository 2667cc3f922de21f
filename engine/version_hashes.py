"""Versions that a run file names by the beginning of their hash.

Left out: `latest`, which is frozen at the launch (`engine.launch`), and versions that are not there (the preflight).
"""

from typing import TypeVar

from engine.spec import Problem, RunSpec, SpecError
from storage import datasets
from storage.database import Database
from storage.errors import Ambiguous, NotFound

Spec = TypeVar("Spec", bound=RunSpec)


def with_whole_hashes(db: Database, spec: Spec) -> Spec:
    """The settings with the whole hash of each version of its dataset; what names none stays as it is.

    Raises SpecError where several versions begin so.
    """
    blocks = {}
    for block, dataset, version in spec.dataset_references:
        if version == "latest":
            continue
        try:
            whole = datasets.version(db, dataset, version).hash
        except NotFound:
            continue
        except Ambiguous as error:
            raise SpecError([Problem(f"{block}.version", error.text)]) from error
        blocks[block] = getattr(spec, block).model_copy(update={"version": whole})
    return spec.model_copy(update=blocks)
