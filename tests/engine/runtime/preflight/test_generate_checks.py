"""The preflight of generate runs: what would make one fail, what it will take, and that it needs no train settings."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from engine import launch
from engine.runtime.preflight.check import preflight
from engine.spec import Generate, parse
from storage import attempt_writes, dataset_writes, queue, run_links, run_references
from storage.database import Database
from storage.records import Item
from words import english

NOW = 1_000.0


@pytest.fixture
def file(db: Database, model: Path, pairs: str) -> dict[str, Any]:
    return {
        "kind": "generate",
        "model": {"name": str(model)},
        "data": {"dataset": pairs, "max_prompt_tokens": 64},
        "sampling": {"max_new_tokens": 20},
        "into": "answers",
    }


def problems(db: Database, file: dict[str, Any]) -> dict[str, str]:
    """path -> sentence."""
    return {problem.path: english(problem.text) for problem in preflight(db, file).problems}


def test_a_sound_run_has_no_problem_and_an_estimate(db: Database, file: dict[str, Any]):
    answer = preflight(db, {**file, "prompts": 10})
    assert (answer.problems, answer.warnings) == ((), ())
    assert answer.estimate is not None
    assert (answer.estimate.steps, answer.estimate.items) == (10, 10)
    assert answer.estimate.generated_tokens == 10 * 2 * 20 / 2
    assert answer.spec is not None
    assert answer.spec["kind"] == "generate"


def test_the_estimate_grows_with_prompts_and_models(db: Database, file: dict[str, Any], model: Path, tmp_path: Path):
    def seconds(**changes: Any) -> int:
        estimate = preflight(db, {**file, "sampling": {"max_new_tokens": 180, "samples": 16}, **changes}).estimate
        assert estimate is not None
        return estimate.seconds

    again = {"name": str(shutil.copytree(model, tmp_path / "copy"))}
    assert seconds(prompts=1) == seconds(prompts=4), "they are sampled together"
    assert seconds(prompts=1) < seconds(prompts=40) < seconds(prompts=40, against=again)


def test_no_more_prompts_are_counted_than_there_are(db: Database, file: dict[str, Any]):
    estimate = preflight(db, {**file, "prompts": 4_000}).estimate
    assert estimate is not None
    assert estimate.steps == 40


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        ({"data": {"dataset": "none"}}, "data.dataset", "There is no dataset named none"),
        ({"data": {"dataset": "pairs", "version": "abcdef12"}}, "data.version", "abcdef12 is not a version of"),
        ({"data": {"dataset": "pairs", "filter": "hail"}}, "data.filter", "has the tag or topic hail"),
        ({"into": "pairs"}, "into", "There is a dataset named pairs already, which no generate run made"),
        ({"into": "no/name"}, "into", "cannot be a dataset's name"),
        ({"into": "talks"}, "into", "holds prompts, so no answers to compare can be added"),
        ({"model": {"name": "/nowhere/at/all"}}, "model.name", "nowhere"),
        ({"against": {"name": "/nowhere/at/all"}}, "against.name", "nowhere"),
        ({"against": {"from": "run:zzzz"}}, "against.from", "There is no run zzzz"),
        ({"scorer": [{"kind": "learned", "from": "run:zzzz"}]}, "scorer.1.from", "There is no run zzzz"),
        ({"sampling": {"max_new_tokens": 250}}, "model", "reads 256 tokens at most"),
        ({"resources": {"device": "cuda:3"}}, "resources.device", "This machine has no GPU"),
        ({"name": "a\u200bb"}, "name", "which nobody sees"),
    ],
)
def test_what_would_make_it_fail_is_told_before(
    db: Database, file: dict[str, Any], changes: dict[str, Any], path: str, words: str
):
    dataset_writes.create(db, "talks", "prompts", NOW)
    assert words in problems(db, file | changes).get(path, "")


def test_an_empty_dataset_of_prompts_is_refused(db: Database, file: dict[str, Any]):
    dataset_writes.create(db, "empty", "prompts", NOW)
    empty = {"dataset": "empty", "max_prompt_tokens": 64}
    assert problems(db, file | {"data": empty}) == {"data.dataset": "The dataset empty is empty."}


def test_a_run_that_trains_nothing_cannot_be_started_from(db: Database, file: dict[str, Any]):
    run = launch.submit(db, parse(file, Generate), requested_by=None, now=NOW)
    assert problems(db, file | {"model": {"from": f"run:{run.id}"}}) == {
        "model.from": f"The run {run.id} trains nothing, so it has no checkpoint to start from."
    }


def test_a_prompt_that_a_template_refuses_is_told(db: Database, file: dict[str, Any], model: Path, tmp_path: Path):
    strict = shutil.copytree(model, tmp_path / "strict")
    template = "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('No system turn.') }}{% endif %}"
    (strict / "chat_template.jinja").write_text(template + "{{ m.content }}{% endfor %}")
    system = Item("", ({"role": "system", "content": "Be kind."}, {"role": "user", "content": "Rain?"}))
    dataset_writes.create(db, "systems", "prompts", NOW)
    dataset_writes.add_item(db, "systems", system, NOW)
    whole = file | {"model": {"name": str(strict)}, "data": {"dataset": "systems", "max_prompt_tokens": 64}}
    assert "1 of 1 prompts cannot be read" in problems(db, whole)["data"]
    dataset_writes.add_item(db, "systems", Item("", ({"role": "user", "content": "Sun?"},)), NOW + 1)
    answer = preflight(db, whole)
    assert not answer.problems
    assert ["1 of 2 prompts cannot be read" in english(warning.text) for warning in answer.warnings] == [True]


def test_checkpoints_of_both_models_are_pinned_and_kept(db: Database, file: dict[str, Any], pairs: str):
    def trained(step: int) -> str:
        run = launch.submit(db, parse({"algorithm": "dpo", "data": {"dataset": pairs}}), requested_by=None, now=NOW)
        lease = queue.claim_run(db, run.id, host="here", device="cpu", seconds=60, now=NOW)
        assert lease is not None
        path = db.workspace.checkpoints(run.id) / f"{step}-a1"
        attempt_writes.record_checkpoint(db, lease, step=step, path=path, size=1, best=False, now=NOW)
        queue.finish(db, lease, "succeeded", now=NOW)
        return run.id

    first, second = trained(5), trained(7)
    spec = parse(file | {"model": {"from": f"run:{first}"}, "against": {"from": f"run:{second}"}}, Generate)
    run = launch.submit(db, spec, requested_by=None, now=NOW)
    assert (run.spec["model"]["from"], run.spec["against"]["from"]) == (f"run:{first}@5", f"run:{second}@7")
    assert {(link.parent, link.role) for link in run_links.lineage(db, run.id)} == {
        (first, "weights"),
        (second, "weights"),
    }
    assert (run_references.relied_on(db, first), run_references.relied_on(db, second)) == ({5}, {7})
