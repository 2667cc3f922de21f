"""Watch rules that a run is too short for are told before the launch."""

import pytest

from engine.runtime.preflight import watch_checks
from engine.spec import parse
from words import english

EVERY_50 = {"algorithm": "grpo", "data": {"dataset": "d"}, "evaluation": {"every": 50}}


@pytest.mark.parametrize(
    ("rule", "steps", "needed"),
    [
        ({"kind": "plateau", "patience": 2}, 101, None),  # 0, 50 and 100, then the last at 101
        ({"kind": "plateau", "patience": 2}, 100, 3),  # the one of step 100 is the last
        ({"kind": "kl", "for": 2}, 51, None),
        ({"kind": "truncation", "for": 3}, 51, 3),
        ({"kind": "kl", "metric": "kl", "for": 40}, 51, None),  # of updates
        ("nan", 1, None),
        ({"kind": "plateau", "patience": 99}, None, None),  # a budget in seconds
    ],
)
def test_a_rule_that_takes_more_evaluations_than_there_are_is_told(
    rule: object, steps: int | None, needed: int | None
) -> None:
    budget = {"seconds": 9.0} if steps is None else {"steps": steps}
    spec = parse({**EVERY_50, "budget": budget, "watch": ["nan", rule]})
    problems = [*watch_checks.warnings(spec, steps or 1)]
    assert [problem.path for problem in problems] == (["watch.2"] if needed else [])
    if needed:
        assert f"it takes {needed} evaluations, and the run has 2 before its last one" in english(problems[0].text)
