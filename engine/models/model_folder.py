"""What a model folder must hold, read without torch: config.json, safetensors weights and a tokenizer.

Left out: where folders come from (`catalogue`) and how they are loaded (`load`).
"""

import json
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from safetensors import safe_open

from engine.models.tokenizer_names import has_tokenizer
from engine.spec.blocks import Lora
from words import N_, Explained
from words.names import first_line

CONFIG = "config.json"
CONFIG_BYTES = 2**24  # of a JSON file; a larger one would fill the memory before it could be refused
CAUSAL = ("ForCausalLM", "LMHeadModel")  # how classes of causal language models end
ADAPTER = "adapter_config.json"
PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")
POINTER = b"version https://git-lfs"  # how a file begins that git has not fetched


class ModelProblem(Explained):
    """A model that cannot be found or used."""


@contextmanager
def reading(name: str, path: Path) -> Iterator[None]:
    """Turns the errors that a damaged model file causes into a ModelProblem."""
    try:
        yield
    except Exception as error:  # safetensors and tokenizers raise classes of their own, and bare ones
        if _is_pointer(path):
            raise ModelProblem(
                N_("The {file} of the model {name} is only a pointer of Git LFS: fetch the file with `git lfs pull`."),
                name=name,
                file=path.name,
            ) from None
        raise ModelProblem(
            N_("The {file} of the model {name} cannot be read; fetch it again if it is damaged: {cause}"),
            name=name,
            file=path.name,
            cause=first_line(error),
        ) from error


def _is_pointer(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(POINTER)) == POINTER
    except OSError:
        return False


class Weight(NamedTuple):
    """A tensor as the header of its file describes it."""

    kind: str  # of its numbers, as safetensors writes it: F32, BF16, U8 ...
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Location:
    """A model folder that can be loaded."""

    name: str  # as a run file names it; a folder's is its absolute path
    folder: Path
    config: dict[str, Any] = field(hash=False)
    parameters: int
    context: int | None  # tokens it can read at once, where its config says so
    weights: Mapping[str, Weight] = field(default_factory=dict, hash=False, repr=False)

    @property
    def text_config(self) -> dict[str, Any]:
        """The part of the config that describes the language model."""
        text = self.config.get("text_config")
        return text if isinstance(text, dict) else self.config


@dataclass(frozen=True)
class AncestorCheckpoint:
    """A checkpoint of an ancestor run. `adapter` is that run's adapter; the weights are then the adapter's only."""

    adapter: Lora | None
    weights: Path  # safetensors


def inspect(name: str, folder: Path) -> Location:
    """The model in a folder. Raises ModelProblem for one that cannot be trained here."""
    config = read_json(name, folder / CONFIG)
    names = config.get("architectures")
    architectures = [str(item) for item in names] if isinstance(names, list) else []
    if config.get("is_encoder_decoder") or not any(a.endswith(CAUSAL) for a in architectures):
        raise ModelProblem(
            N_("The model {name} is not a causal language model (its config.json says {found})."),
            name=name,
            found=", ".join(architectures) or (N_("nothing"), {}),
        )
    files = weight_files(name, folder)
    if not has_tokenizer(folder):
        raise ModelProblem(
            N_("The model {name} has no tokenizer in its folder {folder}."), name=name, folder=str(folder)
        )
    weights: dict[str, Weight] = {}
    for path in files:
        weights |= _header(name, path)
    parameters = sum(math.prod(weight.shape) for weight in weights.values())
    location = Location(name, folder, config, parameters, None, weights)
    return replace(location, context=_context(location.text_config))


def _context(config: Mapping[str, Any]) -> int | None:
    lengths = (config.get(key) for key in ("max_position_embeddings", "n_positions", "n_ctx"))
    return next((length for length in lengths if isinstance(length, int)), None)


def read_json(name: str, path: Path, limit: int = CONFIG_BYTES) -> dict[str, Any]:
    """A JSON object of a model's folder, of `limit` bytes at most. Raises ModelProblem."""
    if not path.is_file():
        raise _no_config(name, path.parent)
    content = load_json(name, path, limit)
    if not isinstance(content, dict):
        raise ModelProblem(N_("The {file} of the model {name} is not a JSON object."), name=name, file=path.name)
    return content


def load_json(name: str, path: Path, limit: int) -> Any:
    """The content of a JSON file of a model's folder, of `limit` bytes at most. Raises ModelProblem."""
    with reading(name, path):
        check_bytes(path, limit)
        return json.loads(path.read_text(encoding="utf-8"))


def check_bytes(path: Path, limit: int) -> None:
    """Raise ValueError for a file that would fill the memory before it could be refused; to be told by `reading`."""
    if path.stat().st_size > limit:
        raise ValueError(f"it is larger than {limit >> 20} MB")


def _no_config(name: str, folder: Path) -> ModelProblem:
    """What a folder without a config.json is. An adapter's folder names the model that it belongs to."""
    if not (folder / ADAPTER).is_file():
        text = N_("The folder {folder} of the model {name} has no config.json.")
        return ModelProblem(text, name=name, folder=str(folder))
    text = N_(
        "The folder {folder} holds a LoRA adapter of the model {base} and no model: merge the adapter into that model "
        "and save it, or name {base} itself."
    )
    base = read_json(name, folder / ADAPTER).get("base_model_name_or_path")
    return ModelProblem(text, folder=str(folder), base=str(base or "?"))


def weight_files(name: str, folder: Path) -> list[Path]:
    """The safetensors files, all shards of them. Pickled weights can run any code, so they are never opened."""
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        with reading(name, index):
            files = sorted({str(file) for file in read_json(name, index)["weight_map"].values()})
    else:
        files = ["model.safetensors"]
    missing = [file for file in files if not (folder / file).is_file()]
    if not missing:
        return [folder / file for file in files]
    if not index.is_file() and any(path for pattern in PICKLES for path in folder.glob(pattern)):
        raise ModelProblem(
            N_(
                "The model {name} has pickled weights only, which can run any code when they are opened: "
                "save it as safetensors first."
            ),
            name=name,
        )
    raise ModelProblem(
        N_("The model {name} is incomplete: {file} is missing from {folder}."),
        name=name,
        file=missing[0],
        folder=str(folder),
    )


def _header(name: str, path: Path) -> dict[str, Weight]:
    """The tensors of a safetensors file. One that is cut short is refused."""
    with reading(name, path), safe_open(path, framework="numpy") as file:
        slices = {key: file.get_slice(key) for key in file.offset_keys()}
        return {key: Weight(value.get_dtype(), tuple(value.get_shape())) for key, value in slices.items()}
