"""`alignlab data rounds|judgements|freeze`: rounds of judging from the command line, their verdicts as rows, and
versions of chosen verdicts. Left out: judging itself, which is the page Annotate's business.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.options import Json, WorkspaceOption, check_unused, opened
from app.cli.output import Refusal, local_time, write, write_json, write_table
from app.people import COMMAND_LINE

if TYPE_CHECKING:
    from storage.database import Database
    from storage.judging.judgement_records import Progress, Round, RoundSettings

Name = Annotated[str, typer.Argument(metavar="NAME", help="The dataset's name.")]


@dataclass(frozen=True)
class _Row:
    """What is said of one round."""

    round: "Round"
    progress: "Progress"

    def to_json(self) -> dict[str, Any]:
        return {
            "dataset": self.round.dataset,
            "round": self.round.number,
            "name": self.round.name,
            "settings": {key: value for key, value in self.round.settings.to_json().items() if key != "seed"},
            "created_at": self.round.created_at,
            "closed_at": self.round.closed_at,
            "questions": self.progress.total,
            "done": self.progress.done_questions,
            "wanted": self.progress.wanted,
            "answered": self.progress.answered,
            "people": self.progress.people,
        }

    @property
    def cells(self) -> tuple[object, ...]:
        progress = self.progress
        state = "open" if self.round.closed_at is None else f"closed {local_time(self.round.closed_at)}"
        verdicts = f"{progress.answered} of {progress.wanted}"
        return self.round.number, self.round.name, state, progress.total, verdicts, progress.people


def rounds(
    name: Name,
    *,
    open_: Annotated[bool, typer.Option("--open", help="Open a round, with the options below.")] = False,
    close: Annotated[int | None, typer.Option("--close", metavar="NUMBER", help="Close this round.")] = None,
    title: Annotated[str, typer.Option("--name", help="What the round to open is called.")] = "",
    overlap: Annotated[int, typer.Option(help="People a question, 1 to 10.")] = 1,
    criterion: Annotated[list[str] | None, typer.Option(help="What else is compared; repeatable.")] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="Another setting: adaptive, mode, ask_quality, repeats, norming, lease_seconds, order, random_share, "
            "selection.topic, selection.tag, selection.flag, selection.origin, selection.script, selection.defect, "
            "selection.search, selection.unjudged_only; repeatable.",
        ),
    ] = None,
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """List the rounds of a dataset; open one, or close one."""
    from app.actions import judging

    if open_ and close is not None:
        raise Refusal("Open a round, or close one: not both at once.")
    settings = _settings(overlap, criterion or [], changes or [])
    database = opened(workspace)
    if close is not None:
        judging.close_round(database, COMMAND_LINE, name, close, time.time())
    if open_:
        judging.open_round(database, COMMAND_LINE, name, settings, time.time(), name=title)
    _print_rounds(database, name, as_json)


def _settings(overlap: int, criteria: list[str], changes: list[str]) -> "RoundSettings":
    """The settings of a round. Raises Refusal, or SpecError."""
    from pydantic import TypeAdapter, ValidationError

    from engine.spec import apply
    from storage.judging.judgement_records import RoundSettings

    defaults = RoundSettings(overlap=overlap, criteria=tuple(criteria)).to_json()
    file = apply(defaults, changes)
    selection = file["selection"] if isinstance(file["selection"], dict) else {}
    for key in [*(set(file) - set(defaults)), *(set(selection) - set(defaults["selection"]))]:
        raise Refusal(f"A round has no setting {key}; alignlab data rounds --help lists them.")
    try:
        return TypeAdapter(RoundSettings).validate_python(file)
    except ValidationError as error:
        problem = error.errors()[0]
        key = ".".join(map(str, problem["loc"]))
        expected = problem.get("ctx", {}).get("expected")
        choices = f": it can be {expected}" if expected else ""
        raise Refusal(f"The setting {key} of a round cannot be {problem['input']!r}{choices}.") from error


def _print_rounds(database: "Database", name: str, as_json: bool) -> None:
    from storage.judging import rounds as stored

    rows = [_Row(round_, stored.progress(database, name, round_.number)) for round_ in stored.listing(database, name)]
    if as_json:
        write_json([row.to_json() for row in rows])
    else:
        write_table(("ROUND", "NAME", "STATE", "QUESTIONS", "VERDICTS", "PEOPLE"), [row.cells for row in rows])


def judgements(
    name: Name,
    *,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write them: .jsonl or .json.")],
    number: Annotated[int | None, typer.Option("--round", metavar="NUMBER", help="Only those of this round.")] = None,
    history: Annotated[bool, typer.Option("--history", help="Also those that were changed or taken back.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Write what each annotator said of each pair, one row a verdict."""
    from app.actions import judging

    check_unused(out, force=force)
    database = opened(workspace)
    count = judging.export_judgements(database, COMMAND_LINE, name, out, time.time(), round=number, history=history)
    if as_json:
        write_json({"name": name, "out": str(out), "rows": count})
    else:
        write(f"Wrote {count} verdicts to {out}.")


def freeze(
    name: Name,
    criterion: Annotated[str | None, typer.Option(help="Take the verdicts on this criterion.")] = None,
    annotator: Annotated[list[str] | None, typer.Option(help="Only what this account said; repeatable.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="Only items with this tag; repeatable.")] = None,
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Freeze a version of a dataset, with the preferences that follow from the verdicts of people."""
    from app.actions import dataset_edits
    from storage.judging.judged_preferences import JudgementFilter

    wanted = JudgementFilter(criterion, tuple(annotator or ()), tuple(tag or ()))
    version = dataset_edits.freeze(opened(workspace), COMMAND_LINE, name, time.time(), wanted)
    if as_json:
        write_json({"name": name, "version": version.hash, "items": version.items, "held_out": version.held_out})
    else:
        write(f"Froze {version.items} items of {name} as {version.hash}.")
