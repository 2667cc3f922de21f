"""The shipped model folder: it loads as any other, lays dialogues out as it was trained, and answers."""

import json
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from engine.spec import ALGORITHMS, suggestions
from engine.starter import build, measuring, training
from engine.starter.corpus import Line, fragments
from engine.starter.datasets import read
from engine.starter.tokenizer import train_tokenizer

FOLDER = build.FOLDER
SUGGESTIONS = json.loads((Path(build.__file__).parent / "suggestions.json").read_text(encoding="utf-8"))
DIALOGUE = [
    {"role": "system", "content": "Answer in one or two sentences."},
    {"role": "user", "content": "Will it rain in London tonight?"},
    {"role": "assistant", "content": "It looks dry."},
    {"role": "user", "content": "那巴黎呢？"},
]


@pytest.fixture(scope="module")
def tokenizer():
    return AutoTokenizer.from_pretrained(FOLDER)


@pytest.fixture(scope="module")
def model():
    return AutoModelForCausalLM.from_pretrained(
        FOLDER, use_safetensors=True, dtype=torch.float32, trust_remote_code=False
    )


def test_the_weights_are_small_enough_to_ship() -> None:
    assert (FOLDER / "model.safetensors").stat().st_size <= 10_000_000
    assert {path.suffix for path in FOLDER.iterdir()} <= {".json", ".safetensors", ".md", ".jinja"}


def test_the_layout_is_that_of_the_training(tokenizer) -> None:
    text = tokenizer.apply_chat_template(DIALOGUE, add_generation_prompt=True, tokenize=False)
    assert text == (
        "<|system|>Answer in one or two sentences.<|end|><|user|>Will it rain in London tonight?<|end|>"
        "<|assistant|>It looks dry.<|end|><|user|>那巴黎呢？<|end|><|assistant|>"
    )
    prompt, answer, _ = training.encode(Line(tuple(DIALOGUE), "好的。"), tokenizer)
    assert tokenizer.apply_chat_template(DIALOGUE, add_generation_prompt=True, return_dict=False) == prompt
    assert tokenizer.decode(answer) == "好的。<|end|>"


def test_a_finished_dialogue_is_the_prompt_and_the_answer(tokenizer) -> None:
    """So tokenising prompt and answer apart gives the tokens of the whole."""
    prompt, answer, _ = training.encode(Line(tuple(DIALOGUE), "Paris stays dry."), tokenizer)
    whole = [*DIALOGUE, {"role": "assistant", "content": "Paris stays dry."}]
    assert tokenizer.apply_chat_template(whole, return_dict=False) == prompt + answer


def test_special_tokens_are_distinct_and_any_text_survives(tokenizer, model) -> None:
    assert tokenizer.pad_token_id != tokenizer.eos_token_id == model.config.eos_token_id
    assert tokenizer.eos_token == "<|end|>"
    text = "Ünïcode, 你好, emoji 🙂 and  two spaces"
    assert tokenizer.decode(tokenizer(text)["input_ids"]) == text


def test_the_model_has_room_for_long_prompts(model) -> None:
    assert model.config.max_position_embeddings >= 1024
    assert model.config.tie_word_embeddings
    assert sum(parameter.numel() for parameter in model.parameters()) < 2_600_000


@pytest.mark.slow
def test_before_alignment_most_answers_can_be_read_and_few_are_courteous(tokenizer, model) -> None:
    """Three in ten are curt or rude, a third courteous; 60 prompts leave 6 points of sampling noise."""
    items = list(read("polite-weather-heldout"))[:60]
    start = measuring.figures(measuring.answer_all(model, tokenizer, items, 1.0, seed=0))
    assert 0.15 <= start.unkind <= 0.45
    assert 0.15 <= start.courteous <= 0.5
    assert start.on_topic >= 0.75
    assert start.truncated <= 0.05
    assert start.distinct >= 0.8
    assert measuring.figures(measuring.answer_all(model, tokenizer, items, None, seed=0)).quality > 0.3


def test_padding_does_not_change_an_answer(tokenizer, model) -> None:
    items = list(read("polite-weather-heldout"))[:8]
    together = measuring.answer_all(model, tokenizer, items, None, seed=0).texts
    apart = [measuring.answer_all(model, tokenizer, [item], None, seed=0).texts[0] for item in items]
    assert together == apart


def test_the_loss_looks_at_answers_only_and_doubles_the_values_of_slots(tokenizer, model) -> None:
    """Scored by hand from the log-probabilities at the positions before the answer's tokens."""
    line = Line(tuple(DIALOGUE), "Rome", ((0, 4),))
    encoded = training.encode(line, tokenizer)
    assert encoded.weights == [training.SLOT_WEIGHT] * (len(encoded.answer) - 1) + [1.0]
    tokens = torch.tensor([encoded.prompt + encoded.answer])
    with torch.inference_mode():
        logps = model(input_ids=tokens).logits[0].log_softmax(-1)
        scores = [logps[len(encoded.prompt) - 1 + at, token] for at, token in enumerate(encoded.answer)]
        by_hand = -sum(w * score for w, score in zip(encoded.weights, scores, strict=True)) / sum(encoded.weights)
        loss = training.answer_loss(model, [encoded, encoded], tokenizer.pad_token_id)
    assert loss.item() == pytest.approx(by_hand.item(), rel=1e-4)


def test_a_token_that_a_slot_touches_weighs_double(tokenizer) -> None:
    encoded = training.encode(Line(tuple(DIALOGUE), "It is dry in Rome.", ((13, 17),)), tokenizer)
    doubled = [token for token, w in zip(encoded.answer, encoded.weights, strict=True) if w == training.SLOT_WEIGHT]
    assert tokenizer.decode(doubled).strip() == "Rome"


def test_there_is_a_suggestion_for_each_algorithm() -> None:
    assert set(SUGGESTIONS) <= set(ALGORITHMS)
    for algorithm in ALGORITHMS:  # its own, or that of its family
        values = suggestions("starter", algorithm)
        assert 0 < values["optimizer.learning_rate"] <= 1e-3
        assert 0 < values["budget.steps"] <= 300


@pytest.mark.slow
def test_a_build_from_the_same_seed_gives_the_same_model(tmp_path) -> None:
    reports: list[str] = []
    tokenizer = train_tokenizer(fragments())
    states = []
    for _ in range(2):
        model = training.new_model(tokenizer, seed=0)
        lines = build.encoded_lines(tokenizer, 2)
        training.train(model, lines, tokenizer.pad_token_id, build.Random("order"), reports.append)
        states.append(model.state_dict())
    assert all(torch.equal(states[0][key], states[1][key]) for key in states[0])
    shipped = AutoTokenizer.from_pretrained(FOLDER)
    assert shipped.get_vocab() == tokenizer.get_vocab()
