"""What the head of a run's page says of its settings, also where this version cannot read them."""

from app.compare.compared_runs import seed
from app.runs import run_head
from engine.spec import RunSpec, readable
from storage import attempt_writes, queue, runs
from storage.database import Database
from storage.records import Run
from tests.app import families

AT = 1_800_000_000.0


def test_model_data_and_seed_are_those_of_the_run_file(empty: Database) -> None:
    run = runs.get(empty, families.put(empty, "own", families.spec("dpo", 7), AT))
    dataset = f'<a data-go="data" href="data?dataset={run.dataset}">{run.dataset}</a>'
    assert _about(run).startswith(f"starter · {dataset}@{run.spec['data']['version'][:6]} · seed 7")
    assert seed(run) == "7"


def test_the_run_that_it_starts_from_stands_for_the_model(empty: Database) -> None:
    parent = families.trained(empty, "parent", families.spec("sft"), AT)
    child = families.put(empty, "child", families.spec("dpo", model={"from": f"run:{parent}@3"}), AT)
    assert _about(runs.get(empty, child)).startswith(f"from run {parent[:5]}, step 3 · ")


def test_a_run_of_another_trainer_has_neither_model_nor_seed(empty: Database) -> None:
    run = runs.get(empty, families.foreign(empty, AT))
    assert _about(run).startswith("started <time")
    assert seed(run) == "–"


def test_what_was_noted_stands_in_the_head(empty: Database) -> None:
    run_id = families.put(empty, "own", families.spec("dpo"), AT)
    lease = queue.claim_run(empty, run_id, host="here", device="cpu", seconds=60, now=AT)
    assert lease is not None
    attempt_writes.add_note(empty, lease, ("It met <b> {count} times.", {"count": 2}), now=AT)
    queue.finish(empty, lease, "succeeded", now=AT)
    assert "It met &lt;b&gt; 2 times." in run_head.head({"id": run_id}).html


def _about(run: Run) -> str:
    return str(run_head.about(run, readable(run.spec, RunSpec)))
