"""Columns that no form reads: which of them are proposed as answers."""

import pytest

from storage.mapping_proposals import proposal

WORDS, MORE_WORDS = "It rains, I fear.", "Rain."


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("good", "bad"),
        ("Best Answer", "Worst Answer"),
        ("reply_positive", "reply_negative"),
        ("y_w", "y_l"),
        ("y.good", "y.bad"),
        ("好回答", "坏回答"),
        ("answer", "wrong_answer"),
        ("reply", "reply-rejected"),
    ],
)
def test_names_that_differ_in_an_opposite_are_a_pair(better: str, worse: str):
    columns = {"id": "one", worse: MORE_WORDS, "question": "What falls?", better: WORDS}
    assert proposal(columns) == {"chosen": better, "rejected": worse}


@pytest.mark.parametrize(
    "columns",
    [
        {"good": 0.5, "bad": 0.1},
        {"good": "A", "bad": "B"},
        {"question": "What falls?", "source": "web", "wrong_source": "book"},
        {"reply_1": WORDS, "reply_2": MORE_WORDS},
        {"goods": WORDS, "bads": MORE_WORDS},
    ],
)
def test_numbers_letters_and_other_names_are_not(columns: dict[str, object]):
    assert proposal(columns) == {}


def test_one_answer_alone_is_the_completion():
    assert proposal({"question": "What falls?", "human reply": WORDS, "rating": 4}) == {"completion": "human reply"}


def test_messages_may_be_answers():
    turn = [{"role": "assistant", "content": WORDS}]
    assert proposal({"good": turn, "bad": turn}) == {"chosen": "good", "rejected": "bad"}
