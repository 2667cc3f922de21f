"""The form filled from a former run: on data that is here, under a name of its own."""

from app.launch import prefill
from engine.spec import dump, parse, read_yaml
from storage import run_writes, runs
from storage.database import Database
from tests.app import invented
from tests.app.conftest import open_page, words
from tests.app.launch.conftest import queued, shown_run_file


def test_a_former_run_is_duplicated(stocked: Database) -> None:
    spec = dump(parse({**invented.spec("dpo", seed=5, dataset="polite"), "beta": 0.2, "name": "former"}))
    spec["fork"] = "run:r0123456789@3"
    former = queued(stocked, spec, "former")
    page = open_page("launch", **{"from": former.id})
    assert parse(read_yaml(shown_run_file(page))) == parse({**spec, "name": "former 2"})


def test_a_run_from_elsewhere_is_duplicated_on_the_data_that_is_here(stocked: Database) -> None:
    elsewhere = {"dataset": "polite", "version": "4c1e9b20aa"}
    spec = dump(parse({"algorithm": "dpo", "data": elsewhere, "evaluation": elsewhere}))
    fields = {"kind": "train", "algorithm": "dpo", "lane": "train", "name": "fair-dpo", "origin": "example"}
    page = open_page("launch", **{"from": run_writes.create(stocked, spec=spec, now=1.0, **fields).id})
    duplicate = parse(read_yaml(shown_run_file(page)))
    assert (duplicate.data.version, duplicate.evaluation.version) == ("latest", "latest")


def test_a_duplicate_never_bears_the_name_of_another_run(stocked: Database) -> None:
    spec = dump(parse({"algorithm": "dpo", "data": {"dataset": "polite"}}))
    for name in ("dpo on polite", "dpo on polite 2", "y" * 80):
        former = queued(stocked, spec, name)
    assert prefill.another_name(stocked, "dpo on polite") == "dpo on polite 3"
    assert prefill.another_name(stocked, "dpo on polite 2") == "dpo on polite 3"
    page = open_page("launch", **{"from": former.id})
    assert read_yaml(shown_run_file(page))["name"] == "y" * 75 + " 2"


def test_a_duplicate_has_the_settings_of_the_run_and_is_not_written(stocked: Database) -> None:
    former = queued(stocked, dump(parse({"algorithm": "dpo", "beta": 0.3, "data": {"dataset": "polite"}})), "mine")
    count = len(runs.listing(stocked))
    duplicate = prefill.duplicate(stocked, former)
    assert (duplicate.name, duplicate.beta) == ("mine 2", 0.3)
    assert len(runs.listing(stocked)) == count


def test_a_run_that_does_not_exist_cannot_be_duplicated(stocked: Database) -> None:
    assert "zzz" in words(open_page("launch", **{"from": "zzz"}))
