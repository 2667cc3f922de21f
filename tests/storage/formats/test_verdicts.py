"""Two responses and a verdict under every name: which is better, ties, and verdicts that say nothing."""

from dataclasses import replace
from typing import Any

import pytest

from storage import formats
from storage.errors import Invalid
from storage.item_content import kind_of
from storage.records import Item, Preference

USER = {"role": "user", "content": "Tea?"}
SIDES = {"prompt": "Tea?", "response_a": "Yes", "response_b": "No"}
NUMBERED = {"prompt": "Tea?", "response_0": "Yes", "response_1": "No"}
COUNTED = {"prompt": "Tea?", "response1": "Yes", "response2": "No"}
OTHER = {"role": "user", "content": "Coffee?"}
TURNS_A = [USER, {"role": "assistant", "content": "Yes"}]
TURNS_B = [USER, {"role": "assistant", "content": "No"}]


def read(row: dict[str, Any]) -> Item:
    assert formats.detect([row]).name == "verdicts"
    return formats.FORMATS["verdicts"].read(row)


@pytest.mark.parametrize(
    ("row", "better"),
    [
        ({**NUMBERED, "better_response_id": 0}, 1),
        ({**NUMBERED, "better_response_id": 1}, 2),
        ({**NUMBERED, "better_response_id": 1.0}, 2),
        ({**NUMBERED, "better_response_id": "response_1"}, 2),
        ({**COUNTED, "preference": 1}, 1),
        ({**COUNTED, "preference": "2"}, 2),
        ({**SIDES, "winner": "model_a"}, 1),
        ({**SIDES, "winner": "model_b"}, 2),
        ({**SIDES, "winner": "B"}, 2),
        ({**SIDES, "winner": "[[A]]"}, 1),
        ({**SIDES, "preference": "A"}, 1),
        ({**SIDES, "preference": 2}, 2),
        ({**SIDES, "preference": "Response B"}, 2),
        ({**SIDES, "chosen": "b"}, 2),
        ({**SIDES, "model_a": "old", "model_b": "new", "winner": "new"}, 2),
        ({"prompt": "Tea?", "assistant_a": "Yes", "assistant_b": "No", "winner": "a"}, 1),
        ({**SIDES, "winner_model_a": 0, "winner_model_b": 1, "winner_tie": 0}, 2),
        ({"prompt": "Tea?", "answer_a": "Yes", "answer_b": "No", "winner": "a"}, 1),
        ({"instruction": "Tea?", "output_1": "Yes", "output_2": "No", "preference": 2}, 2),
        ({"conversation_a": TURNS_A, "conversation_b": TURNS_B, "winner": "model_b"}, 2),
        ({"history": "Tea?", "human_ref_A": "Yes", "human_ref_B": "No", "labels": 1}, 1),
        ({"history": "Tea?", "human_ref_A": "Yes", "human_ref_B": "No", "labels": 0}, 2),
        ({"info": {"post": "Tea?"}, "summaries": [{"text": "Yes"}, {"text": "No"}], "choice": 1}, 2),
    ],
)
def test_the_better_side_is_preferred(row: dict[str, Any], better: int):
    item = read(row)
    assert list(item.messages) == [USER]
    assert [response.text for response in item.responses] == ["Yes", "No"]
    assert item.preferences == (Preference(f"r{better}", f"r{3 - better}"),)
    assert set(item.extra) <= {"info"}


@pytest.mark.parametrize(("sign", "better"), [(-2, 1), (3, 2), ("-2", 1), ("1.5", 2)])
def test_a_signed_preference_has_a_strength(sign: int | str, better: int):
    item = read({"context": [USER], "response1": "Yes", "response2": "No", "overall_preference": sign})
    assert item.preferences == (Preference(f"r{better}", f"r{3 - better}", strength=abs(float(sign)) / 3),)


@pytest.mark.parametrize(
    ("verdict", "label"),
    [
        ({"winner": "tie"}, None),
        ({"preference": "Tie"}, None),
        ({"overall_preference": 0}, None),
        ({"winner_model_a": 0, "winner_model_b": 0, "winner_tie": 1}, None),
        ({"winner": "tie (bothbad)"}, False),
        ({"winner": "both_bad"}, False),
    ],
)
def test_a_tie_keeps_the_responses_and_makes_no_preference(verdict: dict[str, Any], label: bool | None):
    item = read({**SIDES, **verdict})
    assert item.preferences == ()
    assert [(response.text, response.label) for response in item.responses] == [("Yes", label), ("No", label)]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (SIDES, "The row holds response_a and response_b, but no field that says which is better"),
        ({**SIDES, "winner": "gpt-4"}, "winner must say which response is better (a, b, or tie), not gpt-4"),
        ({**SIDES, "model_a": "old", "model_b": "old", "winner": "old"}, "(a, b, or tie), not old"),
        ({**SIDES, "winner": None}, "winner must say which response is better (a, b, or tie), not null"),
        ({**SIDES, "preference": 0}, "preference must say which response is better (a, b, or tie), not 0"),
        ({**SIDES, "preference": True}, "preference must say which response is better (a, b, or tie), not True"),
        ({**NUMBERED, "better_response_id": 2}, "must say which response is better (0, 1, or tie), not 2"),
        ({**SIDES, "winner_model_a": 1, "winner_model_b": 1, "winner_tie": 0}, "Exactly one of the fields"),
        ({**SIDES, "response_b": 4, "winner": "a"}, "The field response_b must be text, not a number."),
        (
            {"info": {"title": "x"}, "summaries": [{"text": "a"}, {"text": "b"}], "choice": 0},
            "The field info holds no text of a post or article.",
        ),
        (
            {"info": {"post": "x"}, "summaries": [{"text": "a"}], "choice": 0},
            "must hold two responses, not 1",
        ),
        (
            {
                "conversation_a": TURNS_A,
                "conversation_b": [OTHER, TURNS_B[1]],
                "winner": "a",
            },
            "The dialogues of conversation_a and conversation_b differ before their last turn.",
        ),
    ],
)
def test_a_verdict_that_names_no_side_is_refused(row: dict[str, Any], sentence: str):
    with pytest.raises(Invalid) as caught:
        read(row)
    assert sentence in str(caught.value)


