"""The answers of one or two models to a few prompts, no two of a prompt equal where that can be had.

An answer's random stream is keyed by seed, prompt, model, number and draw. Equal answers are drawn again; what is
still equal then is left out, unless a prompt would be left with one answer only. Left out: which prompts are answered
(`candidates`), and the decoder (`engine.models.sampler`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from engine.data.system_turn import as_read
from engine.data.tool_calls import tools_of
from engine.models.load import Policy
from engine.models.sampler import Sampled, sample
from engine.spec import Generate
from storage.item_content import UNSTORABLE, prompt_key
from storage.records import Item

REDRAWS = 4  # of an answer that is equal to an earlier one


@dataclass(frozen=True)
class Answerer:
    """A model that answers, and what its answers are called in a dataset."""

    policy: Policy
    origin: str
    weights: str  # the hash of its weights


class Answer(NamedTuple):
    """One answer; `finished` is false where the limit cut it."""

    text: str
    origin: str
    finished: bool


class _Row(NamedTuple):
    """Which answer is drawn: to which prompt, by which of the models, and its number."""

    prompt: int
    model: int
    number: int


def answers(
    items: Sequence[Item], answerers: Sequence[Answerer], spec: Generate, heartbeat: Callable[[], None]
) -> list[list[Answer]]:
    """The answers to each item's prompt: those of the first model, then those of the second.

    Raises what `heartbeat` raises, which is called a token.
    """
    rows = [
        _Row(prompt, model, number)
        for prompt in range(len(items))
        for model in range(len(answerers))
        for number in range(spec.sampling.samples)
    ]
    drawn: dict[_Row, Answer] = {}
    equal: list[_Row] = rows
    for draw in range(1 if spec.sampling.temperature == 0 else 1 + REDRAWS):
        for model, answerer in enumerate(answerers):
            of_model = [row for row in equal if row.model == model]
            drawn |= dict(zip(of_model, _sampled(items, answerer, of_model, draw, spec, heartbeat), strict=True))
        equal = [row for row in rows if _repeats(row, rows, drawn)]
        if not equal:
            break
    return [_kept(prompt, rows, drawn, set(equal)) for prompt in range(len(items))]


def _sampled(
    items: Sequence[Item],
    answerer: Answerer,
    rows: Sequence[_Row],
    draw: int,
    spec: Generate,
    heartbeat: Callable[[], None],
) -> list[Answer]:
    """One draw of each of these answers, all by one model."""
    policy, sampling = answerer.policy, spec.sampling
    prompts = {
        row.prompt: policy.template.encode_prompt(
            as_read(items[row.prompt].messages, spec.data.system_turn), tools_of(items[row.prompt].extra)
        )
        for row in rows
    }
    with policy.autocast():
        sampled = sample(
            policy.model,
            [prompts[row.prompt][-spec.data.max_prompt_tokens :] for row in rows],
            [(spec.seed, int(prompt_key(items[row.prompt].messages), 16), row.model, row.number, draw) for row in rows],
            stops=policy.template.stops,
            max_new_tokens=sampling.max_new_tokens,
            temperature=sampling.temperature,
            top_p=sampling.top_p,
            decoding=policy.decoding,
            heartbeat=heartbeat,
        )
    return [_answer(answer, answerer) for answer in sampled]


def _answer(sampled: Sampled, answerer: Answerer) -> Answer:
    text = UNSTORABLE.sub("\ufffd", answerer.policy.template.decode(sampled.tokens))
    return Answer(text, answerer.origin, sampled.finished)


def _repeats(row: _Row, rows: Sequence[_Row], drawn: dict[_Row, Answer]) -> bool:
    """Whether an earlier answer to the prompt has the same text."""
    text = drawn[row].text.strip()
    return any(drawn[other].text.strip() == text for other in rows if other.prompt == row.prompt and other < row)


def _kept(prompt: int, rows: Sequence[_Row], drawn: dict[_Row, Answer], equal: set[_Row]) -> list[Answer]:
    """The different answers to a prompt; its first two, equal as they are, where there are no two."""
    own = [row for row in rows if row.prompt == prompt]
    different = [row for row in own if row not in equal]
    return [drawn[row] for row in (different if len(different) > 1 else own[:2])]
