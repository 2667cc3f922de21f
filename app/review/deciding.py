"""Deciding a pair over those who judged it, by a press or a key, and taking the last decision back.

A press carries the pair that it was meant for, so that it never decides another one. Left out: what follows from a
decision (`storage.judging.judged_preferences`).
"""

import time
from dataclasses import dataclass, replace
from typing import Literal

import streamlit as st

from app.actions import judging
from app.bridge import buttons
from app.markup import notices, texts
from app.people import Person
from app.review import judged_pairs, pair_card
from app.review.judged_pairs import JudgedPair
from app.translations import N_, _
from engine.analysis.comparisons import Pair
from storage.database import Database
from storage.errors import StorageError
from storage.judging.judgement_records import BETTER, MUCH_BETTER, Adjudication, Judgement

PRESS = "review.press"
LAST = "review.last"
STEP = "review.step"
Verdict = Literal["a", "b", "tie", "both_bad", "withdrawn"]
CHOICES: tuple[tuple[Verdict, int | None, str, str], ...] = (
    ("a", BETTER, N_("{letter} is better"), "1"),
    ("b", BETTER, N_("{letter} is better"), "2"),
    ("a", MUCH_BETTER, N_("{letter} is much better"), "Shift+1"),
    ("b", MUCH_BETTER, N_("{letter} is much better"), "Shift+2"),
    ("tie", None, N_("Tie"), "0"),
    ("both_bad", None, N_("Both bad"), "b"),
)
"""A verdict with its strength, what the button says, and its key: those of Annotate."""
CHANGED = N_("Somebody else decided this pair in the meantime: look at it again, under Decided.")


@dataclass(frozen=True)
class Press:
    """What was pressed for which pair, and the decision that was seen then."""

    dataset: str
    pair: Pair
    responses: tuple[str, str]
    verdict: Verdict
    seen: str | None
    strength: int | None = None


def carry_out(db: Database, person: Person, dataset: str) -> None:
    """Store what was pressed, or say why not."""
    press: Press | None = buttons.take(PRESS)
    if press is None or press.dataset != dataset:
        return
    current = judged_pairs.decisions(db, dataset, judged_pairs.of_dataset(db, dataset)).get(press.pair)
    if (None if current is None else current.id) != press.seen:
        st.html(texts.tone(_(CHANGED), "warning", "▲"))
        return
    decision = Adjudication(press.pair[0], *press.responses, press.verdict, press.strength)
    try:
        stored = judging.adjudicate(db, person, dataset, decision, time.time())
    except StorageError as error:
        st.html(notices.refusal(error))
        return
    undone = press.verdict == "withdrawn"
    withdrawal = replace(press, verdict="withdrawn", strength=None, seen=stored.id)
    st.session_state[LAST] = None if undone else withdrawal


def buttons_of(person: Person, press: Press, *, is_first: bool, is_last: bool) -> int:
    """Buttons with their keys; returns by how many pairs to go on. Who changes nothing may only go on and back.

    `press` has the pair and the decision on it, and takes it back.
    """
    with st.container(key="review-buttons", horizontal=True, vertical_alignment="center", gap="small"):
        if person.may("researcher"):
            _verdict_buttons(press)
        _step_button(_("Back"), -1, "Left", disabled=is_first)
        _step_button(_("Next"), 1, "s", disabled=is_last)
        undo_button(person)
    step: int | None = buttons.take(STEP)
    return step or 0


def undo_button(person: Person) -> None:
    """The button that takes the last decision back, where there is one."""
    last: Press | None = st.session_state.get(LAST)
    if last is not None and person.may("researcher"):
        _button(_("Undo"), last, "undo", shortcut="u")


def withdrawal(dataset: str, pair: JudgedPair, decision: Judgement | None) -> Press:
    """The press that takes back what was decided of the pair."""
    return Press(dataset, pair.pair, pair.responses, "withdrawn", None if decision is None else decision.id)


def _verdict_buttons(press: Press) -> None:
    for verdict, strength, title, shortcut in CHOICES:
        label = _(title).format(letter=pair_card.LETTERS.get(verdict, ""))
        name = f"{verdict}.much" if strength == MUCH_BETTER else verdict
        _button(label, replace(press, verdict=verdict, strength=strength), name, shortcut)
    if press.seen is not None:
        _button(_("Take the decision back"), press, "withdrawn")


def _button(label: str, press: Press, name: str, shortcut: str | None = None) -> None:
    st.button(label, key=f"review.{name}", shortcut=shortcut, on_click=buttons.keep, args=(PRESS, press))


def _step_button(label: str, step: int, shortcut: str, *, disabled: bool) -> None:
    key = f"review.step.{step}"
    st.button(label, key=key, shortcut=shortcut, disabled=disabled, on_click=buttons.keep, args=(STEP, step))
