"""Names of fields that nobody read: which of them are warned of."""

import pytest

from storage import unread_fields


@pytest.mark.parametrize(
    "name",
    [
        "response_b",
        "betterAnswer",
        "SCORE",
        "human_label",
        "评分",
        "优选回答",
        "replies",
        "winner_model_a",
        "judgement",
    ],
)
def test_a_name_that_sounds_like_an_answer_is_warned_of(name: str):
    assert unread_fields.sounds_like_answer(name)


@pytest.mark.parametrize("name", ["source", "badge", "id", "topic", "scorecard_url", "frank", "来源", "created_at", ""])
def test_other_names_are_not(name: str):
    assert not unread_fields.sounds_like_answer(name)
