"""The dialog that lets a model answer prompts, so that people can judge the answers.

Other rooms open it with `dialogs.ask(NAME, values)`; `values` are what its fields start with. Left out: launching
(`app.launch.new_run`), and what such a run does (`engine.spec.generate`).
"""

import itertools
from collections.abc import Container, Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from app.bridge import buttons, dialogs, live
from app.datasets import item_rows
from app.launch import new_run, preflight_cache
from app.launch.model_names import ModelNames
from app.markup import notices
from app.translations import N_, _
from engine.analysis.quality import answer_variety
from engine.spec import CANDIDATES, Generate, Setting, SpecError, model_block, parse, settings
from storage import datasets, generated_items, run_lists
from storage.database import Database
from storage.records import LONGEST_DATASET_NAME, Dataset

NAME = "generate"
GO = "generate.go"
MOST_SCORERS = 20
MOST_READ = 400  # items of the last run
_SETTINGS: Mapping[str, Setting] = {setting.path: setting for setting in settings(Generate)}


def show(db: Database) -> None:
    """Draw the dialog where it is open."""
    dialogs.show({NAME: (_("Sample answers to judge"), partial(_dialog, db))}, widths={NAME: "medium"})


def _dialog(db: Database, start: Mapping[str, Any] | None) -> None:
    """Fields, what the engine says of them, and the button that launches; shut while there is a mistake."""
    available = datasets.listing(db)
    filled = [data for data in available if data.items]
    if not filled:
        st.markdown(_("A model answers the prompts of a dataset, and there is none yet: import one first."))
        return
    file = _file(db, filled, dict(start or {}), {data.name: data for data in available})
    try:
        spec = parse(file, Generate)
    except SpecError as error:
        st.html(notices.sentences([problem.text for problem in error.problems], "bad"))
        return
    query = preflight_cache.query_for(spec, available)
    first = preflight_cache.initial_fragment(query, None)
    live.show(preflight_cache.preflight, key="generate.preflight", first=first, **query)
    answer = preflight_cache.cached(query)
    shut = answer is not None and bool(answer.problems)
    if buttons.button(_("Sample answers"), type="primary", key=GO, disabled=shut):
        new_run.launch(GO, partial(new_run.launch_checked, db, spec, query))


def _file(
    db: Database, filled: Sequence[Dataset], start: Mapping[str, Any], by_name: Mapping[str, Dataset]
) -> dict[str, Any]:
    """The run file that the fields make. `by_name`: all datasets."""
    names = ModelNames(run_lists.startable_from(db))
    left, right = st.columns(2)
    with left:
        model = _model(names, str(start.get("model") or "starter"))
        prompts = _prompts(filled, start.get("prompts"))
        samples = _number("sampling.samples", 2)
        into = st.text_input(
            _title("into"),
            str(start.get("into") or _free(by_name)),
            key="generate.into",
            help=_help("into"),
            max_chars=LONGEST_DATASET_NAME,
        )
        if into in by_name:
            st.caption(_added(by_name[into]))
            _few(db, into)
    with right:
        against = _against(names, start.get("against"))
        limit = _number("prompts", CANDIDATES["prompts"])
        temperature = _number("sampling.temperature", 1.0)
        scorer = _scorer(db)
    return {
        "kind": "generate",
        "model": model_block(model),
        "against": model_block(against) if against else None,
        "data": {"dataset": prompts},
        "prompts": limit,
        "sampling": {"samples": samples, "temperature": temperature},
        "into": into,
        # Another seed for each run into a dataset: the same model would say the same again.
        "seed": len(generated_items.runs_into(db, into)) if into in by_name else 0,
        "scorer": [{"kind": "learned", "from": scorer}] if scorer else None,
    }


def _model(names: ModelNames, current: str) -> str:
    options = names.options(current)
    return st.selectbox(
        _title("model.name"),
        options,
        index=options.index(current),
        key="generate.model",
        format_func=names.title,
        accept_new_options=True,
        help=names.help,
    )


def _against(names: ModelNames, current: str | None) -> str | None:
    options = names.options(*([current] if current else []))
    return st.selectbox(
        _("Against"),
        options,
        index=options.index(current) if current else None,
        key="generate.against",
        format_func=names.title,
        accept_new_options=True,
        placeholder=_("none: one model answers"),
        help=_("A second model, or another checkpoint, that answers the same prompts."),
    )


def _prompts(filled: Sequence[Dataset], current: str | None) -> str:
    by_name = {data.name: data for data in filled}
    options = [*by_name]
    usual = CANDIDATES["data"]["dataset"]
    chosen = next((name for name in (current, usual) if name in by_name), options[0])
    return st.selectbox(
        _("Prompts of the dataset"),
        options,
        index=options.index(chosen),
        key="generate.dataset",
        format_func=lambda name: f"{name} · {item_rows.count(by_name[name].kind, by_name[name].items)}",
    )


def _scorer(db: Database) -> str | None:
    """A reward model that was trained here, as run:ID. No field where there is none."""
    scorers = {f"run:{run.id}": run for run in run_lists.reward_models(db)[:MOST_SCORERS]}
    if not scorers:
        return None
    return st.selectbox(
        _title("scorer"),
        list(scorers),
        index=None,
        key="generate.scorer",
        format_func=lambda reference: scorers[reference].name,
        placeholder=_("none"),
        help=_help("scorer"),
    )


def _number(path: str, value: float | int | None) -> float | int | None:
    """A number; its bounds are the parser's to check, which says in our words what is wrong."""
    setting = _SETTINGS[path]
    whole = setting.kind == "whole"
    return st.number_input(
        _(setting.title),
        value=value,
        step=1 if whole else 0.1,
        key=f"generate.{path}",
        placeholder=_("all") if setting.optional else None,
        help=_(setting.help),
    )


def _title(path: str) -> str:
    return _(_SETTINGS[path].title)


def _help(path: str) -> str:
    return _(_SETTINGS[path].help)


def _added(data: Dataset) -> str:
    """What becomes of answers to a dataset that there is already."""
    items = item_rows.count(data.kind, data.items)
    return _("It holds {items}. The new ones are added to them, and a new round asks about them.").format(items=items)


def _few(db: Database, into: str) -> None:
    """Warn where the last run into the dataset gave few different answers: this one would give few, too."""
    newest = next(iter(generated_items.runs_into(db, into)), None)
    items = [] if newest is None else generated_items.items(db, newest.id, limit=MOST_READ)[0]
    variety = answer_variety.measure([response.text for item in items for response in item.responses])
    if variety.is_low:
        text = N_(
            "Only {different} of {count} answers sampled into it last differ: raise the temperature, take other "
            "prompts, or another model."
        )
        values = {"different": variety.different, "count": variety.answers}
        st.html(notices.sentences([(text, values)], "warning"))


def _free(taken: Container[str]) -> str:
    """A name that no dataset has."""
    return next(name for number in itertools.count(1) if (name := f"answers-{number}") not in taken)
