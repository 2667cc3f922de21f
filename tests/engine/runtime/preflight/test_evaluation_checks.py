"""What is said before a launch of the prompts that a run is evaluated on: too few of them, or also trained on."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.data.items import evaluated
from engine.runtime.preflight.check import preflight
from engine.runtime.preflight.evaluation_checks import overlap
from storage import dataset_writes
from storage.database import Database
from storage.item_content import split
from storage.records import Item
from tests import tiny
from words import english

LONG = "Question {}: what will the weather be like in the mountains in the course of the next days, rain or snow?"


def asking(text: str) -> Item:
    return replace(tiny.pair(0), messages=({"role": "user", "content": text},))


def warned(db: Database, file: dict[str, Any]) -> dict[str, str]:
    """path -> sentence, of what concerns the evaluation."""
    answer = preflight(db, file)
    assert answer.problems == ()
    return {warning.path: english(warning.text) for warning in answer.warnings if "prompts" in english(warning.text)}


def test_equal_and_nearly_equal_prompts_are_counted_apart_each_with_an_example():
    trained = [asking(LONG.format(1)), asking("How far is it to Lisbon from here, by train?")]
    asked = [asking(LONG.format(1).upper()), asking(LONG.format(2)), asking("Who wrote the Lusiads?")]
    found = overlap(trained, asked)
    assert (found.total, found.equal, found.alike) == (3, 1, 1)
    assert found.equal_example.startswith("…")
    assert found.equal_example.endswith("RAIN OR SNOW?")
    assert found.alike_example.endswith("rain or snow?")
    assert overlap(trained, asked[2:])[:3] == (1, 0, 0)


def test_a_filter_narrows_what_a_run_is_evaluated_on_too():
    items = split([replace(tiny.pair(number), topic="rain" if number % 2 else "sun") for number in range(200)])
    held_out = [item for item in items if item.split == "held_out"]
    assert evaluated(items, "rain") == [item for item in held_out if item.topic == "rain"]
    assert evaluated(items, None) == held_out
    training_only = [replace(item, tags=("mine",)) if item.split == "train" else item for item in items]
    assert {item.split for item in evaluated(training_only, "mine")} == {"train"}, "none of its prompts is held out"


@pytest.mark.slow
def test_an_evaluation_set_that_is_trained_on_is_told(db: Database, model: Path, pairs: str):
    dataset_writes.create(db, "other", "pairs", 1.0)
    for number in (3, 4, 500):
        dataset_writes.add_item(db, "other", replace(tiny.pair(number), id=""), 1.0)
    file = tiny.settings(model, pairs, evaluation={"dataset": "other"})
    assert warned(db, file)["evaluation.dataset"].startswith("2 of the 3 evaluation prompts are also trained on")


@pytest.mark.slow
def test_more_prompts_than_are_held_out_are_told_and_not_cut_silently(db: Database, model: Path, pairs: str):
    file = tiny.settings(model, pairs, evaluation={"prompts": 64})
    sentence = warned(db, file)["evaluation.prompts"]
    assert sentence.startswith("evaluation.prompts asks for 64 prompts, and there are ")


@pytest.mark.slow
def test_prompts_that_do_not_suffice_to_choose_and_report_on_different_ones_are_told(db: Database, model: Path):
    tiny.write_pairs(db, "many", 400)
    held_out = sum(item.split == "held_out" for item in split([tiny.pair(number) for number in range(400)]))
    few = {"prompts": 4, "final_prompts": 300}
    assert "evaluation.final_prompts" not in warned(db, tiny.settings(model, "many", evaluation=few))
    answer = preflight(db, tiny.settings(model, "many", evaluation=few))
    assert answer.estimate is not None
    assert (answer.estimate.final_prompts, answer.estimate.final_answers) == (held_out - 4, 4 * (held_out - 4))
    most = {"prompts": held_out - 2, "final_prompts": 300}
    sentence = warned(db, tiny.settings(model, "many", evaluation=most))["evaluation.final_prompts"]
    assert sentence.startswith(f"Of {held_out} held-out prompts, {held_out - 2} choose the best checkpoint")


@pytest.mark.slow
def test_a_filter_that_leaves_no_held_out_prompt_is_told(db: Database, model: Path, pairs: str):
    held_out = {item.topic for item in split([tiny.pair(number) for number in range(40)]) if item.split == "held_out"}
    absent = sorted({item.topic or "" for item in map(tiny.pair, range(40))} - {topic or "" for topic in held_out})[0]
    answer = preflight(db, tiny.settings(model, pairs, data={"filter": absent}))
    sentence = english(next(warning.text for warning in answer.warnings if warning.path == "evaluation"))
    assert sentence.startswith(f"No held-out prompt of {pairs} has the tag or topic {absent}:")
    assert answer.estimate is not None
    assert answer.estimate.split is False


@pytest.mark.slow
def test_the_best_cannot_be_kept_by_what_is_known_at_the_end_alone(db: Database, model: Path, pairs: str):
    file = tiny.settings(model, pairs, evaluation={"final_prompts": 4}, checkpoint={"keep_best": "final/reward"})
    (problem,) = preflight(db, file).problems
    assert problem.path == "checkpoint.keep_best"
    assert "known only when the run has ended" in english(problem.text)
