"""What the loop does when: updates, evaluations, checkpoints, requests and the budget."""

import pytest

from engine.data.groups import Group
from engine.data.items import Example, ScoredResponse
from engine.data.templates import Encoded
from engine.runtime.run.lease_renewal import Interrupted
from engine.runtime.training.learning_signs import LearningSigns
from engine.runtime.training.loop import NONFINITE_LIMIT, NotFinite, train
from engine.runtime.training.progress import Progress
from engine.runtime.training.sources import Frozen, NothingToTrainOn, plan
from tests.engine.runtime.training.loop_parts import PAIR, LeaseRenewer, Run


def test_a_run_evaluates_saves_and_ends_on_time():
    run = Run()
    assert train(run.training()) == "succeeded"
    assert run.evaluated == [0, 2, 4, 6]
    assert [step for step, _ in run.checkpoints.saved] == [0, 3, 6]
    assert [step for step, values in run.recorder.points if "loss" in values] == [1, 2, 3, 4, 5, 6]
    assert run.source.drawn == 12


@pytest.mark.parametrize(("source", "drawn"), [("frozen", 12), ("sampled", 4)])
def test_epochs_are_of_rollouts_since_stored_answers_come_again_by_themselves(source: str, drawn: int):
    run = Run(data={"dataset": "x", "source": source}, sampling={"epochs": 3})
    assert train(run.training()) == "succeeded"
    assert run.source.drawn == drawn


def test_the_last_step_is_evaluated_and_saved_whenever_it_comes():
    run = Run(budget={"steps": 5})
    train(run.training())
    assert run.evaluated == [0, 2, 4, 5]
    assert [step for step, _ in run.checkpoints.saved] == [0, 3, 5]


def test_a_new_best_is_saved_as_such():
    run = Run(rewards={0: 0.3, 2: 0.5, 4: 0.4, 6: 0.9})
    train(run.training())
    assert run.checkpoints.saved == [(0, True), (2, True), (3, False), (6, True)]


def test_a_metric_that_falls_is_best_when_low():
    run = Run(rewards={0: 0.3, 2: 0.5, 4: 0.1, 6: 0.2}, checkpoint={"every": 100, "keep_best": "eval/loss"})
    run.evaluate = lambda step: {"eval/loss": run.rewards[step]}  # type: ignore[method-assign]
    train(run.training())
    assert run.checkpoints.saved == [(0, True), (4, True), (6, False)]


def test_an_undefined_value_is_never_the_best():
    run = Run(rewards={0: float("nan"), 2: 0.1})
    train(run.training())
    assert run.checkpoints.saved[:2] == [(0, False), (2, True)]


def test_points_are_committed_before_a_checkpoint_is():
    """At each save: 1 evaluation, then 3 steps and 1 evaluation more, then 3 steps and 2 evaluations more."""
    run = Run()
    train(run.training())
    assert run.recorder.flushed_at == [1, 5, 10]


def test_the_counts_are_of_answers_and_of_prompt_and_answer_tokens():
    run = Run(budget={"steps": 1})
    training = run.training()
    train(training)
    assert (training.progress.samples, training.progress.tokens) == (4, 18)
    assert run.recorder.points[1][1]["num_tokens"] == 18


@pytest.mark.parametrize(
    ("budget", "steps"), [({"samples": 9}, 3), ({"tokens": 37}, 3), ({"steps": 3}, 3), ({"seconds": 1e-9}, 1)]
)
def test_the_budget_ends_the_run_in_its_own_unit(budget: dict[str, float], steps: int):
    """An update is 4 answers and 18 tokens; the update that crosses the line is the last."""
    run = Run(budget=budget)
    training = run.training()
    assert train(training) == "succeeded"
    assert training.progress.step == steps


def test_the_learning_rate_is_that_of_the_middle_of_an_update():
    """Linear to zero over 4 steps: 7/8, 5/8, 3/8, 1/8; the same in samples."""
    for budget in ({"steps": 4}, {"samples": 16}, {"tokens": 72}):
        run = Run(budget=budget)
        train(run.training())
        assert run.learner.rates == pytest.approx([7 / 8, 5 / 8, 3 / 8, 1 / 8])


@pytest.mark.parametrize(("asked", "ending"), [("pause", "paused"), ("stop", "stopped"), ("requeue", "queued")])
def test_a_request_is_honoured_at_the_next_step_and_saves_first(asked: str, ending: str):
    run = Run()
    run.renewer = LeaseRenewer(stop_at=4, asked=asked)
    assert train(run.training()) == ending
    assert run.checkpoints.saved[-1] == (4, False)
    assert run.evaluated == [0, 2, 4]


