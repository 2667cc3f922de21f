"""What a rollout says about its rewards and answers."""

from engine.models.sampler import Sampled
from engine.rewards import Scored
from engine.runtime.training.rollout_metrics import completion_metrics, reward_metrics


def scored(*groups: list[float]) -> list[Scored]:
    return [Scored({"polite": group}, group) for group in groups]


def test_groups_of_equal_rewards_are_counted_where_there_is_something_to_be_equal():
    assert reward_metrics(scored([0.5, 0.5], [0.1, 0.2]))["frac_reward_zero_std"] == 0.5
    assert "frac_reward_zero_std" not in reward_metrics(scored([0.5], [0.2]))


def test_answers_that_were_cut_or_never_began_are_counted():
    answers = [Sampled((7,), (0.0,), True), Sampled((7,), (0.0,), False), Sampled((1, 7), (0.0, 0.0), True)]
    counted = completion_metrics([*answers, answers[0]])
    assert (counted["completions/empty_ratio"], counted["completions/clipped_ratio"]) == (0.5, 0.25)
