"""`alignlab runs import|export` and `alignlab callback`: what scripts read, and a sentence for what cannot be done."""

import json
from pathlib import Path

from app import trainer_callback
from storage import ingest_tokens, metrics, runs
from storage.database import Database
from tests.app.cli.conftest import Alignlab
from tests.storage.foreign_runs import sources


def test_a_trl_run_is_imported_under_our_names_and_exported_again(
    alignlab: Alignlab, database: Database, tmp_path: Path
) -> None:
    source = tmp_path / "trl-dpo"
    sources.trainer_state(source, range(1, 21))
    (answer,) = alignlab("runs", "import", str(source), "--name", "theirs", "--json").json
    assert (answer["name"], answer["algorithm"], answer["updated"]) == ("theirs", "dpo", False)
    keys = {series.key for series in metrics.series(database, [answer["id"]])}
    assert {"loss", "rewards/margins", "rewards/accuracies", "eval/loss", "eval/accuracy", "num_tokens"} <= keys
    assert {key for key in keys if key.startswith(("train/", "eval_"))} == set()
    again = alignlab("runs", "import", str(source))
    assert (again.code, again.out) == (2, "")
    assert again.err.splitlines()[-1] == f"This was imported already: it is the run theirs, {answer['id']}."
    out = tmp_path / "out"
    exported = alignlab("runs", "export", answer["id"][:6], "--out", str(out), "--json").json
    assert exported["points"] == answer["points"]
    assert Path(exported["files"][0]).parent.parent == out
    shown = alignlab("runs", "show", answer["id"])
    assert f"from trainer_state {source}, last heard of " in shown.out
    assert alignlab("runs", "show", answer["id"], "--json").json["source"]["location"] == str(source)
    assert alignlab("runs", "compare", answer["id"], "--out", str(tmp_path / "report.html")).code == 0
    fork = alignlab("runs", "fork", answer["id"])
    assert (fork.code, "was not trained here" in fork.err) == (2, True)


def test_of_several_runs_the_good_ones_come_in(alignlab: Alignlab, database: Database, tmp_path: Path) -> None:
    rows = [{"loss": 0.5, "train/global_step": 1}]
    path = sources.trackio(tmp_path / "p.db", {"one": rows, "two": [{"note": "nothing"}]}, {})
    answers = alignlab("runs", "import", str(path), "--name", "mine", "--json").json
    assert [answer["name"] for answer in answers] == ["mine one", "two"]
    assert "There is no value of any metric" in answers[1]["error"]
    assert [run.name for run in runs.listing(database)] == ["mine one"]
    assert alignlab("runs", "import", str(path)).code == 2


def test_what_cannot_be_imported_or_exported_is_one_sentence(alignlab: Alignlab, tmp_path: Path) -> None:
    for path, sentence in ((tmp_path / "no", "There is no file or folder"), (tmp_path, "There is no run to import in")):
        answer = alignlab("runs", "import", str(path), "--json")
        assert (answer.code, answer.out, sentence in answer.err) == (2, "", True)
    wrong_form = alignlab("runs", "export", "a", "--out", str(tmp_path), "--format", "csv")
    assert (wrong_form.code, wrong_form.err) == (2, "There is no form csv. There is: tensorboard.\n")
    assert alignlab("runs", "export", "zz", "--out", str(tmp_path)).err == "There is no run zz.\n"


def test_the_callback_is_printed_whole_and_its_tokens_come_and_go(alignlab: Alignlab, database: Database) -> None:
    text = Path(trainer_callback.__file__).read_text(encoding="utf-8")
    assert alignlab("callback").out == text
    assert alignlab("callback", "--json").json == {"name": "alignlab_callback.py", "text": text}
    made = alignlab("callback", "--new-token", "laptop")
    assert ingest_tokens.find(database, made.out.strip(), 1.0) is not None
    assert "it is not shown again" in made.err
    assert [token["name"] for token in alignlab("callback", "--tokens", "--json").json] == ["laptop"]
    assert made.out.strip() not in json.dumps(alignlab("callback", "--tokens", "--json").json)
    assert alignlab("callback", "--revoke", "laptop", "--json").json["state"] == "revoked"
    assert alignlab("callback", "--revoke", "laptop").code == 2
    assert alignlab("callback", "--tokens", "--revoke", "x").code == 2
