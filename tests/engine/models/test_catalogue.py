"""Models by name, and one clear sentence for each way in which a name can be no good."""

import errno
import json
import re
import shutil
import subprocess
import sys
import time
from types import SimpleNamespace

import huggingface_hub
import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import GatedRepoError, HTTPError, RepositoryNotFoundError

from engine.models import catalogue, hub, smollm
from engine.models.load import load_model
from engine.models.model_folder import ModelProblem, inspect
from engine.models.tokenizer_files import load_template
from storage import outages
from storage.workspace import Workspace
from words import english


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path / "workspace").create()


@pytest.fixture
def no_hub(monkeypatch):
    def fail(*_args, **_options):
        raise ConnectionError("Name or service not known")

    monkeypatch.setattr(HfApi, "model_info", fail)


def problem(name, workspace):
    with pytest.raises(ModelProblem) as raised:
        catalogue.locate(name, workspace)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def test_a_folder_is_a_model_under_its_absolute_path(location, workspace):
    model_location = catalogue.locate(str(location.folder), workspace)
    assert (model_location.name, model_location.folder) == (str(location.folder), location.folder)
    assert model_location.context == 256
    assert model_location.parameters == sum(weight.numel() for weight in load_model(model_location).parameters())


def test_a_folder_of_the_workspaces_models_goes_by_its_name(folder, workspace):
    for name in ("mine", "my own--model"):  # the second could be no name on the hub
        shutil.copytree(folder, workspace.models / name)
        assert catalogue.locate(name, workspace).name == name
        assert name in [entry["name"] for entry in catalogue.listing(workspace)]


@pytest.mark.parametrize(
    "name", ["what is this?", "my--model", "foo..bar", "foo.", "x.git", "o/模型", "a/b/c", "a" * 97, "a" * 300]
)
def test_a_name_that_could_be_nothing(workspace, name):
    assert "neither a known model, nor a Hugging Face id, nor a folder" in problem(name, workspace)


@pytest.mark.parametrize("name", ["/no/such/folder", "~nobody-of-that-name/x", "/" + "a" * 300])
def test_there_is_no_such_folder(workspace, name):
    assert problem(name, workspace) == f"There is no model folder {name}."


def test_a_hub_id_without_a_network(workspace, no_hub):
    assert "There is no model named nobody/nothing on this machine" in problem("nobody/nothing", workspace)


def test_a_hub_that_does_not_answer_is_not_waited_for(workspace, monkeypatch):
    monkeypatch.setattr(HfApi, "model_info", lambda *_args, **_options: time.sleep(5))
    monkeypatch.setattr(hub, "ANSWER_SECONDS", 0.2)
    began = time.monotonic()
    assert "cannot be reached" in problem("nobody/nothing", workspace)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("error", "words"), [(RepositoryNotFoundError, "shows no model"), (GatedRepoError, "is gated")]
)
def test_the_hubs_own_answers(workspace, monkeypatch, error, words):
    def refuse(*_args, **_options):
        raise error("no", response=SimpleNamespace(headers={}, request=None, status_code=404))

    monkeypatch.setattr(HfApi, "model_info", refuse)
    assert words in problem("nobody/nothing", workspace)


def test_a_model_that_is_on_the_hub_but_not_here_says_how_to_fetch_it(workspace, monkeypatch):
    monkeypatch.setattr(HfApi, "model_info", lambda *_args, **_options: None)
    assert "alignlab models add some/model" in problem("some/model", workspace)
    assert "alignlab models add smollm2-135m" in problem("smollm2-135m", workspace)


@pytest.fixture
def failing(monkeypatch):
    """Makes downloads fail with an error after their first file, from a hub that has everything."""

    def set_up(error):
        def fail(_repo, *, local_dir=None, **_options):
            if local_dir is not None:
                local_dir.mkdir()
                (local_dir / "README.md").touch()
            raise error

        monkeypatch.setattr(HfApi, "model_info", lambda *_args, **_options: None)
        monkeypatch.setattr(huggingface_hub, "snapshot_download", fail)

    return set_up


NO_ROOM = OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (GatedRepoError("403\nno", response=SimpleNamespace(headers={}, request=None)), "is gated"),
        (HTTPError("peer closed connection"), "cannot be reached (peer closed connection)"),
        (NO_ROOM, outages.DISK_FULL),
        (RuntimeError("CAS error\nat line 3"), "cannot be reached (CAS error)"),  # as the hub's Rust part raises
    ],
)
def test_a_download_that_fails_is_told(workspace, failing, monkeypatch, error, words):
    monkeypatch.setattr(hub, "cached", lambda _repo: None)
    failing(error)
    with pytest.raises(ModelProblem, match=re.escape(words)) as raised:
        catalogue.add("some/model", workspace, lambda _text: None)
    assert "\n" not in str(raised.value)


