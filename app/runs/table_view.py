"""The view that the address of the page Runs holds: search, filters, sort, columns and group, as one record.

Left out: the widgets that write it (`table_menus`), and the rows (`runs_table`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from app.bridge.fragment import page_number
from app.runs import table_columns
from app.runs.table_columns import Column
from app.translations import N_
from engine.spec import key_metrics, resolved_path
from storage import run_lists
from storage.run_columns import SettingColumn
from storage.run_facets import RunFacets
from storage.run_groups import GroupedBy
from storage.run_lists import Order

FACETS = {
    "method": N_("Method"),
    "dataset": N_("Dataset"),
    "model": N_("Model"),
    "tag": N_("Tag"),
    "person": N_("Person"),
}
"""The filters beside the state, and what they are called."""
FIELDS = ("search", "state", *FACETS, "archived", "sort", "columns", "group")
"""What a named view keeps: all of the address but the page and what is folded."""
NO_COLUMNS = "none"
"""What the address says of a person who has taken all columns away, so that none is remembered."""
GROUPS: Mapping[str, GroupedBy] = {"method": "method", "dataset": "dataset", "tag": "tag", "study": "study"}
GROUP_TITLES = {**FACETS, "study": N_("Study")}


@dataclass(frozen=True)
class TableView:
    """`query` is what the address says; everything else is read from it, and what makes no sense there is left out."""

    query: Mapping[str, str]

    @property
    def search(self) -> str:
        """What is searched."""
        return self.query.get("search", "")

    @property
    def states(self) -> list[str]:
        """The state that runs are in; none for every state."""
        return [self.query["state"]] if self.query.get("state") else []

    @property
    def facets(self) -> RunFacets:
        """The filters beside the state."""
        named = {name: self.query.get(name) or None for name in FACETS}
        return RunFacets(**named, archived=bool(self.query.get("archived")))

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns that are chosen."""
        return table_columns.columns(self.query.get("columns", ""))

    @property
    def order(self) -> Order | None:
        """None for the newest first."""
        name = self.query.get("sort", "")
        descending, name = name.startswith("-"), name.removeprefix("-")
        if name in run_lists.COLUMNS:
            return Order(name, descending, key_metrics.HEADLINE)
        chosen = table_columns.column(name)
        return None if chosen is None else Order(chosen.source, descending)

    @property
    def group(self) -> GroupedBy | None:
        """By what runs are grouped."""
        name = self.query.get("group", "")
        if name in table_columns.setting_titles():
            return SettingColumn(name, resolved_path(name))
        return GROUPS.get(name)

    @property
    def folds(self) -> frozenset[str]:
        """The groups that a person has folded or unfolded."""
        return frozenset(filter(None, self.query.get("folds", "").split(",")))

    @property
    def page(self) -> int:
        """Counted from 1. Raises BadQuery."""
        return page_number(self.query.get("page", "1"))

    @property
    def kept(self) -> dict[str, str]:
        """What a named view keeps of it; that no column is chosen is kept too."""
        kept = {name: self.query[name] for name in FIELDS if self.query.get(name)}
        return {"columns": NO_COLUMNS, **kept}

    def link(self, **changes: str | None) -> str:
        """The address of the view with some of it changed, on its first page."""
        fields = {name: self.query.get(name) for name in (*FIELDS, "folds")}
        changed = {name: value for name, value in {**fields, **changes}.items() if value}
        return f"runs?{urlencode(changed)}" if changed else "runs"
