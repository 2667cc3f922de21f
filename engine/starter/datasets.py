"""The data sets that ship with the starter, as gzip JSON lines: pairs, scored groups and held-out prompts.

`write` is run by the build, `read` by whoever brings them into a workspace. Labels and scores are the qualities of the
styles that the answers were written in (`engine.starter.styles`): no reward made them, so none is right for sure.
"""

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from engine.starter import grammar, prompts, styles
from engine.starter.corpus import normalised
from engine.starter.fixed_dialogues import KIND_QUALITY, SMALL_TALK, UNKIND_QUALITY, SmallTalk
from engine.starter.grammar import Dialogue
from engine.starter.styles import STYLES
from engine.starter.topics import HELD_OUT_TOPICS

FOLDER = Path(__file__).parent / "data"
KINDS = {"polite-weather": "pairs", "polite-weather-groups": "groups", "polite-weather-heldout": "prompts"}

# Multiples of the 24 combinations of pair topics and languages, so that all have equal shares.
PAIR_PROMPTS = 1272
GROUP_PROMPTS = 288
# What a style is chosen and rejected with, where the difference of their qualities is large enough.
CHOSEN_SHARES = {"polite": 0.62, "half": 0.3, "plain": 0.08}
# Most rejected answers take as many words as the chosen ones: facts of others, other people's questions, praise and
# rude words at length. With short ones only, preference learning learns length.
REJECTED_SHARES = {
    "courteous_mistake": 0.12,
    "mistaken": 0.06,
    "courteous_swap": 0.08,
    "plain": 0.14,
    "wordy": 0.14,
    "rude_answer": 0.1,
    "long_rude_answer": 0.12,
    "long_praise": 0.08,
    "off_topic": 0.06,
    "rude": 0.05,
    "curt": 0.05,
}
SMALLEST_GAP = 0.2
# Of the pairs whose chosen answer is to be the longer one.
LONGER_SHARE = 0.56
# A group has each of the first three and one of every set that follows.
GROUP_STYLES = ("polite", "half", "plain")
GROUP_CONTRASTS = (
    ("courteous_mistake", "courteous_swap"),
    ("long_rude_answer", "off_topic"),
    ("praise", "curt", "rude"),
)

Item = dict[str, Any]


class Answer(NamedTuple):
    """A text, and the quality of the style that it was written in."""

    text: str
    quality: float


