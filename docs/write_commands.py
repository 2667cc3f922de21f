"""Writes docs/guide/commands.md: every command of `alignlab` with its arguments and options, read off the command line.

`python docs/write_commands.py` writes the page; `--check` only says whether it is up to date. Left out: what the
commands mean (their own guides).
"""

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "guide" / "commands.md"
OPENING = """# The command line

Everything that a page does has a command. Commands that answer take `--json`: one line of JSON alone on stdout,
progress on stderr. A refusal is one line on stderr; the exit status is 2 for bad input and 1 for a failure. The
workspace is `ALIGNLAB_HOME`, else `./alignlab-workspace` where it exists, else a folder of the user's own. This page is
written by `python docs/write_commands.py`.
"""
HELP = "help"


def page() -> str:
    """The page as the command line is now."""
    sys.path.insert(0, str(ROOT))
    from app.cli import command

    sections = [_section(path, each) for path, each in _commands("alignlab", typer.main.get_command(command()))]
    return "\n".join([OPENING, *sections])


def _commands(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    """Every command that does something, with the words that call it."""
    for name, each in getattr(command, "commands", {}).items():
        yield from _commands(f"{path} {name}", each)
    if not hasattr(command, "commands"):
        yield path, command


def _section(path: str, command: Any) -> str:
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    options = [each for each in command.params if each.param_type_name == "option" and each.name != HELP]
    words = [path, *(_argument(each) for each in arguments), *(["[options]"] if options else [])]
    rows = [f"| `{_option(each)}` | {_cell(each.help)}{_default(each)} |" for each in options]
    rows = [f"| `{_argument(each)}` | {_cell(each.help)} |" for each in arguments if each.help] + rows
    table = ["| | |", "|---|---|", *rows, ""] if rows else []
    help_text = inspect.cleandoc(command.help or "")
    return "\n".join([f"## `{path}`", "", help_text, "", "```", " ".join(words), "```", "", *table])


def _argument(argument: Any) -> str:
    name = (argument.metavar or argument.name).strip("[]").upper()
    name += " ..." if argument.nargs == -1 else ""
    return name if argument.required else f"[{name}]"


def _option(option: Any) -> str:
    names = "/".join([*option.opts, *option.secondary_opts])
    return names if option.is_flag else f"{names} {option.metavar or option.name.upper()}"


def _default(option: Any) -> str:
    shown = option.default is not None and not option.is_flag and not callable(option.default) and option.default != ()
    return f" (default: `{option.default}`)" if shown and option.default not in ("", []) else ""


def _cell(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|")


def main() -> int:
    """Write the page, or say whether it is up to date."""
    new = page()
    if "--check" in sys.argv:
        return 0 if PAGE.exists() and PAGE.read_text(encoding="utf-8") == new else 1
    PAGE.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
