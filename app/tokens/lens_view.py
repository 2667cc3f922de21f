"""What the token lens shows of one prompt at one step of a run, as plain JSON: for its route and for the command line.

Left out: drawing it (`app.tokens.lens`), and what the quantities are (`engine.analysis.token_quantities`).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from app.markup import texts
from app.markup.json_numbers import json_number, number_or_none
from engine.analysis import token_quantities
from storage import samples
from storage.database import Database
from storage.errors import NotFound
from storage.item_content import prompt_key
from storage.records import Message, TokenPart, TokenRow
from words import N_

PARTS: tuple[TokenPart, ...] = ("pairs", "rollout", "answers")
"""Where an evaluation has several parts, the first is shown first."""
MOST_PROMPTS = 500  # that are offered
MOST_TOKENS = 2_000  # of a response
DIGITS = 6  # significant ones, which float32 has
PROMPT_CHARACTERS = 90  # of a prompt in a list of them
SAME_TURNS, SAME_CHARACTERS = 8, 999  # of a prompt and of a turn: what the file of tokens keeps of both
_NO_FILES = N_(
    "The run {id} has no values of tokens. They are kept at every evaluation of a train run; a run that came in from a "
    "file has none."
)
_NO_STEP = N_("The run {id} has no values of tokens at step {step}. There are some at: {steps}.")
_NO_PART = N_("The run {id} has no {part} at step {step}. There are: {parts}.")
_NO_PROMPT = N_("The run {id} has no prompt {prompt} at step {step}: they are numbered from 0 to {last}.")
_NO_SUCH_PROMPT = N_("The run {id} has not answered this prompt at step {step}.")


@dataclass(frozen=True)
class Choice:
    """What is asked for; None for the newest step, and for the first part and prompt that there is.

    `like` is the key of a prompt (as answers of this module have it), to find the same prompt in another run.
    """

    step: int | None = None
    part: TokenPart | None = None
    prompt: int | None = None
    like: str | None = None


def part_named(name: str | None) -> TokenPart | None:
    """The part of this name; None for None. Raises ValueError for another."""
    if name is None:
        return None
    for part in PARTS:
        if part == name:
            return part
    raise ValueError(f"There is no part {name}. There are: {', '.join(PARTS)}.")


@dataclass(frozen=True)
class _Prompt:
    number: int
    key: str
    messages: tuple[Message, ...]
    rows: tuple[TokenRow, ...]


def view(db: Database, run_id: str, choice: Choice) -> dict[str, Any]:
    """The responses to one prompt, token by token, and what else could be chosen. Raises NotFound."""
    step, steps = _step(db, run_id, choice.step)
    rows = samples.token_rows(db, run_id, step)
    part, parts = _part(run_id, step, rows, choice.part)
    answers = {sample.prompt_index: sample for sample in samples.listing(db, run_id, step=step)}
    messages_by_number = {number: sample.messages for number, sample in answers.items()} if part == "answers" else {}
    own_rows = [row for row in rows if row.part == part]
    if part == "pairs":
        own_rows = _numbered_alike(own_rows, {number: sample.messages for number, sample in answers.items()})
    prompts = _prompts(own_rows, messages_by_number)
    prompt = _prompt(run_id, step, prompts, choice)
    described = [_row(row) for row in prompt.rows]
    if part == "answers" and prompt.number in answers:
        for row in described:
            row["scores"] = {name: json_number(score) for name, score in answers[prompt.number].scores.items()}
            row["text"] = row["text"] or answers[prompt.number].text
    return {
        "run": run_id,
        "step": step,
        "steps": steps,
        "part": part,
        "parts": parts,
        "prompt": prompt.number,
        "key": prompt.key,
        "prompts": [[other.number, _in_short(other.messages)] for other in prompts[:MOST_PROMPTS]],
        "messages": list(prompt.messages),
        "quantities": _quantities(described),
        "margin": _margin(described),
        "rows": described,
    }


def _step(db: Database, run_id: str, wanted: int | None) -> tuple[int, list[int]]:
    steps = samples.token_steps(db, run_id)
    if not steps:
        raise NotFound(_NO_FILES, id=run_id)
    if wanted is not None and wanted not in steps:
        raise NotFound(_NO_STEP, id=run_id, step=wanted, steps=", ".join(map(str, steps)))
    return (steps[-1] if wanted is None else wanted), steps


def _part(run_id: str, step: int, rows: Sequence[TokenRow], wanted: TokenPart | None) -> tuple[TokenPart, list[str]]:
    parts: list[TokenPart] = [part for part in PARTS if any(row.part == part for row in rows)]
    if not parts or (wanted is not None and wanted not in parts):
        raise NotFound(_NO_PART, id=run_id, step=step, part=wanted or "tokens", parts=", ".join(parts) or "-")
    return wanted or parts[0], list(parts)


def _numbered_alike(rows: Sequence[TokenRow], sampled: Mapping[int, tuple[Message, ...]]) -> list[TokenRow]:
    """Responses of the data under the numbers that their prompts have among the sampled answers (`sampled`), so that a
    reader meets one numbering. Where none of these is the same prompt, or several are, a number follows after theirs.
    """
    numbers: dict[str, list[int]] = {}
    for index, messages in sampled.items():
        numbers.setdefault(_known_by(messages), []).append(index)
    beyond = max(sampled, default=-1) + 1

    def number(row: TokenRow) -> int:
        same = numbers.get(_known_by(row.messages), [])
        return same[0] if len(same) == 1 else beyond + row.prompt

    return sorted((replace(row, prompt=number(row)) for row in rows), key=lambda row: row.prompt)


def _known_by(messages: Sequence[Message]) -> str:
    """The same for a prompt and for what the file of tokens keeps of it."""
    turns = messages[-SAME_TURNS:]
    return str([(str(turn.get("role", "")), str(turn.get("content") or "")[:SAME_CHARACTERS]) for turn in turns])


def _prompts(rows: Sequence[TokenRow], messages_by_number: Mapping[int, tuple[Message, ...]]) -> list[_Prompt]:
    """The prompts of a part. One that comes again has a number after its key, so that the key names one of them."""
    by_number: dict[int, list[TokenRow]] = {}
    for row in rows:
        by_number.setdefault(row.prompt, []).append(row)
    prompts, seen = [], Counter[str]()
    for number, same in by_number.items():
        messages = messages_by_number.get(number, same[0].messages)
        key = prompt_key([{"role": str(turn.get("role")), "content": str(turn.get("content"))} for turn in messages])
        prompts.append(_Prompt(number, f"{key[:16]}.{seen[key]}", messages, tuple(same)))
        seen[key] += 1
    return prompts


def _prompt(run_id: str, step: int, prompts: Sequence[_Prompt], choice: Choice) -> _Prompt:
    if choice.like is not None:
        for prompt in prompts:
            if prompt.key == choice.like:
                return prompt
        raise NotFound(_NO_SUCH_PROMPT, id=run_id, step=step)
    wanted = prompts[0].number if choice.prompt is None else choice.prompt
    for prompt in prompts:
        if prompt.number == wanted:
            return prompt
    raise NotFound(_NO_PROMPT, id=run_id, step=step, prompt=wanted, last=prompts[-1].number)


def _row(row: TokenRow) -> dict[str, Any]:
    """One response; `cut` is the number of its tokens that are left out at the end."""
    values = token_quantities.derived(row.values, sampled=row.part != "pairs")
    return {
        "label": row.label,
        "score": None if row.score is None else json_number(row.score, DIGITS),
        "scores": {},
        "text": "".join(row.pieces),
        "ids": row.ids[:MOST_TOKENS].tolist(),
        "pieces": list(row.pieces[:MOST_TOKENS]),
        "special": row.special[:MOST_TOKENS].tolist(),
        "values": {name: _numbers(array[:MOST_TOKENS]) for name, array in values.items()},
        "totals": {name: token_quantities.total(array) for name, array in values.items()},
        "means": {name: token_quantities.mean(array) for name, array in values.items()},
        "tokens": len(row.ids),
        "cut": max(0, len(row.ids) - MOST_TOKENS),
    }


def _quantities(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    present = {name for row in rows for name in row["values"]}
    return [quantity.name for quantity in token_quantities.QUANTITIES if quantity.name in present]


def _margin(rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """By how much the chosen response leads: in the sum of each quantity that both have. None of several pairs."""
    if len(rows) > 2:
        return {}
    by_label = {row["label"]: row["totals"] for row in rows}
    chosen, rejected = by_label.get("chosen", {}), by_label.get("rejected", {})
    both = [name for name in chosen if chosen[name] is not None and rejected.get(name) is not None]
    return {name: chosen[name] - rejected[name] for name in both}


def _in_short(messages: Sequence[Message]) -> str:
    """What a prompt is known by in a list: the beginning of its last question."""
    question = texts.turn_text(messages[texts.last_question(messages)]) if messages else ""
    text = " ".join(question.split())
    return text if len(text) <= PROMPT_CHARACTERS else text[: PROMPT_CHARACTERS - 1] + "…"


def _numbers(array: np.ndarray) -> list[float | None]:
    return [number_or_none(value, DIGITS) for value in array.tolist()]
