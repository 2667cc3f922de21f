"""What a model's config and the headers of its weights give away before a run is queued. No torch.

A folder that passes can still fail at load, where the weights themselves are read (`load`). Left out: which files a
folder must hold (`model_folder`), and whether a model has room for the data (`engine.runtime.preflight`).
"""

import json
import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from engine.models.model_folder import ADAPTER, Location, ModelProblem, read_json, reading
from engine.models.tokenizer_names import MOST_BYTES, VOCABULARIES, template_files, vocabulary
from engine.spec.blocks import Lora
from words import N_
from words.names import shortened

# Kinds that read both ways, or whose output layer is more than a linear map (`load_checks` finds others at load).
REFUSED = {
    *("bert", "bert-generation", "big_bird", "camembert", "cpmant", "data2vec-text", "electra", "ernie"),
    *("inkling_text", "megatron-bert", "moshi", "musicgen", "musicgen_melody", "reformer", "rembert"),
    *("roberta", "roberta-prelayernorm", "roc_bert", "roformer", "xlm", "xlm-roberta", "xlm-roberta-xl"),
    *("xlnet", "xmod"),
}
LOOPED = {"dory", "hrm_text", "inkling2_loop_text"}  # kinds that go through some of their layers several times
# Kinds with layers that peft puts no adapter on, since their fast path never calls them.
STATE_SPACE = {"mamba", "mamba2", "falcon_mamba", "falcon_h1", "nemotron_h"}
UNCALLED = {"out_proj", "conv1d"}
FLOATS = {"F64", "F32", "F16", "BF16"}
LAYER = re.compile(r"(.*?)\.(\d+)\.")
EMBEDDING = re.compile(
    r"(^|\.)(embed_tokens|wte|embed_in|word_embeddings|tok_embeddings|tokens_embed|embeddings)\.weight$"
)
POSITIONS = re.compile(r"(^|\.)(wpe|embed_positions|position_embeddings|positions_embed)\.weight$")
HEADS = ("lm_head", "embed_out", "output")
# Sizes of a config, each unit of which takes a weight at least.
SIZES = (
    *("vocab_size", "hidden_size", "n_embd", "d_model", "intermediate_size", "n_inner", "ffn_dim"),
    *("head_dim", "num_hidden_layers", "n_layer", "n_layers", "num_layers", "num_attention_heads"),
    *("n_head", "num_key_value_heads", "num_experts", "num_local_experts", "n_routed_experts"),
    *("state_size", "moe_intermediate_size", "shared_expert_intermediate_size", "q_lora_rank"),
    *("kv_lora_rank", "linear_num_value_heads", "linear_num_key_heads"),
)
LAYERS = ("num_hidden_layers", "n_layer", "n_layers", "num_layers")
WIDTHS = ("hidden_size", "n_embd", "d_model")
LENGTHS = ("max_position_embeddings", "n_positions", "n_ctx", "max_seq_len", "sliding_window")
LONGEST_VALUE = 80  # characters of a stranger's value in a sentence
TOO_FEW_ROWS = N_(
    "The tokenizer of the model {name} has tokens up to number {largest}, but its embedding has {rows} rows only "
    "(0 to {last}): they do not belong together."
)
WRITING = ("chat_template", "bos_token", "eos_token")  # keys of settings that say what is written into a prompt
LONGEST = 2**27  # tokens; tables of positions are made at that length


def check(location: Location) -> None:
    """Raise ModelProblem where the model cannot be trained here, whatever the run."""
    _check_adapter(location)
    _check_kind(location)
    _check_quantization(location)
    _check_sizes(location)
    _check_layers(location)
    _check_embedding(location)
    _check_tokens(location)


def check_targets(location: Location, lora: Lora) -> None:
    """Raise ModelProblem where an adapter has no layer to stand on."""
    if lora.targets == "auto":
        return
    if not lora.targets:
        raise ModelProblem(N_("model.adapter.targets is empty: name layers, or set it to auto."))
    for target in lora.targets:
        check_target(target, _linear_names(location))


