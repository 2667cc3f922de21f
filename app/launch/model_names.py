"""Models as a field offers them: those known by name, and runs whose newest checkpoint is one; others can be typed.

Left out: the fields themselves, and whether there is such a model (the engine's preflight).
"""

from collections.abc import Collection
from itertools import islice

from app.markup import texts
from app.translations import _
from engine.spec import known_models
from storage.records import CheckpointReference, RunName

MOST_RUNS = 50  # the newest are offered; run:ID of another one can be typed


class ModelNames:
    """The options of a field in which a model is chosen, and what they are called. A run is written run:ID."""

    def __init__(self, parents: Collection[RunName]) -> None:
        """`parents`: the runs that can be started from."""
        self._parents = {f"run:{run.id}": run for run in parents}

    @property
    def help(self) -> str:
        return _("Or type a Hugging Face id such as Qwen/Qwen2.5-0.5B, a folder with safetensors, or run:ID.")

    def options(self, *current: str) -> list[str]:
        """The models that can be chosen without typing, with those that are chosen."""
        return list(dict.fromkeys([*known_models(), *islice(self._parents, MOST_RUNS), *current]))

    def title(self, name: str) -> str:
        """What the field shows."""
        models = known_models()
        if name in self._parents:
            run = self._parents[name]
            return _("{run}, from its last checkpoint").format(run=_named(run))
        reference = CheckpointReference.parse(name)
        parent = None if reference is None else self._parents.get(f"run:{reference.run}")
        if reference is not None and parent is not None:
            return _("{run}, step {step}").format(run=_named(parent), step=reference.step)
        return f"{_(models[name].title)} · {_parameters(models[name].parameters)}" if name in models else name


def _named(run: RunName) -> str:
    return f"{run.name} {texts.short(run.id)}"


def _parameters(count: int) -> str:
    return _("{millions} M parameters").format(millions=f"{count / 1e6:.3g}")
