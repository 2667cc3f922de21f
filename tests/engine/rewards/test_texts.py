"""Keywords, patterns, length and likeness, by numbers worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rewards import RewardProblem
from engine.rewards.texts import chrf, references
from tests.engine.rewards.parts import PROMPT, item, reward, scores


@pytest.mark.parametrize(("match", "expected"), [("any", [1, 1, 0]), ("all", [1, 0, 0]), ("count", [1, 0.5, 0])])
def test_keywords(match: str, expected: list[float]):
    part = {"kind": "keyword", "words": ["thank you", "请"], "match": match}
    assert scores(part, "Thank you. 请坐", "THANK YOU", "Thanks") == expected


def test_a_keyword_is_a_word_and_not_a_piece_of_one():
    assert scores({"kind": "keyword", "words": ["art"]}, "art!", "party", "arts", "the art") == [1, 0, 0, 1]
    assert scores({"kind": "keyword", "words": ["c++", ".net"]}, "in C++", "the .NET way", "c+") == [1, 1, 0]


def test_a_pattern_matches_anywhere_and_minds_case_unless_told():
    assert scores({"kind": "regex", "pattern": r"\d+ degrees"}, "It has 20 degrees.", "twenty degrees") == [1, 0]
    assert scores({"kind": "regex", "pattern": "(?i)^thanks"}, "THANKS a lot", "no thanks") == [1, 0]


def test_a_pattern_that_takes_ages_ends_the_run_instead_of_scoring():
    with pytest.raises(RewardProblem, match="takes too long"):
        scores({"kind": "regex", "pattern": r"(a|aa)+$"}, "a" * 200 + "!")


def test_length_is_right_within_its_range_and_falls_outside():
    words = {"kind": "length", "shortest": 2, "longest": 4}
    assert scores(words, "", "one", "one two", "1 2 3 4", "1 2 3 4 5 6 7 8") == [0, 0.5, 1, 1, 0.5]
    assert scores(words, "你好", "你好吗你好吗你好") == [1, 0.5]
    assert scores({**words, "unit": "characters"}, "one", "hi you there") == [1, 1 / 3]
    assert scores({**words, "shortest": 0}, "") == [1]


# chrF2 of sacreBLEU 2.6, divided by 100
@pytest.mark.parametrize(
    ("response", "wanted", "expected"),
    [
        (
            "The weather in London will be rainy tonight.",
            "It will be rainy in London tonight, take an umbrella.",
            0.484213,
        ),
        ("上海明天有小雨，请带伞。", "上海明天会下小雨，出门请带上雨伞。", 0.240917),
        ("no", "The cat", 0.0),
        ("a", "a b c", 0.384615),
        ("Thank you", "thank you", 0.797024),
        ("It is", "It is", 1.0),
    ],
)
def test_likeness_is_that_of_sacrebleu(response: str, wanted: str, expected: float):
    assert chrf(response, wanted) == pytest.approx(expected, abs=1e-6)


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_lies_between_zero_and_one(response: str, wanted: str):
    assert 0.0 <= chrf(response, wanted) <= 1.0 + 1e-12


def answer(key: str, score: float | None = None, label: bool | None = None) -> dict[str, object]:
    return {"id": key, "text": f"text {key}", "score": score, "label": label, "origin": "import"}


def test_the_reference_is_the_field_else_the_preferred_answer_else_the_best():
    pair = {"responses": [answer("a", 0.9), answer("b", 0.1)], "preferences": [{"chosen": "b", "rejected": "a"}]}
    assert references(item(**pair, extra={"reference": "given"}), "reference") == ["given"]
    assert references(item(**pair, extra={"reference": ["one", "two"]}), "reference") == ["one", "two"]
    assert references(item(**pair), "reference") == ["text b"]
    assert references(item(responses=[answer("a", 0.1), answer("b", 0.9)]), "reference") == ["text b"]
    assert references(item(responses=[answer("a", label=False), answer("b")]), "reference") == ["text b"]


def test_likeness_to_the_closest_of_several_references():
    part = reward({"kind": "reference", "field": "gold"})
    items = [item(extra={"gold": ["It rains.", "Sunny."]}), item(extra={"gold": "Snow."})]
    assert part.score(PROMPT, ["Sunny.", "Snow."], items).total == [1.0, 1.0]


def test_an_item_without_a_reference_is_told_and_not_scored():
    with pytest.raises(RewardProblem, match="The item i has no reference answer: no field gold"):
        scores({"kind": "reference", "field": "gold"}, "yes")


def test_a_reference_is_compared_without_its_thinking_too():
    answer = {"id": "r1", "text": "<think>Clouds gather.</think>It will rain.", "score": None, "label": None}
    given = item(responses=[answer])
    scored = reward({"kind": "reference", "field": "none"}).score(PROMPT, ["It will rain."], [given])
    assert scored.total == [chrf("It will rain.", "It will rain.")]
