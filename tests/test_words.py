"""Sentences with values, and their trip through JSON."""

import json

from words import Text, english, from_json, to_json
from words.names import listed


def test_a_text_survives_json():
    cause: Text = ("The disk is full.", {})
    text: Text = ("{cause} Tried {count} times.", {"cause": to_json(cause), "count": 3})
    stored = json.loads(json.dumps(to_json(text)))
    assert english(from_json(stored) or ("", {})) == "The disk is full. Tried 3 times."
    assert to_json(None) is None
    assert from_json(None) is None


def test_a_sentence_stays_short_however_many_and_long_the_names_are():
    assert len(listed(["x" * 10_000] * 20_000)) < 3_000
    assert listed([str(number) for number in range(20_000)]).endswith(", 39, …")
