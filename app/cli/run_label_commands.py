"""`alignlab runs rename|tag|note|archive|unarchive|delete|storage`: what runs are called, and getting rid of them.

Left out: looking at runs and asking something of them (`run_commands`), with which these form one group of commands.
"""

import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.options import Json, RunId, WorkspaceOption, opened
from app.cli.output import Refusal, note, write, write_json, write_table
from app.people import COMMAND_LINE

if TYPE_CHECKING:
    from storage.run_removals import Removal

RunIds = Annotated[list[str], typer.Argument(metavar="ID ...", help="Ids of runs, or their beginnings.")]


def add_to(commands: typer.Typer) -> None:
    """Put these commands into the group `runs`."""
    for command in (rename, archive, unarchive, delete, storage):
        commands.command()(command)
    commands.command("note")(note_)
    # else -b would be taken for an option of the command
    commands.command("tag", context_settings={"ignore_unknown_options": True})(tag)


def rename(
    run_id: RunId,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The new name.")],
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Give a run another name."""
    from app.actions import run_labels

    run = run_labels.rename(opened(workspace), COMMAND_LINE, run_id, name, time.time())
    _answer({"id": run.id, "name": run.name}, f"{run.id} is called {run.name}.", as_json)


def tag(
    run_id: RunId,
    changes: Annotated[list[str], typer.Argument(metavar="+TAG -TAG ...", help="Give a tag, or take one away.")],
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Give tags to a run, +good, and take tags away, -draft."""
    from app.actions import run_labels
    from storage import run_tags

    database = opened(workspace)
    parsed = run_tags.TagChanges.parse(changes)
    (whole_id,) = run_labels.change_tags(database, COMMAND_LINE, [run_id], parsed, time.time())
    tags = run_tags.of_runs(database, [whole_id]).get(whole_id, ())
    _answer({"id": whole_id, "tags": tags}, f"{whole_id} has the tags: {', '.join(tags) or 'none'}.", as_json)


def note_(
    run_id: RunId,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The note; an empty one takes it away.")],
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Write a note about a run, in place of the one that it has."""
    from app.actions import run_labels

    run = run_labels.set_note(opened(workspace), COMMAND_LINE, run_id, text, time.time())
    _answer({"id": run.id, "note": run.note}, f"Noted at {run.id}." if run.note else f"{run.id} has no note.", as_json)


def archive(run_ids: RunIds, as_json: Json = False, workspace: WorkspaceOption = None) -> None:
    """Leave runs out of the lists; nothing is deleted."""
    from app.actions import run_removals

    archived = run_removals.archive(opened(workspace), COMMAND_LINE, run_ids, time.time())
    _answer({"archived": archived}, f"Archived: {', '.join(archived) or 'none, they were archived already'}.", as_json)


def unarchive(run_ids: RunIds, as_json: Json = False, workspace: WorkspaceOption = None) -> None:
    """Bring archived runs back into the lists."""
    from app.actions import run_removals

    back = run_removals.unarchive(opened(workspace), COMMAND_LINE, run_ids, time.time())
    _answer({"unarchived": back}, f"Back in the lists: {', '.join(back) or 'none, they were there already'}.", as_json)


def delete(
    run_ids: RunIds,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Delete runs with their checkpoints, curves and answers, after saying what that means."""
    from app.actions import run_removals as actions
    from storage import run_removals, runs

    database = opened(workspace)
    ids = list(dict.fromkeys(runs.get(database, run_id).id for run_id in run_ids))
    if not yes:
        _confirm(run_removals.removal(database, ids))
    removal = actions.delete(database, COMMAND_LINE, ids, time.time())
    deleted = [run.id for run in removal.runs]
    from words.names import size

    words = f"Deleted: {', '.join(deleted)}. {size(removal.bytes)} were freed."
    _answer({"deleted": deleted, "bytes": removal.bytes}, words, as_json)


def storage(as_json: Json = False, workspace: WorkspaceOption = None) -> None:
    """Show how much of the disk each run and each kind of files takes; `alignlab clean` says what can go."""
    from storage import disk_usage
    from words.names import size

    usage = disk_usage.measure(opened(workspace))
    if as_json:
        write_json({"runs": [{**vars(run), "bytes": run.total} for run in usage.runs], **usage.others})
        return
    rows = [(run.id, run.name, *map(size, (run.checkpoints, run.tokens, run.log, run.total))) for run in usage.runs]
    write_table(("ID", "NAME", "CHECKPOINTS", "TOKENS", "LOG", "ALL"), rows)
    for name, count in usage.others.items():
        write(f"{name}: {size(count)}")
    write(f"in all: {size(usage.total)}")


def _answer(payload: dict[str, object], words: str, as_json: bool) -> None:
    if as_json:
        write_json(payload)
    else:
        write(words)


def _confirm(removal: "Removal") -> None:
    """Say what goes and what stays, and ask. Raises Refusal where the answer is no, or nobody can give one."""
    from words.names import listed, size

    note(f"This deletes {listed([run.name for run in removal.runs])}: {size(removal.bytes)} of files, and all curves.")
    for study, others in removal.studies.items():
        note(f"The study {study} keeps {others} of its runs.")
    if removal.filled:
        note(f"The answers in {listed(removal.filled)} stay.")
    if not sys.stdin.isatty():
        raise Refusal("Nothing was deleted: add --yes to delete without being asked.")
    if not typer.confirm("Delete?", err=True):
        raise Refusal("Nothing was deleted.")
