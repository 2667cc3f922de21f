"""The end evaluation: other prompts than those along the run, several answers to each, and luck of the run's own."""

from statistics import fmean

import numpy as np
import pytest
import torch

from engine.data import held_out_prompts
from engine.evaluation.end_evaluation import EndEvaluation
from engine.evaluation.heldout import Heldout
from engine.models.batches import Batches
from engine.models.load import load_policy
from engine.models.model_folder import inspect
from engine.models.reference import ReferenceCache
from engine.rewards import compose
from engine.runtime.run.lease_renewal import Interrupted
from engine.spec import metric_keys, parse
from storage.item_content import prompt_key
from tests import tiny
from tests.engine.rewards.parts import context

ITEMS = [tiny.pair(number) for number in range(40)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny.write_model(tmp_path_factory.mktemp("model"))


def make(folder, tmp_path, prompts=20, items=ITEMS, **blocks):
    """The end evaluation of a run on these items, its evaluation along the way, and its policy."""
    file = tiny.settings(folder, "any", **blocks)
    file["evaluation"] = {"prompts": 8, "answers": 3, "final_prompts": prompts, **blocks.get("evaluation", {})}
    spec = parse(file)
    policy = load_policy(inspect("tiny", folder), adapter="none", device="cpu", seed=spec.seed, head=spec.head)
    batches = Batches.for_spec(spec, policy, ReferenceCache(tmp_path, "key"))
    reward = compose(spec.evaluation_reward, context(tmp_path))
    return EndEvaluation(spec, items, batches, reward, prompts), Heldout(spec, items, batches, reward), policy, spec


def train(policy):
    with torch.no_grad():
        for number, weight in enumerate(policy.trainable().values()):
            weight.add_(0.1 * torch.randn(weight.shape, generator=torch.Generator().manual_seed(number)))


def run(end, step=7):
    return end.run(step, lambda: None, lambda share: None)


def test_it_reports_on_prompts_that_no_checkpoint_is_chosen_by(folder, tmp_path):
    end, heldout, _, _ = make(folder, tmp_path)
    on_the_way = {prompt_key(sample.messages) for sample in heldout.run(0, lambda: None).samples}
    at_the_end = {prompt_key(sample.messages) for sample in run(end).samples}
    assert (len(on_the_way), len(at_the_end)) == (8, 20)
    assert not on_the_way & at_the_end
    assert end.division.apart


def test_runs_that_look_at_other_numbers_of_prompts_report_on_the_same(folder, tmp_path):
    few, _, _, _ = make(folder, tmp_path, evaluation={"prompts": 2})
    many, _, _, _ = make(folder, tmp_path, evaluation={"prompts": 20})
    assert run(few).samples == run(many).samples


def test_too_few_prompts_are_shared_and_the_division_says_so(folder, tmp_path):
    end, _, _, _ = make(folder, tmp_path, items=ITEMS[:12])
    assert end.division == (12, 8, 12)
    assert not end.division.apart


def test_every_prompt_has_its_answers_and_their_means_are_the_figures(folder, tmp_path):
    end, _, policy, spec = make(folder, tmp_path)
    train(policy)
    ended = run(end)
    after = [sample for sample in ended.samples if sample.step == 7]
    assert [(one.prompt_index, one.sample_index) for one in after] == [(p, a) for p in range(20) for a in range(3)]
    figures = ended.figures[7]
    assert figures.metrics["final/reward"] == pytest.approx(fmean(sample.reward for sample in after))
    assert figures.metrics["final/kl_sampled"] == pytest.approx(fmean(sample.kl for sample in after), abs=1e-6)
    assert figures.metrics["final/kl"] > 0
    assert (figures.intervals["final/reward"].prompts, figures.intervals["final/reward"].answers) == (20, 60)
    declared = {key for key in metric_keys(spec) if key.startswith("final/")} - {"final/answer_length"}
    assert set(figures.metrics) == declared - ({"final/distinct_2"} - set(figures.metrics))


def test_step_0_is_the_reference_with_the_same_luck_and_the_gain_is_paired(folder, tmp_path):
    end, _, policy, _ = make(folder, tmp_path)
    untrained = run(end)
    assert untrained.figures[0].metrics["final/kl"] == 0.0
    assert untrained.figures[7].metrics["final/kl"] == 0.0
    assert untrained.figures[7].metrics["final/reward_gain"] == 0.0, "equal models answer equally"
    train(policy)
    trained = run(end)
    before, after = (
        np.array([sample.reward for sample in trained.samples if sample.step == step]).reshape(20, 3).mean(1)
        for step in (0, 7)
    )
    assert [one for one in trained.samples if one.step == 0] == [one for one in untrained.samples if one.step == 0]
    gain = trained.figures[7].intervals["final/reward_gain"]
    assert trained.figures[7].metrics["final/reward_gain"] == pytest.approx((after - before).mean())
    assert (gain.low + gain.high) / 2 == pytest.approx((after - before).mean())
    assert gain.prompts == 20


def test_seeds_do_not_share_their_luck(folder, tmp_path):
    first, _, _, _ = make(folder, tmp_path, seed=0)
    again, _, _, _ = make(folder, tmp_path, seed=0)
    other, _, _, _ = make(folder, tmp_path, seed=1)
    texts = [[sample.text for sample in run(end, 0).samples] for end in (first, again, other)]
    assert texts[0] == texts[1]
    assert sum(one != two for one, two in zip(texts[0], texts[2], strict=True)) > 40


def test_answers_do_not_depend_on_how_many_are_asked_for(folder, tmp_path):
    few, _, _, _ = make(folder, tmp_path, evaluation={"answers": 2})
    many, _, _, _ = make(folder, tmp_path, evaluation={"answers": 5})
    kept = [sample for sample in run(many, 0).samples if sample.sample_index < 2]
    assert [sample.text for sample in run(few, 0).samples] == [sample.text for sample in kept]


def test_a_reward_model_gives_no_answers_but_is_reported_on_other_pairs(folder, tmp_path):
    end, _, _, _ = make(folder, tmp_path, algorithm="reward")
    ended = run(end)
    assert ended.samples == []
    assert list(ended.figures) == [7]
    assert set(ended.figures[7].metrics) == {"final/loss", "final/accuracy", "final/margin"}
    assert set(ended.figures[7].intervals) == set(ended.figures[7].metrics)


def test_it_says_how_far_it_is_and_can_be_given_up(folder, tmp_path):
    end, _, _, _ = make(folder, tmp_path)
    shares: list[float] = []
    end.run(7, lambda: None, shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0

    def yielding() -> None:
        raise Interrupted

    with pytest.raises(Interrupted):
        end.run(7, yielding, shares.append)


def test_the_last_prompts_are_those_that_few_prompts_on_the_way_leave():
    prompts = held_out_prompts.by_prompt(ITEMS)
    assert not held_out_prompts.first(prompts, 8).keys() & held_out_prompts.last(prompts, 32).keys()
    assert held_out_prompts.last(prompts, 0) == {}
