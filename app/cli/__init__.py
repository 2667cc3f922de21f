"""The `alignlab` command line: one file per group of commands, one line on stderr per refusal.

A command imports what it needs when it runs, so `alignlab --help` loads neither storage nor settings. Nothing here
loads Streamlit or torch: what needs those runs as a child process.
"""

import sys
from importlib.metadata import version
from typing import Annotated

import typer
from typer.exceptions import Abort, TyperException

from app.cli import (
    callback_command,
    clean,
    dataset_commands,
    demo,
    doctor,
    generate_command,
    model_commands,
    run_commands,
    run_label_commands,
    run_table_commands,
    serve,
    study_commands,
    train_command,
    user_commands,
)
from app.cli.output import print_error, write
from app.cli.usage import usage


def _print_version(asked: bool) -> None:
    if asked:
        write(f"alignlab {version('alignlab')}")
        raise typer.Exit


def command() -> typer.Typer:
    """All commands."""
    root = typer.Typer(
        name="alignlab",
        help="Run and compare alignment experiments on language models.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    root.callback()(_options)
    works = (demo.demo, train_command.train, study_commands.study, generate_command.generate)
    for single in (serve.up, serve.engine, serve.dashboard, *works):
        root.command()(single)
    root.add_typer(dataset_commands.commands, name="data")
    run_label_commands.add_to(run_commands.commands)
    run_table_commands.add_to(run_commands.commands)
    root.add_typer(run_commands.commands, name="runs")
    root.add_typer(study_commands.commands, name="studies")
    root.add_typer(model_commands.commands, name="models")
    root.add_typer(user_commands.commands, name="users")
    root.command()(callback_command.callback)
    root.command()(doctor.doctor)
    root.command()(clean.clean)
    return root


def _options(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version.")
    ] = False,
) -> None:
    """Options of the command itself, before any other command."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code: 0, 1 for a failure, 2 for bad input. Never a traceback."""
    try:
        return typer.main.get_command(command()).main(arguments, "alignlab", standalone_mode=False) or 0
    except Abort:
        return train_command.INTERRUPTED
    except TyperException as error:
        return print_error(usage(error), error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone: nothing to tell and nobody to tell it to
        return 1
    except Exception as error:
        from app.cli.errors import sentence

        return print_error(*sentence(error))
