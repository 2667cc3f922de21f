"""`alignlab data agreement`: how far the people who judged a dataset agree, each figure with its interval.

Left out: the figures' definitions (`engine.analysis`), and the pairs that people differ on, which are on the
page Review.
"""

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.options import Json, WorkspaceOption, opened
from app.cli.output import Refusal, write, write_json, write_table

if TYPE_CHECKING:
    from app.review.agreement_report import AgreementReport
    from engine.analysis.annotators import Annotator
    from engine.analysis.comparisons import Estimate

Name = Annotated[str, typer.Argument(metavar="NAME", help="The dataset's name.")]


def agreement(
    name: Name,
    *,
    number: Annotated[
        int | None, typer.Option("--round", metavar="NUMBER", help="Only verdicts of this round.")
    ] = None,
    annotator: Annotated[
        list[str] | None,
        typer.Option(help="The pairs that this account judged; repeated, only what these accounts said."),
    ] = None,
    topic: Annotated[str | None, typer.Option(help="Only items on this topic.")] = None,
    guideline: Annotated[
        int | None, typer.Option(metavar="VERSION", help="Only verdicts under this version of the guideline.")
    ] = None,
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Say how far the people who judged a dataset agree, and what is peculiar to each of them."""
    from app.review import agreement_report, judged_pairs
    from storage.judging import rounds

    database = opened(workspace)
    if number is not None:
        rounds.get(database, name, number)
    judged = judged_pairs.of_dataset(database, name)
    present = {comparison.account for comparison in judged.comparisons}
    for account in annotator or ():
        if account not in present:
            raise Refusal(f"Nobody called {account} judged {name}: {_listed(sorted(present))}.")
    wanted = judged_pairs.Filter(number, tuple(annotator or ()), topic, guideline)
    report = agreement_report.report(judged, wanted, judged_pairs.decisions(database, name, judged))
    if as_json:
        write_json({"name": name, **_as_json(report)})
    else:
        _print(report)


def _listed(accounts: list[str]) -> str:
    return f"there are verdicts of {', '.join(accounts)}" if accounts else "nobody did yet"


def _as_json(report: "AgreementReport") -> dict[str, Any]:
    values = asdict(report)
    for machine in values["machines"]:
        machine["differing"] = [
            {"item": item, "responses": [first, second]} for item, first, second in machine["differing"]
        ]
    return values


def _print(report: "AgreementReport") -> None:
    people = report.people
    shared = f"{people.shared_pairs} of them judged by several"
    write(f"{people.verdicts} verdicts of {people.people} people on {people.pairs} pairs, {shared}.")
    rows = [
        ("two people say the same", people.raw),
        ("Krippendorff's alpha", people.alpha),
        ("accuracy of one person against the others", people.ceiling),
        *((f"kappa of people and {machine.machine}", machine.kappa) for machine in report.machines),
    ]
    write_table(("", "VALUE", "95 %", "ITEMS", ""), [(title, *_cells(estimate)) for title, estimate in rows])
    if report.annotators:
        write("")
        heads = ("PERSON", "VERDICTS", "LEFT", "LONGER", "ITSELF", "OTHERS", "GOLD", "SECONDS")
        write_table(heads, [_person(row) for row in report.annotators])


def _person(row: "Annotator") -> tuple[object, ...]:
    estimates = (row.left, row.longer, row.itself, row.others, row.gold, row.seconds)
    return row.account, row.verdicts, *(" ".join(map(str, filter(None, _short(estimate)))) for estimate in estimates)


def _short(estimate: "Estimate") -> tuple[str, str]:
    value, interval, _n, _few = _cells(estimate)
    return (value, f"[{interval}]" + ("" if estimate.is_sure else "?")) if interval else (value, "")


def _cells(estimate: "Estimate") -> tuple[str, str, object, str]:
    """Value, interval, number, and what keeps it from being sure."""
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return "-", "", estimate.n, "not measured"
    if math.isnan(estimate.value):
        return "-", "", estimate.n, "not defined: all verdicts are the same"
    few = "" if estimate.is_sure else f"few: sure from {estimate.least}"
    return f"{estimate.value:.2f}", f"{estimate.low:.2f} to {estimate.high:.2f}", estimate.n, few
