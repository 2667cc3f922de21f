"""From a study's file to its runs: frozen once, equal effort, winners, failures, and nothing that a restart forgets."""

from typing import Any

import pytest

from engine import run_drafts
from engine import studies as plans
from engine.runtime.engine.study_steps import StudySteps
from engine.spec import key_metrics, parse_study
from engine.spec.study import StudySpec
from storage import dataset_writes, datasets, metrics, queue, run_writes, runs, studies, study_writes
from storage.database import Database
from storage.errors import NotFound
from storage.records import Item, Response, Run, Study
from tests import tiny
from words import english

NOW = 1_800_000_000.0
RATES = [1e-5, 1e-4, 1e-3, 1e-2]


@pytest.fixture
def db(db: Database) -> Database:
    tiny.write_pairs(db, "pairs", 40)
    return db


def spec(**changes: Any) -> StudySpec:
    base = {"data": {"dataset": "pairs"}, "evaluation": {"prompts": 4}}
    file = {"base": base, "algorithms": ["dpo", "grpo"], "seeds": [0, 1], "budget": {"steps": 3}, **changes}
    return parse_study(file)


def searched(kind: str, trials: int | None = 4, **search: Any) -> StudySpec:
    return spec(vary={"optimizer.learning_rate": RATES}, search={"kind": kind, "trials": trials, **search})


def launch(db: Database, study: StudySpec) -> Study:
    return plans.launch(db, study, requested_by="mei", now=NOW)


def end(db: Database, run: Run, value: float | None, state: str = "succeeded") -> None:
    """Let a queued run end, with a held-out reward where it has one."""
    lease = queue.claim_run(db, run.id, host="here", device="cpu", seconds=60, now=NOW)
    assert lease is not None
    if value is not None:
        metrics.write(db, lease, [(0, {key_metrics.HEADLINE: 0.0}, NOW), (3, {key_metrics.HEADLINE: value}, NOW)])
    queue.finish(db, lease, state, now=NOW)


def goodness(run: Run) -> float:
    """Of a trial: best at 1e-3 for dpo and at 1e-4 for grpo."""
    rate = float(run.spec["optimizer"]["learning_rate"])
    order = [1e-5, 1e-2, 1e-4, 1e-3] if run.algorithm == "dpo" else [1e-2, 1e-3, 1e-5, 1e-4]
    return order.index(rate) / 10


def carry_out(db: Database, study: Study, most: int = 100, *, forgetful: bool = True) -> list[Run]:
    """Carry out queued runs one after another, each step by an engine that has just started; all runs of the study."""
    steps = StudySteps(db)
    for _ in range(most):
        steps = StudySteps(db) if forgetful else steps
        steps.poll(NOW)
        queued = studies.first_queued(db, study.id)
        if queued is None:
            break
        end(db, runs.get(db, queued), goodness(runs.get(db, queued)) if "trial" in runs.get(db, queued).name else 0.5)
    return studies.members(db, study.id)


def places(members: list[Run]) -> list[tuple[Any, ...]]:
    return [(run.study_role, run.algorithm, run.study_trial, run.study_seed) for run in members]


def test_methods_take_turns_seed_by_seed_and_every_run_has_its_place(db: Database):
    study = launch(db, spec())
    members = studies.members(db, study.id)
    assert places(members) == [("final", name, 0, seed) for seed in (0, 1) for name in ("dpo", "grpo")]
    assert [run.name.rpartition(" ")[2] for run in members] == ["s0", "s0", "s1", "s1"]
    assert {run.requested_by for run in members} == {"mei"}
    assert (study.state, study.name) == ("running", "dpo, grpo on pairs")


def test_the_data_is_frozen_once_and_a_later_edit_reaches_no_run(db: Database):
    study = launch(db, searched("random", 4))
    dataset_writes.add_item(db, "pairs", Item("", ({"role": "user", "content": "new?"},), (Response("a", "x"),)), NOW)
    members = carry_out(db, study)
    (version,) = datasets.versions(db, "pairs")
    assert {run.spec["data"]["version"] for run in members} == {version.hash}
    assert study.spec["base"]["data"]["version"] == version.hash


def test_a_study_made_again_from_its_stored_file_has_the_same_runs(db: Database):
    first = launch(db, searched("tpe", 4))
    second = launch(db, parse_study(first.spec))
    made = [carry_out(db, study) for study in (first, second)]
    assert len(made[0]) == 2 * 4 + 2 * 2
    assert [run.spec for run in made[0]] == [run.spec for run in made[1]]


@pytest.mark.parametrize("kind", ["grid", "random", "tpe"])
def test_every_method_has_as_many_trials_and_the_best_setting_is_reported(db: Database, kind: str):
    study = launch(db, searched(kind))
    members = carry_out(db, study)
    for name, rate in (("dpo", 1e-3), ("grpo", 1e-4)):
        own = [run for run in members if run.algorithm == name]
        tried = [run.study_changes for run in own if run.study_role == "trial"]
        reported = [run for run in own if run.study_role == "final"]
        assert sorted(change["optimizer.learning_rate"] for change in tried if change) == RATES
        assert [(run.study_seed, run.spec["optimizer"]["learning_rate"]) for run in reported] == [(0, rate), (1, rate)]
        assert {run.study_seed for run in own if run.study_role == "trial"} == {2}
        on_report_prompts = {run.study_role: run.spec["evaluation"]["final_prompts"] for run in own}
        assert on_report_prompts == {"trial": 0, "final": "auto"}, "trials never see what is reported on"
        kept = {run.study_role: run.spec["checkpoint"]["keep_last"] for run in own}
        assert kept == {"trial": 1, "final": 2}
    assert studies.get(db, study.id).state == "succeeded"


