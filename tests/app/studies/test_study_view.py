"""What is told of a study: how far it is, what is left, what its search chose, what it paid."""

from typing import Any

import pytest

from app.studies import study_json, study_view
from engine import studies as plans
from engine.spec import key_metrics, parse_study
from storage import metrics, queue, runs, studies
from storage.database import Database
from storage.records import Study
from tests import tiny

NOW = 1_800_000_000.0
SECONDS = {"dpo": 10.0, "grpo": 30.0}  # that every run takes


@pytest.fixture
def db(db: Database) -> Database:
    tiny.write_pairs(db, "pairs", 40)
    return db


def launch(db: Database, **changes: Any) -> Study:
    base = {"data": {"dataset": "pairs"}, "sampling": {"epochs": 2}}
    file = {"base": base, "algorithms": ["dpo", "grpo"], "seeds": [0, 1], "budget": {"steps": 3}, **changes}
    return plans.launch(db, parse_study(file), requested_by=None, now=NOW)


def carry_out(db: Database, study: Study, count: int, rewards: dict[int, float] | None = None, **more: float) -> None:
    """Let the next `count` runs of the study succeed; `rewards` by trial, `more` by the names of `key_metrics`."""
    for _ in range(count):
        plans.step(db, study.id, NOW)
        run = runs.get(db, str(studies.first_queued(db, study.id)))
        lease = queue.claim_run(db, run.id, host="here", device="cpu", seconds=60, now=NOW)
        assert lease is not None
        queue.renew(db, lease, seconds=60, now=NOW, step=3, fraction=1.0)
        reward = (rewards or {}).get(run.study_trial or 0, 0.5)
        values = {
            key_metrics.HEADLINE: reward,
            key_metrics.TRAINED_TOKENS: 100.0,
            key_metrics.TRAINED_SAMPLES: 24.0,
            key_metrics.GENERATED_TOKENS: 0.0 if run.algorithm == "dpo" else 60.0,
            key_metrics.TRAINING_SECONDS: 5.0,
            **{getattr(key_metrics, name): value for name, value in more.items()},
        }
        metrics.write(db, lease, [(3, values, NOW)])
        queue.finish(db, lease, "succeeded", now=NOW + SECONDS[str(run.algorithm)])
    plans.step(db, study.id, NOW)


def test_what_is_left_is_counted_by_the_time_that_runs_of_a_method_took(db: Database):
    study = launch(db)
    assert study_view.read(db, study.id, NOW).eta_seconds is None, "nothing has ended yet"
    carry_out(db, study, 1)
    # one of dpo's is left, and both of grpo's, of which nothing is known: as long as those of dpo
    assert study_view.read(db, study.id, NOW).eta_seconds == 3 * 10
    carry_out(db, study, 1)
    view = study_view.read(db, study.id, NOW)
    assert view.eta_seconds == 10 + 30
    assert (view.planned, view.fraction) == (4, 0.5)
    carry_out(db, study, 2)
    assert study_view.read(db, study.id, NOW).eta_seconds is None
    assert study_view.read(db, study.id, NOW).fraction == 1.0


def test_what_a_running_run_has_spent_is_taken_off(db: Database):
    study = launch(db, algorithms=["dpo"])
    carry_out(db, study, 1)
    run = str(studies.first_queued(db, study.id))
    assert queue.claim_run(db, run, host="here", device="cpu", seconds=60, now=NOW) is not None
    assert study_view.read(db, study.id, NOW + 4).eta_seconds == 6
    assert study_view.read(db, study.id, NOW + 40).eta_seconds == 0, "never below nothing"


def test_each_method_paid_for_itself(db: Database):
    study = launch(db)
    carry_out(db, study, 4)
    view = study_view.read(db, study.id, NOW)
    assert view.comparison is not None
    costs = {group.runs[0].algorithm: view.costs[group.id] for group in view.comparison.groups}
    assert (costs["dpo"].runs, costs["dpo"].updates, costs["dpo"].trained_tokens) == (2, 6, 200.0)
    assert (costs["dpo"].answers_scored, costs["dpo"].generated_tokens) == (0.0, 0.0)
    assert costs["grpo"].answers_scored == 2 * 24 / 2, "an answer is scored once, and trained on in two epochs"
    assert (costs["grpo"].generated_tokens, costs["grpo"].seconds) == (120.0, 10.0)


def test_what_a_method_came_to_is_that_of_the_end_evaluation_where_all_runs_have_one(db: Database):
    study = launch(db)
    carry_out(db, study, 3, FINAL_REWARD=0.75, FINAL_KL=2.0)
    view = study_view.read(db, study.id, NOW)
    assert {key: spread.mean for reached in view.reached.values() for key, spread in reached.items()} == {
        key_metrics.FINAL_REWARD: 0.75,
        key_metrics.FINAL_KL: 2.0,
    }
    carry_out(db, study, 1)
    view = study_view.read(db, study.id, NOW)
    assert {key: spread.mean for reached in view.reached.values() for key, spread in reached.items()} == {
        key_metrics.HEADLINE: 0.5
    }


def test_trials_are_told_with_their_value_and_the_chosen_one(db: Database):
    study = launch(db, vary={"optimizer.learning_rate": [1e-5, 1e-4]}, search={"kind": "grid"}, algorithms=["dpo"])
    carry_out(db, study, 1, {0: 0.25, 1: 0.75})
    first, second = study_view.read(db, study.id, NOW).trials
    assert (first.value, first.chosen, second.value) == (0.25, False, None)
    carry_out(db, study, 1, {0: 0.25, 1: 0.75})
    view = study_view.read(db, study.id, NOW)
    assert [(trial.value, trial.chosen) for trial in view.trials] == [(0.25, False), (0.75, True)]
    assert view.search_costs["dpo"].updates == 6
    assert [run.study_role for run in view.reported] == ["final", "final"]
    assert view.comparison is None, "no reported run has ended"


def test_the_answer_for_scripts_holds_all_of_it(db: Database):
    study = launch(db, vary={"dpo": {"beta": [0.1, 0.2]}})
    carry_out(db, study, 6)
    answer = study_json.whole(db, study_view.read(db, study.id, NOW))
    assert (answer["state"], answer["runs"], answer["fraction"]) == ("succeeded", {"succeeded": 6}, 1.0)
    assert [group["settings"] for group in answer["result"]["groups"]] == [{"beta": 0.1}, {}, {"beta": 0.2}]
    assert {group["cost"]["runs"] for group in answer["result"]["groups"]} == {2}
    assert answer["file"] == study.spec
    assert [member["role"] for member in answer["members"]] == ["final"] * 6


def test_a_study_that_waits_for_a_person_says_so(db: Database):
    study = launch(db)
    queue.request(db, str(studies.first_queued(db, study.id)), "pause", NOW)
    assert len(study_view.read(db, study.id, NOW).waits_for_person) == 1
