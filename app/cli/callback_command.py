"""`alignlab callback`: the file with which a trainer elsewhere sends its run, and the tokens that it needs."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.options import Json, WorkspaceOption, opened
from app.cli.output import Refusal, local_time, note, write, write_json, write_table
from app.people import COMMAND_LINE

if TYPE_CHECKING:
    from storage.ingest_tokens import IngestToken

FILE = Path(__file__).parents[1] / "trainer_callback.py"


def callback(
    new_token: Annotated[
        str | None,
        typer.Option("--new-token", metavar="NAME", help="Make a token of this name, and print it this once."),
    ] = None,
    tokens: Annotated[bool, typer.Option("--tokens", help="List the tokens: name, since when, last used.")] = False,
    revoke: Annotated[
        str | None, typer.Option("--revoke", metavar="NAME", help="Let this token open nothing any more.")
    ] = None,
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Print a file of the standard library alone that sends a TRL, transformers or other training run to a dashboard.

    Its head says how it is used. The token that it needs is made by --new-token.
    """
    if sum((new_token is not None, tokens, revoke is not None)) > 1:
        raise Refusal("Give one of --new-token, --tokens and --revoke.")
    if new_token is not None:
        _make(new_token, workspace, as_json)
    elif tokens:
        _list(workspace, as_json)
    elif revoke is not None:
        _revoke(revoke, workspace, as_json)
    else:
        text = FILE.read_text(encoding="utf-8")
        if as_json:
            write_json({"name": "alignlab_callback.py", "text": text})
        else:
            write(text, end="")


def _make(name: str, workspace: Path | None, as_json: bool) -> None:
    from app.actions import ingest_tokens

    token, kept = ingest_tokens.create(opened(workspace), COMMAND_LINE, name, time.time())
    if as_json:
        write_json({**_as_json(kept), "token": token})
        return
    write(token)
    note(f"This is the token {kept.name}; it is not shown again. The trainer takes it as ALIGNLAB_TOKEN.")


def _list(workspace: Path | None, as_json: bool) -> None:
    from storage import ingest_tokens

    kept = ingest_tokens.listing(opened(workspace))
    if as_json:
        write_json([_as_json(token) for token in kept])
        return
    rows = [(token.name, token.id, local_time(token.created_at), local_time(token.used_at)) for token in kept]
    write_table(("NAME", "ID", "SINCE", "LAST USED"), rows)


def _revoke(name: str, workspace: Path | None, as_json: bool) -> None:
    from app.actions import ingest_tokens

    revoked = ingest_tokens.revoke(opened(workspace), COMMAND_LINE, name, time.time())
    if as_json:
        write_json({**_as_json(revoked), "state": "revoked"})
    else:
        note(f"The token {revoked.name} is revoked; the runs that it sent stay.")


def _as_json(token: "IngestToken") -> dict[str, Any]:
    return {"id": token.id, "name": token.name, "created_at": token.created_at, "used_at": token.used_at}
