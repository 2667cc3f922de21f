"""The preflight of a run: one sentence for each mistake, and figures that come true."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from safetensors.numpy import load_file, save_file

from engine.models.model_folder import inspect
from engine.runtime.preflight.check import CHECKS, preflight
from engine.runtime.run import ancestry
from engine.spec import Problem, parse
from engine.spec.answers import Estimate
from engine.spec.blocks import Lora, Model
from engine.spec.parse import KINDS
from storage import attempt_writes, dataset_writes, datasets, metrics, queue, runs
from storage.database import Database
from storage.errors import Damaged, Invalid, NotFound
from storage.item_content import EXCLUDED
from storage.records import Item, Lease, Response, Run
from tests import tiny
from words import english

Claim = Callable[[Run], Lease]


def sentences(findings: Sequence[Problem]) -> dict[str, str]:
    """path -> sentence."""
    return {finding.path: english(finding.text) for finding in findings}


def problems_of(db: Database, file: dict[str, Any]) -> dict[str, str]:
    """path -> sentence."""
    return sentences(preflight(db, file).problems)


def figures_of(db: Database, file: dict[str, Any]) -> Estimate:
    """The estimate of a run that has one."""
    estimate = preflight(db, file).estimate
    assert estimate is not None
    return estimate


def test_every_kind_of_the_run_files_has_a_check_and_no_other():
    assert CHECKS.keys() == KINDS.keys()


def test_a_webhook_that_could_not_be_told_is_told_before_the_launch(
    db: Database, model: Path, pairs: str, monkeypatch: pytest.MonkeyPatch
):
    file = tiny.settings(model, pairs, notify={"webhook": "env:TEAM_WEBHOOK"})
    monkeypatch.delenv("TEAM_WEBHOOK", raising=False)
    cause = "The webhook cannot be told: env:TEAM_WEBHOOK is empty, or is not one line of ASCII text."
    assert problems_of(db, file) == {"notify.webhook": cause}
    monkeypatch.setenv("TEAM_WEBHOOK", "https://hooks.example/x")
    assert problems_of(db, file) == {}


def test_a_run_in_order_has_no_problem_and_figures_that_add_up(db: Database, model: Path, pairs: str):
    answer = preflight(db, tiny.settings(model, pairs))
    assert answer.problems == ()
    figures = answer.estimate
    assert figures.steps == 12
    held_out = dataset_writes.freeze(db, pairs, time.time()).held_out
    assert figures.items == 40 - held_out
    assert figures.passes == pytest.approx(12 * 4 / (40 - held_out), abs=0.01)
    assert figures.split is (held_out > 0)
    assert figures.skipped == 0
    assert figures.micro_batch == 3


def test_what_a_run_would_sample_is_told(db: Database, model: Path, pairs: str):
    file = tiny.settings(model, pairs, algorithm="gspo", sampling={"group_size": 3, "max_new_tokens": 6})
    figures = figures_of(db, file)
    assert (figures.rollout_prompts, figures.completions) == (4 * 4, 4 * 3)
    assert figures.generated_tokens == 12 * figures.completions * 3  # an answer takes half of its room
    stored = figures_of(db, tiny.settings(model, pairs))
    assert (stored.rollout_prompts, stored.completions, stored.generated_tokens) == (0, 0, 0)


def test_the_tokens_come_out_as_foreseen(db: Database, model: Path, pairs: str):
    """The estimate of one pass equals what all examples have, counted with the training's own tokenizer."""
    from engine.data.groups import encode
    from engine.data.items import examples, training
    from engine.data.templates import Template
    from engine.models.tokenizer_files import load_tokenizer

    version = dataset_writes.freeze(db, pairs, time.time())
    items = training(datasets.load(db, version.hash))
    file = tiny.settings(model, pairs, optimizer={"batch_size": len(items)}, budget={"steps": 1})
    own = Template.from_tokenizer(load_tokenizer(inspect("tiny", model)))
    groups = [encode(example, own, 96, 64) for example in examples(items, parse(file))]
    assert figures_of(db, file).tokens == sum(group.tokens for group in groups)


