"""What is tried on a model once it is loaded: whole weights, log-probs as its own forward gives them, and samples.

Left out: what its config and the headers of its weights give away before that (`model_checks`).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from transformers import AutoModelForCausalLM, DynamicCache
from transformers.cache_utils import LinearAttentionCacheLayerMixin

from engine.data.templates import Encoded, Template
from engine.models.model_checks import TOO_FEW_ROWS
from engine.models.model_folder import Location, ModelProblem
from engine.models.packing import has_window
from engine.models.sampler import Decoding, Sampled, sample
from engine.models.scoring import score
from engine.models.weight_scan import NAMED, NOT_FINITE
from words import N_
from words.names import first_line, listed

AGREEMENT = 1e-4  # nats
ROUNDING = 1e-5  # of a log-prob, beside it
ROOM = 2**28  # numbers of buffers, such as masks
PROMPTS: tuple[tuple[int, ...], ...] = ((1, 2), (3, 0, 1, 2, 1), (1, 2))  # of unlike lengths, one of them twice
TOKENS = 4  # sampled for each
LONG_PROMPT, LONG_TOKENS = 70, 12  # for models with states
DECODINGS: tuple[Decoding, ...] = ("batched", "alone", "uncached")  # the quickest first


def bad_config(name: str, error: Exception) -> ModelProblem:
    """What a config is that transformers fails on."""
    return ModelProblem(
        N_("The model {name} cannot be loaded: its config.json holds what transformers does not take: {cause}"),
        name=name,
        cause=first_line(error),
    )


def check_size(location: Location, config: Any) -> None:
    """Raise where the config describes a larger model than the weights hold, before it takes the memory of one."""
    try:
        with torch.device("meta"):
            skeleton = AutoModelForCausalLM.from_config(config, trust_remote_code=False)
    except Exception as error:  # a config leads transformers to errors of any class
        raise bad_config(location.name, error) from error
    size = sum(weight.numel() for weight in skeleton.parameters())
    buffers = sum(buffer.numel() for buffer in skeleton.buffers())
    if size > 2 * location.parameters or buffers > max(ROOM, location.parameters):
        raise ModelProblem(
            N_("The config.json of the model {name} describes {size} numbers, but its weights hold {count} only."),
            name=location.name,
            size=size + buffers,
            count=location.parameters,
        )


def check_report(name: str, model: Any, report: Mapping[str, Any]) -> None:
    """Raise for weights that are missing or of another shape: transformers would put random numbers in their place."""
    unlike = sorted((key, tuple(actual), tuple(wanted)) for key, actual, wanted in report["mismatched_keys"])
    if unlike:
        key, actual, wanted = unlike[0]
        raise ModelProblem(
            N_("The weights of {name} do not fit its config.json: {tensor} has the shape {shape}, not {expected}."),
            name=name,
            tensor=key,
            shape=" x ".join(map(str, actual)),
            expected=" x ".join(map(str, wanted)),
        )
    missing = sorted({key for key, _ in model.named_parameters()}.intersection(report["missing_keys"]))
    if missing:
        raise ModelProblem(
            N_("The weights of {name} are incomplete: {tensors} is missing."), name=name, tensors=listed(missing, NAMED)
        )


def check_weights(name: str, model: Any) -> None:
    """Raise for weights that hold NaN or infinity, as an earlier training that diverged leaves them."""
    damaged = [key for key, weight in model.named_parameters() if not weight.isfinite().all()]
    if damaged:
        raise ModelProblem(NOT_FINITE, name=name, tensors=listed(damaged, NAMED))


def check_tokens(name: str, model: Any, template: Template) -> None:
    """Raise where texts, or the end of an answer, come to tokens that the embedding has no row for."""
    tokenizer, rows = template.tokenizer, model.get_input_embeddings().num_embeddings
    added = set(tokenizer.added_tokens_decoder)
    texts = (token for token in tokenizer.get_vocab().values() if token not in added)
    largest = max((*texts, *template.stops))
    if largest >= rows:
        raise ModelProblem(TOO_FEW_ROWS, name=name, largest=largest, rows=rows, last=rows - 1)


@torch.no_grad()
def check_head(name: str, model: Any) -> None:
    """Raise unless scoring only the responses gives the log-probs that the model's own forward gives.

    Beside a longer response too, and where what follows a token is not there yet.
    """
    pairs = [Encoded((1, 2), (3, 0, 1)), Encoded((1, 2), (3, 0)), Encoded((2, 3, 1), (1, 0))]
    expected = [_own(name, model, pair) for pair in pairs]
    if not _agree(expected[0][:2], expected[1]):
        raise ModelProblem(
            N_("The model {name} is not a causal language model: it reads what comes after a token."), name=name
        )
    try:
        scores = score(model, pairs).logps
    except Exception:  # foreign models raise errors of any class where they are not read as they expect
        scores = torch.full((len(pairs), 3), torch.nan)
    if not all(_agree(row[: len(own)], own) for row, own in zip(scores, expected, strict=True)):
        raise ModelProblem(N_("The model {name} has a kind of output layer that AlignLab cannot score."), name=name)


@torch.no_grad()
def find_decoding(name: str, model: Any) -> Decoding:
    """How the model's answers can be sampled, the quickest way first. Raises where none gives what scoring gives."""
    for decoding in DECODINGS:
        if _samples(model, decoding):
            return decoding
    raise ModelProblem(
        N_("AlignLab cannot sample from the model {name}: what it samples and what it scores differ."), name=name
    )


