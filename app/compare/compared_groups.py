"""What a comparison compares: its runs in their places, the groups they form, and the baseline.

The places are one word of the address: ids with commas between, `-` before one that was taken out. It keeps its place,
so that the others keep their looks, and gets it back when it is added again. No Streamlit: routes and the command line
use it too. Left out: the figures (`group_figures`) and curves (`group_points`) of groups.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.charts.line_styles import LineStyle, line_styles
from app.compare.compared_runs import compared_run
from app.translations import N_
from engine.analysis import grouping
from engine.analysis.comparison import ComparedRun
from storage import run_lists, runs
from storage.database import Database
from storage.errors import NotFound, StorageError
from storage.records import Run
from words import Text

MOST_RUNS = 50
Members = Mapping[str, Run | None]
"""place, under the whole id of its run -> the run; None where one that was taken out is no longer there"""
GROUP_MARK = "~"  # before the id of a group's first run: the id of the group


@dataclass(frozen=True)
class RunGroup:
    """Runs that are one line of a comparison; `varying` are the settings in which they differ, beside the seed."""

    label: str
    runs: tuple[Run, ...]
    style: LineStyle
    seeds: int
    varying: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """It stays while its first run does."""
        return GROUP_MARK + self.runs[0].id

    @property
    def is_single(self) -> bool:
        """Whether it is one run by itself."""
        return len(self.runs) == 1


@dataclass(frozen=True)
class Comparison:
    """The runs with their looks, in groups. `by` is how they are grouped, as in `engine.analysis.grouping`."""

    runs: tuple[Run, ...]
    compared: tuple[ComparedRun, ...]
    styles: Mapping[str, LineStyle]
    by: str
    groups: tuple[RunGroup, ...]
    baseline: RunGroup | None

    @property
    def is_grouped(self) -> bool:
        """Whether any group has several runs."""
        return any(not group.is_single for group in self.groups)

    @property
    def fewest_seeds(self) -> int:
        """Of the group that has the fewest."""
        return min((group.seeds for group in self.groups), default=0)


def places(word: str) -> list[str]:
    """The places of an address, each run once.

    >>> places("a,-b,,a,c")
    ['a', '-b', 'c']
    """
    unique: dict[str, str] = {}
    for place in word.split(","):
        if place.strip("-"):
            unique.setdefault(place.removeprefix("-"), place)
    return list(unique.values())


def with_picked(former: Sequence[str], picked: Sequence[str]) -> list[str]:
    """The places after others were picked: who was taken out keeps a place, who is new comes last.

    >>> with_picked(["a", "b", "c"], ["a", "c", "d"]), with_picked(["a", "-b", "c"], ["a", "b"])
    (['a', '-b', 'c', 'd'], ['a', 'b'])
    """
    ids = [place.removeprefix("-") for place in former]
    renewed = [run if run in picked else f"-{run}" for run in ids]
    renewed += [run for run in picked if run not in ids]
    while renewed and renewed[-1].startswith("-"):
        renewed.pop()
    return renewed


def resolve_places(db: Database, named: Sequence[str]) -> tuple[list[str], list[Text]]:
    """The places under the full ids of their runs, and a sentence for each run that is not there or too many."""
    known = run_lists.by_id(db, [place.removeprefix("-") for place in named])
    full, missing = [], []
    for place in named:
        run_id = place.removeprefix("-")
        if run_id not in known:
            try:
                run_id = runs.get(db, run_id).id
            except StorageError as error:
                if not place.startswith("-"):
                    missing.append(error.text)
                    continue
        full.append(f"-{run_id}" if place.startswith("-") else run_id)
    full = places(",".join(full))
    shown = [place for place in full if not place.startswith("-")]
    if len(shown) > MOST_RUNS:
        text = N_("At most {most} runs are compared at once: the first {most} of {count} are shown.")
        missing.append((text, {"most": MOST_RUNS, "count": len(shown)}))
        full = full[: full.index(shown[MOST_RUNS])]
    return full, missing


def members(db: Database, named: Sequence[str]) -> Members:
    """The run in each place, each once, whatever beginnings of its id named it. Raises NotFound for one that is not
    there and was not taken out."""
    known = runs.by_ids(db, [place.removeprefix("-") for place in named])
    in_places: dict[str, Run | None] = {}
    for place in named:
        run_id = place.removeprefix("-")
        run = known.get(run_id) or _by_beginning(db, place)
        full = run_id if run is None else run.id
        if not {full, f"-{full}"} & in_places.keys():
            in_places[f"-{full}" if place.startswith("-") else full] = run
    return in_places


def compared(members: Members, by: str | None = None, baseline: str | None = None) -> Comparison:
    """The comparison of these runs. `by` None groups as `usual_grouping` does; a baseline is named by any of its runs,
    and one that is not among them is none."""
    shown = tuple(run for place, run in members.items() if run is not None and not place.startswith("-"))
    records = tuple(compared_run(run) for run in shown)
    ungrouped = Comparison(shown, records, line_styles(list(members.values())), "", (), None)
    by = by if by in group_choices(records) else grouping.usual_grouping(records)
    return with_baseline(regrouped(ungrouped, by), baseline)


def regrouped(comparison: Comparison, by: str) -> Comparison:
    """The same runs in other groups, of which none is the baseline yet."""
    shown, records = comparison.runs, comparison.compared
    groups = tuple(
        RunGroup(
            group.label,
            tuple(shown[index] for index in group.members),
            comparison.styles[shown[group.members[0]].id],
            len({records[index].seed for index in group.members}),
            group.varying,
        )
        for group in grouping.groups(records, by)
    )
    return replace(comparison, by=by, groups=groups, baseline=None)


def with_baseline(comparison: Comparison, run_id: str | None) -> Comparison:
    """The same groups; the one that has this run is the baseline, none where no group has it."""
    base = next((group for group in comparison.groups for run in group.runs if run.id == run_id), None)
    return replace(comparison, baseline=base)


def comparison(db: Database, named: Sequence[str], by: str | None = None, baseline: str | None = None) -> Comparison:
    """`compared` of the runs in these places. Raises as `members` does."""
    return compared(members(db, named), by, baseline)


def group_choices(compared: Sequence[ComparedRun]) -> list[str]:
    """By what these runs can be grouped."""
    return [grouping.NO_GROUPS, grouping.ALL_BUT_SEED, *grouping.varied_settings(compared)]


def of_query(db: Database, query: Mapping[str, str]) -> Comparison:
    """The comparison that a query names: `runs`, and where they are given `group` and `baseline`. Raises NotFound."""
    return comparison(db, places(query["runs"]), query.get("group"), query.get("baseline"))


def of_request(db: Database, query: Mapping[str, str]) -> Comparison | None:
    """The same for whoever may ask for anything: None for no runs, or too many. Raises NotFound."""
    shown = [place for place in places(query.get("runs", "")) if not place.startswith("-")]
    return of_query(db, query) if 0 < len(shown) <= MOST_RUNS else None


def _by_beginning(db: Database, place: str) -> Run | None:
    """The run that a place names by a beginning of its id; None where one that was taken out is no longer there."""
    try:
        return runs.get(db, place.removeprefix("-"))
    except NotFound:
        if place.startswith("-"):
            return None
        raise
