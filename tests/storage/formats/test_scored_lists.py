"""Lists of responses with scores: what is a score, what is kept of each, and lists that have none."""

from typing import Any

import pytest

from storage import formats
from storage.errors import Invalid
from storage.records import Item, Response

LISTED = {
    "instruction": "Tea?",
    "models": ["old", "new"],
    "completions": [
        {"model": "old", "response": "Yes", "overall_score": 4.5, "critique": "fine"},
        {"model": "new", "response": "No", "overall_score": 2},
    ],
}


def read(row: dict[str, Any]) -> Item:
    assert formats.detect([row]).name == "scored"
    return formats.FORMATS["scored"].read(row)


def test_a_list_of_scored_completions_is_a_group():
    item = read(LISTED)
    assert item.responses == (Response("r1", "Yes", 4.5, origin="old"), Response("r2", "No", 2, origin="new"))
    assert item.extra == {"models": ["old", "new"], "answer_details": {"r1": {"critique": "fine"}}}
    assert item.extra.keys() - formats.KEPT == {"models"}
    assert [read(written) for written in formats.FORMATS["scored"].write([item])] == [item]


@pytest.mark.parametrize("scores", ["scores", "rewards", "ratings"])
def test_scores_may_stand_in_a_list_of_their_own(scores: str):
    item = read({"prompt": "Tea?", "responses": ["Yes", "No"], scores: [1, None]})
    assert [(response.text, response.score) for response in item.responses] == [("Yes", 1), ("No", None)]


def test_ranks_count_from_the_best():
    ranked = [{"completion": "No", "rank": 1}, {"completion": "Yes", "rank": 0}]
    item = read({"context": "Tea?", "completions": ranked})
    assert [(response.text, response.score) for response in item.responses] == [("No", -1), ("Yes", 0)]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"prompt": "Tea?", "responses": ["Yes", "No"]}, "The responses in responses have no score"),
        ({"prompt": "Tea?", "completions": ["Yes"], "labels": [True]}, "The responses in completions have no score"),
        ({"prompt": "Tea?", "responses": ["Yes"], "scores": [1, 2]}, "scores holds 2 scores for 1 responses"),
        ({"prompt": "Tea?", "responses": ["Yes"], "scores": [10**400]}, "scores 1 holds a number that is not finite"),
        ({"prompt": "Tea?", "responses": "Yes", "scores": [1]}, "responses must be a list, not text"),
        ({"prompt": "Tea?", "responses": [{"score": 1}]}, "The response responses 1 has no text"),
        ({"prompt": "Tea?", "responses": [{"text": 3, "score": 1}]}, "responses 1 must be text, not a number"),
        ({"responses": [{"text": "Yes", "score": 1}]}, "There is no prompt"),
    ],
)
def test_a_list_that_cannot_be_ranked_is_refused(row: dict[str, Any], sentence: str):
    with pytest.raises(Invalid) as caught:
        read(row)
    assert sentence in str(caught.value)


def test_nectar_ranks_the_best_first():
    answers = [{"answer": "Yes", "model": "new", "rank": 1.0}, {"answer": "No", "model": "old", "rank": 2.0}]
    item = read({"prompt": "\n\nHuman: Tea?\n\nAssistant: ", "answers": answers, "turns": 1, "num_responses": 2})
    assert item.messages == ({"role": "user", "content": "Tea?"},)
    assert item.responses == (Response("r1", "Yes", -1.0, origin="new"), Response("r2", "No", -2.0, origin="old"))