def check_target(target: str, names: Collection[str]) -> None:
    """Raise ModelProblem where no linear layer of these names is meant; a wrapper may stand before either's name."""
    if not any(name == target or name.endswith(f".{target}") or target.endswith(f".{name}") for name in names):
        raise ModelProblem(
            N_("The model has no linear layer named {target} for an adapter; there are: {known}."),
            target=target,
            known=", ".join(sorted({name.rpartition(".")[2] for name in names})),
        )


def _linear_names(location: Location) -> set[str]:
    """Layers with a matrix that is no embedding; the head's name too where it stands under the embedding's."""
    names = {
        name.removesuffix(".weight")
        for name, weight in location.weights.items()
        if name.endswith(".weight") and len(weight.shape) == 2 and not EMBEDDING.search(name)
    }
    if location.config.get("model_type") in STATE_SPACE:
        names = {name for name in names if name.rpartition(".")[2] not in UNCALLED}
    return names if any(name.rpartition(".")[2] in HEADS for name in names) else {*names, "lm_head"}


def _check_adapter(location: Location) -> None:
    """An adapter beside the model would be loaded with it, or instead of it the model that the adapter names."""
    if (location.folder / ADAPTER).is_file():
        raise ModelProblem(
            N_("The folder {folder} holds a model and an adapter beside it: move its {file} elsewhere."),
            folder=str(location.folder),
            file=ADAPTER,
        )


def _check_kind(location: Location) -> None:
    kind = location.config.get("model_type")
    if isinstance(kind, str) and kind in REFUSED:
        raise ModelProblem(
            N_("The model {name} is of the kind {kind}, which AlignLab can neither score nor sample from."),
            name=location.name,
            kind=kind,
        )
    if isinstance(kind, str) and kind in _known_kinds():
        return
    if location.config.get("auto_map"):
        raise ModelProblem(
            N_(
                "The model {name} ({kind}) needs program code of its own, which AlignLab never runs: choose a model "
                "that transformers knows."
            ),
            name=location.name,
            kind=_shown(kind),
        )
    raise ModelProblem(
        N_("The model {name} is of the kind {kind} (model_type in its config.json), which transformers does not know."),
        name=location.name,
        kind=_shown(kind),
    )


@lru_cache(maxsize=1)
def _known_kinds() -> frozenset[str]:
    from transformers.models.auto.auto_mappings import CONFIG_MAPPING_NAMES  # late: it takes two seconds, if no torch

    return frozenset(CONFIG_MAPPING_NAMES) | {"gpt-sw3"}  # which `configuration_auto` adds, and that loads torch


def _check_quantization(location: Location) -> None:
    settings = location.config.get("quantization_config") or location.text_config.get("quantization_config")
    stated = settings.get("quant_method") if isinstance(settings, dict) else None
    kind = stated or _number_kind(location)
    if settings or kind:
        raise ModelProblem(
            N_(
                "The weights of the model {name} are quantised ({kind}), and AlignLab trains numbers of 16 or 32 bits "
                "only: take the model that they were made from."
            ),
            name=location.name,
            kind=_shown(kind) if kind else (N_("of an unknown kind"), {}),
        )


def _number_kind(location: Location) -> str | None:
    """The kind of numbers of a matrix that holds no floats of 16 bits or more."""
    matrices = (
        weight
        for name, weight in location.weights.items()
        if len(weight.shape) > 1 and name.endswith(("weight", "weight_packed", "_blocks"))
    )
    return next((weight.kind for weight in matrices if weight.kind not in FLOATS), None)


def _check_sizes(location: Location) -> None:
    """A size that the weights cannot hold would fill the memory before loading found out."""
    for key in (*SIZES, *LENGTHS):
        value = location.text_config.get(key)
        limit = LONGEST if key in LENGTHS else location.parameters
        if isinstance(value, int | float) and not value <= limit:  # NaN neither
            raise _contradiction(location, key, value, N_("{count} numbers in all"), count=location.parameters)


def _contradiction(location: Location, key: str, value: object, held: str, **values: Any) -> ModelProblem:
    return ModelProblem(
        N_("The config.json of the model {name} says {key} is {value}, but its weights hold {held}."),
        name=location.name,
        key=key,
        value=_shown(value),
        held=(held, values),
    )


