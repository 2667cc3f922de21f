"""Watch rules over streams of metrics: when they act, what they say, and that a resumed run decides the same."""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from engine.runtime.training.loop import NotFinite, train
from engine.runtime.training.progress import Progress
from engine.runtime.training.watching import RuleState, Verdict, Watch
from engine.spec import parse
from tests.engine.runtime.training.loop_parts import LeaseRenewer, Run
from words import english

NAN, INFINITE = float("nan"), float("inf")
KL = {"eval/kl": 99.0}


def watch(*rules: Any, states: dict[str, RuleState] | None = None) -> Watch:
    spec = parse({"algorithm": "grpo", "data": {"dataset": "d"}, "watch": list(rules)})
    return Watch(spec.watch or [], {} if states is None else states)


def acted(watched: Watch, stream: Iterable[Mapping[str, float]]) -> dict[int, Verdict]:
    """The verdicts by step."""
    verdicts = ((step, watched.observe(step, values)) for step, values in enumerate(stream, 1))
    return {step: verdict for step, verdict in verdicts if verdict is not None}


def evaluations(*values: float, key: str = "eval/reward") -> list[dict[str, float]]:
    return [{key: value} for value in values]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"loss": NAN, "grad_norm": NAN}, "The loss was not a finite number."),
        ({"loss": INFINITE, "grad_norm": 1.0}, "The loss was not a finite number."),
        ({"loss": 0.5, "grad_norm": INFINITE}, "The gradient was not a finite number."),
    ],
)
def test_the_first_number_that_is_not_finite_acts(values: dict[str, float], words: str) -> None:
    verdicts = acted(watch("nan"), [{"loss": 0.5, "grad_norm": 1.0}, {"eval/reward": NAN}, values])
    assert [*verdicts] == [3]
    assert verdicts[3].state == "stopped"
    assert english(verdicts[3].reason).startswith(f"Stopped by a watch rule at step 3: {words}")


def test_a_bound_counts_values_in_a_row_and_only_its_own() -> None:
    rule = {"kind": "kl", "metric": "kl", "above": 10, "for": 3}
    stream = [{"kl": value} for value in (11, 12, 10, 11, 12)] + [{"eval/kl": 50.0}, {"kl": 13.25}]
    verdicts = acted(watch(rule), stream)
    assert [*verdicts] == [7], "10 is not above 10, and an evaluation is no update"
    assert english(verdicts[7].reason) == (
        "Stopped by a watch rule at step 7: KL to the reference, a token was 13.2, above 10, 3 times in a row."
    )


def test_a_distance_that_is_no_number_is_above_every_bound() -> None:
    assert [*acted(watch({"kind": "kl", "for": 1}), evaluations(NAN, key="eval/kl"))] == [1]


def test_truncation_can_pause() -> None:
    rule = {"kind": "truncation", "metric": "completions/clipped_ratio", "for": 2, "do": "pause"}
    verdicts = acted(watch(rule), [{"completions/clipped_ratio": value} for value in (0.4, 0.5)])
    assert verdicts[2].state == "paused"
    assert english(verdicts[2].reason).startswith("Paused by a watch rule at step 2: Cut answers was 0.5, above 0.3")


def test_a_plateau_waits_its_patience_from_the_best_value_on() -> None:
    """0.5 is the best; 0.504 gains less than 0.005, and so do two below it. Gains that small do not add up unseen."""
    verdicts = acted(watch({"kind": "plateau", "patience": 3}), evaluations(0.3, 0.5, 0.504, 0.2, 0.503, 0.9))
    assert [*verdicts] == [5]
    assert verdicts[5].state == "succeeded"
    assert english(verdicts[5].reason) == (
        "Ended early by a watch rule at step 5: Held-out reward gained no more than 0.005 on its best value, 0.5, in "
        "3 evaluations."
    )


def test_a_metric_that_should_fall_gains_by_falling() -> None:
    rule = {"kind": "plateau", "metric": "eval/reference_perplexity", "patience": 1, "min_delta": 0}
    verdicts = acted(watch(rule), evaluations(3.0, 2.0, 2.0, key="eval/reference_perplexity"))
    assert [*verdicts] == [3], "a gain of 0 is none"


