"""Rows that hold two responses and, in a field of its own, which of them is better. Written back in the same format.

A tie, and two bad ones, make no preference; the responses are kept, and both bad ones are labelled bad.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from storage.errors import Invalid
from storage.formats import field_names
from storage.formats.chat_turns import is_turn
from storage.formats.responses import Candidate, as_message, item, response_turns, with_extra
from storage.formats.row_fields import Row, kind, shown
from storage.records import ImportedVerdict, Item, Preference, Response
from words import N_

FIRST, SECOND = Preference("r1", "r2"), Preference("r2", "r1")
_PREFIX = re.compile(r"^(?:the )?(?:model|response|answer|assistant|output|completion|option|summary)[ _-]?")
_SIGNED = re.compile(r"[+-]?\d{1,3}(?:\.\d{1,9})?")
_TIES = {"tie", "ties", "tied", "draw", "equal", "same", "both", "both good", "neither", "none"}
_BOTH_BAD = {"bothbad", "both bad", "tie bothbad", "tie both bad"}
_SIDE_FIELDS = ("score_a", "score_b", "model_a", "model_b")
MUCH_BETTER = 3  # the most that `overall_preference` can say, as HelpSteer3 has it; a strength is a share of it
DIGITS = 6  # of a number that is written: a third, times three
_WORDS = {"first": 0, "left": 0, "second": 1, "right": 1}


@dataclass(frozen=True)
class Sides:
    """Two responses of a row: their fields, how each is called in a verdict, and what they hold."""

    fields: tuple[str, str]
    names: tuple[str, str]
    values: tuple[Any, Any]


@dataclass(frozen=True)
class Verdict:
    """Which side is better, None for neither."""

    better: int | None
    strength: float | None = None
    both_bad: bool = False


def has_sides(row: Row) -> bool:
    """Whether the row holds two responses that differ in a number or letter of their field's name."""
    return field_names.SUMMARIES in row or _named_sides(row) is not None


def has_verdict(row: Row) -> bool:
    """Whether the row holds two responses, and says by a field of its own which is better."""
    return has_sides(row) and _verdict_field(row) is not None and not {"chosen", "rejected"} <= row.names()


def is_scored(row: Row) -> bool:
    """Whether the row holds two responses, each with a score, and no verdict."""
    sides = _named_sides(row)
    return sides is not None and all(field in row for field in _score_fields(sides[1]))


def read_verdict(row: Row) -> Item:
    """The two responses, and the preference between them unless the verdict is a tie."""
    sides = _sides(row)
    field = _verdict_field(row)
    if field is None:
        raise Invalid(
            N_(
                "The row holds {first} and {second}, but no field that says which is better ({known}). Map the field "
                "that says it."
            ),
            first=sides.fields[0],
            second=sides.fields[1],
            known=", ".join(field_names.VERDICTS[:5]),
        )
    verdict = _won(row) if field in field_names.WON else _verdict(row, field, sides)
    said = _individual(row)
    if verdict.better is None:
        read = _item(row, sides, (), False if verdict.both_bad else None)
    else:
        read = _item(row, sides, (replace((FIRST, SECOND)[verdict.better], strength=verdict.strength),), None)
    return replace(read, verdicts=said)


def side_of_word(word: str) -> tuple[int | None, bool] | None:
    """What a word says of two sides: (the better one, or None; whether both are bad). None where it says nothing."""
    verdict = _word(word, ("a", "b"))
    return None if verdict is None else (verdict.better, verdict.both_bad)


def read_scored(row: Row) -> Item:
    """The two responses with their scores."""
    return _item(row, _sides(row), (), None)


