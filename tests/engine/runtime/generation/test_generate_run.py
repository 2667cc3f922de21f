"""A generate run in this process: what it puts into a dataset, and that trouble on the way changes none of it."""

import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from engine.models import sampler
from engine.runtime.generation import generate_run
from storage import dataset_writes, datasets, generated_items, queue, runs
from storage.database import Database
from storage.errors import Invalid
from storage.item_content import prompt_key
from storage.records import MEASUREMENT, Item, Lease, Run
from tests.engine.runtime.generation.generated import attempt, contents, items, run_file, submit
from words import english

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("pairs")]
Claim = Callable[[Run], Lease]


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two prompts a batch, so that there are several."""
    monkeypatch.setattr(generate_run, "ROWS", 4)


def generate(db: Database, claim: Claim, model: Path, **blocks: Any) -> Run:
    run = submit(db, run_file(model, **blocks))
    assert attempt(db, run, claim) == "succeeded"
    return runs.get(db, run.id)


def test_it_fills_a_new_dataset_with_two_different_answers_a_prompt(db: Database, model: Path, claim: Claim):
    run = generate(db, claim, model)
    made = items(db, "candidates")
    assert datasets.get(db, "candidates").kind == "pairs"
    assert len(made) == 4
    for item in made:
        first, second = item.responses
        assert (first.id, second.id) == ("r1", "r2")
        assert first.text.strip() != second.text.strip()
        assert {first.origin, second.origin} == {str(model)}
        assert item.preferences == ()
        how = item.extra["generated"]
        assert (how["run"], how["seed"], how["temperature"], how["max_new_tokens"]) == (run.id, 0, 1.0, 6)
        assert [len(weights) for weights in how["weights"].values()] == [64]
    asked = {item.id: item for item in datasets.items(db, "pairs")[0]}
    for item in made:
        source = asked[item.extra["generated"]["item"]]
        assert (source.messages, source.topic) == (item.messages, item.topic)


def test_the_prompts_are_the_first_by_their_hash(db: Database, model: Path, claim: Claim):
    generate(db, claim, model)
    keys = sorted(prompt_key(item.messages) for item in datasets.items(db, "pairs")[0])
    assert [prompt_key(item.messages) for item in items(db, "candidates")] == keys[:4]


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize(
    "trouble", [{"die_at": 2}, {"pause_at": 2}, {"pause_after_tokens": 9}, {"pause_at": 4, "die_at": 6}]
)
def test_a_disturbed_run_ends_with_the_items_of_the_undisturbed_one(
    db: Database, model: Path, claim: Claim, trouble: dict[str, int]
):
    generate(db, claim, model, prompts=8, into="whole")
    run = submit(db, run_file(model, prompts=8, into="disturbed"))
    assert attempt(db, run, claim, **trouble) in ("paused", "queued")
    assert len(items(db, "disturbed")) < 8
    if runs.get(db, run.id).state == "paused":
        queue.resume(db, run.id, 3_000.0)
    assert attempt(db, run, claim) == "succeeded"
    assert contents(db, "disturbed") == contents(db, "whole")


@pytest.mark.usefixtures("small_batches")
def test_attempts_that_answered_something_are_not_counted_as_failed(db: Database, model: Path, claim: Claim):
    run = submit(db, run_file(model, prompts=10))
    states = [attempt(db, run, claim, die_at=step) for step in (2, 4, 6, 8)]
    assert states == ["queued"] * 4
    assert attempt(db, run, claim) == "succeeded"
    assert len(items(db, "candidates")) == 10


def test_another_seed_gives_other_answers_and_adds_them(db: Database, model: Path, claim: Claim):
    first = generate(db, claim, model)
    second = generate(db, claim, model, seed=1)
    made = items(db, "candidates")
    assert len(made) == 8
    assert len({item.id for item in made}) == 8
    texts = [tuple(response.text for response in item.responses) for item in made]
    assert texts[:4] != texts[4:]
    assert [run.id for run in generated_items.runs_into(db, "candidates")] == [second.id, first.id]
    assert [item.id for item in generated_items.items(db, first.id)[0]] == [item.id for item in made[:4]]


def test_it_notes_how_varied_its_answers_are(db: Database, model: Path, claim: Claim):
    run = generate(db, claim, model)
    (note,) = [english(note) for note in runs.notes(db, run.id, MEASUREMENT)]
    assert note.startswith("8 of 8 answers are different texts; distinct-2 of a sample of ")
    assert note.endswith("that needs answers of the starter or of a run that began with it.")


def test_answers_of_the_starter_are_measured_by_its_perplexity(db: Database, claim: Claim):
    run = submit(db, run_file(Path("starter"), sampling={"max_new_tokens": 12}))
    assert attempt(db, run, claim) == "succeeded"
    (note,) = [english(note) for note in runs.notes(db, run.id, MEASUREMENT)]
    assert "answers outside the 1st to 99th percentile of perplexity under the starter (median " in note


def test_two_models_give_one_answer_each(db: Database, model: Path, claim: Claim, other_model: Path):
    sampling = {"max_new_tokens": 6, "samples": 1}
    run = generate(db, claim, model, against={"name": str(other_model)}, sampling=sampling)
    for item in items(db, "candidates"):
        assert [response.origin for response in item.responses] == [str(model), str(other_model)]
    resolved = runs.get(db, run.id).resolved
    assert resolved is not None
    assert resolved["against"]["model"] == str(other_model)
    assert resolved["against_hash"] not in (None, resolved["reference_hash"])


def test_equal_answers_are_kept_once_and_flagged_where_there_is_no_other(
    db: Database, model: Path, claim: Claim, tmp_path: Path
):
    sampling = {"max_new_tokens": 6, "samples": 1, "temperature": 0}
    run = generate(
        db, claim, model, sampling=sampling, against={"name": str(shutil.copytree(model, tmp_path / "copy"))}
    )
    made = items(db, "candidates")
    assert all("equal_responses" in item.flags for item in made)
    assert [len(item.responses) for item in made] == [2] * 4
    notes = [english(text) for text in runs.notes(db, run.id)]
    assert notes == ["To 4 of 4 prompts all answers are equal: these items are flagged, and not asked about."]


def test_an_equal_answer_is_drawn_again(db: Database, model: Path, claim: Claim, monkeypatch: pytest.MonkeyPatch):
    drawn: list[int] = []
    uniforms = sampler.uniforms

    def first_draw_equal(stream: Any, count: int) -> Any:
        if len(stream) != 5:  # the check of a model as it is loaded
            return uniforms(stream, count)
        *_key, number, draw = stream
        drawn.append(draw)
        return uniforms((*stream[:-2], number if draw else 0, draw), count)

    monkeypatch.setattr(sampler, "uniforms", first_draw_equal)
    generate(db, claim, model)
    assert {response.text for item in items(db, "candidates") for response in item.responses}
    assert all(item.flags == () or "equal_responses" not in item.flags for item in items(db, "candidates"))
    assert drawn.count(0) == 8
    assert drawn.count(1) >= 4


def test_a_scorer_leaves_scores_and_their_margin_in_the_extra_fields(db: Database, model: Path, claim: Claim):
    sampling = {"max_new_tokens": 6, "samples": 3}
    generate(db, claim, model, scorer=[{"kind": "length", "shortest": 40}], sampling=sampling)
    for item in items(db, "candidates"):
        scores = sorted(item.extra["generated"]["scores"].values())
        assert len(scores) == len(item.responses)
        assert item.extra["margin"] == min(high - low for low, high in pairwise(scores))
        assert all(response.score is None for response in item.responses), "people are not shown them"


@pytest.mark.usefixtures("small_batches")
def test_a_run_whose_dataset_is_renamed_goes_on_there(db: Database, model: Path, claim: Claim):
    run = submit(db, run_file(model))
    assert attempt(db, run, claim, die_at=2) == "queued"
    dataset_writes.rename(db, "candidates", "mine")
    assert attempt(db, run, claim) == "succeeded"
    assert len(items(db, "mine")) == 4
    generation = generated_items.of_run(db, run.id)
    assert generation is not None
    assert (generation.name, generation.prompts) == ("mine", 4)


@pytest.mark.usefixtures("small_batches")
def test_a_run_whose_dataset_is_deleted_ends(db: Database, model: Path, claim: Claim):
    run = submit(db, run_file(model))
    assert attempt(db, run, claim, die_at=2) == "queued"
    dataset_writes.delete(db, "candidates", 2_000.0)
    with pytest.raises(Invalid, match="The dataset that the run fills was deleted"):
        attempt(db, run, claim)


def test_a_dataset_of_somebody_else_is_not_added_to(db: Database, model: Path, claim: Claim):
    run = submit(db, run_file(model, into="pairs"))
    with pytest.raises(Invalid, match="There is a dataset named pairs already"):
        attempt(db, run, claim)
    assert len(items(db, "pairs")) == 40


def test_an_item_keeps_its_tags_and_the_tools_of_its_prompt(db: Database, model: Path, claim: Claim):
    extra = {"tools": [{"type": "function", "function": {"name": "rain"}}], "note": "of the row"}
    item = Item("", ({"role": "user", "content": "Why?"},), topic="why", tags=("short",), extra=extra)
    dataset_writes.create(db, "one", "prompts", 1.0)
    dataset_writes.add_item(db, "one", item, 1.0)
    generate(db, claim, model, data={"dataset": "one", "max_prompt_tokens": 64})
    (made,) = items(db, "candidates")
    assert (made.topic, made.tags, made.extra["tools"]) == ("why", ("short",), extra["tools"])
    assert made.extra.keys() == {"generated", "tools"}
