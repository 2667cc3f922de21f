"""Sentences that are read aloud when they appear."""

from app.markup import notices


def test_sentences_are_a_list_inside_of_what_is_read_aloud() -> None:
    html = notices.sentences([("The run has ended.", {})], "good")
    assert html.startswith('<div role="status"><ul class="al-findings"><li>')


def test_nothing_is_read_aloud_where_there_is_no_sentence() -> None:
    assert notices.sentences([], "bad") == ""
