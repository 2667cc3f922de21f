"""Launching: nothing enters the queue that the engine refuses, and the row says who asked."""

from typing import Any

import pytest
import sqlalchemy as sa

from app import people
from app.actions import launching
from app.actions.launching import Launched, Refused
from app.clients import EngineError
from engine.spec import Chain, Problem, StudySpec, Train, parse, parse_chain, parse_study
from engine.spec.answers import PreflightAnswer
from storage import run_writes, runs, studies, tables
from storage.database import Database
from storage.errors import Invalid
from storage.people import audit
from tests import tiny
from tests.app.actions.conftest import NOW

WARNING = ("It may take {hours} h.", {"hours": 9})
PROBLEM = ("It needs {size} MB.", {"size": 4})


class Engine:
    """Answers every preflight alike, and keeps the files it was asked about."""

    def __init__(self, problems: list[Any] = (), warnings: list[Any] = ()) -> None:
        self.files: list[dict[str, Any]] = []
        self.answer = PreflightAnswer(
            problems=tuple(Problem("", text) for text in problems),
            warnings=tuple(Problem("", text) for text in warnings),
            estimate=None,
            spec=None,
        )

    def preflight(self, file: dict[str, Any]) -> PreflightAnswer:
        self.files.append(file)
        return self.answer


@pytest.fixture
def pairs(db: Database) -> Database:
    tiny.write_pairs(db, "pairs", 24)
    return db


def spec(**settings: Any) -> Train:
    return parse({"algorithm": "dpo", "data": {"dataset": "pairs"}, **settings})


def chain() -> Chain:
    stages = [{"name": "sft", "algorithm": "sft"}, {"name": "dpo", "algorithm": "dpo", "model": {"from": "stage:sft"}}]
    return parse_chain({"data": {"dataset": "pairs"}, "stages": stages})


def launch(db: Database, what: Train | Chain, engine: Engine, person: people.Person = people.LOCAL) -> Launched:
    return launching.launch(db, person, what, NOW, preflight=engine.preflight)


def test_a_run_enters_the_queue_under_the_name_of_who_asked(pairs: Database):
    engine = Engine()
    (run,) = launch(pairs, spec(), engine).runs
    assert runs.get(pairs, run.id) == run
    assert (run.state, run.requested_by, run.created_at) == ("queued", "local", NOW)
    assert engine.files[0]["algorithm"] == "dpo"


def test_a_command_has_no_account(pairs: Database):
    (run,) = launch(pairs, spec(), Engine(), people.COMMAND_LINE).runs
    assert run.requested_by is None


def test_what_the_engine_warns_of_is_handed_on(pairs: Database):
    launched = launch(pairs, spec(), Engine(warnings=[WARNING]))
    assert launched.warnings == (WARNING,)
    assert launched.runs[0].state == "queued"


@pytest.mark.parametrize("what", [spec(), chain()], ids=["run", "stages"])
def test_what_the_engine_refuses_leaves_nothing(pairs: Database, what: Train | Chain):
    with pytest.raises(Refused, match=r"It needs 4 MB\.") as refusal:
        launch(pairs, what, Engine(problems=[PROBLEM]))
    assert refusal.value.texts == [PROBLEM]
    assert runs.listing(pairs) == []


def test_an_engine_without_an_answer_leaves_nothing(pairs: Database):
    def silent(file: dict[str, Any]) -> dict[str, Any]:
        raise EngineError("The engine is off.")

    with pytest.raises(EngineError):
        launching.launch(pairs, people.LOCAL, spec(), NOW, preflight=silent)
    assert runs.listing(pairs) == []


def test_stages_are_checked_as_one_file_and_wait_for_each_other(pairs: Database):
    engine = Engine()
    sft, dpo = launch(pairs, chain(), engine).runs
    assert len(engine.files) == 1
    assert [stage["name"] for stage in engine.files[0]["stages"]] == ["sft", "dpo"]
    assert (sft.state, dpo.state, dpo.waits_for) == ("queued", "waiting", sft.id)


def study() -> StudySpec:
    base = {"data": {"dataset": "pairs"}}
    vary = {"beta": [0.1, 0.2]}
    return parse_study({"base": base, "algorithms": ["dpo"], "vary": vary, "seeds": [0], "budget": {"steps": 2}})


def test_the_runs_of_a_study_carry_its_id(pairs: Database):
    engine = Engine(warnings=[WARNING])
    launched = launching.launch_study(pairs, people.LOCAL, study(), NOW, preflight=engine.preflight)
    assert engine.files == [study().file]
    assert launched.warnings == (WARNING,)
    stored = studies.get(pairs, launched.study.id)
    assert stored == launched.study
    assert (stored.name, stored.requested_by) == ("dpo on pairs", "local")
    assert [run.spec["beta"] for run in studies.members(pairs, stored.id)] == [0.1, 0.2]
    assert audit.listing(pairs)[0].action == "study.launch"


def test_a_study_is_not_made_where_the_engine_refuses_a_run(pairs: Database):
    with pytest.raises(Refused):
        launching.launch_study(pairs, people.LOCAL, study(), NOW, preflight=Engine(problems=[PROBLEM]).preflight)
    assert studies.listing(pairs) == []


def test_of_a_study_whose_second_run_storage_refuses_nothing_is_left(pairs: Database, monkeypatch: pytest.MonkeyPatch):
    """The refusal comes inside the transaction: the study's row and the first run are written by then."""
    entered: list[str] = []

    def entry_state(connection: sa.Connection, waits_for: str | None) -> str:
        entered.append("run")
        if len(entered) == 2:
            assert connection.execute(sa.select(sa.func.count()).select_from(tables.Study)).scalar() == 1
            raise Invalid("The disk is full.")
        return "queued"

    monkeypatch.setattr(run_writes, "entry_state", entry_state)
    with pytest.raises(Invalid, match="The disk is full"):
        launching.launch_study(pairs, people.LOCAL, study(), NOW, preflight=Engine().preflight)
    assert len(entered) == 2
    assert runs.listing(pairs) == []
    assert studies.listing(pairs) == []


def test_an_empty_dataset_is_refused_by_storage(db: Database):
    from storage import dataset_writes

    dataset_writes.create(db, "pairs", "pairs", NOW)
    with pytest.raises(Invalid, match="The dataset pairs is empty"):
        launch(db, spec(), Engine())
