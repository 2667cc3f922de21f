"""Turns typer's errors about the command itself into our own sentences."""

from collections.abc import Callable
from typing import Any

from typer.exceptions import TyperException


def usage(error: TyperException) -> str:
    """The sentence for a typer error, with the help command to read. Empty where typer already showed the help."""
    sentences: dict[str, Callable[[Any], str]] = {
        "NoSuchOption": lambda error: f"There is no option {error.option_name}.",
        "MissingParameter": lambda error: f"{error.param.get_error_hint()} is missing.",
        "BadParameter": lambda error: _expected(error.param),
        "BadOptionUsage": lambda error: f"{error.option_name} needs a value.",
        "NoArgsIsHelpError": lambda error: "",
        "UsageError": lambda error: error.message.replace("Got unexpected extra argument(s)", "There is no place for"),
    }
    sentence = sentences.get(type(error).__name__, TyperException.format_message)(error)
    context = vars(error).get("ctx")
    return f"{sentence} See: {context.command_path if context else 'alignlab'} --help" if sentence else ""


def _expected(option: Any) -> str:
    """What an option takes; those that can be mistaken are whole numbers, or paths that no file can have."""
    if option.min is None:
        return f"{option.get_error_hint()} has a value that no name can have."
    upper = f" and at most {option.max}" if option.max is not None else ""
    return f"{option.get_error_hint()} must be a whole number, at least {option.min}{upper}."
