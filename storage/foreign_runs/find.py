"""Which runs a path holds, by what lies there: one door for command line and dialog.

Left out: reading them (the module of each form).
"""

from dataclasses import replace
from itertools import chain
from pathlib import Path

from storage.errors import Invalid, NotFound
from storage.foreign_runs import completions, event_files, trackio, trainer_state, wandb_runs
from storage.foreign_runs.foreign_run import ForeignRun
from words import N_

NOTHING = N_(
    "There is no run to import in {path}. It can be a folder or file of TensorBoard (events.out.tfevents...), a "
    "trainer_state.json or the folder of a trainer's output, TRL's completions_*.parquet, a folder of W&B "
    "(run-*.wandb) or a file of Trackio (*.db)."
)


def find(path: Path) -> list[ForeignRun]:
    """The runs at a path. Raises NotFound where it is not there, Invalid where no run is in it."""
    if not path.exists():
        raise NotFound(N_("There is no file or folder {path}."), path=str(path))
    runs = _in_folder(path) if path.is_dir() else _in_file(path)
    if not runs:
        raise Invalid(NOTHING, path=str(path))
    return runs


def _in_folder(folder: Path) -> list[ForeignRun]:
    """Event files say more than a state: they have times and go on to the end. Answers go with the only run."""
    databases = [path for path in sorted(folder.glob("*.db")) if trackio.is_database(path)]
    runs = event_files.find(folder) or trainer_state.find(folder) or wandb_runs.find(folder)
    runs = runs or [run for file in databases for run in trackio.find(file)]
    if len(runs) == 1 and (tables := completions.files_in(folder)):
        return [_with_answers(runs[0], tuple(tables))]
    return runs or completions.find(folder)


def _in_file(file: Path) -> list[ForeignRun]:
    if event_files.is_event_file(file):
        return [event_files.run(file.parent, [file], file.parent)]
    if file.suffix == wandb_runs.ENDING:
        return [wandb_runs.run(file)]
    if file.suffix == ".json":
        return [trainer_state.run(file)]
    if file.match(completions.PATTERN):
        return [ForeignRun(completions.SOURCE, file.stem, file, (file,), lambda run: completions.read(run.files[0]))]
    return trackio.find(file) if trackio.is_database(file) else []


def _with_answers(run: ForeignRun, tables: tuple[Path, ...]) -> ForeignRun:
    """The run with the answers that were sampled in it, which come last."""
    read = run.read
    return replace(run, tables=tables, read=lambda run: chain(read(run), *map(completions.read, run.tables)))