def test_an_evaluation_that_is_not_finite_is_no_gain_and_never_the_best() -> None:
    assert [*acted(watch({"kind": "plateau", "patience": 2}), evaluations(NAN, 0.1, NAN, NAN))] == [4]


def test_a_rule_that_has_acted_begins_anew() -> None:
    """Whoever resumes a paused run has seen what happened: it takes as many values again."""
    assert [*acted(watch({"kind": "kl", "for": 2, "do": "pause"}), evaluations(*[99.0] * 5, key="eval/kl"))] == [2, 4]


def test_the_first_rule_is_the_one_that_is_named() -> None:
    verdicts = acted(watch({"kind": "kl", "for": 1, "do": "pause"}, {"kind": "kl", "for": 1}), [{"eval/kl": 50.0}])
    assert verdicts[1].state == "paused"


@pytest.mark.parametrize("cut", range(7))
def test_a_resumed_run_decides_as_one_that_was_never_interrupted(cut: int) -> None:
    rules = ({"kind": "plateau", "patience": 3}, {"kind": "kl", "metric": "kl", "above": 1, "for": 4})
    stream = [{"eval/reward": reward, "kl": kl} for reward, kl in ((0.3, 2), (0.5, 2), (0.2, 0), *[(0.4, 3)] * 5)]
    whole = acted(watch(*rules), stream)
    progress = Progress()
    before = acted(watch(*rules, states=progress.rules), stream[:cut])
    again = watch(*rules, states=Progress.from_state(progress.state()).rules)
    after = {step: again.observe(step, values) for step, values in enumerate(stream[cut:], cut + 1)}
    assert {**before, **{step: verdict for step, verdict in after.items() if verdict is not None}} == whole
    assert [*whole] == [5, 7, 8]


def test_a_rule_that_a_fork_changed_begins_anew_and_the_others_go_on() -> None:
    states: dict[str, RuleState] = {}
    acted(watch("nan", {"kind": "kl", "for": 3}, {"kind": "plateau", "patience": 3}, states=states), [KL, KL])
    forked = watch({"kind": "kl", "for": 3}, {"kind": "kl", "for": 2, "do": "pause"}, states=states)
    assert {step: verdict.state for step, verdict in acted(forked, [KL, KL]).items()} == {1: "stopped", 2: "paused"}


def test_a_rule_that_is_written_twice_counts_once() -> None:
    assert [*acted(watch({"kind": "kl", "for": 2}, {"kind": "kl", "for": 2}), [KL, KL])] == [2]


def test_an_early_stop_is_a_success_that_saves_and_says_why() -> None:
    run = Run(rewards={0: 0.5}, watch=[{"kind": "plateau", "patience": 2}], budget={"steps": 60})
    training = run.training()
    assert train(training) == "succeeded"
    assert (training.progress.step, run.checkpoints.saved[-1]) == (4, (4, False))
    assert english(training.reason or ("", {})).startswith("Ended early by a watch rule at step 4")


def test_a_number_that_is_not_finite_saves_only_weights_that_are() -> None:
    """The update was not applied, so what is saved are the weights before it; broken weights still fail the run."""
    run = Run(watch=["nan"])
    run.learner.applied, run.learner.metrics = False, {"loss": NAN, "grad_norm": NAN}
    training = run.training()
    assert train(training) == "stopped"
    assert run.checkpoints.saved == [(0, True), (1, False)]
    broken = Run(watch=["nan"])
    broken.learner.applied, broken.learner.metrics = False, {"loss": NAN, "grad_norm": NAN}
    broken.learner.finite = False
    with pytest.raises(NotFinite, match="weights"):
        train(broken.training(progress=Progress(evaluated=0), saved=0))
    assert broken.checkpoints.saved == []


def test_what_a_person_asks_for_goes_before_a_rule_and_the_end_before_both() -> None:
    asked = Run(rewards={2: 0.5}, watch=[{"kind": "plateau", "patience": 1, "do": "pause"}])
    asked.renewer = LeaseRenewer(stop_at=4, asked="stop")
    training = asked.training()
    assert (train(training), training.reason) == ("stopped", None)
    last = Run(rewards={0: 0.5}, watch=[{"kind": "plateau", "patience": 3, "do": "pause"}])
    training = last.training()
    assert (train(training), training.reason) == ("succeeded", None)
