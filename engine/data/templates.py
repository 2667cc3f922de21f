"""From chat messages to tokens: a prompt as the model's template writes it, and the response that is trained.

A response is the answer's tokens plus the template's end-of-turn token; both are scored. Prompt and answer are
tokenised apart, so an answer has the same tokens after any prompt. Left out: batches and padding
(`engine.models.scoring`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from jinja2 import TemplateError

from engine.spec.answers import Piece
from words import N_, Explained

Messages = Sequence[Mapping[str, Any]]

# For models that bring no template of their own.
PLAIN = (
    "{% for message in messages %}{{ message['role'] | capitalize }}:\n{{ message['content'] }}"
    "{% if message['role'] == 'assistant' %}{{ eos_token }}{% endif %}{{ '\n\n' }}{% endfor %}"
    "{% if add_generation_prompt %}Assistant:\n{% endif %}"
)
_ANSWER = "AnswerAnswer"


class TemplateProblem(Explained):
    """A conversation or tokenizer that no prompt can be made from."""


class Encoded(NamedTuple):
    """One prompt and one response to it, as token ids."""

    prompt: tuple[int, ...]
    response: tuple[int, ...]


@dataclass(frozen=True)
class Template:
    """A tokenizer with its chat template. `end` closes a response; sampling stops at any of `stops`."""

    tokenizer: Any
    end: int
    stops: frozenset[int]
    plain: str | None  # the project's own template, where the model has none

    @classmethod
    def from_tokenizer(cls, tokenizer: Any) -> "Template":
        """The template of a tokenizer, which gets the project's plain one if it has none."""
        if tokenizer.eos_token_id is None:
            raise TemplateProblem(N_("The model's tokenizer has no end-of-text token, so no answer could ever end."))
        plain = None
        if tokenizer.chat_template is None:
            begins = tokenizer.bos_token_id is not None and tokenizer.bos_token_id in tokenizer("").input_ids
            tokenizer.chat_template = plain = ("{{ bos_token }}" if begins else "") + PLAIN
        end = _end_of_turn(tokenizer)
        return cls(tokenizer, end, frozenset({end, tokenizer.eos_token_id}), plain)

    def encode_prompt(self, messages: Messages) -> tuple[int, ...]:
        """The conversation up to the point where the answer begins."""
        return tuple(self._ids(_render(self.tokenizer, messages, add_generation_prompt=True)))

    def encode_response(self, text: str) -> tuple[int, ...]:
        """The answer and the end of its turn: never empty, also for an empty answer."""
        return (*self._ids(text), self.end)

    def encode(
        self, messages: Messages, answers: Iterable[str], max_tokens: int, max_prompt_tokens: int
    ) -> list[Encoded]:
        """The answers to one prompt, cut to the limits: [] where one of them is left without a token."""
        responses = [self.encode_response(text) for text in answers]
        return truncate(self.encode_prompt(messages), responses, max_tokens, max_prompt_tokens)

    def decode(self, tokens: Sequence[int]) -> str:
        """The text of a response, without special tokens. Cut characters become U+FFFD."""
        text: str = self.tokenizer.decode(list(tokens), skip_special_tokens=True, clean_up_tokenization_spaces=False)
        return text

    def marked(self, messages: Messages, answer: str, max_tokens: int, max_prompt_tokens: int) -> list[Piece]:
        """One example after cutting, in pieces: what is read only, what is trained, and the end of the turn.

        Where tokens were cut there is a piece "cut" with their number.
        """
        prompt, response = self.encode_prompt(messages), self.encode_response(answer)
        pieces: list[Piece] = []
        for encoded in truncate(prompt, [response], max_tokens, max_prompt_tokens):
            ends = encoded.response[-1:] == (self.end,)
            body = encoded.response[:-1] if ends else encoded.response
            pieces = _cut(prompt, encoded.prompt)
            pieces += [Piece(self._shown(encoded.prompt), "prompt"), Piece(self._shown(body), "response")]
            pieces += [Piece(self._shown((self.end,)), "end")] if ends else _cut(response, encoded.response)
        return pieces

    def _ids(self, text: str) -> list[int]:
        ids: list[int] = self.tokenizer(text, add_special_tokens=False).input_ids
        return ids

    def _shown(self, tokens: Sequence[int]) -> str:
        text: str = self.tokenizer.decode(list(tokens), clean_up_tokenization_spaces=False)
        return text


def truncate(
    prompt: tuple[int, ...], responses: Sequence[tuple[int, ...]], max_tokens: int, max_prompt_tokens: int
) -> list[Encoded]:
    """Prompts lose their beginning first, then all the prompt's responses their end.

    [] where a response is left without a token: it is to be skipped and counted, and the others with it.

    >>> truncate((1, 2, 3), [(4, 5), (6, 7, 8, 9)], max_tokens=5, max_prompt_tokens=2)
    [Encoded(prompt=(2, 3), response=(4, 5)), Encoded(prompt=(2, 3), response=(6, 7, 8))]
    >>> truncate((1, 2, 3), [(4, 5)], max_tokens=3, max_prompt_tokens=3)
    []
    """
    prompt_end = prompt[-max_prompt_tokens:]
    room = max(0, max_tokens - len(prompt_end))
    encoded = [Encoded(prompt_end, response[:room]) for response in responses]
    return encoded if all(pair.response for pair in encoded) else []


def _cut(whole: Sequence[int], remaining: Sequence[int]) -> list[Piece]:
    """How many tokens are left out here; nothing where none is."""
    count = len(whole) - len(remaining)
    return [Piece(str(count), "cut")] if count else []


def _end_of_turn(tokenizer: Any) -> int:
    """The first special token that the template writes after an answer, else the end of the text."""
    conversation = [{"role": "user", "content": "Question"}, {"role": "assistant", "content": _ANSWER}]
    after = _render(tokenizer, conversation, add_generation_prompt=False).rpartition(_ANSWER)[2]
    special = {token for token, added in tokenizer.added_tokens_decoder.items() if added.special}
    ids = tokenizer(after, add_special_tokens=False).input_ids
    end: int = next((token for token in ids if token in special), tokenizer.eos_token_id)
    return end


def _render(tokenizer: Any, messages: Messages, *, add_generation_prompt: bool) -> str:
    try:
        text: str = tokenizer.apply_chat_template(
            [dict(message) for message in messages], tokenize=False, add_generation_prompt=add_generation_prompt
        )
    except TemplateError as error:
        raise TemplateProblem(
            N_("The model's chat template refuses this conversation: {cause}"), cause=str(error)
        ) from None
    return text
