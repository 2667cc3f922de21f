"""What is exported says what the checkpoint says, in each form; where it does not, nothing is left."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from engine.model_exports import equality, folders, plain_reading, sources
from engine.models.model_folder import ModelProblem
from engine.runtime.run.checkpoint_policy import load_checkpoint
from storage.database import Database
from storage.errors import Invalid, NotFound
from tests.engine.model_exports.conftest import Export, Train
from tests.engine.model_exports.trained import LORA, STEP, descends_from

FULL = {"config.json", "generation_config.json", "model.safetensors"}
ADAPTER = {"adapter_config.json", "adapter_model.safetensors"}
ALWAYS = {"README.md", "alignlab.json", "chat_template.jinja", "tokenizer.json", "tokenizer_config.json"}


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize(
    ("algorithm", "adapter", "merge", "form", "expected"),
    [
        ("dpo", "none", False, "model", FULL),
        ("dpo", LORA, False, "adapter", ADAPTER),
        ("dpo", LORA, True, "model", FULL),
        ("ppo", "none", False, "model", FULL),
        ("ppo", LORA, False, "adapter", ADAPTER),
        ("reward", "none", False, "reward_model", FULL - {"generation_config.json"}),
        ("reward", LORA, False, "reward_adapter", ADAPTER),
        ("reward", LORA, True, "reward_model", FULL - {"generation_config.json"}),
    ],
)
def test_each_form_says_what_the_checkpoint_says(
    train: Train, export_: Export, tmp_path: Path, algorithm, adapter, merge, form, expected
):
    run = train(algorithm, adapter)
    made = export_(run.id, tmp_path / "out", merge=merge)
    assert (made.form, made.checkpoint) == (form, f"run:{run.id}@{STEP}")
    assert made.check.prompts == equality.PROMPTS
    assert made.check.largest_difference <= 1e-5
    assert files(tmp_path / "out") == expected | ALWAYS
    assert json.loads((tmp_path / "out" / "alignlab.json").read_text()) == made.to_json()
    assert [path.name for path in tmp_path.iterdir()] == ["out"], "nothing unfinished is left beside it"
    weights = load_file(next((tmp_path / "out").glob("*.safetensors")))
    assert not any("head" in name and "lm_head" not in name for name in weights), "a value head is left out"


def test_the_weights_are_those_of_the_step_that_was_named(train: Train, export_: Export, model: Path, tmp_path: Path):
    run = train("dpo")
    export_(f"{run.id}@0", tmp_path / "first")
    export_(run.id, tmp_path / "last")
    first, last = (load_file(tmp_path / name / "model.safetensors") for name in ("first", "last"))
    base = load_file(model / "model.safetensors")
    assert all(torch.equal(first[name], base[name]) for name in base)
    assert not any(torch.equal(last[name], base[name]) for name in base)


def test_a_merged_export_of_a_chain_holds_the_weights_of_all_its_runs(train: Train, export_: Export, tmp_path: Path):
    parent = train("sft", LORA)
    child = train("dpo", LORA, model=descends_from(parent))
    made = export_(child.id, tmp_path / "out", merge=True)
    assert made.check.largest_difference <= 1e-5
    card = (tmp_path / "out" / "README.md").read_text()
    assert f"(`{parent.id}`, sft) → tiny (`{child.id}`, dpo)" in card
    with pytest.raises(Invalid, match="belongs to weights that an earlier run trained"):
        export_(child.id, tmp_path / "adapter")


@pytest.mark.slow
def test_a_merged_adapter_is_compared_in_float64(train: Train, export_: Export, tmp_path: Path):
    """In float32 the starter's two orders of adding differ by 1.1e-5, although nothing is wrong."""
    run = train("kto", LORA, model={"name": "starter"})
    assert export_(run.id, tmp_path / "apart").check.precision == "float32"
    check = export_(run.id, tmp_path / "merged", merge=True).check
    assert (check.precision, check.largest_difference <= 5e-6) == ("float64", True)


def test_padding_is_no_end_of_an_answer_in_a_reward_model(train: Train, export_: Export, tmp_path: Path):
    """The tiny model pads with the token that ends an answer; a reward model would read the one before it."""
    export_(train("reward").id, tmp_path / "out")
    plain = plain_reading.open_folder(tmp_path / "out")
    assert plain.tokenizer.pad_token_id != plain.tokenizer.eos_token_id


@pytest.mark.parametrize("adapter", ["none", LORA], ids=["full", "lora"])
def test_weights_that_are_not_those_of_the_checkpoint_leave_nothing(
    train: Train, export_: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, adapter
):
    write = folders.write

    def disturbed(source, policy, folder):
        with torch.no_grad():
            for weight in policy.trainable().values():
                weight.add_(1e-3)
        write(source, policy, folder)

    monkeypatch.setattr(folders, "write", disturbed)
    with pytest.raises(ModelProblem, match="does not say what the checkpoint says"):
        export_(train("dpo", adapter).id, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_another_tokenizer_leaves_nothing(
    train: Train, export_: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    write = folders.write

    def mistaken(source, policy, folder):
        write(source, policy, folder)
        (folder / "chat_template.jinja").write_text("{{ messages[0]['content'] }}")

    monkeypatch.setattr(folders, "write", mistaken)
    with pytest.raises(ModelProblem, match="0 of 4 answers are equal"):
        export_(train("dpo").id, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_read_leaves_nothing(
    train: Train, export_: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def without_weights(source, policy, folder):
        policy.tokenizer.save_pretrained(folder)
        (folder / "config.json").write_text('{"architectures": ["LlamaForCausalLM"], "model_type": "llama"}')

    monkeypatch.setattr(folders, "write", without_weights)
    with pytest.raises((ModelProblem, OSError)):
        export_(train("dpo").id, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_nothing(train: Train, export_: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(source, policy, folder):
        (folder / "model.safetensors").write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folders, "write", full)
    with pytest.raises(OSError, match="No space left"):
        export_(train("dpo").id, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_exported_is_told(db: Database, train: Train):
    run = train("dpo")
    with pytest.raises(NotFound, match=r"no checkpoint of step 4; there are 0, 5\. The nearest is 5"):
        sources.find(db, f"{run.id}@4", merge=False)
    with pytest.raises(Invalid, match="has learned nothing yet"):
        sources.find(db, f"{train('reward').id}@0", merge=False)


def test_a_text_ends_where_training_ended_it(train: Train, export_: Export, tmp_path: Path, db: Database):
    run = train("dpo")
    export_(run.id, tmp_path / "out")
    settings = json.loads((tmp_path / "out" / "generation_config.json").read_text())
    source = sources.find(db, run.id, merge=False)
    stops = load_checkpoint(source.location, source.before, source.own, head=None).template.stops
    assert settings["eos_token_id"] == sorted(stops)


@pytest.mark.slow
def test_reading_back_loads_nothing_of_ours():
    program = (
        "import sys, runpy; runpy.run_path(sys.argv[1]);"
        "print(sorted(name for name in sys.modules if name.partition('.')[0] in ('app', 'engine', 'storage', 'words')))"
    )
    command = [sys.executable, "-I", "-c", program, str(plain_reading.__file__)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == "[]"
