"""Mistakes in the command itself, in our words: typer's messages are not shown."""

from collections.abc import Callable
from typing import Any

from typer.exceptions import TyperException


def usage(error: TyperException) -> str:
    """Typer's complaint in our words, with where to look. Empty where the help itself was shown."""
    known: dict[str, Callable[[Any], str]] = {
        "NoSuchOption": lambda found: f"There is no option {found.option_name}.",
        "MissingParameter": lambda found: f"{found.param.get_error_hint()} is missing.",
        "BadParameter": lambda found: _whole_number(found.param),
        "BadOptionUsage": lambda found: f"{found.option_name} needs a value.",
        "NoArgsIsHelpError": lambda found: "",
        "UsageError": lambda found: found.message.replace("Got unexpected extra argument(s)", "There is no place for"),
    }
    said = known.get(type(error).__name__, TyperException.format_message)(error)
    context = vars(error).get("ctx")
    return f"{said} See: {context.command_path if context else 'alignlab'} --help" if said else ""


def _whole_number(option: Any) -> str:
    """What an option takes; those that can be mistaken are all whole numbers."""
    upper = f" and at most {option.max}" if option.max is not None else ""
    return f"{option.get_error_hint()} must be a whole number, at least {option.min}{upper}."
