"""The data sets that ship with the starter, as gzip JSON lines: pairs, scored groups and held-out prompts.

`write` is run by the build, `read` by whoever brings them into a workspace. Scores are those of the rule `polite_v1`.
"""

import gzip
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from typing import Any

from engine.rewards import polite_v1
from engine.starter import grammar, prompts
from engine.starter.corpus import normalised
from engine.starter.fixed_dialogues import SMALL_TALK, SmallTalk
from engine.starter.grammar import Dialogue
from engine.starter.topics import HELD_OUT_TOPICS

FOLDER = Path(__file__).parent / "data"
KINDS = {"polite-weather": "pairs", "polite-weather-groups": "groups", "polite-weather-heldout": "prompts"}

# Multiples of the 24 combinations of pair topics and languages, so that all have equal shares.
PAIR_PROMPTS = 1272
GROUP_PROMPTS = 288
CHOSEN_SHARES = {"polite": 0.65, "half": 0.35}
# Most rejected answers are about as long as the chosen ones: with short ones only, DPO learns length and runs away.
# Few are courteous and off the topic: they share their phrases with the chosen ones, and pushing them down hurts both.
REJECTED_SHARES = {
    "rude_answer": 0.34,
    "plain": 0.3,
    "praise": 0.12,
    "rude": 0.1,
    "curt": 0.07,
    "astray": 0.04,
    "off_topic": 0.03,
}
SMALLEST_GAP = 0.2
# A group has each of the first three and one of every pair that follows.
GROUP_STYLES = ("polite", "half", "plain")
GROUP_CONTRASTS = (("rude_answer", "off_topic"), ("praise", "plain"), ("curt", "rude"))

Item = dict[str, Any]


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
        chosen, rejected = _pair_answers(dialogue, random)
        yield _item(f"pw-{number:04d}", dialogue) | _preference(dialogue, [chosen, rejected], random)


def _pair_answers(dialogue: Dialogue, random: Random) -> tuple[str, str]:
    """A courteous, helpful answer and one that is not; drawn again until the reward sees the difference."""
    while True:
        chosen, rejected = (
            grammar.answer(dialogue.question, random.choices(tuple(shares), tuple(shares.values()))[0], random)
            for shares in (CHOSEN_SHARES, REJECTED_SHARES)
        )
        better, worse = _scores(dialogue, [chosen, rejected])
        if better > 0.5 and better - worse >= SMALLEST_GAP:
            return chosen, rejected


def _preference(dialogue: Dialogue, answers: list[str], random: Random) -> Item:
    """Responses and preference of a pair; which of the two stands first is drawn, so that order tells nothing."""
    scores = _scores(dialogue, answers)
    ids = random.sample(("a", "b"), 2)
    responses = [_response(key, text, value) for key, text, value in zip(ids, answers, scores, strict=True)]
    strength = round(scores[0] - scores[1], 4)
    return {
        "responses": sorted(responses, key=lambda response: response["id"]),
        "preferences": [{"chosen": ids[0], "rejected": ids[1], "strength": strength}],
    }


def _article_pairs() -> Iterator[Item]:
    random = Random("article")
    number = 0
    for talk in SMALL_TALK:
        for kind, unkind in zip(talk.kind, talk.unkind, strict=False):
            dialogue = _as_dialogue(talk)
            item = _item(f"pa-{number:02d}", dialogue) | _preference(dialogue, [kind, unkind], random)
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
        styles = [*GROUP_STYLES, *map(random.choice, GROUP_CONTRASTS)]
        random.shuffle(styles)
        # Two answers of one style may come out the same; a group keeps one of them.
        answers = list(dict.fromkeys(grammar.answer(dialogue.question, style, random) for style in styles))
        scores = _scores(dialogue, answers)
        responses = [_response("abcdef"[at], text, scores[at]) for at, text in enumerate(answers)]
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


def _response(key: str, text: str, value: float) -> Item:
    return {"id": key, "text": text, "score": value, "label": None, "origin": "starter"}


def _scores(dialogue: Dialogue, answers: list[str]) -> list[float]:
    item = {"topic": dialogue.question.topic}
    return polite_v1.score(dialogue.messages, answers, [item] * len(answers))["polite_v1"]
