"""Held-out evaluation: the same prompts and the same luck for every run, and exact values where they are known."""

import math
from dataclasses import replace
from statistics import fmean

import numpy as np
import pytest
import torch

from engine.data.items import examples
from engine.data.templates import Encoded
from engine.evaluation.heldout import Heldout
from engine.models.batches import Batches
from engine.models.load import load_policy
from engine.models.model_folder import inspect
from engine.models.reference import ReferenceCache
from engine.models.scoring import score
from engine.rewards import compose
from engine.spec import metric_keys, parse
from storage.records import Item
from tests import tiny
from tests.engine.rewards.parts import context

ITEMS = [tiny.pair(number) for number in range(9)]
LORA = {"kind": "lora", "rank": 4}

NOT_HERE = {"eval/answer_length", "eval/distinct_2"}  # they think nothing, and say too little


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny.write_model(tmp_path_factory.mktemp("model"))


def make(folder, tmp_path, items=ITEMS, adapter="none", **blocks):
    """The evaluation of a run on these items, and its policy."""
    spec = parse({**tiny.settings(folder, "any", **blocks), "model": {"name": str(folder), "adapter": adapter}})
    policy = load_policy(
        inspect("tiny", folder), adapter=spec.model.adapter, device="cpu", seed=spec.seed, head=spec.head
    )
    batches = Batches.for_spec(spec, policy, ReferenceCache(tmp_path, "key"))
    return Heldout(spec, items, batches, compose(spec.evaluation_reward, context(tmp_path))), policy, spec


def train(policy):
    with torch.no_grad():
        for number, weight in enumerate(policy.trainable().values()):
            weight.add_(0.1 * torch.randn(weight.shape, generator=torch.Generator().manual_seed(number)))


def run(heldout, step=0):
    measured = heldout.run(step, lambda: None)
    return measured.figures.metrics, measured.samples


@pytest.mark.parametrize("adapter", ["none", LORA], ids=["full", "lora"])
def test_at_step_0_nothing_differs_from_the_reference(folder, tmp_path, adapter):
    heldout, _, spec = make(folder, tmp_path, adapter=adapter)
    metrics, samples = run(heldout)
    assert metrics["eval/kl"] == 0.0
    assert metrics["eval/accuracy"] == 0.5
    assert metrics["eval/margin"] == 0.0
    assert metrics["eval/loss"] == pytest.approx(math.log(2), abs=1e-6)
    assert set(metrics) == {key for key in metric_keys(spec) if key.startswith("eval/")} - NOT_HERE
    assert len(samples) == spec.evaluation.prompts


def test_after_training_they_are_what_a_plain_computation_says(folder, tmp_path):
    heldout, policy, spec = make(folder, tmp_path, evaluation={"prompts": 100})
    train(policy)
    metrics, samples = run(heldout, step=4)
    template = policy.template

    def summed(model, messages, answer):
        with torch.no_grad():
            return float(score(model, [Encoded(template.encode_prompt(messages), answer)]).logps.sum())

    def rho(messages, answer):
        with policy.reference() as reference:
            return summed(policy.model, messages, answer) - summed(reference, messages, answer)

    margins = []
    for example in examples(ITEMS, spec):
        chosen, rejected = (template.encode_response(answer.text) for answer in example.responses)
        margins.append(rho(example.messages, chosen) - rho(example.messages, rejected))
    assert metrics["eval/margin"] == pytest.approx(fmean(margins), abs=1e-3)
    assert metrics["eval/accuracy"] == fmean(float(margin > 0) for margin in margins)
    losses = [-math.log(1 / (1 + math.exp(-spec.beta * margin))) for margin in margins]
    assert metrics["eval/loss"] == pytest.approx(fmean(losses), abs=1e-4)
    assert metrics["eval/length"] == fmean(sample.tokens for sample in samples)
    assert metrics["eval/reward"] == fmean(sample.scores["polite"] for sample in samples)
    assert metrics["eval/clipped_ratio"] == fmean(not sample.finished for sample in samples)
    assert metrics["eval/kl"] != 0
    assert {sample.step for sample in samples} == {4}
    assert [sample.prompt_index for sample in samples] == list(range(9))


def test_the_log_probs_of_tokens_are_those_of_the_samples_and_add_up_to_the_figures(folder, tmp_path):
    heldout, policy, _ = make(folder, tmp_path, evaluation={"prompts": 9}, sampling={"max_new_tokens": 60})
    train(policy)
    figures, samples, tokens = heldout.run(4, lambda: None)
    metrics = figures.metrics
    answers = [row for row in tokens if row.part == "answers"]
    lengths = [sample.tokens for sample in samples]
    assert len(set(lengths)) > 1, "or there is nothing off the mask"
    assert [(row.prompt, len(row.ids)) for row in answers] == list(enumerate(lengths))
    for row in answers:
        for name, values in row.values.items():
            assert (values.shape, values.dtype) == (row.ids.shape, np.float32)
            assert (values >= 0).all() if name == "exact_kl" else (values < 0).all()
    apart = [(row.values["logps"] - row.values["reference"]).sum(dtype=np.float64) for row in answers]
    assert metrics["eval/kl_sampled"] == pytest.approx(fmean(apart), rel=1e-5)
    exact = [row.values["exact_kl"].sum(dtype=np.float64) for row in answers]
    assert metrics["eval/kl"] == pytest.approx(fmean(exact), rel=1e-5)
    likely = sum(row.values["reference"].sum(dtype=np.float64) for row in answers) / sum(lengths)
    assert metrics["eval/reference_perplexity"] == pytest.approx(math.exp(-likely), rel=1e-5)


