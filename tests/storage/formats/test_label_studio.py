"""Label Studio's exports: who preferred what, rankings, choices, ratings, and annotations that do not count."""

from typing import Any

import pytest

from storage import formats
from storage.errors import Invalid
from storage.records import ImportedVerdict, Item, Preference

DATA = {"prompt": "Tea?", "answer1": "Yes", "answer2": "No", "source": "web"}


def pairwise(selected: str, to: str = "answer1,answer2") -> dict[str, Any]:
    return {"from_name": "pw", "to_name": to, "type": "pairwise", "value": {"selected": selected}}


def by(person: object, *results: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": 1, "completed_by": person, "result": list(results), "was_cancelled": False, "lead_time": 4.5, **more}


def task(*annotations: dict[str, Any], **data: Any) -> dict[str, Any]:
    return {"id": 7, "data": data or DATA, "annotations": list(annotations), "predictions": [], "project": 3}


def read(row: dict[str, Any]) -> Item:
    assert formats.detect([row]).name == "label-studio"
    return formats.FORMATS["label-studio"].read(row)


def test_each_annotator_has_a_verdict_and_the_majority_a_preference():
    item = read(
        task(by(1, pairwise("left")), by({"id": 2, "email": "b@x.org"}, pairwise("left")), by(3, pairwise("right")))
    )
    assert [response.text for response in item.responses] == ["Yes", "No"]
    assert item.messages == ({"role": "user", "content": "Tea?"},)
    assert item.preferences == (Preference("r1", "r2"),)
    assert [(own.annotator, own.verdict, own.seconds) for own in item.verdicts] == [
        ("1", "a", 4.5),
        ("b@x.org", "a", 4.5),
        ("3", "b", 4.5),
    ]
    assert item.extra["source"] == "web"


def test_a_split_and_an_unjudged_task_have_no_preference():
    assert read(task(by(1, pairwise("left")), by(2, pairwise("right")))).preferences == ()
    assert (read(task()).preferences, read(task()).verdicts) == ((), ())


def test_left_is_what_the_configuration_names_first():
    assert read(task(by(1, pairwise("left", "answer2,answer1")))).preferences == (Preference("r2", "r1"),)


def test_a_cancelled_annotation_counts_for_nothing():
    assert read(task(by(1, pairwise("left"), was_cancelled=True))).verdicts == ()


@pytest.mark.parametrize(
    ("choice", "verdict"),
    [
        ("Left is better", "a"),
        ("Answer 2", "b"),
        ("answer1", "a"),
        ("B", "b"),
        ("Tie", "tie"),
        ("Both bad", "both_bad"),
        ("Second one is much better", "b"),
    ],
)
def test_a_choice_names_a_side(choice: str, verdict: str):
    own = {"from_name": "c", "to_name": "prompt", "type": "choices", "value": {"choices": [choice]}}
    assert [each.verdict for each in read(task(by(1, own))).verdicts] == [verdict]


@pytest.mark.parametrize("ranker", [["c", "a", "b"], {"rank": ["c", "a", "b"], "_": []}])
def test_a_ranking_gives_a_preference_for_each_pair(ranker: object):
    answers = [{"id": key, "title": "t", "body": f"text {key}"} for key in "abc"]
    own = {"from_name": "rank", "to_name": "prompt", "type": "ranker", "value": {"ranker": ranker}}
    item = read(task(by(1, own), prompt="Tea?", items=answers))
    assert [response.text for response in item.responses] == ["text a", "text b", "text c"]
    assert item.preferences == (Preference("r1", "r2"), Preference("r3", "r1"), Preference("r3", "r2"))
    assert item.verdicts == (ImportedVerdict("1", "ranking", (("r3",), ("r1",), ("r2",)), seconds=4.5),)


def test_ratings_are_scores_and_text_is_a_comment():
    rated = [
        {"type": "rating", "to_name": name, "value": {"rating": rating}}
        for name, rating in (("answer1", 5), ("answer2", 2))
    ]
    said = {"type": "textarea", "to_name": "prompt", "value": {"text": ["short"]}}
    item = read(task(by(1, *rated, pairwise("left"), said), by(2, *rated[:1])))
    assert [response.score for response in item.responses] == [5, 2]
    assert item.verdicts[0].comment == "short"


@pytest.mark.parametrize(
    ("said", "verdict"), [({"pw": [{"selected": "right"}]}, "b"), ({"choice": "Left is better"}, "a")]
)
def test_a_row_of_json_min_is_one_annotation(said: dict[str, Any], verdict: str):
    row = {**DATA, **said, "id": 7, "annotator": 4, "annotation_id": 9, "lead_time": 2.0, "created_at": "x"}
    item = read(row)
    assert [(own.annotator, own.verdict) for own in item.verdicts] == [("4", verdict)]
    assert item.extra == {"id": 7, "created_at": "x", "lead_time": 2.0, "source": "web"}


def test_a_task_without_answers_is_refused():
    with pytest.raises(Invalid, match="no answers under names such as response1"):
        read(task(by(1), prompt="Tea?"))


ODD_VALUES = (4, {"ranker": 3}, {"selected": []}, {"choices": []})


@pytest.mark.parametrize("broken", [None, [3], *([{"value": value}] for value in ODD_VALUES)])
def test_broken_results_are_no_verdicts(broken: Any):
    assert read(task(by(1) | {"result": broken})).verdicts == ()
