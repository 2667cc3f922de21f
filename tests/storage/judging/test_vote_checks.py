"""What a vote may hold: each mistake is refused in words."""

import uuid

import pytest

from storage.errors import Invalid
from storage.judging import vote_checks
from storage.judging.judgement_records import NewJudgement, Question, RoundSettings

PAIR = Question("question", "item", 1, "plain", ("chosen", "rejected"), 1)
GROUP = Question("question", "item", 1, "plain", ("chosen", "rejected", "r3"), 1)
SETTINGS = RoundSettings(criteria=("helpful",))


def check(verdict: str, question: Question = PAIR, **values: object) -> None:
    vote = {"id": str(uuid.uuid4()), "question_id": "question", "turn": 0, "verdict": verdict, **values}
    vote_checks.check(NewJudgement(**vote), question, SETTINGS)


@pytest.mark.parametrize("verdict", ["a", "b", "tie", "both_bad", "skip", "withdrawn"])
def test_every_verdict_on_a_pair_is_taken(verdict: str):
    check(
        verdict,
        strength=2,
        criteria={"helpful": "tie"},
        quality={"chosen": "ok"},
        edits={"rejected": "Better."},
        reasons=("short",),
        comment="天气",
        seconds=0.0,
        turn=1,
    )


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"verdict": "left"}, "verdict holds left"),
        ({"verdict": "ranking", "ranking": (("chosen",),)}, "verdict holds ranking"),
        ({"ranking": (("chosen",),)}, "only a ranking does"),
        ({"strength": 3}, "strength holds 3"),
        ({"turn": 2}, "turn holds 2"),
        ({"id": "short"}, "id of a verdict"),
        ({"criteria": {"funny": "a"}}, "criteria holds funny"),
        ({"criteria": {"helpful": "left"}}, "criteria holds left"),
        ({"quality": {"r9": "good"}}, "quality holds r9"),
        ({"quality": {"chosen": "great"}}, "quality holds great"),
        ({"edits": {"r9": "x"}}, "edits holds r9"),
        ({"edits": {"chosen": "x" * 200_001}}, "edits has more than 200,000"),
        ({"comment": "x" * 10_001}, "comment has more than 10,000"),
        ({"comment": "\0"}, "cannot be stored"),
        ({"flag": "\ud800"}, "cannot be stored"),
        ({"reasons": ("x",) * 21}, "at most 20 reasons"),
        ({"seconds": -1.0}, "between 0 s and a week"),
        ({"seconds": float("nan")}, "between 0 s and a week"),
        ({"guideline_version": 10**30}, "no version 1000"),
        ({"guideline_version": 0}, "no version 0"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(values: dict, sentence: str):
    with pytest.raises(Invalid, match=sentence):
        check(**{"verdict": "a", **values})


@pytest.mark.parametrize("ranking", [(("r3",), ("chosen", "rejected")), (("r3",),)])
def test_a_ranking_may_have_ties_and_gaps(ranking: tuple):
    check("ranking", GROUP, ranking=ranking)


@pytest.mark.parametrize(
    ("ranking", "sentence"),
    [
        ((("r3", "r3"),), "each answer once"),
        ((("r3",), ("r9",)), "ranking holds r9"),
        ((), "at least one"),
        (None, "at least one"),
    ],
)
def test_a_ranking_names_each_answer_once_and_at_least_one(ranking: tuple | None, sentence: str):
    with pytest.raises(Invalid, match=sentence):
        check("ranking", GROUP, ranking=ranking)