def _samples(model: Any, decoding: Decoding) -> bool:
    """Whether recorded log-probs are those of scoring, also after rows have left the batch."""
    try:
        return all(
            _agree(torch.tensor(answer.logps), score(model, [Encoded(prompt, answer.tokens)]).logps[0])
            for prompts, answers in _draws(model, decoding)
            for prompt, answer in zip(prompts, answers, strict=True)
        )
    except Exception:  # as above
        return False


def _draws(model: Any, decoding: Decoding) -> Iterator[tuple[Sequence[tuple[int, ...]], list[Sampled]]]:
    """Prompts and answers to them; then again, so that the first row that has another token than the rest leaves early.

    A model with states gets a longer prompt too: some read the prompt by one formula and what they sample by another,
    and the two differ for few tokens only (NemotronH bounds its time steps in the first).
    """
    streams = [(number,) for number in range(len(PROMPTS))]
    whole = sample(model, PROMPTS, streams, stops=(), max_new_tokens=TOKENS, decoding=decoding)
    yield PROMPTS, whole
    stop = whole[0].tokens[1]
    yield PROMPTS, sample(model, PROMPTS, streams, stops={stop}, max_new_tokens=TOKENS, decoding=decoding)
    if decoding != "uncached" and has_states(model):
        rows = model.get_input_embeddings().num_embeddings
        prompts = [PROMPTS[0], tuple(1 + 7 * token % (rows - 1) for token in range(LONG_PROMPT))]
        yield prompts, sample(model, prompts, streams[:2], stops=(), max_new_tokens=LONG_TOKENS, decoding=decoding)


def has_states(model: Any) -> bool:
    """Whether some layers keep a state instead of, or beside, keys and values."""
    layers = DynamicCache(config=model.config.get_text_config()).layers
    return model._is_stateful or any(isinstance(layer, LinearAttentionCacheLayerMixin) for layer in layers)


def shares_prompts(model: Any) -> bool:
    """Whether answers that share a prompt's row get the log-probs they get apart."""
    if has_window(model):
        return False
    pairs = [Encoded((1, 2, 3), (0, 1)), Encoded((1, 2, 3), (3, 2, 1)), Encoded((2,), (3, 0)), Encoded((2,), (1,))]
    try:
        with torch.no_grad():
            together, separate = score(model, pairs, share=True).logps, score(model, pairs).logps
    except Exception:  # models with ALiBi take no mask of ours, others no positions
        return False
    return torch.allclose(together, separate, rtol=0, atol=AGREEMENT)


def _own(name: str, model: Any, pair: Encoded) -> Tensor:
    """The log-probs of a response in the model's own forward: (T,)."""
    try:
        logits = model(input_ids=torch.tensor([pair.prompt + pair.response])).logits[0].float()
    except Exception as error:  # as above
        raise ModelProblem(
            N_("The model {name} fails on a text of five tokens: {cause}"), name=name, cause=first_line(error)
        ) from error
    target = torch.tensor(pair.response)[:, None]
    return logits[len(pair.prompt) - 1 : -1].log_softmax(-1).gather(1, target)[:, 0]


def _agree(values: Tensor, expected: Tensor) -> bool:
    return torch.allclose(values, expected, rtol=ROUNDING, atol=AGREEMENT)
