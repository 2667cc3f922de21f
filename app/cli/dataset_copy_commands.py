"""`alignlab data rename|copy|merge|split`: datasets made of others, or called otherwise.

Left out: files in and out (`dataset_commands`), and frozen versions (`version_commands`).
"""

import time
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.options import Json, WorkspaceOption, opened
from app.cli.output import Refusal, write, write_json
from app.people import COMMAND_LINE

if TYPE_CHECKING:
    from storage.records import Dataset

Name = Annotated[str, typer.Argument(metavar="NAME", help="The dataset's name.")]
NewName = Annotated[str, typer.Argument(metavar="NEW", help="What the new dataset shall be called.")]


def rename(name: Name, new: NewName, as_json: Json = False, workspace: WorkspaceOption = None) -> None:
    """Give a dataset another name. Run files that name it have to be changed."""
    from app.actions import dataset_edits

    _answer([dataset_edits.rename(opened(workspace), COMMAND_LINE, name, new, time.time())], "Renamed to", as_json)


def copy(name: Name, new: NewName, as_json: Json = False, workspace: WorkspaceOption = None) -> None:
    """Make a dataset with the same items. Verdicts stay with the dataset they were given in."""
    from app.actions import dataset_copies

    _answer([dataset_copies.copy(opened(workspace), COMMAND_LINE, name, new, time.time())], "Made", as_json)


def merge(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Two datasets or more, of one kind.")],
    into: Annotated[str, typer.Option("--into", metavar="NEW", help="What the new dataset shall be called.")],
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Make one dataset of several. An item whose id is taken gets its dataset's name before it."""
    from app.actions import dataset_copies

    _answer([dataset_copies.merge(opened(workspace), COMMAND_LINE, names, into, time.time())], "Made", as_json)


def split(
    name: Name,
    into: Annotated[tuple[str, str], typer.Option("--into", metavar="FIRST REST", help="What the parts are called.")],
    share: Annotated[
        float | None, typer.Option("--share", metavar="0..1", help="This share of the prompts goes into FIRST.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="With --share: which prompts.")] = 0,
    topic: Annotated[
        str | None, typer.Option("--topic", metavar="TOPIC", help="Items of this topic go into FIRST.")
    ] = None,
    tag: Annotated[str | None, typer.Option("--tag", metavar="TAG", help="Items with this tag go into FIRST.")] = None,
    *,
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Make two datasets of one, by share, topic or tag. Equal prompts stay together in a split by share."""
    from app.actions import dataset_copies

    if [share, topic, tag].count(None) != 2:
        raise Refusal("Name one of --share, --topic and --tag.")
    database, now = opened(workspace), time.time()
    if share is not None:
        parts = dataset_copies.split_by_share(database, COMMAND_LINE, name, into, now, share=share, seed=seed)
    else:
        facet, value = ("topic", topic) if topic is not None else ("tag", tag)
        parts = dataset_copies.split_by_label(database, COMMAND_LINE, name, into, now, facet=facet, value=value or "")
    _answer(parts, "Made", as_json)


def _answer(made: "list[Dataset] | tuple[Dataset, Dataset]", verb: str, as_json: bool) -> None:
    if as_json:
        rows = [{"name": data.name, "kind": data.kind, "items": data.items} for data in made]
        write_json(rows if len(rows) > 1 else rows[0])
    else:
        for data in made:
            write(f"{verb} {data.name}: {data.items} items.")