def spoil(folder, tmp_path, change):
    copy = shutil.copytree(folder, tmp_path / "spoilt")
    change(copy)
    with pytest.raises(ModelProblem) as raised:
        load_template(inspect("spoilt", copy))
    return str(raised.value)


def overwrite(name, content):
    return lambda folder: (folder / name).write_bytes(content)


def cut(name, size):
    return lambda folder: overwrite(name, (folder / name).read_bytes()[:size])(folder)


def rewrite(folder, **values):
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **values}), encoding="utf-8")


SPOILT = {
    "pickled weights only": lambda f: (f / "model.safetensors").rename(f / "pytorch_model.bin"),
    "is incomplete: model.safetensors": lambda f: (f / "model.safetensors").unlink(),
    "has no config.json": lambda f: (f / "config.json").unlink(),
    "cannot be read": lambda f: (f / "config.json").write_text("{", encoding="utf-8"),
    "not a JSON object": lambda f: (f / "config.json").write_text("[]", encoding="utf-8"),
    "has no tokenizer": lambda f: (f / "tokenizer.json").unlink(),
    "not a causal language model (its config.json says BertModel)": lambda f: rewrite(f, architectures=["BertModel"]),
    "(its config.json says nothing)": lambda f: rewrite(f, architectures=None),
    "2.safetensors is missing": overwrite(
        "model.safetensors.index.json", b'{"weight_map": {"a": "model.safetensors", "b": "2.safetensors"}}'
    ),
}
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 538090408\n"
DAMAGED = {
    "empty weights": overwrite("model.safetensors", b""),
    "weights cut within the header": cut("model.safetensors", 100),
    "weights cut within the numbers": cut("model.safetensors", -100),
    "weights without a header": overwrite("model.safetensors", (16).to_bytes(8, "little") + b"\xff" * 16),
    "an index that is no JSON": overwrite("model.safetensors.index.json", b"{"),
    "an index without its map": overwrite("model.safetensors.index.json", b"{}"),
    "a tokenizer cut short": cut("tokenizer.json", 100),
    "a tokenizer's config cut short": cut("tokenizer_config.json", 10),
}


@pytest.mark.parametrize("words", SPOILT)
def test_a_folder_that_cannot_be_trained(folder, tmp_path, words):
    assert words in spoil(folder, tmp_path, SPOILT[words])


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_file_is_named(folder, tmp_path, damage):
    text = spoil(folder, tmp_path, DAMAGED[damage])
    assert re.match(r"The (model|tokenizer)\S+ of the model spoilt cannot be read; fetch it again if it is dam", text)


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
def test_a_pointer_of_git_lfs_is_told_as_such(folder, tmp_path, name):
    text = spoil(folder, tmp_path, overwrite(name, POINTER))
    assert text == f"The {name} of the model spoilt is only a pointer of Git LFS: fetch the file with `git lfs pull`."


def test_a_damaged_folder_does_not_keep_others_from_the_list(folder, workspace):
    overwrite("model.safetensors", POINTER)(shutil.copytree(folder, workspace.models / "damaged"))
    shutil.copytree(folder, workspace.models / "whole")
    listed = {entry["name"]: entry for entry in catalogue.listing(workspace)}
    assert "Git LFS" in english(listed["damaged"]["problem"])
    assert listed["whole"]["parameters"] > 0


def test_each_folder_that_is_no_model_has_a_sentence_of_its_own_in_the_list(folder, workspace):
    (workspace.models / "empty").mkdir()
    (workspace.models / "circle").symlink_to("circle")
    (workspace.models / "gone").symlink_to("nowhere")
    (workspace.models / "note.txt").write_text("no folder")
    configs = {"list": "[]", "cut": "{", "deep": "[" * 10**5, "words": '{"architectures": "LlamaForCausalLM"}'}
    configs |= {
        "numbers": '{"architectures": [1, null]}',
        "text": '{"architectures": ["XForCausalLM"], "text_config": 5}',
    }
    for name, content in configs.items():
        (workspace.models / name).mkdir()
        (workspace.models / name / "config.json").write_text(content, encoding="utf-8")
    foreign = shutil.copytree(folder, workspace.models / "foreign")
    rewrite(foreign, num_hidden_layers=10**9, max_position_embeddings="many")
    shutil.copytree(folder, workspace.models / "whole")
    listed = {entry["name"]: entry for entry in catalogue.listing(workspace)}
    assert {name for name, entry in listed.items() if "problem" in entry} == {
        *configs,
        "empty",
        "circle",
        "gone",
        "foreign",
    }
    assert all(
        entry["english"].count("\n") == 0 and entry["name"] in entry["english"]
        for entry in listed.values()
        if "problem" in entry
    )
    assert "has no config.json" in listed["empty"]["english"]
    assert listed["whole"]["parameters"] > 0
    with pytest.raises(ModelProblem, match=r"The folder .* has no config.json"):
        catalogue.locate("empty", workspace)