def read(name: str) -> Iterator[Item]:
    with gzip.open(FOLDER / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def write(folder: Path = FOLDER) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, items in build().items():
        text = "".join(json.dumps(item, ensure_ascii=False, sort_keys=True) + "\n" for item in items)
        (folder / f"{name}.jsonl.gz").write_bytes(gzip.compress(text.encode(), mtime=0))


def build() -> dict[str, list[Item]]:
    """All data sets by name. No prompt is in two of them."""
    held_out = reserved_dialogues()
    prompts_in_use = {normalised(dialogue.messages) for dialogue in held_out} | {
        normalised([grammar.message("user", talk.prompt)]) for talk in SMALL_TALK
    }
    pairs = prompts.free(PAIR_PROMPTS, prompts_in_use, Random("pairs"))
    groups = prompts.free(GROUP_PROMPTS, prompts_in_use, Random("groups"))
    return {
        "polite-weather": [*_article_pairs(), *_pairs(pairs)],
        "polite-weather-groups": list(_groups(groups)),
        "polite-weather-heldout": [_held_out_item(number, dialogue) for number, dialogue in enumerate(held_out)],
    }


def reserved_dialogues() -> list[Dialogue]:
    """The held-out dialogues, which the model's training text leaves out too."""
    return prompts.held_out(Random("held-out"))


def _pairs(dialogues: Iterable[Dialogue]) -> Iterator[Item]:
    random = Random("answers of pairs")
    for number, dialogue in enumerate(dialogues):
        answers = _pair_answers(dialogue, random)
        yield _item(f"pw-{number:04d}", dialogue) | _preference(answers, random)


def _pair_answers(dialogue: Dialogue, random: Random) -> tuple[Answer, Answer]:
    """A better and a worse answer; drawn again until their qualities differ enough and the lot's one is the longer."""
    chosen_is_longer = random.random() < LONGER_SHARE
    while True:
        better, worse = (_draw_style(shares, random) for shares in (CHOSEN_SHARES, REJECTED_SHARES))
        if STYLES[better].quality - STYLES[worse].quality < SMALLEST_GAP:
            continue
        chosen, rejected = (_answer(dialogue, style, random) for style in (better, worse))
        if (len(chosen.text) > len(rejected.text)) == chosen_is_longer:
            return chosen, rejected


def _draw_style(shares: Mapping[str, float], random: Random) -> str:
    return random.choices(tuple(shares), tuple(shares.values()))[0]


def _answer(dialogue: Dialogue, style: str, random: Random) -> Answer:
    return Answer(styles.answer(dialogue.question, style, random), STYLES[style].quality)


def _preference(answers: tuple[Answer, Answer], random: Random) -> Item:
    """Responses and preference of a pair; which of the two stands first is drawn, so that order tells nothing."""
    ids = random.sample(("a", "b"), 2)
    responses = [_response(key, answer) for key, answer in zip(ids, answers, strict=True)]
    chosen, rejected = answers
    strength = round(chosen.quality - rejected.quality, 4)
    return {
        "responses": sorted(responses, key=lambda response: response["id"]),
        "preferences": [{"chosen": ids[0], "rejected": ids[1], "strength": strength}],
    }


def _article_pairs() -> Iterator[Item]:
    random = Random("article")
    number = 0
    for talk in SMALL_TALK:
        for kind, unkind in zip(talk.kind, talk.unkind, strict=False):
            answers = Answer(kind, KIND_QUALITY), Answer(unkind, UNKIND_QUALITY)
            item = _item(f"pa-{number:02d}", _as_dialogue(talk)) | _preference(answers, random)
            tags = ["article", "small-talk"] if talk.language == "zh" else ["small-talk"]
            yield item | {"tags": [talk.language, *tags]}
            number += 1


def _as_dialogue(talk: SmallTalk) -> Dialogue:
    pattern = f"{talk.topic}/{talk.language}/small-talk"
    question = grammar.Question(talk.topic, talk.language, pattern, "", "", talk.prompt)
    return Dialogue((grammar.message("user", talk.prompt),), question, pattern)


def _groups(dialogues: Iterable[Dialogue]) -> Iterator[Item]:
    random = Random("answers of groups")
    for number, dialogue in enumerate(dialogues):
        group_styles = [*GROUP_STYLES, *map(random.choice, GROUP_CONTRASTS)]
        random.shuffle(group_styles)
        answers = [_answer(dialogue, style, random) for style in group_styles]
        # Two answers may come out the same; a group keeps one of them.
        distinct = {answer.text: answer for answer in answers}.values()
        responses = [_response(key, answer) for key, answer in zip("abcdef", distinct, strict=False)]
        yield _item(f"pg-{number:04d}", dialogue) | {"responses": responses}


def _held_out_item(number: int, dialogue: Dialogue) -> Item:
    topic, language, pattern = dialogue.pattern.split("/")
    is_unseen = prompts.is_held_out_pattern(topic, language, int(pattern))
    kind = "topic" if topic in HELD_OUT_TOPICS else "pattern" if is_unseen else "prompt"
    return _item(f"ph-{number:04d}", dialogue) | {"tags": [language, f"unseen-{kind}"]}


def _item(key: str, dialogue: Dialogue) -> Item:
    question = dialogue.question
    return {
        "id": key,
        "prompt": list(dialogue.messages),
        "responses": [],
        "preferences": [],
        "topic": question.topic,
        "tags": [question.language],
        "extra": {"language": question.language, "pattern": dialogue.pattern, "turns": dialogue.turns},
    }


def _response(key: str, answer: Answer) -> Item:
    return {"id": key, "text": answer.text, "score": answer.quality, "label": None, "origin": "starter"}
