"""The counters of a run survive the checkpoint that keeps them, also one that an older version wrote."""

from engine.runtime.training.progress import Progress


def test_progress_comes_back_as_it_was_kept() -> None:
    kept = Progress(step=3, samples=12, tokens=345, seconds=1.5, best=0.4)
    assert Progress.from_state(kept.state()) == kept


def test_what_an_older_version_counted_beside_it_is_left_out() -> None:
    assert Progress.from_state({**Progress(step=3).state(), "generated": 7}) == Progress(step=3)
