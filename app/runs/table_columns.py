"""The columns that a person adds to the table of runs: their names in the address, their titles and their cells.

`optimizer.learning_rate` is a setting; `eval/kl@best` is a figure of a metric, which always has an @. Left out: the
menu in which they are chosen (`table_menus`), and reading or sorting by them, which is storage's.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from app.markup import sure, texts
from app.markup.metric_names import declared, title
from app.translations import N_, _
from engine.spec import ALGORITHMS, Generate, RunSpec, Setting, resolved_path, settings
from storage.records import Series
from storage.run_columns import AUTO, Figure, MetricColumn, SettingColumn

SCALARS = ("real", "whole", "choice", "text", "switch")
SHOWN_ELSEWHERE = ("version", "kind", "name", "algorithm")
FIGURES = {"last": N_("last"), "best": N_("best"), "min": N_("smallest"), "max": N_("largest")}
_STORED: dict[str, Figure] = {"last": "last", "min": "minimum", "max": "maximum"}
LONGEST_KEY = 120
MOST_COLUMNS = 12


@dataclass(frozen=True)
class Column:
    """One chosen column: its name in the address, and what storage reads for it."""

    name: str
    source: SettingColumn | MetricColumn

    @property
    def title(self) -> str:
        """What stands at the head of the column, in the reader's language."""
        if isinstance(self.source, SettingColumn):
            return _(setting_titles()[self.source.path])
        figure = self.name.rpartition("@")[2]
        return title(self.source.key) if figure == "last" else f"{title(self.source.key)} · {_(FIGURES[figure])}"


@dataclass(frozen=True)
class Values:
    """What the cells of one run are read from."""

    settings: Mapping[str, Any]
    resolved: Mapping[str, Any]
    series: Mapping[str, Series]


@cache
def setting_titles() -> dict[str, str]:
    """The title (a msgid) of each setting with one value, by its path, as the run file orders them."""
    declared_settings: dict[str, Setting] = {}
    blocks: tuple[type[RunSpec], ...] = (*ALGORITHMS.values(), Generate)
    for block in blocks:
        for setting in settings(block):
            if setting.kind in SCALARS and setting.path not in SHOWN_ELSEWHERE:
                declared_settings.setdefault(setting.path, setting)
    return {path: setting.title for path, setting in declared_settings.items()}


def column(name: str) -> Column | None:
    """The column of this name; None where there is no such setting or figure."""
    if name in setting_titles():
        return Column(name, SettingColumn(name, resolved_path(name)))
    key, at, figure = name.rpartition("@")
    if not at or not key or len(key) > LONGEST_KEY or figure not in figures(key):
        return None
    stored = _STORED.get(figure) or ("maximum" if declared(key).better == "up" else "minimum")
    return Column(name, MetricColumn(key, stored))


def columns(names: str) -> tuple[Column, ...]:
    """The columns that the address names, without what is none, and none twice."""
    found = (column(name) for name in dict.fromkeys(names.split(",")))
    return tuple(each for each in found if each is not None)[:MOST_COLUMNS]


def figures(key: str) -> list[str]:
    """Which figures of a metric can be a column; the best one only where it is declared on which side that lies."""
    return [name for name in FIGURES if name != "best" or declared(key).better is not None]


def cell(chosen: Column, values: Values) -> str:
    """The value of one run as text, three significant digits of a number; a dash where it has none."""
    if isinstance(chosen.source, MetricColumn):
        series, figure = values.series.get(chosen.source.key), chosen.source.figure
        if series is not None and figure == "last":
            return sure.value(series.last, series.last_interval)
        return texts.number(None if series is None else getattr(series, figure))
    return setting_text(_setting(chosen.source, values))


def setting_text(value: Any) -> str:
    """The value of a setting in a cell: hashes are cut, numbers have three significant digits."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return f"{value:,}" if abs(value) > 9999 else str(value)
    if isinstance(value, float):
        return texts.number(value)
    return "–" if value is None else texts.short_hash(str(value))


def _setting(source: SettingColumn, values: Values) -> Any:
    """As `storage.run_columns.value`: what the settings say, or what `auto` in them became."""
    given, decided = _inside(values.settings, source.path), _inside(values.resolved, source.resolved)
    return decided if given in (None, AUTO) and decided is not None else given


def _inside(document: Any, path: str) -> Any:
    for key in path.split("."):
        document = document.get(key) if isinstance(document, Mapping) else None
    return document if not isinstance(document, float) or math.isfinite(document) else None
