"""The rules that turn topics and manners into dialogues: a question, one answer in each style, and follow-ups.

Everything is drawn from a `random.Random` that the caller seeds. Styles, their qualities and what they are made of
stand in `engine.starter.styles`; which dialogues become training text, pairs or held-out prompts is decided in
`engine.starter.corpus`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from engine.starter.phrasings import MANNERS
from engine.starter.topic_schema import SLOT, Pattern, Speech
from engine.starter.topics import TOPICS

Message = dict[str, str]

# Shares of dialogues with one, two and three questions.
TURN_SHARES = (0.8, 0.15, 0.05)
MINE = re.compile(r"\bmy\b")
# Stand around the value of a slot until the text is finished; characters that no text has.
OPEN, CLOSE = "\ue000", "\ue001"
MARK = re.compile(f"[{OPEN}{CLOSE}]")


@dataclass(frozen=True)
class Question:
    """One question of the grammar, with what an answer has to repeat and the aspect it has to tell."""

    topic: str
    language: str
    pattern: str
    thing: str
    case: str
    text: str
    aspect: str = ""

    @property
    def speech(self) -> Speech:
        return TOPICS[self.topic].speech(self.language)

    @property
    def facts(self) -> dict[str, str]:
        """The right value of every slot."""
        return self.speech.facts(self.thing, self.case)

    @property
    def other_values(self) -> dict[str, frozenset[str]]:
        """By slot, the values that would be right of other things and cases."""
        return self.speech.other_values(self.thing, self.case)


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


def fill(template: str, values: Mapping[str, str]) -> str:
    """The template with its slots filled and marked; a sentence that opens with a slot still opens with a capital."""
    text = SLOT.sub(lambda match: f"{OPEN}{values[match[1]]}{CLOSE}", template)
    first = 1 if text.startswith(OPEN) else 0
    return text[:first] + text[first : first + 1].upper() + text[first + 1 :]


def plain(text: str) -> str:
    """The text without the marks around the values of slots."""
    return MARK.sub("", text)


def slot_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where the values of slots stand in the plain text, as [start, stop) in characters."""
    starts, stops, length = [], [], 0
    for piece in re.split(f"([{OPEN}{CLOSE}])", text):
        if piece == OPEN:
            starts.append(length)
        elif piece == CLOSE:
            stops.append(length)
        else:
            length += len(piece)
    return tuple(zip(starts, stops, strict=True))


def join(sentences: Sequence[str], language: str) -> str:
    return {"en": " ", "zh": ""}[language].join(sentences)


def ask(topic: str, language: str, pattern: int, random: Random) -> Question:
    question = TOPICS[topic].speech(language).questions[pattern]
    return _question(topic, language, str(pattern), question.template, question.aspect, random)


def follow_up(before: Question, random: Random) -> Question:
    """The next question of a dialogue: same topic and aspect, another thing, asked in fewer words."""
    templates = MANNERS[before.language].followups
    number = random.randrange(len(templates))
    while True:
        question = _question(
            before.topic, before.language, f"follow-{number}", templates[number], before.aspect, random
        )
        if question.thing != before.thing:
            return question


def _question(topic: str, language: str, pattern: str, template: str, aspect: str, random: Random) -> Question:
    speech = TOPICS[topic].speech(language)
    thing, case = random.choice(speech.things), random.choice(speech.cases)
    text = plain(fill(template, {"thing": thing, "case": case}))
    return Question(topic, language, f"{topic}/{language}/{pattern}", thing, case, text, aspect)


def converse(topic: str, language: str, pattern: int, turns: int, random: Random) -> Dialogue:
    """A dialogue of `turns` questions. Earlier answers are plain, so that only the last one shows a manner."""
    question = first = ask(topic, language, pattern, random)
    messages = [message("user", question.text)]
    for _ in range(turns - 1):
        messages.append(message("assistant", plain(core(question, random))))
        question = follow_up(question, random)
        messages.append(message("user", question.text))
    return Dialogue(tuple(messages), question, first.pattern)


def draw_turns(random: Random) -> int:
    return random.choices((1, 2, 3), TURN_SHARES)[0]


def spoken_back(question: Question) -> dict[str, str]:
    """What the question asks for, as the answer says it: the asker's "my mother" is "your mother" there."""
    if question.language == "zh":
        case = question.case.replace("我这个", "您这个").replace("我们", "你们")
        return {"thing": question.thing, "case": case}
    return {"thing": MINE.sub("your", question.thing), "case": MINE.sub("your", question.case)}


def core(question: Question, random: Random) -> str:
    """A sentence that tells what is right."""
    return _tell(question, question.facts, random)


def mistaken_core(question: Question, random: Random) -> str:
    """A sentence about the right thing and case that tells at least one fact of others."""
    speech, right = question.speech, question.facts
    while True:
        wrong = speech.facts(random.choice(speech.things), random.choice(speech.cases))
        pattern = random.choice(_answers(question))
        if any(wrong[slot] != right[slot] for slot in pattern.fact_slots):
            return fill(pattern.template, wrong | spoken_back(question))


def _tell(question: Question, facts: Mapping[str, str], random: Random) -> str:
    return fill(random.choice(_answers(question)).template, {**facts, **spoken_back(question)})


def _answers(question: Question) -> list[Pattern]:
    return [pattern for pattern in question.speech.answers if pattern.aspect == question.aspect]


def swapped(question: Question, random: Random) -> Question:
    """A question of the same aspect about another thing in another case."""
    speech = question.speech
    while True:
        thing, case = random.choice(speech.things), random.choice(speech.cases)
        if thing != question.thing and case != question.case:
            return Question(question.topic, question.language, question.pattern, thing, case, "", question.aspect)


def elsewhere(question: Question, random: Random) -> Question:
    """Somebody else's question, about another topic."""
    topic = random.choice([key for key in TOPICS if key != question.topic])
    return ask(
        topic, question.language, random.randrange(len(TOPICS[topic].speech(question.language).questions)), random
    )


def phrase(part: str, question: Question, random: Random) -> str:
    """A courteous, curt, rude or gushing sentence: `part` is a field of `Manners`."""
    return fill(random.choice(getattr(MANNERS[question.language], part)), spoken_back(question))
