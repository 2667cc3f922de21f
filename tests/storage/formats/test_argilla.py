"""Argilla's records in their three ways: who said what, rankings, labels, ratings, drafts and suggestions."""

from typing import Any

import pytest

from storage import formats
from storage.records import Item, Preference

FIELDS = {"instruction": "Tea?", "response-1": "Yes", "response-2": "No"}


def said(*given: tuple[str, Any], **more: Any) -> list[dict[str, Any]]:
    return [{"user_id": user, "value": value, **more} for user, value in given]


def record(**questions: Any) -> dict[str, Any]:
    return {
        "id": "x",
        "fields": FIELDS,
        "metadata": {"source": "web"},
        "suggestions": {},
        "responses": questions,
        "vectors": {},
        "status": "completed",
        "_server_id": "y",
    }


def read(row: dict[str, Any]) -> Item:
    assert formats.detect([row]).name == "argilla"
    return formats.FORMATS["argilla"].read(row)


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        ("response-1", "a"),
        ("2", "b"),
        ("tie", "tie"),
        (["response-2", "response-1"], "b"),
        (["reply-2", "reply-1"], "b"),
        ([{"value": "response-1", "rank": 2}, {"value": "response-2", "rank": 1}], "b"),
        ([{"value": "response-1", "rank": 1}, {"value": "response-2", "rank": 1}], "tie"),
    ],
)
def test_labels_and_rankings_are_verdicts(value: Any, verdict: str):
    item = read(record(preference=said(("u1", value), ("u2", value)), why=said(("u1", "kind"))))
    assert [response.text for response in item.responses] == ["Yes", "No"]
    assert [(own.annotator, own.verdict, own.comment) for own in item.verdicts] == [
        ("u1", verdict, "kind"),
        ("u2", verdict, None),
    ]
    better = {"a": (Preference("r1", "r2"),), "b": (Preference("r2", "r1"),)}
    assert item.preferences == better.get(verdict, ())


def test_a_flattened_record_is_the_same():
    row = {**FIELDS, "id": "x", "status": "completed", "_server_id": "y"}
    row |= {
        "preference.responses": ["response-1", "response-2", "response-1"],
        "preference.responses.users": ["u1", "u2", "u3"],
        "preference.responses.status": ["submitted", "submitted", "draft"],
        "preference.suggestion": None,
    }
    item = read(row)
    assert [(own.annotator, own.verdict) for own in item.verdicts] == [("u1", "a"), ("u2", "b")]
    assert item.preferences == ()


def test_a_record_of_the_first_version():
    row = {**FIELDS, "preference": said(("u1", "response-2"), status="submitted"), "preference-suggestion": None}
    row["preference"] += said(("u2", "response-1"), status="discarded")
    row |= {"preference-suggestion-metadata": {"agent": None}, "external_id": None, "metadata": "{}"}
    assert [(own.annotator, own.verdict) for own in read(row).verdicts] == [("u1", "b")]


@pytest.mark.parametrize(
    "row",
    [
        record() | {"suggestions": {"preference": {"value": "response-2", "score": 0.9, "agent": "m"}}},
        {**FIELDS, "preference.suggestion": "response-2", "preference.suggestion.agent": "m"},
    ],
)
def test_a_suggestion_is_a_preference_and_nobodys_verdict(row: dict[str, Any]):
    item = read(row)
    assert (item.preferences, item.verdicts) == ((Preference("r2", "r1"),), ())


def test_ratings_are_scores():
    row = record(**{"rating of response-1": said(("u1", 4), ("u2", 5)), "rating of response-2": said(("u1", 1))})
    assert [response.score for response in read(row).responses] == [4.5, 1]
    alone = {**record(quality=said(("u1", 3))), "fields": {"prompt": "Tea?", "response": "Yes"}}
    assert [response.score for response in read(alone).responses] == [3]


@pytest.mark.parametrize("odd", [True, 3, "x", [3], {"value": [[]]}, None])
def test_odd_values_are_no_verdicts(odd: Any):
    nested = record(preference=odd) | {"suggestions": odd, "metadata": odd}
    flat = {**FIELDS, "preference.responses": odd, "preference.responses.users": odd, "preference.suggestion": None}
    for row in (nested, flat):
        assert [own for own in read(row).verdicts if own.verdict != "tie"] == []
