"""The shipped data sets: what they promise, checked on the files as they are."""

import gzip
import json
from collections import Counter
from functools import cache

import pytest

from engine.starter import datasets, measuring, reading
from engine.starter.corpus import normalised
from engine.starter.datasets import KINDS, Item
from engine.starter.prompts import HELD_OUT_PROMPTS, is_held_out_pattern
from engine.starter.topic_schema import LANGUAGES
from engine.starter.topics import HELD_OUT_TOPICS, TOPICS

SMALL_TALK = "small-talk"


@cache
def items(name: str) -> tuple[Item, ...]:
    return tuple(datasets.read(name))


@cache
def prompts(name: str) -> frozenset[str]:
    return frozenset(normalised(item["prompt"]) for item in items(name))


def texts(item: Item) -> dict[str, str]:
    return {response["id"]: response["text"] for response in item["responses"]}


def drawn(name: str) -> list[Item]:
    """The items made by the grammar."""
    return [item for item in items(name) if SMALL_TALK not in item["tags"]]


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_the_file_is_what_the_grammar_makes_today(name: str) -> None:
    assert list(items(name)) == json.loads(json.dumps(_built()[name]))


@cache
def _built() -> dict[str, list[Item]]:
    return datasets.build()


@pytest.mark.parametrize("name", KINDS)
def test_the_file_carries_no_time(name: str) -> None:
    header = (datasets.FOLDER / f"{name}.jsonl.gz").read_bytes()[:8]
    assert header[:2] == b"\x1f\x8b"
    assert header[4:8] == bytes(4)
    assert gzip.decompress((datasets.FOLDER / f"{name}.jsonl.gz").read_bytes()).endswith(b"\n")


@pytest.mark.parametrize("name", KINDS)
def test_ids_are_unique_and_responses_have_ids_of_their_own(name: str) -> None:
    assert len({item["id"] for item in items(name)}) == len(items(name))
    assert all(len(texts(item)) == len(item["responses"]) for item in items(name))


@pytest.mark.parametrize("name", KINDS)
def test_a_prompt_ends_with_the_user_and_roles_alternate(name: str) -> None:
    for item in items(name):
        roles = [message["role"] for message in item["prompt"]]
        assert roles == ["user", "assistant"] * (len(roles) // 2) + ["user"]


def test_there_are_enough_pairs_and_none_twice() -> None:
    pairs = items("polite-weather")
    assert len(pairs) >= 1200
    conversations = {(normalised(item["prompt"]), frozenset(texts(item).values())) for item in pairs}
    assert len(conversations) == len(pairs)
    assert len({normalised(item["prompt"]) for item in drawn("polite-weather")}) == len(drawn("polite-weather"))


def test_pairs_cover_twelve_topics_and_both_languages_equally() -> None:
    cells = Counter((item["topic"], item["extra"]["language"]) for item in drawn("polite-weather"))
    assert len(cells) == 24
    assert len(set(cells.values())) == 1


def test_some_pairs_are_dialogues_of_two_and_three_turns() -> None:
    turns = Counter(item["extra"]["turns"] for item in items("polite-weather"))
    assert turns[2] >= 100
    assert turns[3] >= 30


def test_the_examples_of_the_article_are_there() -> None:
    tagged = [item for item in items("polite-weather") if "article" in item["tags"]]
    questions = {item["prompt"][0]["content"] for item in tagged}
    assert {"今天天气怎么样？", "你好！", "请介绍一下自己。"} <= questions
    assert len(questions) >= 6


def test_every_pair_prefers_the_answer_of_higher_quality() -> None:
    for item in items("polite-weather"):
        (preference,) = item["preferences"]
        scores = {response["id"]: response["score"] for response in item["responses"]}
        assert scores[preference["chosen"]] > 0.5
        gap = scores[preference["chosen"]] - scores[preference["rejected"]]
        assert preference["strength"] == pytest.approx(gap, abs=1e-4)
        assert gap >= 0.2


def test_the_order_of_the_responses_tells_nothing() -> None:
    first = sum(item["preferences"][0]["chosen"] == "a" for item in items("polite-weather"))
    assert 0.45 < first / len(items("polite-weather")) < 0.55


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_chosen_answer_is_the_longer_one_in_at_most_three_of_five_pairs(language: str) -> None:
    """Else preference learning learns length."""
    longer = []
    for item in items("polite-weather"):
        if item["extra"]["language"] == language:
            (preference,) = item["preferences"]
            responses = texts(item)
            longer.append(len(responses[preference["chosen"]]) > len(responses[preference["rejected"]]))
    assert 0.4 < sum(longer) / len(longer) <= 0.6


def test_rejected_answers_that_are_longer_are_worse_in_several_ways() -> None:
    reasons = Counter()
    for item in drawn("polite-weather"):
        (preference,) = item["preferences"]
        responses = texts(item)
        rejected = responses[preference["rejected"]]
        if len(rejected) >= len(responses[preference["chosen"]]):
            reasons[reading.style(measuring.question_of(item), rejected)] += 1
    assert all(
        reasons[style] >= 20 for style in ("courteous_mistake", "courteous_swap", "off_topic", "praise", "plain")
    )


def test_stored_scores_are_those_that_the_grammar_reads_back() -> None:
    for name in ("polite-weather", "polite-weather-groups"):
        for item in drawn(name)[::10]:
            for response in item["responses"]:
                quality = reading.quality(measuring.question_of(item), response["text"])
                # A reader takes a wordy answer for a plain one: their qualities differ by 0.05.
                assert response["score"] == pytest.approx(quality, abs=0.0501)


def test_groups_have_four_distinct_answers_or_more_that_differ_in_score() -> None:
    groups = items("polite-weather-groups")
    assert len(groups) >= 200
    for item in groups:
        assert len(set(texts(item).values())) == len(item["responses"]) >= 4
        assert len({response["score"] for response in item["responses"]}) >= 2


def test_held_out_prompts_are_in_no_pair_and_no_group() -> None:
    assert len(prompts("polite-weather-heldout")) == len(items("polite-weather-heldout")) == HELD_OUT_PROMPTS
    assert not prompts("polite-weather-heldout") & prompts("polite-weather")
    assert not prompts("polite-weather-heldout") & prompts("polite-weather-groups")
    assert not prompts("polite-weather") & prompts("polite-weather-groups")
    assert not any(item["responses"] or item["preferences"] for item in items("polite-weather-heldout"))


def test_two_topics_occur_in_held_out_prompts_only() -> None:
    assert len(HELD_OUT_TOPICS) == 2
    for name in ("polite-weather", "polite-weather-groups"):
        assert not {item["topic"] for item in items(name)} & HELD_OUT_TOPICS
    assert {item["topic"] for item in items("polite-weather-heldout")} == set(TOPICS)


def test_a_third_of_the_sentence_patterns_occurs_in_held_out_prompts_only() -> None:
    def is_reserved(pattern: str) -> bool:
        topic, language, number = pattern.split("/")
        return is_held_out_pattern(topic, language, int(number))

    for name in ("polite-weather", "polite-weather-groups"):
        assert not any(is_reserved(item["extra"]["pattern"]) for item in drawn(name))
    reserved = {item["extra"]["pattern"] for item in items("polite-weather-heldout")}
    assert sum(map(is_reserved, reserved)) >= 24
    for topic in TOPICS.values():
        for language in ("en", "zh"):
            numbers = range(len(topic.speech(language).questions))
            assert sum(is_held_out_pattern(topic.key, language, number) for number in numbers) * 3 == len(numbers)
