"""What is measured against TRL is a run that we can launch, and no ratio is printed of a disturbed machine."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from benchmarks import against_trl
from benchmarks.against_trl import DISTURBED, TRIES, measured, run_file, table
from benchmarks.works import STEPS, WORKS, Work, rows
from engine.spec import parse
from storage.workspace import Workspace

WORK = next(iter(WORKS.values()))


@pytest.mark.parametrize("work", WORKS.values(), ids=lambda work: work.name)
def test_a_work_is_a_run_file_and_has_rows_for_all_its_steps(work: Work):
    spec = parse(run_file(work, "words", "fp32"))
    assert (spec.algorithm, spec.optimizer.batch_size) == (work.method, work.batch)
    assert len(rows(work)) == work.batch * (STEPS + 1)
    assert rows(work) == rows(work), "both sides get the same"
    assert work.floor <= work.aim


class Side:
    """One that took so many seconds a step."""

    def __init__(self, label: str, seconds: float) -> None:
        self.label, self.seconds = label, seconds

    def summary(self) -> dict[str, Any]:
        return {"seconds": self.seconds, "peak_mb": 100}


def tries(beats: Iterable[list[float]]) -> Callable[..., tuple[list[Side], list[float]]]:
    """In place of the processes: two sides, and the calibrations of one try after the other."""
    left = iter(beats)
    return lambda *_, **__: ([Side("alignlab fp32", 2.0), Side("trl fp32", 5.0)], next(left))


def test_a_disturbed_pair_is_measured_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(against_trl, "_interleaved", tries([[1.0, 1.0 + DISTURBED], [1.0, 1.1]]))
    result = measured(WORK, Workspace(tmp_path), tmp_path, best=False)
    assert (result["ratio"], result["calibration_spread"]) == (2.5, 1.1)
    assert "| 2.000 | 5.000 | 2.50 |" in table([result])


def test_a_machine_that_stays_disturbed_gets_no_ratio(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(against_trl, "_interleaved", tries([[1.0, 2.0]] * TRIES))
    result = measured(WORK, Workspace(tmp_path), tmp_path, best=False)
    assert result["ratio"] is None
    assert "| disturbed |" in table([result])
