"""The card says what the model is and how it was made, and shows names as they are."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import yaml

from engine.model_exports import figures, sources
from engine.model_exports.card import Card, stated_licence
from engine.model_exports.figures import Figure
from engine.spec.answers import EqualityCheck, ExportedModel
from storage import intervals, metrics
from storage.database import Database
from storage.records import Interval, Lease, Run
from tests.engine.model_exports.conftest import Train
from tests.engine.model_exports.trained import LORA, STEP

CHECK = EqualityCheck(prompts=4, compared=237, largest_difference=1.8e-7, limit=1e-5, precision="float32")


def card(
    db: Database, run: Run, form: str, measured: Sequence[Figure] = (), constant: float = 0.0, name: str = "tiny"
) -> str:
    source = sources.find(db, run.id, merge=False)
    source = replace(source, run=replace(source.run, name=name))
    made = ExportedModel(checkpoint=source.reference, form=form, folder="/f", bytes=1, base="b", check=CHECK)
    return Card(source, made, measured, licence=None, plain_template=True, constant=constant, end="<|end|>").text()


def test_it_names_data_method_runs_check_and_settings(db: Database, train: Train):
    run = train("dpo")
    text = card(db, run, "model", [Figure("eval/reward", 5, 0.51, 0.4, 0.62, 32), Figure("loss", 5, 0.6)])
    head = yaml.safe_load(text.split("---")[1])
    assert head == {"library_name": "transformers", "pipeline_tag": "text-generation", "tags": ["alignlab", "dpo"]}
    assert f"version `{run.spec['data']['version']}`" in text
    assert "Licence of the base model: not known" in text
    assert "| `eval/reward` | 5 | 0.51 | 0.4 to 0.62, 32 answers |" in text
    assert "| `loss` | 5 | 0.6 | not known |" in text
    assert "the largest difference of 237 log-probabilities is 1.8e-07 (allowed: 1e-05, in float32)" in text
    assert "learning_rate: 0.001" in text
    assert 'AutoModelForCausalLM.from_pretrained(folder, dtype="float32")' in text
    assert "plain one" in text


def test_a_reward_model_says_how_it_is_read(db: Database, train: Train):
    text = card(db, train("reward", LORA), "reward_adapter", constant=0.25)
    assert "AutoPeftModelForSequenceClassification" in text
    assert "the end is `<|end|>`" in text
    assert "adds 0.25 to every score" in text


def test_a_name_is_shown_as_it_was_written(db: Database, train: Train):
    text = card(db, train("dpo"), "model", name="**x** <b>\n# y `z`")
    assert r"# \*\*x\*\* \<b\> \# y \`z\`" in text


def test_the_licence_is_that_of_the_base(tmp_path: Path):
    assert stated_licence(tmp_path) is None
    (tmp_path / "README.md").write_text("---\nlanguage: en\nlicense: apache-2.0\n---\n# A model\n")
    assert stated_licence(tmp_path) == "apache-2.0"
    (tmp_path / "README.md").write_text("# A model\nlicense: mine\n")
    assert stated_licence(tmp_path) is None


def test_figures_are_those_of_the_step_with_the_interval_of_their_answers(db: Database, train: Train):
    run = train("kto")
    lease = Lease(run.id, run.attempt, run.slot or "")
    at_the_end = {"final/reward": 0.7}
    metrics.write(
        db, lease, [(STEP, {"eval/reward": 0.5, "eval/kl": 1.5}, 1.0), (9, {"eval/reward": 0.9, **at_the_end}, 2.0)]
    )
    intervals.add(
        db, lease, {("eval/reward", STEP): Interval(0.25, 0.75, 4, 8), ("eval/reward", 9): Interval(0.8, 1.0, 4, 4)}
    )
    measured = {figure.key: figure for figure in figures.of(db, sources.find(db, run.id, merge=False))}
    reward = measured["eval/reward"]
    assert reward == Figure("eval/reward", STEP, 0.5, 0.25, 0.75, 8)
    assert "final/reward" not in measured, "it is of another checkpoint"
    assert measured["eval/kl"] == Figure("eval/kl", STEP, 1.5)
