"""First steps on the Overview: cards that lead to training, to the data, to an import and to the recorded example.

Left out: importing the example datasets (`datasets.example_data`).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st
from markupsafe import Markup

from app import clients, people
from app.actions import shipped
from app.bridge import buttons
from app.datasets import example_data
from app.markup import notices
from app.markup.texts import empty, section
from app.translations import N_, _


@dataclass(frozen=True)
class Step:
    """A card whose button leads to the view `page` with a query."""

    page: str
    query: dict[str, str]
    title: str
    sentence: str
    button: str


STEPS = (  # the first two need the data that ships
    Step(
        "launch",
        {"preset": "polite-dpo"},
        N_("Train"),
        N_("DPO teaches the small starter model to answer politely, on pairs that come with it: minutes on a CPU."),
        N_("Launch DPO on polite-weather"),
    ),
    Step(
        "data",
        {"dataset": example_data.PAIRS},
        N_("Look"),
        N_("Every pair has a prompt, the answer people chose and the one they rejected: what the model learns from."),
        N_("Look at the data"),
    ),
    Step(
        "data",
        {"import": "file"},
        N_("Bring your own"),
        N_(
            "JSON, Parquet and CSV files of TRL, LLaMA-Factory and many others are recognised; "
            "mistakes are told by row."
        ),
        N_("Import your own pairs"),
    ),
)
CARD = Markup('<div class="al-step"><b>{number} · {title}</b><p>{sentence}</p></div>')


def show(newcomer: bool) -> None:
    """The cards, side by side for a newcomer, who has nothing else to see yet; for who may launch and import."""
    if not people.current().may("researcher"):
        if newcomer:
            st.html(empty(_("There is no run yet."), _("What others launch appears here.")))
        return
    st.html(section(_("First steps")))
    cards: list[Callable[[int], None]] = [partial(_step, step) for step in STEPS]
    if not example_data.has_pairs(clients.database()):
        cards = [_example_data, cards[-1]]
    cards.append(_example_study)
    columns = st.columns(len(STEPS) + 1) if newcomer else [st.container() for _card in cards]
    for number, (column, card) in enumerate(zip(columns, cards, strict=False), 1):
        with column, st.container(border=True, key=f"first_step_{number}"):
            card(number)


def _step(step: Step, number: int) -> None:
    st.html(CARD.format(number=number, title=_(step.title), sentence=_(step.sentence)))
    pressed = buttons.button(
        _(step.button),
        key=f"first_step_button_{number}",
        type="primary" if number == 1 else "secondary",
        width="stretch",
    )
    if pressed:
        st.switch_page(f"views/{step.page}.py", query_params=step.query)


def _example_data(number: int) -> None:
    """In place of the steps that need the data that ships, where the workspace does not hold it."""
    sentence = _(
        "{dataset}, the pairs that the first runs learn from, comes with AlignLab but is not in this workspace."
    ).format(dataset=example_data.PAIRS)
    st.html(CARD.format(number=number, title=_("Get the example data"), sentence=sentence))
    example_data.import_button(primary=True)


def _example_study(number: int) -> None:
    """Curves to look at before anything is trained."""
    sentence = _(
        "DPO, PPO, GRPO and GSPO on the same prompts, reward and budget, trained before: nothing to wait for. One seed "
        "of each shows how to compare, not which is best."
    )
    st.html(CARD.format(number=number, title=_("Compare four methods"), sentence=sentence))
    _open_example(number)


def _open_example(number: int) -> None:
    """A button that opens the recorded study; the first press imports it."""
    key = f"first_step_button_{number}"
    if not buttons.button(_("Open the example"), key=key, width="stretch"):
        return
    try:
        with buttons.spinner(_("Bringing in the recorded runs"), key):
            study = shipped.bring_example(clients.database(), people.current(), clients.engine(), time.time())
    except clients.EngineError as error:
        st.html(notices.sentences([(N_("The example could not be brought in: {error}"), {"error": str(error)})], "bad"))
    else:
        st.switch_page("views/compare.py", query_params={"study": study.id})
