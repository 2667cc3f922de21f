"""`alignlab runs groups|views`: what the table of runs shows beside its rows.

Left out: the rows (`run_commands`), with which these form one group of commands.
"""

from typing import Annotated

import typer

from app.cli.options import Json, WorkspaceOption, opened
from app.cli.output import Refusal, write_json, write_table


def add_to(commands: typer.Typer) -> None:
    """Put these commands into the group `runs`."""
    for command in (groups, views):
        commands.command()(command)


def groups(
    by: Annotated[str, typer.Argument(metavar="BY", help="method, dataset, tag, study, or a setting such as seed.")],
    tag: Annotated[str | None, typer.Option("--tag", metavar="TAG", help="Only runs with this tag.")] = None,
    search: Annotated[str, typer.Option("--search", metavar="WORDS", help="Only runs that match.")] = "",
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Group the runs by a value: the mean and the sample standard deviation of the last held-out reward of each group.

    Only runs that succeeded with such a reward are measured.
    """
    from app.runs.table_view import GROUPS, TableView
    from engine.spec import key_metrics
    from storage import run_groups
    from storage.run_facets import RunFacets

    group = TableView({"group": by}).group
    if group is None:
        raise Refusal(f"There is no setting {by}. Write {', '.join(GROUPS)}, or a path such as optimizer.schedule.")
    found = run_groups.groups(opened(workspace), group, key_metrics.HEADLINE, search, facets=RunFacets(tag=tag))
    if as_json:
        write_json({"by": by, "metric": key_metrics.HEADLINE, "groups": [vars(each) for each in found]})
        return
    rows = [
        (each.value, each.runs, each.measured, *("" if f is None else f"{f:.4g}" for f in (each.mean, each.deviation)))
        for each in found
    ]
    write_table((by.upper(), "RUNS", "MEASURED", "MEAN", "DEVIATION"), rows)


def views(as_json: Json = False, workspace: WorkspaceOption = None) -> None:
    """List the named views of the table of runs, with what their addresses hold."""
    from storage import saved_views

    found = saved_views.listing(opened(workspace))
    if as_json:
        write_json([vars(view) for view in found])
        return
    rows = [(view.name, " ".join(f"{name}={value}" for name, value in view.query.items())) for view in found]
    write_table(("VIEW", "ADDRESS"), rows)
