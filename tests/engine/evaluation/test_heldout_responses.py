"""Answers to held-out prompts: measured under a model and a reward alone, without a run."""

import math
from statistics import fmean

import pytest
import torch

from engine.data import held_out_prompts
from engine.data.templates import Encoded, Template
from engine.evaluation.answer_figures import mean_answer_length
from engine.evaluation.heldout_responses import Asking, HeldoutResponses
from engine.models.against_reference import compare
from engine.models.load import load_policy
from engine.models.model_folder import inspect
from engine.models.scoring import score
from engine.rewards import compose
from engine.spec.rewards import Length, Polite
from storage.item_content import prompt_key
from storage.records import Item
from tests import tiny
from tests.engine.data.chat_models import CHATML, byte_level
from tests.engine.rewards import parts

ITEMS = [tiny.pair(number) for number in range(4)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny.write_model(tmp_path_factory.mktemp("model"))


def make(folder, tmp_path, items=ITEMS, max_prompt_tokens=64):
    """The answers to these items, and the policy that gives them."""
    policy = load_policy(inspect("tiny", folder), adapter="none", device="cpu", seed=0, head=None)
    reward = compose([Polite(), Length(weight=2.0)], parts.context(tmp_path))
    return HeldoutResponses(Asking(policy, reward, max_prompt_tokens, max_new_tokens=12), items), policy


def train(policy):
    with torch.no_grad():
        for number, weight in enumerate(policy.trainable().values()):
            weight.add_(0.1 * torch.randn(weight.shape, generator=torch.Generator().manual_seed(number)))


def test_a_model_and_a_reward_are_enough(folder, tmp_path):
    heldout, _ = make(folder, tmp_path)
    figures, samples, tokens = heldout.run(0, lambda: None)
    metrics = figures.metrics
    assert list(metrics) == [
        "eval/reward",
        "eval/rewards/polite",
        "eval/rewards/length",
        "eval/length",
        "eval/clipped_ratio",
        "eval/kl",
        "eval/kl_sampled",
        "eval/reference_perplexity",
    ], "48 tokens are too few to tell how varied they are"
    assert set(figures.intervals) == set(metrics)
    assert {(interval.prompts, interval.answers) for interval in figures.intervals.values()} == {(4, 4)}
    assert all(interval.low <= metrics[key] <= interval.high for key, interval in figures.intervals.items())
    assert metrics["eval/reward"] == pytest.approx(metrics["eval/rewards/polite"] + 2 * metrics["eval/rewards/length"])
    assert metrics["eval/kl"] == metrics["eval/kl_sampled"] == 0.0
    assert [sample.messages for sample in samples] == [item.messages for item in ITEMS]
    assert max(sample.tokens for sample in samples) <= 12
    assert [len(row.ids) for row in tokens] == [sample.tokens for sample in samples]


def test_every_answer_has_its_reward_and_its_kl(folder, tmp_path):
    heldout, policy = make(folder, tmp_path)
    heldout.run(0, lambda: None)
    train(policy)
    figures, samples, tokens = heldout.run(5, lambda: None)
    metrics = figures.metrics
    assert [sample.reward for sample in samples] == pytest.approx(
        [sample.scores["polite"] + 2 * sample.scores["length"] for sample in samples]
    )
    assert fmean(sample.kl for sample in samples) == pytest.approx(metrics["eval/kl_sampled"])
    assert fmean(row.values["exact_kl"].sum() for row in tokens) == pytest.approx(metrics["eval/kl"])
    assert len({sample.kl for sample in samples}) == len(samples), "each its own"


def test_a_prompt_that_is_too_long_loses_its_beginning(folder, tmp_path):
    heldout, policy = make(folder, tmp_path, max_prompt_tokens=8)
    prompts, _ = heldout.answer(lambda: None)
    assert prompts == [policy.template.encode_prompt(item.messages)[-8:] for item in ITEMS]


def test_the_perplexity_of_the_answers_is_that_of_the_reference(folder, tmp_path):
    heldout, policy = make(folder, tmp_path)
    prompts, answers = heldout.answer(lambda: None)
    encoded = [Encoded(prompt, answer.tokens) for prompt, answer in zip(prompts, answers, strict=True)]
    with torch.no_grad():
        start = torch.cat([score(policy.model, [pair]).logps.flatten() for pair in encoded])
    train(policy)  # after it policy and reference differ: only the reference's own log-probs fit
    compared = compare(policy, encoded, one_by_one=True)
    assert compared.reference[compared.mask].tolist() == pytest.approx(start.tolist(), rel=1e-4)
    metrics = heldout.run(0, lambda: None).figures.metrics
    answered = [
        Encoded(*pair) for pair in zip(prompts, (a.tokens for a in heldout.answer(lambda: None)[1]), strict=True)
    ]
    with policy.reference() as reference, torch.no_grad():
        likely = torch.cat([score(reference, [pair]).logps.flatten() for pair in answered])
    assert metrics["eval/reference_perplexity"] == pytest.approx(math.exp(-float(likely.mean())), rel=1e-4)


def test_items_that_ask_the_same_are_one_prompt_but_all_their_pairs_count():
    twin = Item("zz", ITEMS[0].messages, ITEMS[0].responses, ITEMS[0].preferences)
    by_prompt = held_out_prompts.by_prompt([twin, *ITEMS])
    assert len(by_prompt) == len(ITEMS)
    assert [item.id for item in by_prompt[prompt_key(twin.messages)]] == ["00000", "zz"]
    assert list(by_prompt) == sorted(by_prompt)


def test_answers_are_as_long_as_what_follows_the_thinking():
    template = Template.from_tokenizer(byte_level(CHATML))
    texts = ["<think>a long time of thinking</think>\n\nYes.", "Yes, yes, and <think>yes"]
    assert mean_answer_length("length", texts, template) == {"length": len(template.encode_response("Yes."))}
    assert mean_answer_length("length", texts[1:], template) == {}
