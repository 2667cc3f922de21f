"""Mistakes in the command itself: one line of our words, exit code 2."""

import subprocess
import sys

import pytest

from app import cli
from tests.app.cli.conftest import Alignlab


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["trian"], "No such command 'trian'. Did you mean 'train'? See: alignlab --help"),
        (["runs", "show"], "'ID' is missing. See: alignlab runs show --help"),
        (["data", "import", "x.json"], "'--name' is missing. See: alignlab data import --help"),
        (["runs", "list", "--lmit", "3"], "There is no option --lmit. See: alignlab runs list --help"),
        (
            ["runs", "list", "--limit", "x"],
            "'--limit' must be a whole number, at least 1 and at most 1000000000. See: alignlab runs list --help",
        ),
        (
            ["up", "--port", "99999"],
            "'--port' must be a whole number, at least 1 and at most 65535. See: alignlab up --help",
        ),
        (["runs", "list", "--state"], "--state needs a value. See: alignlab --help"),
        (["runs", "list", "a"], "There is no place for (a) See: alignlab runs list --help"),
    ],
)
def test_a_mistyped_command_gets_one_line(alignlab: Alignlab, arguments: list[str], said: str):
    answer = alignlab(*arguments)
    assert (answer.code, answer.out, answer.err) == (2, "", said + "\n")


def test_a_group_without_a_command_shows_its_help(alignlab: Alignlab):
    answer = alignlab("runs")
    assert answer.code == 2
    assert "resume" in answer.out
    assert answer.err == ""


def test_an_error_of_our_own_is_one_line_too(alignlab: Alignlab, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("storage.run_lists.search", lambda *_, **__: 1 / 0)
    answer = alignlab("runs", "list")
    assert answer.code == 1
    assert answer.err == (
        "AlignLab stopped on an error of its own (ZeroDivisionError: division by zero); "
        "ALIGNLAB_TRACEBACK=1 shows where.\n"
    )


def test_ctrl_c_is_no_error(alignlab: Alignlab, monkeypatch: pytest.MonkeyPatch):
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("storage.run_lists.search", interrupted)
    answer = alignlab("runs", "list")
    assert (answer.code, answer.err) == (130, "")


def test_a_reader_that_leaves_is_no_error(database: object):
    script = f"{sys.executable} -P -c 'from app.cli import main; exit(main())' runs list --help | head -1"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True)
    assert done.stderr == ""


def test_every_command_that_answers_can_answer_in_json():
    import typer

    root = typer.main.get_command(cli.command())
    leaves = {
        f"{name} {inner}": command
        for name, group in root.commands.items()
        for inner, command in (getattr(group, "commands", None) or {"": group}).items()
    }
    silent = {name.strip() for name, leaf in leaves.items() if "--json" not in {o for p in leaf.params for o in p.opts}}
    assert silent == {"engine", "dashboard"}
