"""The text of run files: YAML read within bounds, so that no file takes long or much memory, and written.

What YAML can say beyond plain settings is refused before anything is built of it: anchors, aliases, merge keys, tags,
blocks within blocks without end. Left out: what the settings mean (`parse`).
"""

import re
from collections.abc import Mapping
from typing import Any, NoReturn

import yaml

from engine.spec.bounds import MOST_DEPTH, MOST_VALUES
from engine.spec.problems import SpecError
from words import N_

MOST_CHARACTERS = 1_000_000
LONGEST_NUMBER = 100
PLAIN_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "seq", "map"))

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml is ten times as fast, where PyYAML has it
_NOT_TEXT = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONG_NUMBER = re.compile(rf"[-+.0-9][-+.:\w]{{{LONGEST_NUMBER},}}", re.ASCII)
_BREAKS = frozenset("\x85\u2028\u2029")


class _Dumper(yaml.SafeDumper):
    """Quotes what YAML takes for a line break and would fold into a space; writes no alias, which no file may have."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_Dumper.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style='"' if _BREAKS & set(text) else None
    ),
)


def write_yaml(data: Mapping[str, Any]) -> str:
    """Plain data as the text of a run file. `read_yaml(write_yaml(data)) == data`."""
    return yaml.dump(
        dict(data), Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=None, width=100
    )


def read_yaml(text: str) -> dict[str, Any]:
    """A run file's text as plain data, not yet checked. Raises SpecError where it is no YAML mapping, or not plain."""
    _check_text(text)
    try:
        _check_events(text)
        data = yaml.load(text, Loader=_Loader)  # a safe loader
    except SpecError:  # a ValueError too
        raise
    except yaml.YAMLError as error:
        sentence = N_("The run file is not readable as YAML: look at line {line}.")
        raise SpecError.at("", (sentence, {"line": _line(error, text)})) from error
    except (ValueError, OverflowError) as error:  # what looks like a date or a number and is none, at an unknown line
        sentence = N_(
            "The run file is not readable as YAML: it holds what looks like a date or a number and is none; in quotes "
            "it would be text."
        )
        raise SpecError.at("", (sentence, {})) from error
    if not isinstance(data, dict):
        raise SpecError.at("", (N_("A run file is a list of settings such as algorithm: dpo; this is not one."), {}))
    return data


def read_value(text: str) -> Any:
    """One value of a command line as YAML reads it; text that is no YAML, or none that a file may hold, stays text."""
    try:
        _check_text(text)
        _check_events(text)
        return yaml.load(text, Loader=_Loader)
    except (yaml.YAMLError, ValueError, OverflowError):  # SpecError is a ValueError
        return text


def _line(error: yaml.YAMLError, text: str) -> int:
    """Where to look: at what was opened and never closed, where the text ended over it, else at the mistake."""
    mark, opened = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    if opened is not None and (mark is None or mark.index >= len(text.rstrip())):
        mark = opened
    return _line_of(mark)


def _line_of(mark: Any) -> int:
    return mark.line + 1 if mark is not None else 1


def _check_text(text: str) -> None:
    """Raise SpecError for a text that is too long, or that holds what no text does."""
    if len(text) > MOST_CHARACTERS:
        sentence = N_("The run file is longer than {most} characters: put data into a dataset.")
        raise SpecError.at("", (sentence, {"most": f"{MOST_CHARACTERS:,}"}))
    wrong = _NOT_TEXT.search(text.removeprefix("\ufeff"))
    if wrong:
        values = {"line": text.count("\n", 0, wrong.start()) + 1, "character": f"U+{ord(wrong[0]):04X}"}
        sentence = N_("Line {line} of the run file holds the character {character}: it is no plain text in UTF-8.")
        raise SpecError.at("", (sentence, values))


def _check_events(text: str) -> None:
    """Raise SpecError for what is not plain YAML, and YAMLError for what is none; nothing is built of it."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=_Loader)):
        line = _line_of(event.start_mark)
        if count > 2 * MOST_VALUES:  # a key is an event, as its value is
            _refuse(N_("The run file holds more than {most} values: put data into a dataset."), most=f"{MOST_VALUES:,}")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MOST_DEPTH:
            sentence = N_("Line {line} of the run file is nested more than {most} deep; no setting is.")
            _refuse(sentence, line=line, most=MOST_DEPTH)
        if isinstance(event, yaml.NodeEvent):
            _check_node(event, line)


def _check_node(event: yaml.NodeEvent, line: int) -> None:
    if event.anchor is not None:
        _refuse(
            N_("Line {line} of the run file has an anchor (&) or alias (*): write the part out where it is needed."),
            line=line,
        )
    tag = getattr(event, "tag", None)
    if tag is not None and tag not in PLAIN_TAGS:
        sentence = N_("Line {line} of the run file has the tag {tag}: a run file holds plain values only.")
        _refuse(sentence, line=line, tag=tag[:LONGEST_NUMBER])
    if isinstance(event, yaml.ScalarEvent) and event.implicit[0]:
        if event.value == "<<":
            _refuse(
                N_("Line {line} of the run file has a merge key (<<): write the settings out where they are needed."),
                line=line,
            )
        if _LONG_NUMBER.fullmatch(event.value):
            sentence = N_("Line {line} of the run file holds a number of {count} characters; in quotes it is text.")
            _refuse(sentence, line=line, count=len(event.value))


def _refuse(sentence: str, **values: Any) -> NoReturn:
    raise SpecError.at("", (sentence, values))
