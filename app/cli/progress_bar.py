"""Shows the progress of a run, or of a download, on stderr: a bar in a terminal, else a line every ten seconds."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from app.cli.output import note
from words import names

if TYPE_CHECKING:
    from storage.records import Run

Show = Callable[["Run", float | None], None]  # the run and its latest loss
Report = Callable[[float, str, str], None]
"""The share that is done, in words how far it is, and a state: a line is printed at once where that has changed."""
REPORT_SECONDS = 10.0


@contextmanager
def progress() -> Iterator[Show]:
    """A function that shows a run and its latest loss; callers may call it as often as they like."""
    with reports() as report:
        yield lambda run, loss: report(run.fraction, _words(run, loss), run.state)


@contextmanager
def reports() -> Iterator[Report]:
    """A function that shows how far something is; callers may call it as often as they like."""
    if not sys.stderr.isatty():
        yield _Lines().show
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=1.0)

        def show(fraction: float, words: str, _state: str) -> None:
            bar.update(task, completed=fraction, description=words)

        yield show


@contextmanager
def byte_progress(total: int) -> Iterator[Callable[[int], None]]:
    """A function that shows how many bytes of `total` are here."""
    if not sys.stderr.isatty():
        yield _ByteLines(total).show
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TransferSpeedColumn

    with Progress(BarColumn(), DownloadColumn(), TransferSpeedColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=total)
        yield lambda count: bar.update(task, completed=count)


class _ByteLines:
    """Prints a line when ten seconds have passed since the last one."""

    def __init__(self, total: int) -> None:
        self._total, self._at = total, time.monotonic()

    def show(self, count: int) -> None:
        if time.monotonic() - self._at >= REPORT_SECONDS:
            self._at = time.monotonic()
            note(f"{names.size(count)} of {names.size(self._total)}")


class _Lines:
    """Prints a line when the progress differs from the last line and ten seconds have passed or the state changed."""

    def __init__(self) -> None:
        self._printed = ""
        self._state = ""
        self._at = 0.0

    def show(self, fraction: float, words: str, state: str) -> None:
        line = f"{fraction:.0%} {words}"
        due = state != self._state or time.monotonic() - self._at >= REPORT_SECONDS
        if due and line != self._printed:
            self._printed, self._state, self._at = line, state, time.monotonic()
            note(line)


def _words(run: "Run", loss: float | None) -> str:
    parts = [run.state, f"step {run.step}"]
    if loss is not None:
        parts.append(f"loss {loss:.4f}")
    if run.eta_seconds is not None:
        minutes, seconds = divmod(round(run.eta_seconds), 60)
        parts.append(f"{minutes}:{seconds:02d} left")
    return ", ".join(parts)