def test_a_run_that_goes_on_repeats_neither_evaluation_nor_checkpoint():
    first = Run()
    first.renewer = LeaseRenewer(stop_at=4)
    train(first.training())
    second = Run()
    second.source.restore(first.checkpoints.contents[-1].state["source"])
    progress = Progress.from_state(first.checkpoints.contents[-1].state["progress"])
    assert train(second.training(progress=progress, saved=4)) == "succeeded"
    assert second.evaluated == [6]
    assert [step for step, _ in second.checkpoints.saved] == [6]
    assert [step for step, values in second.recorder.points if "loss" in values] == [5, 6]
    assert second.learner.rates == pytest.approx([3 / 12, 1 / 12])
    assert second.source.drawn == 12


@pytest.mark.parametrize("step", [0, 4, 6])
def test_a_request_gives_up_an_evaluation_which_is_made_up_for(step: int):
    first, second = Run(rewards={step: 1.0}), Run(rewards={step: 1.0})
    first.renewer = LeaseRenewer(stop_at=step, asked="stop")
    evaluate = first.evaluate

    def interrupted(at: int) -> dict[str, float]:
        if at == step:
            raise Interrupted
        return evaluate(at)

    first.evaluate = interrupted  # type: ignore[method-assign]
    assert train(first.training()) == "stopped"
    assert first.checkpoints.saved[-1] == (step, False)
    progress = Progress.from_state(first.checkpoints.contents[-1].state["progress"])
    assert train(second.training(progress=progress, saved=step)) == "succeeded"
    assert second.evaluated[0] == step
    assert second.checkpoints.saved[0] == (step, True)


def test_a_run_that_had_only_to_be_written_down_ends_at_once():
    run = Run()
    assert train(run.training(progress=Progress(step=6, evaluated=6, best=0.0), saved=6)) == "succeeded"
    assert (run.evaluated, run.checkpoints.saved, run.source.drawn) == ([], [], 0)


def test_a_run_that_stays_infinite_stops_with_a_reason():
    run = Run()
    run.learner.applied = False
    with pytest.raises(NotFinite) as error:
        train(run.training())
    assert error.value.text[1] == {"step": NONFINITE_LIMIT}


def test_a_run_without_anything_to_compare_stops_with_a_reason():
    run = Run()
    run.learner.empty = True
    training = run.training()
    with pytest.raises(NothingToTrainOn):
        train(training)
    assert training.progress.step == 0
    assert training.progress.skipped == 2 * run.source.max_empty_batches


def test_a_request_is_heard_while_there_is_nothing_to_compare():
    run = Run()
    run.learner.empty = True

    class Asked(LeaseRenewer):
        @property
        def request(self) -> str | None:
            return "pause" if run.source.drawn >= 6 else None

    run.renewer = Asked()
    assert train(run.training()) == "paused"
    assert run.source.drawn == 6


def test_a_batch_without_anything_to_compare_makes_no_point_and_is_counted_in_the_next():
    run = Run()
    training = run.training()
    run.learner.empty = True
    assert not training.learn([PAIR, PAIR])
    assert run.recorder.points == []
    run.learner.empty = False
    assert training.learn([PAIR, PAIR])
    [(step, values)] = run.recorder.points
    assert (step, values["data/skipped"]) == (1, 2)


EXAMPLES = [Example(str(number), (), (ScoredResponse("a", "x", 1.0),)) for number in range(5)]


def encode(example: Example) -> Group | str:
    return "no_room" if example.item == "3" else Group(example.item, ("a",), (Encoded((1,), (2,)),), (1.0,))


def drawn(source: Frozen, batches: int) -> list[list[str]]:
    return [[group.item for group in batch] for _, batch in zip(range(batches), source, strict=False)]


def test_frozen_data_is_passed_over_in_whole_epochs_without_what_cannot_be_trained():
    source = Frozen(EXAMPLES, encode, batch_size=4, seed=0)
    batches = drawn(source, 2)
    assert sorted(batches[0]) == sorted(batches[1]) == ["0", "1", "2", "4"]
    assert source.skips.total() in (1, 2)