def write_verdicts(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    """A row for each preference, its responses in the item's order; one for an item whose two responses are a tie."""
    for entry in items:
        for preference in entry.preferences:
            sides = [each for each in entry.responses if each.id in (preference.chosen, preference.rejected)]
            sign = -1 if sides[0].id == preference.chosen else 1
            if preference.strength is None:
                verdict: dict[str, Any] = {"preference": "A" if sign < 0 else "B"}
            else:
                number = round(sign * preference.strength * MUCH_BETTER, DIGITS)
                verdict = {"overall_preference": int(number) if number.is_integer() else number}
            yield with_extra(_row(entry, sides) | verdict, entry, *_SIDE_FIELDS)
        if not entry.preferences and len(entry.responses) == 2:
            both_bad = all(response.label is False for response in entry.responses)
            verdict = {"preference": "tie (bothbad)" if both_bad else "tie"}
            yield with_extra(_row(entry, entry.responses) | verdict, entry, *_SIDE_FIELDS)


def _row(entry: Item, sides: Sequence[Response]) -> dict[str, Any]:
    row: dict[str, Any] = {"prompt": list(entry.messages)}
    for name, response in zip("ab", sides, strict=True):
        row[f"response_{name}"] = [as_message(entry, response)]
        row |= {f"score_{name}": response.score} if response.score is not None else {}
        row |= {f"model_{name}": response.origin} if response.origin else {}
    return row


def _item(row: Row, sides: Sides, preferences: tuple[Preference, ...], label: bool | None) -> Item:
    scores = [row.number(field) for field in _score_fields(sides.names)]
    origins = [_origin(row, f"model_{name}") for name in sides.names]
    candidates = [
        Candidate(field, response_turns(value, field), score, label, origin)
        for field, value, score, origin in zip(sides.fields, sides.values, scores, origins, strict=True)
    ]
    return item(row, candidates, preferences)


def _sides(row: Row) -> Sides:
    if field_names.SUMMARIES in row:
        return _summaries(row)
    named = _named_sides(row)
    if named is None:
        raise Invalid(N_("The row does not hold two responses under names such as response_a and response_b."))
    (first, second), names = named
    values = row.need(first), row.need(second)
    if first.startswith("conversation"):
        values = _judged_turns(row, values[0]), _judged_turns(row, values[1])
    return Sides((first, second), names, values)


def _judged_turns(row: Row, conversation: Any) -> Any:
    """A dialogue up to the answer that was judged: `turn` counts it, as MT-bench has verdicts on the first of two."""
    turn = row.look("turn")
    if not isinstance(turn, int) or not isinstance(conversation, list):
        return conversation
    ends = [place for place, each in enumerate(conversation, 1) if is_turn(each) and each.get("role") == "assistant"]
    return conversation[: ends[turn - 1]] if 0 < turn <= len(ends) else conversation


def _individual(row: Row) -> tuple[ImportedVerdict, ...]:
    """What each annotator of HelpSteer3 said: a number below 0 for the first response, above 0 for the second."""
    listed = row.look(field_names.INDIVIDUAL)
    said = []
    for place, own in enumerate(listed if isinstance(listed, list) else [], 1):
        score = own.get("score") if isinstance(own, dict) else None
        if isinstance(score, int | float) and not isinstance(score, bool):
            verdict: Literal["a", "b", "tie"] = "tie" if score == 0 else "a" if score < 0 else "b"
            strength = None if score == 0 else 2 if abs(score) >= MUCH_BETTER else 1
            reason = own.get("reasoning")
            comment = reason if isinstance(reason, str) else None
            said.append(ImportedVerdict(f"annotator {place}", verdict, strength=strength, comment=comment))
    return tuple(said)


def _named_sides(row: Row) -> tuple[tuple[str, str], tuple[str, str]] | None:
    """The fields of two responses, and what their names differ in."""
    return next((((a, b), names) for a, b, names in field_names.SIDES if a in row and b in row), None)


def _summaries(row: Row) -> Sides:
    field = field_names.SUMMARIES
    summaries = row.items(field)
    texts = [summary.get("text") if isinstance(summary, dict) else summary for summary in summaries]
    if len(texts) != 2:
        raise Invalid(N_("The field {field} must hold two responses, not {count}."), field=field, count=len(texts))
    rest = [{name: each[name] for name in each if name != "text"} for each in summaries if isinstance(each, dict)]
    if any(rest):
        row.keep(field, rest)
    return Sides((f"{field} 1", f"{field} 2"), ("0", "1"), (texts[0], texts[1]))


def _score_fields(names: tuple[str, str]) -> list[str]:
    return [f"score_{name}" for name in names]


def _origin(row: Row, field: str) -> str:
    """The model that gave a response, where the row names it."""
    return row.text(field) if isinstance(row.look(field), str) else ""


def _verdict_field(row: Row) -> str | None:
    fields = [name for name in (*field_names.VERDICTS, field_names.WON[0]) if name in row]
    # `labels` is a class number elsewhere
    return row.first(name for name in fields if name != "labels" or "human_ref_A" in row)


def _verdict(row: Row, field: str, sides: Sides) -> Verdict:
    value = row.need(field)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if field == "overall_preference" and isinstance(value, str) and _SIGNED.fullmatch(value):
        value = float(value)
    verdict = _word(value, sides.names) if isinstance(value, str) else _count(field, value, sides.names)
    models = [row.look(f"model_{name}") for name in sides.names]
    if verdict is None and isinstance(value, str) and models.count(value) == 1:
        verdict = Verdict(models.index(value))
    if verdict is None:
        raise Invalid(
            N_("The field {field} must say which response is better ({names}, or tie), not {found}."),
            field=field,
            names=", ".join(sides.names),
            found=shown(value) if isinstance(value, str | int | float) else kind(value),
        )
    return verdict


def _word(value: str, names: tuple[str, str]) -> Verdict | None:
    words = " ".join(re.sub(r"[\[\]()_]", " ", value.casefold()).split())
    if words in _BOTH_BAD or words in _TIES:
        return Verdict(None, both_bad=words in _BOTH_BAD)
    word = _PREFIX.sub("", words, count=1)
    better = _WORDS.get(word, _side(word, names))
    return None if better is None else Verdict(better)


def _count(field: str, value: Any, names: tuple[str, str]) -> Verdict | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if field == "overall_preference":
        return Verdict(None if value == 0 else int(value > 0), min(1.0, abs(value) / MUCH_BETTER) or None)
    if field == "labels":
        return Verdict(int(value == 0)) if value in (0, 1) else None
    better = _side(str(value), ("0", "1") if field == "choice" else names)
    return None if better is None else Verdict(better)


def _side(word: str, names: tuple[str, str]) -> int | None:
    """The side that a letter or number names: letters are always a and b, numbers count as the fields do."""
    if word in ("a", "b"):
        return "ab".index(word)
    numbers = ("0", "1") if names == ("0", "1") else ("1", "2")
    return numbers.index(word) if word in numbers else None


def _won(row: Row) -> Verdict:
    """One column for each outcome, of which one holds 1."""
    won = [row.truth(name) for name in field_names.WON]
    if won.count(True) != 1:
        raise Invalid(N_("Exactly one of the fields {fields} must be 1."), fields=", ".join(field_names.WON))
    return Verdict(None if won[2] else won.index(True))
