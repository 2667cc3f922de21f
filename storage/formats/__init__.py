"""The forms in which preference data is read and written. A new one is a file here and a line in `_ALL`.

What lies in a file, and at which line, is `files`; what a row means is each form's own.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from storage.errors import Invalid, NotFound
from storage.formats import hh, native, sharegpt, trl
from storage.formats.rows import Row
from storage.records import Item
from words import N_

LOOKED_AT = 50


@dataclass(frozen=True)
class Format:
    """One form. `kind` is the kind of dataset it holds, None where the rows themselves say.

    `read` raises Invalid with a sentence about the row; `write` gives the rows of a file.
    """

    name: str
    title: str
    kind: str | None
    matches: Callable[[Row], bool]
    read: Callable[[Row], Item]
    write: Callable[[Sequence[Item]], Iterator[dict[str, Any]]]


# in the order in which they are tried: the more particular form first
_ALL = (
    Format("jsonl", N_("AlignLab, everything kept"), None, native.matches, native.read, native.write),
    Format("hh", N_("HH-RLHF dialogues"), "pairs", hh.matches, hh.read, hh.write),
    Format(
        "sharegpt",
        N_("LLaMA-Factory pairs"),
        "pairs",
        sharegpt.matches_pairs,
        sharegpt.read_pairs,
        sharegpt.write_pairs,
    ),
    Format("trl", N_("TRL preference"), "pairs", trl.matches_preference, trl.read_preference, trl.write_preference),
    Format(
        "trl-messages",
        N_("TRL preference, as messages"),
        "pairs",
        trl.matches_preference,
        trl.read_preference,
        trl.write_messages,
    ),
    Format("trl-unpaired", N_("TRL unpaired"), "unpaired", trl.matches_unpaired, trl.read_unpaired, trl.write_unpaired),
    Format(
        "sharegpt-unpaired",
        N_("LLaMA-Factory labelled answers"),
        "unpaired",
        sharegpt.matches_unpaired,
        sharegpt.read_unpaired,
        sharegpt.write_unpaired,
    ),
    Format(
        "trl-completion",
        N_("TRL prompt and completion"),
        "demonstrations",
        trl.matches_completion,
        trl.read_completion,
        trl.write_completion,
    ),
    Format(
        "messages",
        N_("Dialogues to imitate"),
        "demonstrations",
        sharegpt.matches_demonstrations,
        sharegpt.read_demonstrations,
        sharegpt.write_demonstrations,
    ),
    Format("trl-prompt", N_("TRL prompts"), "prompts", trl.matches_prompt, trl.read_prompt, trl.write_prompt),
)
FORMATS: dict[str, Format] = {format.name: format for format in _ALL}


def named(name: str) -> Format:
    """The form of this name."""
    if name not in FORMATS:
        raise NotFound(N_("There is no form {name}; known are {known}."), name=name, known=", ".join(FORMATS))
    return FORMATS[name]


def detect(rows: Sequence[Row]) -> Format:
    """The form that most of the first rows have."""
    first_rows = rows[:LOOKED_AT]
    matches = {name: sum(form.matches(row) for row in first_rows) for name, form in FORMATS.items()}
    best = max(matches, key=lambda name: matches[name])
    if not matches[best]:
        sentence = N_(
            "No known form fits: the first row has the fields {fields}. Pairs need chosen and rejected, with prompt or "
            "conversations; single answers need prompt and completion, or messages."
        )
        raise Invalid(sentence, fields=", ".join(first_rows[0]) or "-")
    return FORMATS[best]
