"""Compares an exported folder, read without our code, with the checkpoint: greedy answers and log-probs, or scores.

The questions are held-out prompts of the run's own data that a plain chat template writes as training did; prompts of
ours where there is none. A merged adapter rounds otherwise than one apart, by more than a wrong weight might show: both
are then computed in float64. T: tokens of a response. Left out: reading the folder (`plain_reading`).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor

from engine.data.items import held_out
from engine.data.rendering import Messages, TemplateProblem
from engine.data.system_turn import as_read
from engine.data.templates import Encoded
from engine.data.tool_calls import tools_of
from engine.model_exports import plain_reading
from engine.model_exports.plain_reading import PlainModel
from engine.model_exports.sources import Source
from engine.models.load import Policy
from engine.models.model_folder import ModelProblem
from engine.models.sampler import sample
from engine.models.scoring import last_outputs
from engine.spec.answers import EqualityCheck
from storage import datasets
from storage.database import Database
from storage.errors import StorageError
from storage.records import Item, Response
from words import N_
from words.names import first_line

PROMPTS = 4
TOKENS = 32  # of a greedy answer
AGREEMENT = 1e-5  # nats, or units of a score
FALLBACK = tuple(
    Item(text, ({"role": "user", "content": text},), (Response("a", answer),))
    for text, answer in (("Hello, how are you?", "Fine, thank you."), ("你好，今天怎么样？", "很好，谢谢。"))
)


class Question(NamedTuple):
    """A prompt as messages and tokens, with the variables that its template gets, and a response that is scored."""

    messages: Messages
    variables: dict[str, Any]
    prompt: tuple[int, ...]
    answer: str
    response: tuple[int, ...]


class Answer(NamedTuple):
    """What the checkpoint says to a question."""

    question: Question
    greedy: tuple[int, ...]  # of a reward model, none
    values: Tensor  # (T,) log-probs of the greedy answer and the response; of a reward model one score


def choose_questions(db: Database, source: Source, policy: Policy) -> list[Question]:
    """The first prompts of the run's held-out data that both sides can read the same way."""
    try:
        items = held_out(datasets.load(db, source.spec.data.version))
    except StorageError:  # its data is gone, and the weights are still worth an export
        items = []
    for candidates in (items, FALLBACK):
        readable = [question for item in candidates if (question := _question(item, source, policy))]
        if readable:
            return readable[:PROMPTS]
    return []


def _question(item: Item, source: Source, policy: Policy) -> Question | None:
    """None for a prompt that is cut, refused, or holds control tokens, which training reads as plain text."""
    data, template = source.spec.data, policy.template
    messages, tools = as_read(item.messages, data.system_turn), tools_of(item.extra)
    thinking = {} if data.enable_thinking is None else {"enable_thinking": data.enable_thinking}
    variables = thinking | ({"tools": list(tools)} if tools else {})
    answer = item.responses[0].text if item.responses else FALLBACK[0].responses[0].text
    try:
        prompt, response = template.encode_prompt(messages, tools), template.encode_response(answer)
        plain = plain_reading.prompt_ids(template.tokenizer, messages, variables)
    except (TemplateProblem, ValueError, TypeError):
        return None
    room = min(data.max_tokens, source.location.context or data.max_tokens)
    is_plain = list(prompt) == plain and list(response) == [*_answer_ids(template.tokenizer, answer), template.end]
    if not is_plain or len(prompt) + max(TOKENS, len(response)) > room:
        return None
    return Question(messages, variables, prompt, answer, response)


def _answer_ids(tokenizer: Any, answer: str) -> list[int]:
    return list(tokenizer(answer, add_special_tokens=False).input_ids)


@torch.no_grad()
def answers(source: Source, policy: Policy, questions: Sequence[Question]) -> list[Answer]:
    """What the checkpoint says, in AlignLab's own way; computed before anything of it is merged or written."""
    greedy = [()] * len(questions) if source.is_reward_model else _greedy(policy, questions)
    rows = zip(questions, greedy, strict=True)
    with _precision(policy.model, merged=source.merges):
        return [Answer(question, tokens, _values(source, policy, question, tokens)) for question, tokens in rows]