def test_a_frozen_source_goes_on_where_it_stood():
    straight, first = Frozen(EXAMPLES, encode, batch_size=3, seed=1), Frozen(EXAMPLES, encode, batch_size=3, seed=1)
    expected = drawn(straight, 6)
    assert drawn(first, 2) == expected[:2]
    second = Frozen(EXAMPLES, encode, batch_size=3, seed=1)
    second.restore(first.state(within=False))
    assert drawn(second, 4) == expected[2:]
    assert second.skips == straight.skips


def test_data_of_which_nothing_can_be_trained_is_refused():
    with pytest.raises(NothingToTrainOn):
        Frozen([], encode, batch_size=1, seed=0)
    with pytest.raises(NothingToTrainOn):
        drawn(Frozen(EXAMPLES, lambda _: "no_room", batch_size=1, seed=0), 1)


def test_a_plan_cuts_a_batch_into_updates_and_passes_over_it_again():
    groups = [Group(str(number), (), (), ()) for number in range(4)]
    cut = [[group.item for group in part] for part in plan(groups, batch_size=2, passes=2)]
    assert cut == [["0", "1"], ["2", "3"], ["0", "1"], ["2", "3"]]


def test_what_a_run_did_not_learn_is_noted_at_its_end_only():
    run = Run()
    run.source.skips["equal"] = 4
    run.renewer = LeaseRenewer(stop_at=4)
    assert train(run.training()) == "paused"
    assert run.notes == []
    run.renewer = LeaseRenewer()
    assert train(run.training()) == "succeeded"
    assert [note.split(":")[0].split(" because")[0] for note in run.notes] == [
        "Examples were skipped 4 times",
        "The loss never moved",
    ]


def test_what_older_checkpoints_counted_is_read():
    source = Frozen(EXAMPLES, encode, batch_size=1, seed=0)
    source.restore({"position": 2, "skipped": 5})
    assert source.skips == {"no_room": 5}
    assert Progress.from_state({"step": 3}).signs == LearningSigns.unknown()
    assert Progress.from_state(Progress(step=3).state()) == Progress(step=3)


def test_a_run_that_spent_its_budget_is_evaluated_at_its_end_once():
    run = Run()
    assert train(run.training()) == "succeeded"
    assert run.ended == [6]
    assert run.recorder.points[-2:] == [(0, {"final/reward": 0.1}), (6, {"final/reward": 0.4})]


@pytest.mark.parametrize("asked", ["pause", "stop"])
def test_a_run_that_was_asked_to_end_is_not(asked: str):
    run = Run()
    run.renewer = LeaseRenewer(stop_at=4, asked=asked)
    train(run.training())
    assert run.ended == []


def test_an_end_evaluation_that_was_given_up_is_done_by_the_next_attempt():
    run = Run()
    run.renewer = LeaseRenewer(stop_at=6)
    evaluate_end, run.evaluate_end = run.evaluate_end, _given_up  # type: ignore[method-assign]
    training = run.training()
    assert train(training) == "paused"
    assert "final/reward" not in {key for _, values in run.recorder.points for key in values}
    run.renewer, run.evaluate_end = LeaseRenewer(), evaluate_end  # type: ignore[method-assign]
    state = run.checkpoints.contents[-1].state
    assert train(run.training(progress=Progress.from_state(state["progress"]), saved=6)) == "succeeded"
    assert (run.ended, run.evaluated) == ([6], [0, 2, 4, 6])


def test_a_run_that_a_rule_ended_early_goes_on_with_its_end_evaluation_alone():
    rule = {"kind": "plateau", "metric": "eval/reward", "patience": 1}
    run = Run(watch=[rule])
    evaluate_end, run.evaluate_end = run.evaluate_end, _given_up  # type: ignore[method-assign]
    assert train(run.training()) == "queued"
    run.evaluate_end = evaluate_end  # type: ignore[method-assign]
    progress = Progress.from_state(run.checkpoints.contents[-1].state["progress"])
    again = run.training(progress=progress, saved=progress.step)
    assert train(again) == "succeeded"
    assert (progress.step, run.ended) == (2, [2]), "it does not train on"
    assert again.reason is not None


def _given_up(step: int, report: object) -> dict[int, dict[str, float]]:
    raise Interrupted


def test_the_time_that_is_left_counts_the_end_evaluation():
    run = Run()
    training = run.training()
    train(training)
    training._evaluation_seconds = 10.0
    training._started = (training._started[0], 0.0)
    remaining = training._remaining_seconds(1.0)
    assert remaining == pytest.approx(20.0)
