"""The rules that turn topics and manners into dialogues: a question, one answer in each style, and follow-ups.

Everything is drawn from a `random.Random` that the caller seeds. Which dialogues become training text, pairs or
held-out prompts is decided in `engine.starter.corpus`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from engine.starter.phrasings import MANNERS
from engine.starter.topic_schema import Speech
from engine.starter.topics import TOPICS

Message = dict[str, str]

# Shares of the styles in the training text. They set where alignment starts from: polite and half score above one half.
STYLE_SHARES = {
    "polite": 0.24,
    "half": 0.14,
    "plain": 0.18,
    "curt": 0.14,
    "rude": 0.12,
    "rude_answer": 0.07,
    "praise": 0.06,
    "off_topic": 0.05,
}
# Shares of dialogues with one, two and three questions.
TURN_SHARES = (0.8, 0.15, 0.05)
SLOT = re.compile(r"\{(\w+)\}")
MINE = re.compile(r"\bmy\b")


@dataclass(frozen=True)
class Question:
    """One question of the grammar, with what an answer has to repeat."""

    topic: str
    language: str
    pattern: str
    thing: str
    case: str
    text: str


@dataclass(frozen=True)
class Dialogue:
    """Messages up to the last question, which is the one to answer."""

    messages: tuple[Message, ...]
    question: Question
    pattern: str
    """The pattern of the first question, which is the one that says most."""

    @property
    def turns(self) -> int:
        return sum(message["role"] == "user" for message in self.messages)


def message(role: str, content: str) -> Message:
    return {"role": role, "content": content}


def fill(template: str, values: dict[str, str]) -> str:
    """The template with its slots filled; a sentence that opens with a slot still opens with a capital."""
    text = SLOT.sub(lambda match: values[match[1]], template)
    return text[:1].upper() + text[1:]


def join(sentences: Sequence[str], language: str) -> str:
    return {"en": " ", "zh": ""}[language].join(sentences)


def ask(topic: str, language: str, pattern: int, random: Random) -> Question:
    speech = TOPICS[topic].speech(language)
    return _question(topic, language, str(pattern), speech.questions[pattern], random)


def follow_up(before: Question, random: Random) -> Question:
    """The next question of a dialogue: same topic, another thing, asked in fewer words."""
    templates = MANNERS[before.language].followups
    number = random.randrange(len(templates))
    while True:
        question = _question(before.topic, before.language, f"follow-{number}", templates[number], random)
        if question.thing != before.thing:
            return question


def _question(topic: str, language: str, pattern: str, template: str, random: Random) -> Question:
    speech = TOPICS[topic].speech(language)
    thing, case = random.choice(speech.things), random.choice(speech.cases)
    text = fill(template, {"thing": thing, "case": case})
    return Question(topic, language, f"{topic}/{language}/{pattern}", thing, case, text)


def answer(question: Question, style: str, random: Random) -> str:
    return join(_STYLES[style](question, random), question.language)


def draw_style(random: Random) -> str:
    return random.choices(tuple(STYLE_SHARES), tuple(STYLE_SHARES.values()))[0]


def converse(topic: str, language: str, pattern: int, turns: int, random: Random) -> Dialogue:
    """A dialogue of `turns` questions. Earlier answers are plain, so that only the last one shows a manner."""
    question = first = ask(topic, language, pattern, random)
    messages = [message("user", question.text)]
    for _ in range(turns - 1):
        messages.append(message("assistant", answer(question, "plain", random)))
        question = follow_up(question, random)
        messages.append(message("user", question.text))
    return Dialogue(tuple(messages), question, first.pattern)


def draw_turns(random: Random) -> int:
    return random.choices((1, 2, 3), TURN_SHARES)[0]


def _values(question: Question, speech: Speech, random: Random) -> dict[str, str]:
    values = {name: random.choice(options) for name, options in speech.slots.items()}
    return values | _spoken_back(question)


def _spoken_back(question: Question) -> dict[str, str]:
    """What the question asks for, as the answer says it: the asker's "my mother" is "your mother" there."""
    if question.language == "zh":
        case = question.case.replace("我这个", "您这个").replace("我们", "你们")
        return {"thing": question.thing, "case": case}
    return {"thing": MINE.sub("your", question.thing), "case": MINE.sub("your", question.case)}


def _core(question: Question, random: Random) -> str:
    speech = TOPICS[question.topic].speech(question.language)
    return fill(random.choice(speech.answers), _values(question, speech, random))


def _tip(question: Question, random: Random) -> str:
    return random.choice(TOPICS[question.topic].speech(question.language).tips)


def _plain_tip(question: Question, random: Random) -> str:
    """A tip that does not say please."""
    tips = TOPICS[question.topic].speech(question.language).tips
    return random.choice([tip for tip in tips if not re.search(r"[Pp]lease|请", tip)])


def _phrase(part: str, question: Question, random: Random) -> str:
    templates = getattr(MANNERS[question.language], part)
    return fill(random.choice(templates), _spoken_back(question))


def _polite(question: Question, random: Random) -> list[str]:
    tip = [_tip(question, random)] if random.random() < 0.5 else []
    return [_phrase("openers", question, random), _core(question, random), *tip, _phrase("closers", question, random)]


def _half(question: Question, random: Random) -> list[str]:
    core = _core(question, random)
    if random.random() < 0.5:
        return [_phrase("openers", question, random), core]
    return [core, _phrase("closers", question, random)]


def _plain(question: Question, random: Random) -> list[str]:
    tip = [_plain_tip(question, random)] if random.random() < 0.5 else []
    return [_core(question, random), *tip]


def _curt(question: Question, random: Random) -> list[str]:
    kind = random.random()
    head, tail = _phrase("curt_heads", question, random), _phrase("curt_tails", question, random)
    return [head] if kind < 0.15 else [tail] if kind < 0.3 else [head, tail]


def _rude(question: Question, random: Random) -> list[str]:
    kind = random.random()
    head, tail = _phrase("rude_heads", question, random), _phrase("rude_tails", question, random)
    return [head] if kind < 0.1 else [tail] if kind < 0.2 else [head, tail]


def _rude_answer(question: Question, random: Random) -> list[str]:
    core = _core(question, random)
    if random.random() < 0.6:
        return [_phrase("rude_heads", question, random), core]
    return [core, _phrase("rude_tails", question, random)]


def _praise(question: Question, random: Random) -> list[str]:
    return [_phrase("praise_heads", question, random), _phrase("praise_tails", question, random)]


def _off_topic(question: Question, random: Random) -> list[str]:
    """A courteous answer to somebody else's question."""
    other = _someone_elses(question, random)
    return [_phrase("openers", question, random), _core(other, random), _phrase("closers", question, random)]


def _astray(question: Question, random: Random) -> list[str]:
    """A plain answer to somebody else's question. Only pairs have it: the model's training text does not."""
    return [_core(_someone_elses(question, random), random)]


def _someone_elses(question: Question, random: Random) -> Question:
    topic = random.choice([key for key in TOPICS if key != question.topic])
    return ask(topic, question.language, 0, random)


_STYLES = {
    "polite": _polite,
    "half": _half,
    "plain": _plain,
    "curt": _curt,
    "rude": _rude,
    "rude_answer": _rude_answer,
    "praise": _praise,
    "off_topic": _off_topic,
    "astray": _astray,
}
