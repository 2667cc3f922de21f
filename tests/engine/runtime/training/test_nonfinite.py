"""Numbers that are not finite: in loss, gradient, weights, rewards and evaluations. The last good checkpoint stays."""

import pytest

from engine.runtime.training.loop import NONFINITE_LIMIT, NotFinite, train
from engine.runtime.training.progress import Progress
from tests.engine.runtime.training.loop_parts import Run

NAN = float("nan")


@pytest.mark.parametrize(
    ("loss", "norm", "words"),
    [(NAN, NAN, "The loss was not"), (float("inf"), 1.0, "The loss was not"), (0.5, NAN, "The gradient was not")],
)
def test_it_is_told_what_was_not_finite_and_at_which_step(loss: float, norm: float, words: str):
    run = Run()
    run.learner.applied, run.learner.metrics = False, {"loss": loss, "grad_norm": norm}
    with pytest.raises(NotFinite, match=f"{words} a finite number any more at step {NONFINITE_LIMIT}"):
        train(run.training())


def test_weights_that_are_not_finite_end_the_run_at_once_and_are_never_saved():
    run = Run()
    run.learner.applied = run.learner.finite = False
    with pytest.raises(NotFinite, match="weights were not finite numbers any more at step 1"):
        train(run.training(progress=Progress(evaluated=0), saved=0))
    assert run.checkpoints.saved == []


def test_weights_are_looked_at_before_each_checkpoint():
    """The update itself was finite: what it left is not, and the checkpoint before it stays."""
    run = Run()
    training = run.training(progress=Progress(step=2, evaluated=2), saved=2)
    run.learner.finite = False
    with pytest.raises(NotFinite, match="at step 3"):
        train(training)
    assert run.checkpoints.saved == []


def test_an_evaluation_that_is_not_finite_is_noted_and_the_run_goes_on():
    run = Run(rewards={2: NAN})
    assert train(run.training()) == "succeeded"
    assert run.notes[0] == "The evaluation of step 2 gave numbers that are not finite: eval/reward."


def test_an_evaluation_of_weights_that_are_not_finite_ends_the_run():
    run = Run(rewards={4: NAN})
    evaluate = run.evaluate

    def poisoned(step: int) -> dict[str, float]:
        run.learner.finite = step < 4
        return evaluate(step)

    run.evaluate = poisoned  # type: ignore[method-assign]
    with pytest.raises(NotFinite, match="at step 4"):
        train(run.training())
    assert run.checkpoints.saved[-1] == (3, False)