def _check_layers(location: Location) -> None:
    key, expected = _first(location.text_config, LAYERS)
    count = _layer_count(location)
    if expected is None or count is None or location.config.get("model_type") in LOOPED:
        return
    # Layers that predict further tokens (DeepSeek's MTP) are numbered after the others, and are not loaded.
    _, extra = _first(location.text_config, ("num_nextn_predict_layers",))
    if not expected <= count <= expected + (extra or 0):
        raise _contradiction(location, key, expected, N_("{count} layers"), count=count)


def _layer_count(location: Location) -> int | None:
    """Layers of the tallest stack; None where no name of a weight has a number."""
    stacks: dict[str, set[int]] = {}
    for name in location.weights:
        match = LAYER.match(name)
        if match:
            stacks.setdefault(match[1], set()).add(int(match[2]))
    return max(map(len, stacks.values()), default=None)


def _check_embedding(location: Location) -> None:
    rows = _embedding_rows(location)
    expected = location.text_config.get("vocab_size")
    if rows is not None and isinstance(expected, int) and rows != expected:
        raise _contradiction(location, "vocab_size", expected, N_("{count} rows of the embedding"), count=rows)
    key, width = _first(location.text_config, WIDTHS)
    sides = {side for weight in location.weights.values() for side in weight.shape}
    if width is not None and width not in sides:
        raise _contradiction(location, key, width, N_("no tensor of that width"))
    positions = next((w.shape[0] for name, w in location.weights.items() if POSITIONS.search(name) and w.shape), None)
    if positions is not None and location.context is not None and location.context > positions:
        key, length = _first(location.text_config, LENGTHS)
        raise _contradiction(location, key, length, N_("{count} positions"), count=positions)


def _embedding_rows(location: Location) -> int | None:
    """Rows of the embedding of tokens, where the weights name one."""
    return next((w.shape[0] for name, w in location.weights.items() if EMBEDDING.search(name) and w.shape), None)


def _check_tokens(location: Location) -> None:
    rows = _embedding_rows(location) or location.text_config.get("vocab_size")
    largest = largest_token(location.name, location.folder)
    if isinstance(rows, int) and largest is not None and largest >= rows:
        raise ModelProblem(TOO_FEW_ROWS, name=location.name, largest=largest, rows=rows, last=rows - 1)


def largest_token(name: str, folder: Path) -> int | None:
    """The largest token id that a text or the chat template can come to; None where no file says.

    Special tokens that no template writes, such as those of images, may lie beyond the embedding: no text becomes one.
    """
    path = vocabulary(folder)
    return None if path is None else _largest_token(name, path, _changed_at(path, *template_files(folder)))


@lru_cache(maxsize=16)
def _largest_token(name: str, path: Path, _stamps: tuple[tuple[str, int], ...]) -> int | None:
    content = read_json(name, path, MOST_BYTES)
    if path.name != VOCABULARIES[0]:
        content = {"model": {"vocab": content}}
    written = _template_text(name, path.parent)
    with reading(name, path):
        vocabulary = content["model"]["vocab"]
        ids = range(len(vocabulary)) if isinstance(vocabulary, list) else vocabulary.values()
        added = [
            token["id"]
            for token in content.get("added_tokens") or []
            if not token.get("special") or token["content"] in written
        ]
        return max((*ids, *added), default=None)


def _changed_at(*paths: Path) -> tuple[tuple[str, int], ...]:
    """When the files were changed last."""
    return tuple((path.name, path.stat().st_mtime_ns) for path in paths)


def _template_text(name: str, folder: Path) -> str:
    """What may write a special token into a prompt: the chat template, and the names of a text's ends."""
    parts: list[str] = []
    for path in template_files(folder):
        if path.suffix == ".json":
            settings = read_json(name, path)
            parts += [json.dumps(settings.get(key), ensure_ascii=False) for key in WRITING]
        else:
            with reading(name, path):
                parts.append(path.read_text(encoding="utf-8"))
    return " ".join(parts)


def _first(config: Mapping[str, Any], keys: tuple[str, ...]) -> tuple[str, int | None]:
    """The first of the keys that the config gives a whole number, with it."""
    return next(((key, config[key]) for key in keys if isinstance(config.get(key), int)), ("", None))


def _shown(value: object) -> str:
    """A value of a stranger's file, short enough to stand in a sentence."""
    return shortened(str(value), LONGEST_VALUE) if value else "?"