def test_the_texts_of_tokens_are_those_of_the_answers(folder, tmp_path):
    heldout, policy, _ = make(folder, tmp_path)
    _, samples, tokens = heldout.run(0, lambda: None)
    for sample, row in zip(samples, tokens, strict=False):
        shown = "".join(text for text, special in zip(row.pieces, row.special, strict=True) if not special)
        assert shown == sample.text
        assert policy.template.decode(row.ids.tolist()) == sample.text


def test_held_out_pairs_have_their_tokens_and_add_up_to_the_margin(folder, tmp_path):
    heldout, policy, spec = make(folder, tmp_path, evaluation={"prompts": 9})
    train(policy)
    figures, _, tokens = heldout.run(4, lambda: None)
    metrics = figures.metrics
    pairs = [row for row in tokens if row.part == "pairs"]
    assert [row.label for row in pairs] == ["chosen", "rejected"] * len(ITEMS)
    rho = [float((row.values["logps"] - row.values["reference"]).sum()) for row in pairs]
    margins = [chosen - rejected for chosen, rejected in zip(rho[::2], rho[1::2], strict=True)]
    assert metrics["eval/margin"] == pytest.approx(fmean(margins), rel=1e-4)
    first = examples([ITEMS[[item.id for item in ITEMS].index(pairs[0].item)]], spec)[0]
    assert ["".join(row.pieces) for row in pairs[:2]] == [f"{answer.text}<|end|>" for answer in first.responses]
    assert pairs[0].messages == first.messages


def test_good_and_bad_answers_of_one_item_stand_beside_each_other(folder, tmp_path):
    heldout, _, _ = make(folder, tmp_path, algorithm="kto")
    rows = [row for row in heldout.run(0, lambda: None).tokens if row.part == "pairs"]
    assert [row.prompt for row in rows] == [0, 0, 1, 1, 2, 2, 3, 3]
    assert {row.label for row in rows[:2]} == {"desirable", "undesirable"}
    assert {row.score for row in rows} == {None}


def test_a_reward_model_gives_no_answers_but_scores_pairs_at_their_last_token(folder, tmp_path):
    heldout, _, _ = make(folder, tmp_path, algorithm="reward")
    _, samples, tokens = heldout.run(0, lambda: None)
    assert samples == []
    assert {row.part for row in tokens} == {"pairs"}
    for row in tokens:
        assert np.isnan(row.values["score"][:-1]).all()
        assert row.values["score"][-1] == row.score


def test_other_seeds_and_orders_of_the_data_have_the_same_luck(folder, tmp_path):
    first, _, _ = make(folder, tmp_path)
    second, _, _ = make(folder, tmp_path, items=ITEMS[::-1], seed=7)
    assert run(first) == run(second)


def test_more_prompts_keep_the_answers_of_fewer(folder, tmp_path):
    few, _, _ = make(folder, tmp_path, evaluation={"prompts": 2})
    many, _, _ = make(folder, tmp_path, evaluation={"prompts": 6})
    assert run(few)[1] == run(many)[1][:2]


def test_sft_has_a_loss_but_no_accuracy(folder, tmp_path):
    heldout, _, spec = make(folder, tmp_path, algorithm="sft")
    metrics, _ = run(heldout)
    assert "eval/accuracy" not in metrics
    assert set(metrics) == {key for key in metric_keys(spec) if key.startswith("eval/")} - NOT_HERE
    assert metrics["eval/loss"] == pytest.approx(math.log(277), rel=0.1)  # random weights: nearly uniform over 277


def test_prompts_without_answers_are_sampled_only(folder, tmp_path):
    bare = [Item(item.id, item.messages) for item in ITEMS]
    heldout, _, _ = make(folder, tmp_path, items=bare)
    metrics, samples = run(heldout)
    assert "eval/loss" not in metrics
    assert len(samples) == 4


def test_tied_groups_are_left_out_of_accuracy(folder, tmp_path):
    tied = [
        replace(item, preferences=(), responses=tuple(replace(r, score=1.0) for r in item.responses)) for item in ITEMS
    ]
    heldout, _, _ = make(folder, tmp_path, items=[*tied[1:], ITEMS[0]], pairs="all", evaluation={"prompts": 100})
    assert run(heldout)[0]["eval/accuracy"] == 0.5


def test_it_beats_as_it_goes(folder, tmp_path):
    heldout, _, _ = make(folder, tmp_path)
    heartbeats = []
    heldout.run(0, lambda: heartbeats.append(1))
    assert len(heartbeats) > 8
