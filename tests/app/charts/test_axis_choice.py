"""What curves can be drawn along, and are until a reader says otherwise."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from engine.spec import key_metrics

SAMPLES, TOKENS, SECONDS = (
    key_metrics.TRAINED_SAMPLES,
    key_metrics.TRAINED_TOKENS,
    key_metrics.TRAINING_SECONDS,
)


def script(budget: object, present: list[str], state: str) -> None:
    from dataclasses import replace

    import streamlit as st

    from app.charts import axis_choice
    from tests.app.compare.test_compare import run

    axis = axis_choice.choose([replace(run("a", budget=budget), state=state)], {"a": present})
    st.write(axis.key or "steps")


def page(budget: object, present: list[str], state: str = "succeeded") -> AppTest:
    page = AppTest.from_function(script, kwargs={"budget": budget, "present": present, "state": state}).run()
    assert not page.exception
    return page


@pytest.mark.parametrize(
    ("budget", "along"),
    [
        ({"steps": 30}, "steps"),
        ({"tokens": 9_000}, TOKENS),
        ({"samples": 90}, SAMPLES),
        ({"seconds": 9}, SECONDS),
        ("auto", "steps"),
    ],
)
def test_the_axis_counts_what_the_budget_counts(budget: object, along: str) -> None:
    assert page(budget, [TOKENS, SAMPLES, SECONDS]).markdown[0].value == along


def test_an_axis_that_a_run_cannot_have_is_not_offered() -> None:
    def offered(state: str) -> list[Any]:
        return page({"samples": 90}, [TOKENS], state).button_group[0].options

    assert offered("succeeded") == ["Steps", "Tokens"]
    assert offered("running") == ["Steps", "Samples", "Tokens", "Seconds", "KL"]