@contextmanager
def _precision(model: Any, *, merged: bool) -> Iterator[Literal["float32", "float64"]]:
    """The precision in which both sides are computed; afterwards the weights are those of before, in float32."""
    if not merged:
        yield "float32"
        return
    model.double()
    try:
        yield "float64"
    finally:
        model.float()


def _values(source: Source, policy: Policy, question: Question, greedy: Sequence[int]) -> Tensor:
    return _score(policy, question) if source.is_reward_model else _log_probs(policy.model, question, greedy)


def _greedy(policy: Policy, questions: Sequence[Question]) -> list[tuple[int, ...]]:
    drawn = sample(
        policy.model,
        [question.prompt for question in questions],
        [(number,) for number in range(len(questions))],  # greedy decoding draws nothing
        stops=policy.template.stops,
        max_new_tokens=TOKENS,
        temperature=0,
        decoding=policy.decoding,
    )
    return [answer.tokens for answer in drawn]


def compare(folder: Path, expected: Sequence[Answer], policy: Policy, *, merged: bool) -> EqualityCheck:
    """The figures of the comparison; `merged`: whether an adapter was.

    Raises ModelProblem where the folder cannot be read, or says something else.
    """
    try:
        plain = plain_reading.open_folder(folder)
        agreeing = [answer for answer in expected if _reads_alike(plain, answer, policy)]
        with _precision(plain.model, merged=merged) as precision:
            differences = [_difference(plain, answer, policy) for answer in agreeing]
    except OSError:  # of a full disk
        raise
    except Exception as error:  # transformers and peft raise errors of any class
        msgid = N_("The exported folder cannot be read without AlignLab, so it was not kept: {cause}")
        raise ModelProblem(msgid, cause=first_line(error)) from error
    largest = max((float(difference.max()) for difference in differences), default=0.0)
    if not expected or len(agreeing) < len(expected) or not largest <= AGREEMENT:  # NaN neither
        msgid = N_(
            "The exported folder does not say what the checkpoint says, so it was not kept: {equal} of {count} answers "
            "are equal, and the largest difference is {largest} where {limit} is allowed."
        )
        limits = {"largest": f"{largest:.2g}", "limit": f"{AGREEMENT:.0e}"}
        raise ModelProblem(msgid, equal=len(agreeing), count=len(expected), **limits)
    compared = sum(difference.numel() for difference in differences)
    return EqualityCheck(
        prompts=len(expected),
        compared=compared,
        largest_difference=largest,
        limit=AGREEMENT,
        precision=precision,
    )


def _reads_alike(plain: PlainModel, answer: Answer, policy: Policy) -> bool:
    """Whether prompt, greedy answer and text come out the same."""
    question, ends = answer.question, sorted(policy.template.stops)
    if plain_reading.prompt_ids(plain.tokenizer, question.messages, question.variables) != list(question.prompt):
        return False
    if plain.is_reward_model:
        return _ids(plain, question, policy) == [*question.prompt, *question.response]
    tokens = plain_reading.greedy(plain.model, question.prompt, ends, TOKENS)
    return tokens == list(answer.greedy) and plain.tokenizer.decode(tokens) == policy.tokenizer.decode(tokens)


def _difference(plain: PlainModel, answer: Answer, policy: Policy) -> Tensor:
    """The absolute differences of the values: (T,). The constant of our head is not in the folder."""
    question = answer.question
    if not plain.is_reward_model:
        return (_log_probs(plain.model, question, answer.greedy) - answer.values).abs()
    assert policy.head is not None
    score = plain_reading.score(plain.model, _ids(plain, question, policy)) + policy.head.constant
    return (torch.tensor([score]) - answer.values).abs()


def _ids(plain: PlainModel, question: Question, policy: Policy) -> list[int]:
    """A prompt with its answer, as the plain tokenizer makes tokens of them."""
    prompt = plain_reading.prompt_ids(plain.tokenizer, question.messages, question.variables)
    return [*prompt, *_answer_ids(plain.tokenizer, question.answer), policy.template.end]


def _log_probs(model: Any, question: Question, greedy: Sequence[int]) -> Tensor:
    return torch.cat([plain_reading.log_probs(model, question.prompt, row) for row in (greedy, question.response)])


def _score(policy: Policy, question: Question) -> Tensor:
    return last_outputs(policy.model, policy.head, [Encoded(question.prompt, question.response)])
