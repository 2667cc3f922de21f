"""Fills the form as the address of the Launch page asks. Left out: the form's state (`launch.form_state`)."""

import itertools
import re
from collections.abc import Mapping

import streamlit as st

from app.launch import draft, form_state, stages
from app.markup import notices, setting_names
from engine.spec import CHAINS, PRESETS, SpecError, Train, parse, write_yaml
from storage import run_lists, run_references, runs
from storage.database import Database
from storage.errors import StorageError
from storage.records import Run

QUERIES = ("from", "preset", "stages", "dataset", "start")
LONGEST_STEM = 75  # a run's name has 80 characters at most


def fill_as_address_asks(db: Database) -> None:
    """Follow ?from=RUN, ?preset=NAME, ?stages=NAME, ?dataset=NAME and ?start=run:ID@STEP.

    They are removed from the address, so that coming back later finds the form as it was left.
    """
    query = {name: st.query_params.pop(name) for name in QUERIES if name in st.query_params}
    if not query:
        return
    draft.before_filling()
    try:
        _fill(db, query)
    except StorageError as error:
        st.html(notices.sentences([error.text], "bad"))
    except SpecError as error:
        st.html(notices.sentences([setting_names.in_words(problem.text) for problem in error.problems], "bad"))
    if "dataset" in query:
        form_state.set_dataset(query["dataset"])
    draft.after_filling()


def _fill(db: Database, query: Mapping[str, str]) -> None:
    """Fill in a run's settings, a preset, stages, or a checkpoint as the model. Raises StorageError or SpecError."""
    if "start" in query:
        run_references.follow(db, query["start"])  # raises what is to be said, where it names no checkpoint
        st.session_state[form_state.slot("model")] = query["start"]
    elif "from" in query:
        original = runs.get(db, query["from"])
        form_state.fill(duplicate(db, original))
        if original.origin != "local":  # the versions that it used are not in this workspace
            form_state.forget_version()
            form_state.forget_version("evaluation")
    elif query.get("preset") in PRESETS:
        form_state.fill(parse(PRESETS[query["preset"]]))
    elif query.get("stages") in CHAINS.files:
        stages.hold(write_yaml(CHAINS.files[query["stages"]]))


def duplicate(db: Database, run: Run) -> Train:
    """The settings of a run, under a name that no run has. Raises SpecError."""
    return parse({**run.spec, "name": another_name(db, run.name)})


def another_name(db: Database, name: str) -> str:
    """The name with the first number from 2 on that no run has."""
    stem = re.sub(r" \d+$", "", name)[:LONGEST_STEM]
    names = run_lists.numbered_names(db, stem)
    return next(candidate for number in itertools.count(2) if (candidate := f"{stem} {number}") not in names)
