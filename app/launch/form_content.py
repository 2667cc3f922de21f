"""What the form of Launch holds at one time, read before any field is drawn: the run it makes, or what is wrong.

Left out: the fields (`launch.form`), and where their values are kept (`launch.form_state`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import streamlit as st

from app.datasets import example_data
from app.launch import form_state, preflight_cache
from engine.spec import ALGORITHMS, Setting, SpecError, Train, inert, parse
from storage import datasets, run_lists
from storage.database import Database
from storage.records import Dataset, RunName, Version
from words import Text

MOST_VERSIONS = 50  # in a select; another one can be typed


@dataclass(frozen=True)
class Form:
    """Settings by path, the run they make or what is wrong with them, and why some of them change nothing."""

    settings: Mapping[str, Setting]
    spec: Train | None
    problems: Mapping[str, Text]
    listed: tuple[Dataset, ...]  # the most recently used or edited first
    parents: tuple[RunName, ...]  # runs that another one can start from
    versions: Mapping[str, Sequence[Version]]  # that can be chosen, by the path of the setting
    inert: Mapping[str, Text] = field(default_factory=dict)

    def fitting(self) -> list[str]:
        """Names of the datasets that the method can learn from."""
        kinds = ALGORITHMS[form_state.algorithm()].data_kinds
        return [data.name for data in self.listed if data.kind in kinds]

    def data_kind(self) -> str | None:
        """What the chosen dataset holds; None where there is none."""
        chosen = form_state.value("data.dataset")
        return next((data.kind for data in self.listed if data.name == chosen), None)


def read(db: Database) -> Form:
    """The form before any field is drawn: the session's state holds already what was pressed or typed."""
    available = tuple(_by_recency(datasets.listing(db), run_lists.last_trained_on(db)))
    parents = tuple(run_lists.startable_from(db))
    settings = {setting.path: setting for setting in form_state.fields(form_state.algorithm())}
    form = Form(settings, None, {}, available, parents, {})
    form_state.choose_dataset(form.fitting())
    form = replace(form, versions=dict(_versions(db, [data.name for data in available])))
    try:
        spec = parse(form_state.gather())
    except SpecError as error:
        problems = {problem.path: problem.text for problem in error.problems}
        return replace(form, problems=problems, inert=st.session_state.get(_inert_key(), {}))
    answer = preflight_cache.cached(preflight_cache.query_for(spec, available))
    problems = {} if answer is None else answer.problems_by_path
    reasons = st.session_state[_inert_key()] = inert(spec, form.data_kind())
    return replace(form, spec=spec, problems=problems, inert=reasons)


def _inert_key() -> str:
    """What had no effect before a mistake was made stays marked: fields do not jump while someone types."""
    return f"launch.inert.{form_state.algorithm()}"


def _versions(db: Database, names: Sequence[str]) -> Iterator[tuple[str, Sequence[Version]]]:
    """The newest versions of the chosen datasets."""
    for block in ("data", "evaluation"):
        name = form_state.value(f"{block}.dataset")
        if name in names:
            yield f"{block}.version", datasets.versions(db, name)[:MOST_VERSIONS]


def _by_recency(listed: list[Dataset], used_at: Mapping[str, float]) -> list[Dataset]:
    """What was used or edited last comes first, and example data that nobody used last, its pairs before the others."""

    def rank(data: Dataset) -> tuple[bool, bool, float, str]:
        untouched = example_data.is_example(data.name) and data.name not in used_at
        recent = max(data.edited_at, used_at.get(data.name, 0.0))
        return untouched, untouched and data.name != example_data.PAIRS, -recent, data.name

    return sorted(listed, key=rank)