@pytest.mark.parametrize(
    ("blocks", "path", "words"),
    [
        ({"data": {"dataset": "none"}}, "data.dataset", "none"),
        ({"data": {"dataset": "empty"}}, "data.dataset", "The dataset empty is empty."),
        ({"data": {"dataset": "prompts"}}, "data.dataset", "dpo cannot train on prompts: it holds prompts"),
        ({"optimizer": {"batch_size": 100}}, "optimizer.batch_size", "The batch of 100 is larger than the data"),
        ({"data": {"filter": "fog"}}, "data.filter", "No item of pairs has the tag or topic fog."),
        ({"evaluation": {"dataset": "none"}}, "evaluation.dataset", "none"),
        ({"checkpoint": {"keep_best": "entropy"}}, "checkpoint.keep_best", "does not report entropy"),
        ({"data": {"max_tokens": 512, "max_prompt_tokens": 64}}, "data.max_tokens", "reads 256 tokens at most"),
        ({"sampling": {"max_new_tokens": 250}}, "sampling.max_new_tokens", "exceed together"),
        ({"algorithm": "dpo2"}, "algorithm", "There is no algorithm dpo2"),
        ({"budget": {"steps": 0}}, "budget.steps", "budget.steps must be"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value and " " not in value else "",
)
def test_a_bad_run_is_told_in_one_sentence(
    db: Database, model: Path, pairs: str, blocks: dict[str, Any], path: str, words: str
):
    dataset_writes.create(db, "empty", "pairs", 1.0)
    dataset_writes.create(db, "prompts", "prompts", 1.0)
    dataset_writes.add_item(db, "prompts", Item("1", ({"role": "user", "content": "Hello?"},)), 1.0)
    problems = problems_of(db, tiny.settings(model, pairs, **blocks))
    assert list(problems) == [path]
    assert words in problems[path]


@pytest.mark.parametrize(
    ("algorithm", "kind", "responses", "words"),
    [
        ("dpo", "pairs", ("Yes.", "No."), "No pair of unjudged has a preference yet, and no two scores"),
        ("kto", "pairs", ("Yes.", "No."), "No answer of unjudged is labelled good or bad, and no pair has"),
        ("sft", "demonstrations", (), "No item of unjudged has an answer to imitate"),
    ],
)
def test_data_without_an_example_is_told_what_it_lacks(
    db: Database, model: Path, algorithm: str, kind: str, responses: tuple[str, ...], words: str
):
    dataset_writes.create(db, "unjudged", kind, 1.0)
    answers = tuple(Response(f"r{number}", text) for number, text in enumerate(responses))
    dataset_writes.add_item(db, "unjudged", Item("1", ({"role": "user", "content": "Hello?"},), answers), 1.0)
    file = tiny.settings(model, "unjudged", algorithm=algorithm)
    assert problems_of(db, file)["data.dataset"].startswith(words)
    item = datasets.items(db, "unjudged")[0][0]
    dataset_writes.edit_item(
        db, "unjudged", replace(item, tags=(EXCLUDED,)), expected=item.edited_at, now=2.0, account=None
    )
    assert problems_of(db, file)["data.dataset"] == "All items of unjudged are excluded from training."


def test_a_missing_model_and_a_pickled_one_are_told(db: Database, pairs: str, model: Path, tmp_path: Path):
    problems = problems_of(db, tiny.settings(tmp_path / "none", pairs))
    assert "There is no model folder" in problems["model.name"]
    (tmp_path / "config.json").write_text((model / "config.json").read_text())
    (tmp_path / "pytorch_model.bin").write_bytes(b"")
    assert "pickled weights only" in problems_of(db, tiny.settings(tmp_path, pairs))["model.name"]


def test_a_damaged_tokenizer_is_told(db: Database, pairs: str, model: Path, tmp_path: Path):
    copy = shutil.copytree(model, tmp_path / "copy")
    (copy / "tokenizer.json").write_text("{")
    problems = problems_of(db, tiny.settings(copy, pairs))
    assert problems["model.name"].startswith(f"The tokenizer.json of the model {copy} cannot be read")


def test_weights_that_are_no_numbers_are_told_before_the_queue(db: Database, pairs: str, model: Path, tmp_path: Path):
    folder = shutil.copytree(model, tmp_path / "diverged")
    weights = load_file(folder / "model.safetensors")
    weights["model.norm.weight"][3] = float("nan")
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    problem = problems_of(db, tiny.settings(folder, pairs))["model.name"]
    assert problem == f"The weights of {folder} hold NaN or infinity: model.norm.weight."


@pytest.mark.parametrize("block", ["data", "evaluation"])
def test_a_beginning_that_several_versions_share_is_told(
    db: Database, model: Path, pairs: str, block: str, monkeypatch: pytest.MonkeyPatch
):
    file = tiny.settings(model, pairs)
    file[block] = {**file[block], "dataset": pairs, "version": "abcdef"}
    frozen = dataset_writes.freeze(db, pairs, 1.0)
    twins = [replace(frozen, hash=f"abcdef{digit}") for digit in "01"]
    monkeypatch.setattr(datasets, "versions", lambda _db, _name: twins)
    assert problems_of(db, file) == {
        f"{block}.version": f"abcdef begins several versions of {pairs}: abcdef0, abcdef1. Name one of them by more of "
        "its hash."
    }


@pytest.mark.parametrize("block", ["data", "evaluation"])
def test_a_version_of_another_dataset_is_told(db: Database, model: Path, pairs: str, block: str):
    file = tiny.settings(model, pairs)
    file[block] = {**file[block], "dataset": pairs, "version": "0123456789abcdef" * 4}
    assert problems_of(db, file) == {
        f"{block}.version": f"01234567 is not a version of the dataset {pairs}: set {block}.version to latest."
    }


def test_the_versions_of_a_deleted_dataset_are_there_to_be_evaluated_on(db: Database, model: Path, pairs: str):
    tiny.write_pairs(db, "other", 8)
    version = dataset_writes.freeze(db, "other", 1.0).hash
    dataset_writes.delete(db, "other", 2.0)
    file = tiny.settings(model, pairs)
    file["evaluation"] = {**file["evaluation"], "dataset": "other", "version": version}
    assert preflight(db, file).problems == ()
    file["evaluation"]["version"] = version[::-1]
    assert problems_of(db, file) == {
        "evaluation.dataset": f"The dataset version {version[::-1]} is not in this workspace."
    }


def test_several_mistakes_are_told_together(db: Database, tmp_path: Path):
    file = tiny.settings(tmp_path / "none", "absent", checkpoint={"keep_best": "entropy"})
    assert set(problems_of(db, file)) == {"data.dataset", "model.name", "checkpoint.keep_best"}


def test_few_prompts_and_seconds_are_worth_knowing(db: Database, model: Path):
    tiny.write_pairs(db, "few", 8)
    answer = preflight(db, tiny.settings(model, "few", budget={"seconds": 5}))
    assert set(sentences(answer.warnings)) == {"evaluation", "budget"}
    assert answer.estimate.split is False


def test_too_few_prompts_matter_only_where_they_are_evaluated_on(db: Database, model: Path, pairs: str):
    tiny.write_pairs(db, "few", 8)
    answer = preflight(db, tiny.settings(model, "few", evaluation={"dataset": pairs}))
    assert set(sentences(answer.warnings)) == {"evaluation.dataset"}, "its prompts are among those of the other"
    assert answer.estimate.evaluated_on == pairs
    own = preflight(db, tiny.settings(model, "few", evaluation={"dataset": "few"}))
    assert set(sentences(own.warnings)) == {"evaluation"}
    assert own.estimate.evaluated_on is None


def test_earlier_runs_tell_how_long_it_takes(db: Database, model: Path, pairs: str, claim: Claim):
    file = tiny.settings(model, pairs)
    blind = figures_of(db, file)
    run = tiny.submit(db, file)
    lease = claim(run)
    metrics.write(db, lease, [(1, {"tokens_per_second": blind.tokens / 500.0}, 1.0)])
    queue.finish(db, lease, "succeeded", now=2.0)
    assert 500 < figures_of(db, file).seconds < 800  # evaluations come on top


def test_one_slow_moment_or_run_does_not_swing_the_estimate(db: Database, model: Path, pairs: str, claim: Claim):
    file = tiny.settings(model, pairs)
    usual = figures_of(db, file).tokens / 500.0
    for speeds in ([usual] * 4 + [usual / 50], [usual / 50] * 5, [usual] * 4 + [usual / 50]):
        lease = claim(tiny.submit(db, file))
        metrics.write(db, lease, [(step, {"tokens_per_second": speed}, 1.0) for step, speed in enumerate(speeds, 1)])
        queue.finish(db, lease, "succeeded", now=2.0)
    assert 500 < figures_of(db, file).seconds < 800


@pytest.mark.slow
def test_a_child_process_answers_the_same_without_torch(db: Database, model: Path, pairs: str):
    file = tiny.settings(model, pairs)
    code = (
        "import sys, engine.runtime.preflight.check as p; status = p.main(); "
        "sys.stderr.write(str('torch' in sys.modules)); sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, "--workspace", str(db.workspace.root)],
        input=json.dumps(file),
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == "False"
    printed, here = json.loads(done.stdout), preflight(db, file).to_json()
    for answer in (printed, here):
        answer["estimate"].pop("disk_free_mb")
    assert printed == here


def saved(db: Database, lease: Lease, *steps: int) -> None:
    """Checkpoints of these steps, with weights that nobody reads."""
    for step in steps:
        folder = db.workspace.checkpoints(lease.run_id) / f"{step}-a1"
        folder.mkdir(parents=True)
        (folder / "weights.safetensors").write_bytes(b"")
        attempt_writes.record_checkpoint(db, lease, step=step, path=folder, size=1, best=False, now=1.0)


def ended(db: Database, run: Run, claim: Claim, *steps: int) -> Run:
    lease = claim(run)
    saved(db, lease, *steps)
    queue.finish(db, lease, "succeeded", now=2.0)
    return run


@pytest.fixture
def parent(db: Database, model: Path, pairs: str, claim: Claim) -> Run:
    """A LoRA run that ended with checkpoints of steps 0 and 5."""
    file = {**tiny.settings(model, pairs), "model": {"name": str(model), "adapter": {"kind": "lora", "rank": 2}}}
    return ended(db, tiny.submit(db, file), claim, 0, 5)


def start(reference: str) -> Model:
    return Model(**{"from": reference})


@pytest.mark.parametrize(("at", "step"), [("", 5), ("@5", 5), ("@0", 0)])
def test_a_run_descends_from_the_newest_checkpoint_or_the_one_named(
    db: Database, model: Path, parent: Run, at: str, step: int
):
    line = ancestry.resolve_ancestry(db, start(f"run:{parent.id}{at}"))
    assert line.root == str(model)
    assert [(file.adapter, file.weights.parent.name) for file in line.checkpoints] == [(Lora(rank=2), f"{step}-a1")]
    assert line.references == [f"run:{parent.id}@{step}"]


def test_generations_come_oldest_first(db: Database, pairs: str, model: Path, parent: Run, claim: Claim):
    file = {**tiny.settings(model, pairs), "model": {"from": f"run:{parent.id}@0"}}
    child = ended(db, tiny.submit(db, file), claim, 3)
    line = ancestry.resolve_ancestry(db, start(f"run:{child.id}"))
    assert [checkpoint.weights.parent.name for checkpoint in line.checkpoints] == ["0-a1", "3-a1"]
    assert [checkpoint.adapter is None for checkpoint in line.checkpoints] == [False, True]
    assert line.references == [f"run:{parent.id}@0", f"run:{child.id}@3"]


@pytest.mark.parametrize(("at", "words"), [("@7", "no checkpoint of step 7; there are 0, 5"), ("", None)])
def test_a_checkpoint_that_is_not_there_is_told(db: Database, parent: Run, at: str, words: str | None):
    with pytest.raises(NotFound, match=words or "zzzz"):
        ancestry.resolve_ancestry(db, start(f"run:{parent.id}{at}" if words else "run:zzzz"))


def test_a_checkpoint_without_its_weights_is_told_and_never_the_base_model_instead(db: Database, parent: Run):
    for step, words in ((5, f"step 5 of the run {parent.id} has lost its weights"), (0, None)):
        (db.workspace.checkpoints(parent.id) / f"{step}-a1" / "weights.safetensors").unlink()
        if words:
            with pytest.raises(NotFound, match=words):
                ancestry.resolve_ancestry(db, start(f"run:{parent.id}@{step}"))
        else:  # nothing was trained yet
            assert ancestry.resolve_ancestry(db, start(f"run:{parent.id}@{step}")).checkpoints == []


def test_a_checkpoint_that_was_cut_is_told_before_anything_starts_from_it(db: Database, parent: Run):
    folder = db.workspace.checkpoints(parent.id) / "5-a1"
    size = (folder / "weights.safetensors").stat().st_size
    manifest = {"files": {"weights.safetensors": {"bytes": size + 1, "sha256": ""}}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(Damaged, match=r"5-a1 is damaged: weights\.safetensors is not there, or not as it was saved"):
        ancestry.resolve_ancestry(db, start(f"run:{parent.id}"))


def test_a_run_that_has_not_ended_will_do_before_the_launch_and_not_after(
    db: Database, model: Path, pairs: str, claim: Claim
):
    file = tiny.settings(model, pairs)
    under_way = tiny.submit(db, file)
    saved(db, claim(under_way), 5)
    child = {**file, "model": {"from": f"run:{under_way.id}"}}
    assert preflight(db, child).problems == ()
    with pytest.raises(Invalid, match=f"The run {under_way.id} has not ended"):
        ancestry.resolve_ancestry(db, start(f"run:{under_way.id}"))
    assert "only a reward run learns" in next(
        iter(problems_of(db, {**file, "reward": [{"kind": "learned", "from": f"run:{under_way.id}"}]}).values())
    )
    teacher = tiny.submit(db, {**file, "algorithm": "reward"})
    assert preflight(db, {**file, "reward": [{"kind": "learned", "from": f"run:{teacher.id}"}]}).problems == ()


def test_a_reward_model_takes_memory_also_one_that_is_yet_to_be_trained(
    db: Database, model: Path, pairs: str, chain: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("engine.models.memory.FLOAT", 4_000)  # bytes a weight: the tiny model weighs something
    teacher = tiny.submit(db, tiny.settings(model, pairs, algorithm="reward"))
    parts = [{"kind": "learned", "from": f"run:{teacher.id}", "name": name} for name in ("once", "twice")]
    alone, taught = (figures_of(db, tiny.settings(model, pairs, reward=reward)).memory_mb for reward in (None, parts))
    weights = inspect("tiny", model).parameters * 4_000 / 2**20
    assert taught - alone == pytest.approx(weights, abs=1), "both parts share one model"
    planned = preflight(db, chain).stages[2].estimate.memory_mb
    chain["stages"][2]["reward"] = None
    assert planned - preflight(db, chain).stages[2].estimate.memory_mb == pytest.approx(weights, abs=1)


def test_a_parent_that_is_not_there_is_a_problem(db: Database, model: Path, pairs: str):
    answer = preflight(db, {**tiny.settings(model, pairs), "model": {"from": "run:zzzz"}})
    assert sentences(answer.problems) == {"model.from": "There is no run zzzz."}


@pytest.fixture
def chain(model: Path, pairs: str) -> dict[str, Any]:
    """sft, reward and ppo, the first on the tiny model and the others on what came before."""
    shared = tiny.settings(model, pairs)
    named = {"name": "sft", "algorithm": "sft", "model": shared.pop("model")}
    judge = {"name": "judge", "algorithm": "reward", "model": {"from": "stage:sft"}}
    ppo = {
        "name": "ppo",
        "algorithm": "ppo",
        "model": {"from": "stage:judge"},
        "reward": [{"kind": "learned", "from": "stage:judge"}],
    }
    return {**{key: value for key, value in shared.items() if key != "algorithm"}, "stages": [named, judge, ppo]}


def test_stages_are_checked_with_the_model_at_their_root(db: Database, chain: dict[str, Any]):
    answer = preflight(db, chain)
    assert answer.problems == ()
    assert [stage.name for stage in answer.stages] == ["sft", "judge", "ppo"]
    assert all(stage.estimate.steps == 12 for stage in answer.stages)
    chain["stages"][2]["sampling"] = {"max_new_tokens": 250}
    assert problems_of(db, chain)["stages.3.sampling.max_new_tokens"].startswith("Stage ppo: The model ")


def test_the_problems_of_all_stages_are_told_with_their_names(db: Database, chain: dict[str, Any]):
    chain["stages"][1]["data"] = {"dataset": "none"}
    chain["stages"][2]["model"] = {"from": "run:zzzz"}
    problems = problems_of(db, chain)
    assert problems["stages.3.model.from"] == "Stage ppo: There is no run zzzz."
    assert problems["stages.2.data.dataset"].startswith("Stage judge: ")
    assert runs.listing(db) == []


def test_a_file_of_stages_that_cannot_be_read_says_why(db: Database, chain: dict[str, Any]):
    chain["stages"][0]["name"] = ""
    assert problems_of(db, chain) == {
        "stages.1.name": "Stage 1 needs a name of letters, digits, dashes and underscores."
    }


def test_an_adapter_without_layers_is_a_problem_of_its_targets(db: Database, model: Path, pairs: str):
    for targets, words in ((["query_key_value"], "no linear layer named query_key_value"), ([], "is empty")):
        adapter = {"kind": "lora", "targets": targets}
        problems = problems_of(db, {**tiny.settings(model, pairs), "model": {"name": str(model), "adapter": adapter}})
        assert list(problems) == ["model.adapter.targets"]
        assert words in problems["model.adapter.targets"]
