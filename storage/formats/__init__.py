"""The formats in which preference data is read and written. A new one is a file here and a line in `_ALL`.

Rows are read by the names of their fields (`field_names`): any way to hold the prompt goes with any way to hold the
responses. What lies in a file, and at which line, is `storage.containers`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from storage.errors import NotFound, Unmapped
from storage.formats import (
    alpaca,
    argilla,
    completions,
    fitting,
    hh,
    label_studio,
    native,
    openai_pairs,
    scored_lists,
    sharegpt,
    swift,
    trl,
    verdicts,
)
from storage.formats.preferences import is_pair, read_pair
from storage.formats.prompt_fields import has_prompt
from storage.formats.responses import KEPT as KEPT
from storage.formats.row_fields import Row
from storage.item_content import check_values
from storage.records import Item
from words import N_
from words.names import listed

LOOKED_AT = 50


@dataclass(frozen=True)
class Format:
    """One format. `kind` is the kind of dataset it holds, None where the rows themselves say.

    Without `write_rows` it is only read.
    """

    name: str
    title: str
    kind: str | None
    matches: Callable[[Row], bool]
    read_row: Callable[[Row], Item]
    write_rows: Callable[[Sequence[Item]], Iterator[dict[str, Any]]] | None

    def read(self, fields: Mapping[str, Any]) -> Item:
        """The item that a row is; fields that mean nothing to us are its extra fields. Raises Invalid."""
        return self.read_row(Row(fields))

    def fits(self, item: Item) -> bool:
        """Whether the item has rows in this form. Raises Invalid where they would not be read back as they are."""
        rows = list(self.write([item]))
        for row in rows:
            fitting.check_same(item, self.read(row), self.name)
        return bool(rows)

    def write(self, items: Sequence[Item]) -> Iterator[dict[str, Any]]:
        """The rows of a file that hold the items. Raises Invalid for a value that could not be imported again."""
        for row in self.write_rows(items) if self.write_rows else ():
            check_values(row)
            yield row


def _compares_sides(row: Row) -> bool:
    """Whether the row holds two responses and a verdict, or two responses and nothing else that could be read."""
    if verdicts.has_verdict(row):
        return True
    others = (is_pair, scored_lists.is_scored, completions.is_completion)
    return verdicts.has_sides(row) and not any(matches(row) for matches in others)


# in the order in which they are tried: the more particular format first
_ALL = (
    Format("jsonl", N_("AlignLab, everything kept"), None, native.matches, native.read, native.write),
    Format(
        "label-studio",
        N_("Label Studio annotations"),
        None,
        label_studio.matches,
        label_studio.read,
        None,
    ),
    Format("argilla", N_("Argilla records"), None, argilla.matches, argilla.read, None),
    Format("hh", N_("HH-RLHF dialogues"), "pairs", hh.matches, hh.read, hh.write),
    Format(
        "verdicts",
        N_("Two answers and which is better"),
        "pairs",
        _compares_sides,
        verdicts.read_verdict,
        verdicts.write_verdicts,
    ),
    Format("openai", N_("OpenAI preference"), "pairs", openai_pairs.is_openai, read_pair, openai_pairs.write_pairs),
    Format("swift", N_("ms-swift pairs"), "pairs", swift.is_swift, read_pair, swift.write_pairs),
    Format(
        "alpaca",
        N_("LLaMA-Factory alpaca pairs"),
        "pairs",
        lambda row: is_pair(row) and alpaca.is_alpaca(row),
        read_pair,
        alpaca.write_pairs,
    ),
    Format(
        "sharegpt",
        N_("LLaMA-Factory pairs"),
        "pairs",
        lambda row: is_pair(row) and "conversations" in row,
        read_pair,
        sharegpt.write_pairs,
    ),
    Format("trl", N_("TRL preference"), "pairs", is_pair, read_pair, trl.write_preference),
    Format("trl-messages", N_("TRL preference, as messages"), "pairs", is_pair, read_pair, trl.write_messages),
    Format(
        "trl-implicit",
        N_("TRL preference, the prompt within the dialogues"),
        "pairs",
        is_pair,
        read_pair,
        trl.write_implicit,
    ),
    Format(
        "scored",
        N_("Scored answers"),
        "groups",
        scored_lists.is_scored,
        scored_lists.read_scored,
        scored_lists.write_scored,
    ),
    Format(
        "alpaca-unpaired",
        N_("LLaMA-Factory alpaca, labelled answers"),
        "unpaired",
        lambda row: completions.is_labelled(row) and alpaca.is_alpaca(row),
        completions.read_labelled,
        alpaca.write_labelled,
    ),
    Format(
        "sharegpt-unpaired",
        N_("LLaMA-Factory labelled answers"),
        "unpaired",
        lambda row: completions.is_labelled(row) and sharegpt.has_dialogue(row),
        completions.read_labelled,
        sharegpt.write_labelled,
    ),
    Format(
        "trl-unpaired",
        N_("TRL unpaired"),
        "unpaired",
        completions.is_labelled,
        completions.read_labelled,
        trl.write_unpaired,
    ),
    Format(
        "swift-unpaired",
        N_("ms-swift labelled answers"),
        "unpaired",
        completions.is_labelled,
        completions.read_labelled,
        swift.write_labelled,
    ),
    Format(
        "alpaca-completion",
        N_("LLaMA-Factory instruction and output"),
        "demonstrations",
        lambda row: completions.is_completion(row) and alpaca.is_alpaca(row),
        completions.read_completion,
        alpaca.write_completions,
    ),
    Format(
        "messages",
        N_("Dialogues to imitate"),
        "demonstrations",
        lambda row: completions.is_completion(row) and sharegpt.has_dialogue(row),
        completions.read_completion,
        sharegpt.write_demonstrations,
    ),
    Format(
        "trl-completion",
        N_("TRL prompt and completion"),
        "demonstrations",
        completions.is_completion,
        completions.read_completion,
        trl.write_completion,
    ),
    Format(
        "swift-messages",
        N_("ms-swift dialogues to imitate"),
        "demonstrations",
        completions.is_completion,
        completions.read_completion,
        swift.write_demonstrations,
    ),
    Format(
        "trl-prompt",
        N_("TRL prompts"),
        "prompts",
        has_prompt,
        completions.read_prompt_only,
        trl.write_prompt,
    ),
)
FORMATS: dict[str, Format] = {format.name: format for format in _ALL}
WRITTEN: dict[str, Format] = {format.name: format for format in _ALL if format.write_rows}


def written(kind: str) -> list[Format]:
    """The formats in which a dataset of this kind can be written."""
    return [format for format in WRITTEN.values() if format.kind in (None, kind)]


def named(name: str) -> Format:
    """The format of this name."""
    if name not in FORMATS:
        raise NotFound(N_("There is no form {name}; known are {known}."), name=name, known=", ".join(FORMATS))
    return FORMATS[name]


def detect(rows: Sequence[Mapping[str, Any]]) -> Format:
    """The format that most of the first rows have. Each counts once, for the most particular format that it has."""
    first_rows = [Row(fields) for fields in rows[:LOOKED_AT]]
    found = [next((format for format in _ALL if format.matches(row)), None) for row in first_rows]
    counts = {format: found.count(format) for format in _ALL}
    best = max(_ALL, key=lambda format: counts[format])
    if not counts[best]:
        sentence = N_(
            "No known form fits: the first row has the fields {fields}. Pairs need chosen and rejected beside a "
            "prompt; single answers need prompt and completion, or messages. Map fields of other names to these."
        )
        raise Unmapped(sentence, fields=listed([*rows[0]]))
    return best