def test_tpe_waits_for_results_and_draws_nothing_ahead(db: Database):
    study = launch(db, searched("tpe"))
    assert len(studies.members(db, study.id)) == 2 * 2, "two at random of each method"
    steps = StudySteps(db)
    for count in (4, 4, 4):  # one by one; the third trial of a method comes when both of its first have ended
        assert len(studies.members(db, study.id)) == count
        steps.poll(NOW)
        queued = studies.first_queued(db, study.id)
        assert queued is not None
        end(db, runs.get(db, queued), 0.5)
    steps.poll(NOW)
    assert [run.study_trial for run in studies.members(db, study.id)[4:]] == [2]


def test_a_trial_counts_by_the_mean_over_its_seeds(db: Database):
    study = launch(db, searched("grid", None, seeds=[7, 8]))
    for run in studies.members(db, study.id):
        # the first setting is best with one seed, the second on average
        values = {0: (0.9, 0.1), 1: (0.6, 0.6)}.get(run.study_trial or 0, (0.2, 0.2))
        end(db, run, values[(run.study_seed or 0) - 7])
    plans.step(db, study.id, NOW)
    reported = [run for run in studies.members(db, study.id) if run.study_role == "final"]
    assert {run.study_trial for run in reported} == {1}


def test_a_failed_trial_is_passed_over_and_the_study_goes_on(db: Database):
    study = launch(db, searched("grid", None))
    for run in studies.members(db, study.id):
        if run.algorithm == "grpo" or run.study_trial == 0:
            end(db, run, None, "failed")
        else:
            end(db, run, float("nan") if run.study_trial == 3 else goodness(run))
    members = carry_out(db, study)
    assert [run.algorithm for run in members if run.study_role == "final"] == ["dpo", "dpo"]
    assert {run.study_trial for run in members if run.study_role == "final"} == {2}, "NaN is not the best"
    after = studies.get(db, study.id)
    assert after.state == "succeeded"
    assert after.reason is not None
    assert english(after.reason) == (
        "5 of its 10 runs did not succeed. No trial of grpo succeeded, so nothing of them is reported."
    )


def test_a_study_fails_where_no_reported_run_succeeds(db: Database):
    study = launch(db, spec(algorithms=["dpo"], seeds=[0]))
    (run,) = studies.members(db, study.id)
    end(db, run, None, "failed")
    plans.step(db, study.id, NOW)
    assert studies.get(db, study.id).state == "failed"


def test_a_run_that_a_person_paused_keeps_the_study_open(db: Database):
    study = launch(db, spec(algorithms=["dpo"], seeds=[0]))
    (run,) = studies.members(db, study.id)
    queue.request(db, run.id, "pause", NOW)
    plans.step(db, study.id, NOW)
    assert studies.get(db, study.id).state == "running"


def test_two_engines_that_take_the_same_step_make_its_runs_once(db: Database):
    study = launch(db, searched("grid", None))
    for run in studies.members(db, study.id):
        end(db, run, goodness(run))
    drafts: list[run_writes.Draft] = []
    members = studies.members(db, study.id)
    read = parse_study(study.spec)
    planned = plans.missing(read, plans.members(members), plans.values(db, read, members))
    plans.step(db, study.id, NOW)
    count = len(studies.members(db, study.id))
    place = next(iter(planned))
    drafts.append(
        {
            "name": "again",
            "kind": "train",
            "algorithm": place.algorithm,
            "lane": "train",
            "spec": {},
            "study_role": place.role,
            "study_trial": place.trial,
            "study_seed": place.seed,
        }
    )
    assert study_writes.add_runs(db, study.id, drafts, NOW) == []
    assert len(studies.members(db, study.id)) == count == 8 + 4


def test_a_stopped_study_gets_no_more_runs(db: Database):
    study = launch(db, searched("grid", None))
    for run in studies.members(db, study.id):
        end(db, run, goodness(run))
    study_writes.change_state(db, study.id, "stopped", NOW)
    plans.step(db, study.id, NOW)
    assert len(studies.members(db, study.id)) == 8
    study_writes.change_state(db, study.id, "running", NOW)
    plans.step(db, study.id, NOW)
    assert len(studies.members(db, study.id)) == 12


def test_a_study_whose_next_runs_cannot_be_made_fails_with_the_reason(db: Database, monkeypatch: pytest.MonkeyPatch):
    study = launch(db, searched("grid", None))
    for run in studies.members(db, study.id):
        end(db, run, goodness(run))

    def refuse(*_arguments: object) -> None:
        raise NotFound("There is no run {id}.", id="gone")

    monkeypatch.setattr(run_drafts, "draft", refuse)
    StudySteps(db).poll(NOW)
    after = studies.get(db, study.id)
    assert (after.state, after.reason) == ("failed", ("There is no run {id}.", {"id": "gone"}))


def test_nothing_is_read_twice_while_nothing_changes(db: Database, monkeypatch: pytest.MonkeyPatch):
    launch(db, spec())
    stepped: list[str] = []
    monkeypatch.setattr(plans, "step", lambda _db, study, _now: stepped.append(study))
    steps = StudySteps(db)
    for _ in range(3):
        steps.poll(NOW)
    assert len(stepped) == 1


def test_a_study_without_a_file_ends_with_its_runs(db: Database):
    study = study_writes.create(db, name="by hand", spec={"preset": "x"}, now=NOW)
    plans.step(db, study.id, NOW)
    assert studies.get(db, study.id).state == "running", "its runs are yet to come"
    run = run_writes.create(
        db, name="one", kind="train", algorithm="dpo", lane="train", spec={}, study_id=study.id, now=NOW
    )
    end(db, run, None)
    plans.step(db, study.id, NOW)
    assert studies.get(db, study.id).state == "succeeded"
