"""Runs that the first polite rule scored are not compared with runs of today."""

from dataclasses import replace

from app.compare.compared_runs import compared_run
from engine.analysis import comparison
from engine.spec import parse
from storage.first_polite import renaming
from tests.app.compare.test_compare import run
from words import english


def test_a_run_of_the_first_rule_is_told_from_one_of_today() -> None:
    today = run("today", "grpo", reward=None)
    former = renaming(today.spec)
    assert former is not None
    earlier = replace(today, id="earlier", name="earlier", spec=former.spec)
    compared = [compared_run(earlier), compared_run(today)]
    (warning,) = comparison.comparability_warnings(compared)
    assert "different rewards (polite_v1: earlier; polite: today)" in english(warning)
    assert not comparison.on_one_scale(compared)


def test_settings_of_a_former_run_are_read_as_any_others() -> None:
    former = renaming(run("earlier", "dpo", reward=None).spec)
    assert former is not None
    assert [part.kind for part in parse(former.spec).evaluation_reward] == ["polite_v1"]
