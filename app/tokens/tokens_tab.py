"""The tab Tokens of a run: what each token was worth, alone, against another step, or against another run.

Left out: the lens itself (`app.tokens.lens`).
"""

from itertools import islice

import streamlit as st

from app import clients
from app.markup import texts
from app.tokens import lens
from app.translations import _
from storage import run_lists, runs, samples
from storage.database import Database
from storage.errors import StorageError
from storage.records import ACTIVE, Run

MOST_OTHERS = 40  # runs that are offered to compare with, the newest
MOST_SEARCHED = 400


def show(run: Run) -> None:
    """The lens, or what is needed before there is anything to look at."""
    db = clients.database()
    steps = samples.token_steps(db, run.id)
    if not steps:
        st.html(texts.empty(*_why_none(run)))
        return
    lens.show(f"lens_{run.id}", run.id, steps[-1], _others(db, run))


def _why_none(run: Run) -> tuple[str, str]:
    """What is missing, and what would bring it: nothing does for a run that was made elsewhere."""
    if run.origin != "local":
        advice = _("The run was made elsewhere, and what its tokens were worth did not come along with its curves.")
        return _("No tokens were kept of this run."), advice
    if run.state in ACTIVE:
        return _("No tokens yet."), _("Every evaluation of a train run keeps what its tokens were worth.")
    advice = _("The run ended before its first evaluation. Resume it, or launch it again with its settings.")
    return _("No tokens were kept of this run."), advice


def _others(db: Database, run: Run) -> list[lens.Other]:
    """The newest runs on the same data that have tokens, after the one that the address names."""
    named = st.query_params.get("against", "").partition("@")[0]
    alike = [other for other in run_lists.search(db, limit=MOST_SEARCHED) if other.dataset == run.dataset]
    names = {other.id: other.name for other in [*_named(db, named), *alike] if other.id != run.id}
    others = (lens.Other(id_, name, tuple(samples.token_steps(db, id_))) for id_, name in names.items())
    return list(islice((other for other in others if other.steps), MOST_OTHERS))


def _named(db: Database, run_id: str) -> list[Run]:
    """The run, if there is one; where there is none, the lens says so."""
    try:
        return [runs.get(db, run_id)] if run_id else []
    except StorageError:
        return []
