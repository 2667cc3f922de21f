"""`alignlab runs compare`: the figures of several runs, in groups and against a baseline, as a table or a file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.options import Json, WorkspaceOption, opened, writable
from app.cli.output import Refusal, note, write, write_json, write_table

if TYPE_CHECKING:
    from app.compare.compared_groups import Comparison
    from app.compare.group_figures import Figures
    from app.compare.group_verdicts import GroupVerdict
    from engine.analysis.grouping import Spread
    from storage.database import Database


def compare(
    run_ids: Annotated[list[str], typer.Argument(metavar="ID ID ...", help="The runs, in the order of reading.")],
    group_by: Annotated[
        str | None,
        typer.Option(
            "--group-by",
            metavar="SETTING",
            help="seed: all but the seed; none; or a setting, such as beta. Else over seeds where there are several.",
        ),
    ] = None,
    *,
    baseline: Annotated[
        str | None, typer.Option("--baseline", metavar="ID", help="Show differences to this run, or to its group.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write all of it into one HTML file.")
    ] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Answer with the figures as CSV.")] = False,
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Compare the final figures of up to 50 runs; with --out, also curves, settings and answers, in one HTML file."""
    from app.compare import group_figures, group_verdicts, html_report

    if as_csv and as_json:
        raise Refusal("Choose one of --csv and --json.")
    database = opened(workspace)
    comparison = _comparison(database, run_ids, group_by, baseline)
    figures = group_figures.final_figures(database, comparison)
    if out is not None:
        path = writable(out)
        path.write_text(html_report.page(database, comparison, html_report.heading(comparison)), encoding="utf-8")
        if not as_json:
            note(f"Compared in {path}")
    if as_csv:
        write(group_figures.csv_lines(comparison, figures), end="")
        return
    judged = group_verdicts.of_comparison(database, comparison, detailed=as_json)
    if as_json:
        _write_json(comparison, figures, judged, None if out is None else path)
    elif out is None:
        _write_words(comparison, figures, judged)


def _comparison(database: "Database", run_ids: list[str], group_by: str | None, baseline: str | None) -> "Comparison":
    """Raises Refusal for too many runs, and for a grouping or a baseline that these runs do not offer."""
    from app.compare import compared_groups
    from app.compare.compared_groups import MOST_RUNS
    from storage import runs

    ids = list(dict.fromkeys(runs.get(database, run_id).id for run_id in run_ids))
    if len(ids) > MOST_RUNS:
        raise Refusal(f"At most {MOST_RUNS} runs are compared at once; here are {len(ids)}.")
    base = None if baseline is None else runs.get(database, baseline).id
    if base is not None and base not in ids:
        raise Refusal(f"The baseline {baseline} is not among the runs that are compared.")
    comparison = compared_groups.comparison(database, ids, group_by, base)
    choices = compared_groups.group_choices(comparison.compared)
    if group_by is not None and group_by not in choices:
        raise Refusal(f"These runs cannot be grouped by {group_by}. They can by: {', '.join(choices)}.")
    return comparison


def _write_json(
    comparison: "Comparison", figures: "Figures", judged: "GroupVerdict | None", report: Path | None
) -> None:
    from app.compare import group_figures, group_verdicts, group_words
    from app.compare.differing_rows import differing_rows
    from words import english

    settings = [
        {"setting": path, "values": dict(zip((group.label for group in comparison.groups), values, strict=True))}
        for path, values in differing_rows(comparison)
    ]
    write_json(
        {
            **group_figures.as_json(comparison, figures),
            "settings": settings,
            "warnings": [english(text) for text in group_words.caveats(comparison)],
            "verdict": group_verdicts.as_json(judged),
            "report": None if report is None else str(report),
        }
    )


def _write_words(comparison: "Comparison", figures: "Figures", judged: "GroupVerdict | None") -> None:
    """A line for each group; then which is better, and what to know before believing it."""
    from app.compare import group_verdicts, group_words
    from app.translations import language_as
    from words import english

    with language_as("en"):
        names = [group_words.counted(group) for group in comparison.groups]
    rows = [
        (name, *(_cell(figures.of_group(group, key), key, figures) for key in figures.keys))
        for name, group in zip(names, comparison.groups, strict=True)
    ]
    write_table(("GROUP" if comparison.is_grouped else "RUN", *figures.keys), rows)
    said = group_verdicts.sentences(judged) if judged else []
    for text in [*said, *group_words.caveats(comparison)]:
        note(english(text))


def _cell(spread: "Spread | None", key: str, figures: "Figures") -> str:
    """Mean, deviation over the runs, and difference to the baseline."""
    if spread is None:
        return "-"
    apart = "" if spread.deviation is None else f" ± {spread.deviation:.3g}"
    difference = figures.difference(spread.mean, key)
    return f"{spread.mean:.4g}{apart}" + ("" if difference is None else f" ({difference:+.3g})")
