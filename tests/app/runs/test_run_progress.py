"""How far a run has come: the budget in steps, as the run decided it, else as its file has it."""

from types import SimpleNamespace
from typing import Any

import pytest

from app.runs import run_progress

FILE = {"algorithm": "dpo", "data": {"dataset": "pairs"}}
ROW = {"model": "starter", "ancestors": [], "device": "cpu", "precision": "fp32", "threads": 2}
ROW |= {"micro_batch": 4, "learning_rate": 2e-4}


@pytest.mark.parametrize(
    ("spec", "resolved", "expected"),
    [
        ({**FILE, "budget": {"steps": 20}}, None, 20),
        (FILE, None, None),  # auto: not known before the first attempt
        (FILE, {**ROW, "budget": {"steps": 300}}, 300),
        ({**FILE, "budget": {"tokens": 9}}, None, None),
        (FILE, {**ROW, "budget": {"seconds": 1.5}}, None),
        ({**FILE, "budget": {"steps": 20}}, {"args": "of another trainer"}, 20),
        ({"max_steps": 3}, {"args": "of another trainer"}, None),
    ],
)
def test_the_budget_in_steps(spec: dict[str, Any], resolved: dict[str, Any] | None, expected: int | None) -> None:
    assert run_progress.total_steps(SimpleNamespace(spec=spec, resolved=resolved)) == expected


def test_the_bar_has_a_name_for_who_hears_it() -> None:
    bar = run_progress.bar(SimpleNamespace(name="<b>first</b>", fraction=0.5, algorithm="dpo"))
    assert 'aria-label="Progress of &lt;b&gt;first&lt;/b&gt;"' in bar
