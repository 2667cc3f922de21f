"""Overview: what runs, what waits, what ended and how; and first steps for a newcomer."""

from collections.abc import Callable
from functools import partial

import streamlit as st
from markupsafe import Markup

from app import clients
from app.bridge import buttons, live
from app.datasets import example_data as shipped
from app.markup.texts import heading, section
from app.runs import queue_list, recent, running
from app.runs.run_buttons import act
from app.translations import N_, _
from storage import runs

# (file of the page, query, title, sentence, button); the first two need the data that ships
STEPS: tuple[tuple[str, dict[str, str], str, str, str], ...] = (
    (
        "launch",
        {"preset": "polite-dpo"},
        N_("Train"),
        N_("DPO teaches the small starter model to answer politely, on pairs that come with it: minutes on a CPU."),
        N_("Launch DPO on polite-weather"),
    ),
    (
        "data",
        {"dataset": shipped.PAIRS},
        N_("Look"),
        N_("Every pair has a prompt, the answer people chose and the one they rejected: what the model learns from."),
        N_("Look at the data"),
    ),
    (
        "data",
        {"import": "file"},
        N_("Bring your own"),
        N_("JSON and JSONL files of TRL, HH-RLHF and LLaMA-Factory are recognised; mistakes are reported by line."),
        N_("Import your own pairs"),
    ),
)
OWN = ("local", "imported", "live")  # runs of an example make nobody less of a newcomer
LEAD = Markup('<p class="al-lead">{}</p>')
STEP = Markup('<div class="al-step"><b>{number} · {title}</b><p>{sentence}</p></div>')


def show() -> None:
    """The page."""
    st.html(heading(_("Overview")))
    newcomer = not runs.listing(clients.database(), origins=OWN, limit=1)
    if newcomer:
        st.html(
            LEAD.format(
                _("Teach a small language model which answers people prefer, watch it learn, and compare methods.")
            )
        )
        first_steps(newcomer)
        return
    watched, steps = st.columns([3, 1], gap="medium")
    with watched:
        st.html(section(_("Now")))
        live.show(running.running_now, key="now_part")
        st.html(section(_("Queue")))
        act(live.show(queue_list.queue, key="queue_part"))
        st.html(section(_("Ended last")))
        live.show(recent.recent_runs, key="recent_part")
    with steps:
        first_steps(newcomer)


def first_steps(newcomer: bool) -> None:
    """Cards with a button each, side by side for who has nothing else to see yet."""
    st.html(section(_("First steps")))
    cards: list[Callable[[int], None]] = [partial(step, *one) for one in STEPS]
    if not shipped.here(clients.database()):
        cards = [example_data, cards[-1]]
    cards.append(example_study)
    columns = st.columns(len(STEPS) + 1) if newcomer else [st.container() for _card in cards]
    for number, (column, card) in enumerate(zip(columns, cards, strict=False), 1):
        with column, st.container(border=True, key=f"first_step_{number}"):
            card(number)


def step(page: str, query: dict[str, str], title: str, sentence: str, button: str, number: int) -> None:
    """One card; its button leads to the page where it is done."""
    st.html(STEP.format(number=number, title=_(title), sentence=_(sentence)))
    pressed = buttons.button(
        _(button),
        key=f"first_step_button_{number}",
        type="primary" if number == 1 else "secondary",
        width="stretch",
    )
    if pressed:
        st.switch_page(f"views/{page}.py", query_params=query)


def example_data(number: int) -> None:
    """In place of the steps that need the data that ships, where the workspace does not hold it."""
    told = _("{dataset}, the pairs that the first runs learn from, comes with AlignLab but is not in this workspace.")
    st.html(STEP.format(number=number, title=_("Get the example data"), sentence=told.format(dataset=shipped.PAIRS)))
    shipped.offer(primary=True)


def example_study(number: int) -> None:
    """Curves to look at before anything is trained."""
    told = _("DPO, PPO, GRPO and GSPO on the same prompts, reward and budget, trained before: nothing to wait for.")
    st.html(STEP.format(number=number, title=_("Compare four methods"), sentence=told))
    shipped.open_example(number)


show()