def test_models_are_origins_and_side_scores_are_scores():
    item = read({**SIDES, "winner": "a", "model_a": "old", "model_b": "new", "score_a": 2, "score_b": 1.5, "turn": 1})
    assert [(response.origin, response.score) for response in item.responses] == [("old", 2), ("new", 1.5)]
    assert item.extra == {"turn": 1}


def test_sides_with_scores_alone_are_a_group():
    row = {**SIDES, "score_a": 2, "score_b": 1}
    assert formats.detect([row]).name == "scored"
    assert kind_of([formats.FORMATS["scored"].read(row)]) == "groups"


def test_a_pair_by_name_is_no_verdict():
    assert formats.detect([{**SIDES, "chosen": "Yes", "rejected": "No"}]).name == "trl"


@pytest.mark.parametrize(
    "row",
    [
        {**SIDES, "winner": "b", "model_a": "old", "model_b": "new", "note": 1},
        {**SIDES, "winner": "a", "score_a": 2, "score_b": 1},
        {**SIDES, "winner": "tie"},
        {**SIDES, "winner": "both_bad"},
        {**COUNTED, "overall_preference": 2},
        {**COUNTED, "overall_preference": -1.5},
    ],
)
def test_verdicts_are_written_and_read_back(row: dict[str, Any]):
    item = read(row)
    assert [read(written) for written in formats.FORMATS["verdicts"].write([item])] == [item]


@pytest.mark.parametrize(("strength", "number"), [(1 / 3, 1), (0.5, 1.5), (2 / 3, 2), (1.0, 3)])
def test_a_strength_is_written_on_the_scale_of_its_form(strength: float, number: float):
    """Whether it was imported or follows from verdicts here, where 0.5 is better and 1 much better."""
    item = read({**COUNTED, "overall_preference": 2})
    item = replace(item, preferences=(replace(item.preferences[0], strength=strength),))
    (row,) = formats.FORMATS["verdicts"].write([item])
    assert row["overall_preference"] == number


def test_more_than_the_scale_holds_is_its_most():
    assert read({**COUNTED, "overall_preference": 7}).preferences[0].strength == 1.0


def test_what_each_annotator_said_is_kept():
    individual = [{"score": -3, "reasoning": "kind"}, {"score": 1}, {"score": 0}, {"score": None}]
    row = {"context": [USER], "response1": "Yes", "response2": "No", "overall_preference": -1}
    item = read({**row, "individual_preference": individual})
    assert [(own.annotator, own.verdict, own.strength, own.comment) for own in item.verdicts] == [
        ("annotator 1", "a", 2, "kind"),
        ("annotator 2", "b", 1, None),
        ("annotator 3", "tie", None, None),
    ]
    assert item.extra["individual_preference"] == individual
    assert formats.FORMATS["verdicts"].read(next(formats.FORMATS["verdicts"].write([item]))).verdicts == item.verdicts


def test_a_verdict_on_the_first_of_two_turns_is_of_the_first_answer():
    asked = [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "So."}]
    row = {"conversation_a": [*TURNS_A, *asked], "conversation_b": [*TURNS_B, *asked], "winner": "model_a", "turn": 1}
    item = read({**row, "judge": "expert_3"})
    assert (item.messages, [response.text for response in item.responses]) == ((USER,), ["Yes", "No"])
    with pytest.raises(Invalid, match="differ before their last turn"):
        read({**row, "turn": 2})


def test_rows_of_public_sets_are_read():
    arena = {"question_id": "q", "conversation_a": TURNS_A, "conversation_b": TURNS_B, "winner": "tie (bothbad)"}
    item = read({**arena, "model_a": "old", "model_b": "new", "turn": 1, "anony": True, "language": "English"})
    assert [(response.origin, response.label) for response in item.responses] == [("old", False), ("new", False)]
    shp = {"history": "Tea?", "human_ref_A": "Yes", "human_ref_B": "No", "labels": 0, "score_A": 3, "score_B": 9}
    item = read({**shp, "seconds_difference": 5.0, "score_ratio": 3.0, "post_id": "p", "domain": "tea"})
    assert (item.preferences, [each.score for each in item.responses]) == ((Preference("r2", "r1"),), [3, 9])
    safe = {**NUMBERED, "is_response_0_safe": True, "is_response_1_safe": False, "safer_response_id": 0}
    assert read({**safe, "better_response_id": 1}).preferences == (Preference("r2", "r1"),)