def test_smollm_comes_from_its_package_where_the_hub_is_away(folder, workspace, no_hub, monkeypatch):
    monkeypatch.setattr(smollm, "build", lambda target, _scratch, _progress: shutil.copytree(folder, target))
    texts = []
    model_location = catalogue.add("smollm2-135m", workspace, texts.append)
    assert model_location.folder == workspace.models / "smollm2-135m"
    assert [path.name for path in workspace.models.iterdir()] == ["smollm2-135m"]  # nothing half done beside it
    monkeypatch.setattr(smollm, "build", None)  # a second call finds it there
    assert catalogue.add("smollm2-135m", workspace, texts.append) == model_location
    assert len(texts) == 1


def test_smollm_comes_from_its_package_where_the_download_fails(folder, workspace, failing, monkeypatch):
    failing(HTTPError("peer closed connection"))
    monkeypatch.setattr(smollm, "build", lambda target, _scratch, _progress: shutil.copytree(folder, target))
    model_location = catalogue.add("smollm2-135m", workspace, lambda _text: None)
    assert {path.name for path in model_location.folder.iterdir()} == {path.name for path in folder.iterdir()}


def test_smollm_comes_from_the_hub_where_it_answers(folder, workspace, monkeypatch):
    monkeypatch.setattr(HfApi, "model_info", lambda *_args, **_options: None)
    monkeypatch.setattr(hub, "download", lambda repo, target: shutil.copytree(folder, target))
    assert catalogue.add("smollm2-135m", workspace, lambda _text: None).name == "smollm2-135m"


def test_a_failed_fetch_leaves_nothing_behind(workspace, no_hub, monkeypatch):
    monkeypatch.setattr(smollm, "PACKAGE", "./no-such-package")
    with pytest.raises(ModelProblem, match="Neither the Hugging Face hub nor the package"):
        catalogue.add("smollm2-135m", workspace, lambda _text: None)
    assert not list(workspace.models.iterdir())


COMMIT = "4c2a7f1e9b3d5a6880c1e2f3a4b5c6d7e8f90123"


def fetched(folder, cache, repo, *left_out):
    """The repository as the hub's library keeps it: a list of all its files, and links to those that were fetched."""
    home = cache / f"models--{repo.replace('/', '--')}"
    files = {path.name: path for path in folder.iterdir()}
    for part in ("refs", "blobs", "trees", f"snapshots/{COMMIT}"):
        (home / part).mkdir(parents=True)
    (home / "refs" / "main").write_text(COMMIT)
    listed = {name: {"size": 1, "blob_id": "0" * 40} for name in (*files, ".gitattributes", "README.md")}
    (home / "trees" / f"{COMMIT}.json").write_text(json.dumps({"format_version": 1, "files": listed}))
    for number, name in enumerate(sorted(files.keys() - {*left_out})):
        blob = shutil.copy(files[name], home / "blobs" / f"{number:040d}")
        (home / "snapshots" / COMMIT / name).symlink_to(blob)


@pytest.mark.slow
def test_a_model_of_the_hub_that_was_fetched_is_here(folder, workspace, tmp_path, monkeypatch):
    """The library takes a snapshot for incomplete where any listed file is missing, and we never fetch a README."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    fetched(folder, tmp_path / "hub", "some/model")
    fetched(folder, tmp_path / "hub", "some/half", "model.safetensors")
    fetched(folder, tmp_path / "hub", "no/hub/name")
    code, lines = run(workspace, "add", "some/model")
    assert code == 0, lines
    assert lines[-1]["folder"] == str(tmp_path / "hub" / "models--some--model" / "snapshots" / COMMIT)
    assert [line["name"] for line in run(workspace, "list")[1] if "/" in line["name"]] == ["some/model"]
    code, lines = run(workspace, "add", "some/half")
    assert (code, "HF_HUB_OFFLINE is set" in lines[-1]["english"]) == (2, True)


def run(workspace, *arguments):
    command = [sys.executable, "-P", "-m", "engine.models.catalogue", "--workspace", str(workspace.root), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.slow
def test_the_program_prints_json_lines(folder, workspace):
    shutil.copytree(folder, workspace.models / "mine")
    code, lines = run(workspace, "list")
    assert code == 0
    assert {"starter", "smollm2-135m", "mine"} <= {line["name"] for line in lines}
    code, lines = run(workspace, "add", "mine")
    assert (code, lines[-1]["name"]) == (0, "mine")
    code, lines = run(workspace, "add", "/no/such/folder")
    assert (code, lines) == (
        2,
        [
            {
                "problem": ["There is no model folder {name}.", {"name": "/no/such/folder"}],
                "english": "There is no model folder /no/such/folder.",
            }
        ],
    )


@pytest.mark.slow
def test_names_are_looked_up_without_torch():
    code = (
        "import sys; from engine.models import catalogue, memory, model_checks; "
        "model_checks.check(catalogue.inspect('starter', catalogue.STARTER)); print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
