"""The weighted sum: names, weights, and what is refused instead of being scored."""

import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from engine.rewards import Part as Entry
from engine.rewards import Reward, RewardProblem
from engine.spec.rewards import Joined
from tests.engine.rewards.parts import PROMPT, item, reward, scores


def fixed(values: Mapping[str, Any]) -> Reward:
    """A reward whose only part says this."""
    return Reward((Entry("part", 2.0, lambda prompt, responses, items: values),))


def test_the_total_is_the_weighted_sum_and_the_components_are_not_weighted():
    thanks = {"kind": "keyword", "words": ["thanks"], "weight": 0.5}
    long = {"kind": "length", "shortest": 4, "longest": 4, "weight": -2.0, "name": "long"}
    scored = reward(thanks, long).score(PROMPT, ["thanks", "one two three four"], [item()] * 2)
    assert scored.components == {"keyword": [1.0, 0.0], "long": [0.25, 1.0]}
    assert scored.total == [0.5 * 1.0 - 2 * 0.25, -2.0]


def test_polite_goes_by_the_name_it_is_given():
    scored = reward({"kind": "polite", "name": "manners"}).score(PROMPT, ["Thank you!"], [item(topic="weather")])
    assert list(scored.components) == ["manners"]


def test_thinking_is_not_scored():
    texts = ["<think>thanks, thanks</think>no", "<think>no</think>thanks", "<think>thanks, cut"]
    announced: list[str] = []
    thanks = {"kind": "keyword", "words": ["thanks"]}
    assert reward(thanks).score(PROMPT, texts, [item()] * 3).total == [0.0, 1.0, 1.0]
    part = Entry("part", 1.0, lambda *_: {}, lambda answers: announced.extend(text for _, text in answers), whole=False)
    Reward((part,)).prefetch([(PROMPT, text) for text in texts])
    assert announced == ["no", "thanks", "<think>thanks, cut"]


def test_a_plug_in_reads_the_thinking_too():
    read: list[str] = []

    def score(prompt: Any, responses: Any, items: Any) -> dict[str, list[float]]:
        read.extend(responses)
        return {"part": [0.0]}

    Reward((Entry("part", 1.0, score),)).score(PROMPT, ["<think>hm</think>yes"], [item()])
    assert read == ["<think>hm</think>yes"]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), None, "high"])
def test_a_score_that_is_no_finite_number_is_refused(value: object):
    with pytest.raises(RewardProblem, match="part gave a score that is not a finite number"):
        fixed({"part": [value]}).score(PROMPT, ["yes"], [item()])


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 2.0, 3.0]])
def test_a_score_for_each_answer_is_asked_for(values: list[float]):
    with pytest.raises(RewardProblem, match=f"gave {len(values)} scores for 2 answers"):
        fixed({"part": values}).score(PROMPT, ["yes", "no"], [item()] * 2)


def test_what_is_no_list_of_scores_is_refused():
    with pytest.raises(RewardProblem):
        fixed({"part": 1.0}).score(PROMPT, ["yes"], [item()])


def test_every_kind_has_a_maker():
    from typing import get_args

    from engine.rewards import _FACTORIES
    from engine.spec.rewards import Plugin, PoliteReader

    assert {*get_args(Joined), PoliteReader} == {*_FACTORIES, Plugin}


def test_rules_need_no_torch_and_no_network():
    code = "import sys, engine.rewards; sys.exit(bool({'torch', 'httpx'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-P", "-c", code], check=False).returncode == 0


def test_one_part_alone_is_its_own_sum():
    assert scores({"kind": "article_rule"}, "谢谢", "嗯") == [0.8, 0.2]
