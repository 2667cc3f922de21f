"""`alignlab data ...`: datasets in and out. Editing rows is the Data page's business."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import agreement_command, dataset_copy_commands, judging_commands, quality_command, version_commands
from app.cli.options import Json, WorkspaceOption, check_unused, opened
from app.cli.output import Refusal, note, write, write_json, write_table
from app.people import COMMAND_LINE

if TYPE_CHECKING:
    from storage.data_files import DataFiles

commands = typer.Typer(help="Bring datasets in, list them, write them out.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="NAME", help="The dataset's name.")]
File = Annotated[
    str,
    typer.Argument(
        metavar="FILE",
        help="JSON, JSON Lines, CSV, TSV, Parquet or Arrow; also .gz, .zst, or a .zip with one file. "
        "Or hub:owner/name[/config][@revision], a dataset of the Hugging Face hub.",
    ),
]
NewName = Annotated[
    str | None,
    typer.Option("--name", metavar="NAME", help="What the dataset shall be called; of the hub, else its name."),
]
Split = Annotated[
    str | None, typer.Option("--split", metavar="SPLIT", help="Which split of a dataset of the hub; else train.")
]
for verb, command in (
    ("rounds", judging_commands.rounds),
    ("judgements", judging_commands.judgements),
    ("freeze", judging_commands.freeze),
    ("agreement", agreement_command.agreement),
    ("quality", quality_command.quality),
    ("rename", dataset_copy_commands.rename),
    ("copy", dataset_copy_commands.copy),
    ("merge", dataset_copy_commands.merge),
    ("split", dataset_copy_commands.split),
    ("versions", version_commands.versions),
    ("diff", version_commands.diff),
    ("restore", version_commands.restore),
    ("note", version_commands.annotate),
):
    commands.command(verb)(command)


@commands.command("import")
def import_(
    file: File,
    name: NewName = None,
    *,
    split: Split = None,
    form: Annotated[str, typer.Option("--format", metavar="FORMAT", help="Its form; auto recognises it.")] = "auto",
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="FIELD=COLUMN",
            help="Which column is which field: prompt=question,chosen=response_a; data.question is inside an object.",
        ),
    ] = None,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Import the rows that can be read, and list those that cannot.")
    ] = False,
    leave_unread: Annotated[
        bool, typer.Option("--leave-unread", help="Import also where fields that sound like answers are not read.")
    ] = False,
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Import a file of preferences, or a dataset of the hub. With a bad row it is refused whole, but for --skip-bad."""
    from app.actions import dataset_edits
    from app.cli import import_words
    from storage import column_mapping

    columns = column_mapping.parse(mapping or ())
    files, name = _named_files(file, split, name)
    report = dataset_edits.import_file(
        opened(workspace),
        COMMAND_LINE,
        files,
        time.time(),
        name=name,
        format=form,
        columns=columns,
        skip_bad=skip_bad,
        leave_unread=leave_unread,
    )
    for line in import_words.warnings(report):
        note(line)
    if as_json:
        write_json(import_words.as_json(report, files))
        return
    write(f"Imported {report.imported} items into {report.name} (form: {report.format}).")
    if report.ties:
        write(f"  ties (neither answer is preferred): {report.ties}")
    for flag, count in report.flagged.items():
        write(f"  {count} flagged as {flag.replace('_', ' ')}")


def _named_files(file: str, split: str | None, name: str | None) -> "tuple[DataFiles, str]":
    """What a person named, a file or a dataset of the hub, which is fetched, and what the dataset shall be called.

    Raises Refusal, or StorageError with a sentence.
    """
    from storage.data_files import DataFiles
    from storage.hub import dataset_ids

    if file.startswith(dataset_ids.PREFIX):
        from app.cli import hub_files

        hub_id = dataset_ids.parse(file)
        return hub_files.fetched(hub_id, split), name or hub_id.suggested_name
    if name is None:
        raise Refusal("'--name' is missing. See: alignlab data import --help")
    path = Path(file)
    if not path.is_file():
        raise Refusal(f"{path} is a folder: name a file in it." if path.is_dir() else f"There is no file {path}.")
    if split is not None:
        raise Refusal("--split is for a dataset of the hub: a file is imported whole.")
    return DataFiles.of(path), name


@commands.command("export")
def export(
    name: Name,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write it.")],
    form: Annotated[str, typer.Option("--format", metavar="FORMAT", help="The form to write.")] = "trl",
    *,
    skip_unfit: Annotated[
        bool, typer.Option("--skip-unfit", help="Leave out the items that the form cannot hold, and list them.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Write a dataset to a file that trainers read; its name says what kind: .jsonl, .json, .csv, .tsv, .parquet."""
    from app.actions import dataset_edits
    from app.cli import export_words

    check_unused(out, force=force)
    report = dataset_edits.export(opened(workspace), COMMAND_LINE, name, form, out, time.time(), skip_unfit=skip_unfit)
    for line in export_words.warnings(report):
        note(line)
    if as_json:
        write_json({"name": name, "format": form, "out": str(out), **export_words.as_json(report)})
    else:
        write(f"Wrote {report.rows} rows to {out}.")


@commands.command("list")
def list_(as_json: Json = False, workspace: WorkspaceOption = None) -> None:
    """List the datasets, and which of their frozen versions cannot be read."""
    from storage import datasets
    from words import english

    database = opened(workspace)
    summaries = datasets.listing(database)
    damaged = {name: list(map(english, texts)) for name, texts in datasets.damaged(database).items()}
    if as_json:
        rows = [{"name": d.name, "kind": d.kind, "items": d.items, "versions": d.versions} for d in summaries]
        write_json([row | ({"damaged": damaged[row["name"]]} if row["name"] in damaged else {}) for row in rows])
        return
    write_table(("NAME", "KIND", "ITEMS", "VERSIONS"), [(d.name, d.kind, d.items, d.versions) for d in summaries])
    for name, sentences in damaged.items():
        for sentence in sentences:
            note(f"{name}: {sentence}")


@commands.command("delete")
def delete(name: Name, as_json: Json = False, workspace: WorkspaceOption = None) -> None:
    """Delete a dataset's working copy. Frozen versions that runs were trained on stay."""
    from app.actions import dataset_edits

    dataset_edits.delete(opened(workspace), COMMAND_LINE, name, time.time())
    if as_json:
        write_json({"name": name, "deleted": True})
    else:
        note(f"Deleted {name}.")
