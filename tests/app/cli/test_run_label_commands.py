"""`alignlab runs rename|tag|note|archive|delete|storage`: what scripts write, and what a deletion says first."""

from pathlib import Path

import pytest

from storage import metrics, queue, run_writes, saved_view_writes
from storage.database import Database
from storage.records import Run
from tests.app.cli.conftest import Alignlab

NOW = 1_800_000_000.0


@pytest.fixture
def run(database: Database) -> Run:
    spec = {"algorithm": "dpo", "data": {"dataset": "weather"}}
    run = run_writes.create(database, spec=spec, kind="train", algorithm="dpo", lane="train", name="first", now=NOW)
    return queue.request(database, run.id, "stop", NOW)


def test_a_run_is_renamed_tagged_and_noted(alignlab: Alignlab, run: Run):
    assert alignlab("runs", "rename", run.id[:6], "other", "--json").json == {"id": run.id, "name": "other"}
    tagged = alignlab("runs", "tag", run.id, "+good", "+draft", "--json")
    assert tagged.json == {"id": run.id, "tags": ["draft", "good"]}
    assert alignlab("runs", "tag", run.id, "-draft").out == f"{run.id} has the tags: good.\n"
    assert alignlab("runs", "note", run.id, "why", "--json").json == {"id": run.id, "note": "why"}
    shown = alignlab("runs", "show", run.id, "--json").json
    assert (shown["name"], shown["tags"], shown["note"], shown["archived_at"]) == ("other", ["good"], "why", None)
    assert "Tags: good\nwhy\n" in alignlab("runs", "show", run.id).out
    assert [row["id"] for row in alignlab("runs", "list", "--tag", "good", "--method", "dpo", "--json").json] == [
        run.id
    ]
    assert alignlab("runs", "list", "--tag", "draft", "--json").json == []


def test_bad_names_and_tags_are_one_sentence(alignlab: Alignlab, run: Run):
    for arguments, sentence in [
        (("rename", run.id, " "), "A run needs a name."),
        (("tag", run.id, "good"), "Write +TAG to give a tag and -TAG to take it away, not good."),
        (("note", "zzz", "x"), "There is no run zzz."),
    ]:
        answer = alignlab("runs", *arguments)
        assert (answer.code, answer.err.strip(), answer.out) == (2, sentence, "")


def test_archived_runs_have_a_list_of_their_own(alignlab: Alignlab, run: Run):
    assert alignlab("runs", "archive", run.id, "--json").json == {"archived": [run.id]}
    assert alignlab("runs", "list", "--json").json == []
    assert [row["id"] for row in alignlab("runs", "list", "--archived", "--json").json] == [run.id]
    assert alignlab("runs", "unarchive", run.id, "--json").json == {"unarchived": [run.id]}


def test_groups_and_views_are_what_the_page_shows(alignlab: Alignlab, database: Database, run: Run):
    lease = queue.claim_run(
        database, queue.resume(database, run.id, NOW).id, host="here", device="cpu", seconds=60, now=NOW
    )
    assert lease is not None
    metrics.write(database, lease, [(1, {"eval/reward": 0.25}, NOW)])
    queue.finish(database, lease, "succeeded", now=NOW)
    assert alignlab("runs", "groups", "dataset", "--json").json == {
        "by": "dataset",
        "metric": "eval/reward",
        "groups": [{"value": "weather", "runs": 1, "measured": 1, "mean": 0.25, "deviation": None}],
    }
    assert alignlab("runs", "groups", "seed", "--search", "none").out.split() == [
        "SEED",
        "RUNS",
        "MEASURED",
        "MEAN",
        "DEVIATION",
    ]
    refused = alignlab("runs", "groups", "sead")
    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith("There is no setting sead. Write method, dataset, tag, study, or a path")
    saved_view_writes.save(database, "sweep", {"group": "seed"}, account=None, now=NOW)
    (view,) = alignlab("runs", "views", "--json").json
    assert (view["name"], view["query"]) == ("sweep", {"group": "seed"})
    assert "group=seed" in alignlab("runs", "views").out


def test_a_deletion_says_what_it_means_and_needs_a_yes(alignlab: Alignlab, database: Database, run: Run):
    log: Path = database.workspace.log(run.id)
    log.parent.mkdir(parents=True)
    log.write_text("12345")
    refused = alignlab("runs", "delete", run.id)
    assert (refused.code, refused.out) == (2, "")
    assert "This deletes first: 5 B of files, and all curves." in refused.err
    assert "add --yes" in refused.err
    stored = alignlab("runs", "storage", "--json").json
    assert [(row["id"], row["log"], row["bytes"]) for row in stored["runs"]] == [(run.id, 5, 5)]
    assert stored["database"] > 0
    assert alignlab("runs", "delete", run.id, "--yes", "--json").json == {"deleted": [run.id], "bytes": 5}
    assert not log.exists()
    assert alignlab("runs", "show", run.id).code == 2
