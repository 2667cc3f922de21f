"""From chat messages to tokens: a prompt as the model's template writes it, and the response that is trained.

A response is the answer's tokens plus the template's end-of-turn token; both are scored. Prompt and answer are
tokenised apart, so an answer has the same tokens after any prompt. Left out: how a template is rendered (`rendering`),
and batches and padding (`engine.models.scoring`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple, Protocol

from engine.analysis import thinking
from engine.data import token_pieces
from engine.data.control_tokens import ControlTokens, end_typed, marks
from engine.data.rendering import Messages, TemplateProblem, render
from engine.data.tool_calls import Answer, Tools, called_names, with_objects
from engine.spec.answers import Piece
from words import N_

__all__ = ["PLAIN", "Conversation", "Encoded", "Encoder", "Template", "TemplateProblem", "truncate"]

# For models that bring no template of their own.
PLAIN = (
    "{% for message in messages %}{{ message['role'] | capitalize }}:\n{{ message['content'] }}"
    "{% if message['role'] == 'assistant' %}{{ eos_token }}{% endif %}{{ '\n\n' }}{% endfor %}"
    "{% if add_generation_prompt %}Assistant:\n{% endif %}"
)
_QUESTION, _ANSWER = "QuestionQuestion", "AnswerAnswer"
_CONVERSATION = ({"role": "user", "content": _QUESTION}, {"role": "assistant", "content": _ANSWER})
_CALLS_LEFT_OUT = N_("The model's chat template does not write the calls of tools that an answer makes.")
_PROMPT_CHANGED = N_("The model's chat template writes the prompt otherwise where the answer calls tools.")


class Conversation(NamedTuple):
    """A prompt with answers to it, and the tools that these may call."""

    messages: Messages
    answers: Sequence[Answer] = ()
    tools: Tools = None


class Encoded(NamedTuple):
    """One prompt and one response to it, as token ids."""

    prompt: tuple[int, ...]
    response: tuple[int, ...]


class Encoder(Protocol):
    """What makes tokens of many conversations, here or in a process apart."""

    def encode_all(
        self, conversations: Sequence[Conversation], max_tokens: int, max_prompt_tokens: int
    ) -> list[list[Encoded] | TemplateProblem]:
        """The answers of each conversation, cut to the limits, or the problem where it is refused."""

    def check_all(self, conversations: Sequence[Conversation]) -> list[TemplateProblem | None]:
        """Why each prompt, or an answer to it that calls tools, is refused; None where none is."""

    def typed_ends(self, texts: Sequence[str]) -> list[bool]:
        """Whether an end token is written out at the end of each text."""


@dataclass(frozen=True)
class Template:
    """A tokenizer with its chat template. `end` closes a response; sampling stops at any of `stops`."""

    tokenizer: Any
    end: int
    stops: frozenset[int]
    plain: str | None  # the project's own template, where the model has none
    written_at: datetime | None = None  # the date that the template may write; now if None
    enable_thinking: bool | None = None  # what the template is told about thinking; nothing if None

    @classmethod
    def from_tokenizer(cls, tokenizer: Any, ends: Iterable[int] = ()) -> "Template":
        """The template of a tokenizer, which gets the project's plain one if it has none.

        `ends` are the ids at which the model's own settings end a text. The first stands in for an end token that the
        tokenizer does not name.
        """
        ends = [token for token in ends if token in tokenizer.added_tokens_decoder]
        if tokenizer.eos_token_id is None and ends:
            tokenizer.eos_token = tokenizer.convert_ids_to_tokens(ends[0])
        if tokenizer.eos_token_id is None:
            raise TemplateProblem(N_("The model's tokenizer has no end-of-text token, so no answer could ever end."))
        plain = None
        if tokenizer.chat_template is None:
            begins = tokenizer.bos_token_id is not None and tokenizer.bos_token_id in tokenizer("").input_ids
            tokenizer.chat_template = plain = ("{{ bos_token }}" if begins else "") + PLAIN
        end = _end_of_turn(tokenizer)
        return cls(tokenizer, end, frozenset({end, tokenizer.eos_token_id, *ends}), plain)

    def for_run(self, written_at: datetime | None, enable_thinking: bool | None) -> "Template":
        """The template as one run uses it, today and when it is resumed."""
        return replace(self, written_at=written_at, enable_thinking=enable_thinking)

    def encode_prompt(self, messages: Messages, tools: Tools = None) -> tuple[int, ...]:
        """The conversation up to the point where the answer begins."""
        messages, tools, encode = self._prepared(messages, tools)
        ids = self._ids(self._render(messages, tools, add_generation_prompt=True), encode)
        if not ids:
            raise TemplateProblem(N_("The model's chat template writes nothing for this conversation."))
        return tuple(ids)

    def encode_response(self, text: str) -> tuple[int, ...]:
        """The answer and the end of its turn: never empty, also for an empty answer.

        One end token that the text itself ends with is taken off: it would be the end of the turn twice.
        """
        text = self._untyped(text)
        if self._control.found(text):
            return (*self._ids(self._control.marked(text), self._control.encode), self.end)
        return (*self._ids(text, self._plain_ids), self.end)

    def encode_answer(self, messages: Messages, answer: Answer, tools: Tools = None) -> tuple[int, ...]:
        """A text as `encode_response` does; of calls of tools, what the template writes for them after the prompt."""
        if isinstance(answer, str):
            return self.encode_response(answer)
        messages, tools, encode = self._prepared([*messages, answer], tools)
        prompt = self._render(messages[:-1], tools, add_generation_prompt=True)
        whole = self._render(messages, tools, add_generation_prompt=False)
        if not whole.startswith(prompt):
            raise TemplateProblem(_PROMPT_CHANGED)
        written = whole[len(prompt) :]
        names = called_names(answer)
        if not all(name and name in written for name in names) or whole == self._without_calls(messages, tools):
            raise TemplateProblem(_CALLS_LEFT_OUT)
        ids = self._ids(written.rstrip(), encode)
        ends = [index for index, token in enumerate(ids, 1) if token in self.stops]
        return (*ids[: ends[-1]],) if ends else (*ids, self.end)

    def encode(
        self,
        messages: Messages,
        answers: Iterable[Answer],
        max_tokens: int,
        max_prompt_tokens: int,
        tools: Tools = None,
    ) -> list[Encoded]:
        """The answers to one prompt, cut to the limits: [] where one of them is left without a token."""
        responses = [self.encode_answer(messages, answer, tools) for answer in answers]
        return truncate(self.encode_prompt(messages, tools), responses, max_tokens, max_prompt_tokens)

    def encode_all(
        self, conversations: Sequence[Conversation], max_tokens: int, max_prompt_tokens: int
    ) -> list[list[Encoded] | TemplateProblem]:
        """`encode` for many conversations, and the problem where one is refused."""
        results: list[list[Encoded] | TemplateProblem] = []
        for messages, answers, tools in conversations:
            try:
                results.append(self.encode(messages, answers, max_tokens, max_prompt_tokens, tools))
            except TemplateProblem as problem:
                results.append(problem)
        return results

    def check_all(self, conversations: Sequence[Conversation]) -> list[TemplateProblem | None]:
        """Why each prompt, or an answer to it that calls tools, is refused; None where none is."""
        problems: list[TemplateProblem | None] = []
        for conversation in conversations:
            try:
                self.check(*conversation)
                problems.append(None)
            except TemplateProblem as problem:
                problems.append(problem)
        return problems

    def check(self, messages: Messages, answers: Sequence[Answer], tools: Tools) -> None:
        """Raises TemplateProblem where `encode` would for the prompt, or for an answer that calls tools."""
        self.encode_prompt(messages, tools)
        for answer in answers:
            if not isinstance(answer, str):
                self.encode_answer(messages, answer, tools)

    def typed_ends(self, texts: Sequence[str]) -> list[bool]:
        """`typed_end` for many answers."""
        return [self.typed_end(text) for text in texts]

    def typed_end(self, text: str) -> bool:
        """Whether an end token is written out at the end of the answer; `encode_response` takes one off."""
        return end_typed(text, self._ends) is not None

    def written_otherwise(self, conversations: Sequence[Conversation]) -> list[str | None]:
        """Each conversation with its first answer as the template writes it, where that is not what is trained on."""
        return [self.whole_otherwise(*conversation) for conversation in conversations]

    def whole_otherwise(self, messages: Messages, answers: Sequence[Answer], tools: Tools) -> str | None:
        """The conversation with its answer as the template writes it, where that is not prompt and answer; else None.

        Templates that think write a block before the answer in one of the two and not in the other. White space is
        left out of the comparison, and so are conversations that are refused, and answers that call tools: these are
        trained on as the template writes them.
        """
        answer = answers[0]
        if not isinstance(answer, str):
            return None
        text = self._untyped(answer)
        try:
            prompt = self._render(messages, tools, add_generation_prompt=True)
            turns = [*messages, {"role": "assistant", "content": text}]
            whole = self._render(turns, tools, add_generation_prompt=False)
        except TemplateProblem:
            return None
        return None if _squeezed(whole).startswith(_squeezed(prompt + text)) else whole

    def decode(self, tokens: Sequence[int]) -> str:
        """The text of a response, without special tokens (marks of thinking stay). Cut characters become U+FFFD."""
        return self._shown([token for token in tokens if token not in self._silent])

    def pieces(self, tokens: Sequence[int]) -> list[str]:
        """The text of each token of a response, of special ones too (`token_pieces`)."""
        return token_pieces.pieces(tokens, self._shown)

    def special(self, tokens: Sequence[int]) -> list[bool]:
        """Whether each token of a response is a sign of the template, and no text."""
        return [token in self._silent or token in self.stops for token in tokens]

    def marked(
        self, messages: Messages, answer: Answer, max_tokens: int, max_prompt_tokens: int, tools: Tools = None
    ) -> list[Piece]:
        """One example after cutting, in pieces: what is read only, what is trained, and the end of the turn.

        Where tokens were cut there is a piece "cut" with their number.
        """
        prompt, response = self.encode_prompt(messages, tools), self.encode_answer(messages, answer, tools)
        pieces: list[Piece] = []
        for encoded in truncate(prompt, [response], max_tokens, max_prompt_tokens):
            ends = encoded.response[-1:] == (self.end,)
            body = encoded.response[:-1] if ends else encoded.response
            pieces = _cut(prompt, encoded.prompt)
            pieces += [Piece(self._shown(encoded.prompt), "prompt"), Piece(self._shown(body), "response")]
            pieces += [Piece(self._shown((self.end,)), "end")] if ends else _cut(response, encoded.response)
        return pieces

    @cached_property
    def _control(self) -> ControlTokens:
        written = [render(self.tokenizer, _CONVERSATION, add_generation_prompt=prompt) for prompt in (True, False)]
        return ControlTokens(self.tokenizer, "".join(written))

    @cached_property
    def _silent(self) -> frozenset[int]:
        """The special tokens, which no text shows. A model may call the marks of thinking special."""
        added = self.tokenizer.added_tokens_decoder.items()
        return frozenset(id_ for id_, token in added if token.special and token.content not in thinking.MARKS)

    @cached_property
    def _ends(self) -> list[str]:
        """The tokens that end a response, as a person may have typed them."""
        return marks(self.tokenizer.convert_ids_to_tokens(sorted(self.stops)))

    def _untyped(self, text: str) -> str:
        untyped = end_typed(text, self._ends)
        return text if untyped is None else untyped

    def _without_typed_end(self, message: Mapping[str, Any]) -> Mapping[str, Any]:
        content = message.get("content")
        if message.get("role") != "assistant" or not isinstance(content, str) or not self.typed_end(content):
            return message
        return {**message, "content": self._untyped(content)}

    def _prepared(self, messages: Messages, tools: Tools) -> tuple[Messages, Tools, Callable[[str], list[int]]]:
        """What the template gets of a conversation, and what makes tokens of the text that it writes."""
        messages = [with_objects(self._without_typed_end(message)) for message in messages]
        if self._control.found(messages) or self._control.found(tools):
            return self._control.marked(messages), tools and self._control.marked(tools), self._control.encode
        return messages, tools, self._plain_ids

    def _without_calls(self, messages: Messages, tools: Tools) -> str | None:
        """The text of a conversation whose last message calls nothing; None where that is refused."""
        *before, last = messages
        silent = {name: value for name, value in last.items() if name != "tool_calls"}
        try:
            return self._render([*before, silent], tools, add_generation_prompt=False)
        except TemplateProblem:
            return None

    def _render(self, messages: Messages, tools: Tools = None, *, add_generation_prompt: bool) -> str:
        variables: dict[str, Any] = {} if self.enable_thinking is None else {"enable_thinking": self.enable_thinking}
        return render(
            self.tokenizer,
            messages,
            add_generation_prompt=add_generation_prompt,
            written_at=self.written_at,
            variables=variables | ({"tools": list(tools)} if tools else {}),
        )

    def _ids(self, text: str, encode: Callable[[str], list[int]]) -> list[int]:
        try:
            return encode(text)
        except Exception as error:  # of the tokenizers' library: lone surrogates, for one, are a TypeError
            raise TemplateProblem(
                N_("The model's tokenizer cannot read this text: {cause}"), cause=str(error)[:300]
            ) from None

    def _plain_ids(self, text: str) -> list[int]:
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
    written = render(tokenizer, _CONVERSATION, add_generation_prompt=False)
    if _QUESTION.casefold() not in written.casefold():
        raise TemplateProblem(N_("The model's chat template leaves out what the user says, so all prompts are alike."))
    _before, answer, after = written.rpartition(_ANSWER)
    if not answer:
        return int(tokenizer.eos_token_id)
    special = {token for token, added in tokenizer.added_tokens_decoder.items() if added.special}
    ids = tokenizer(after, add_special_tokens=False).input_ids
    end: int = next((token for token in ids if token in special), tokenizer.eos_token_id)
    return end


def _squeezed(text: str) -> str:
    """The text without white space."""
    return "".join(text.split())
