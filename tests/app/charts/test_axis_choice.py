"""What curves are drawn along until a reader says otherwise."""

import pytest
from streamlit.testing.v1 import AppTest


def script(budget: object) -> None:
    import streamlit as st

    from app.charts import axis_choice
    from tests.app.compare.test_compare import run

    axis = axis_choice.choose([run("a", budget=budget)])
    st.write("steps" if axis is None else axis.key)


@pytest.mark.parametrize(
    ("budget", "along"), [({"steps": 30}, "steps"), ({"tokens": 9_000}, "num_tokens"), ("auto", "steps")]
)
def test_the_axis_counts_what_the_budget_counts(budget: object, along: str) -> None:
    page = AppTest.from_function(script, kwargs={"budget": budget}).run()
    assert not page.exception
    assert page.markdown[0].value == along
