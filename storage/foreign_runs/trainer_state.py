"""`trainer_state.json` of transformers and TRL: the log of a trainer, in each of its checkpoint folders.

Its log has no times: every point gets that of the file. `training_args.bin` beside it is a pickle and is never read.
Left out: weights and the state of the optimizer.
"""

import json
import re
from pathlib import Path
from typing import Any

from storage.errors import Invalid
from storage.foreign_runs.foreign_run import ForeignRun, Point, Records, numbers
from words import N_

SOURCE = "trainer_state"
NAME = "trainer_state.json"
MOST_BYTES = 300_000_000  # its text is read as a whole, and takes ten times that much in memory
CHECKPOINT = re.compile(r"checkpoint-(\d+)")
MODEL_FILES = ("adapter_config.json", "config.json")
MODEL_NAMES = ("base_model_name_or_path", "_name_or_path")
NO_STATE = N_("{file} is no trainer_state.json of transformers or TRL: it has no log_history.")
TOO_LARGE = N_("{file} is larger than {most} MB: import the run's TensorBoard event files instead.")
LOG = "log_history"
NO_METRICS = ("step", "total_flos")
NO_SETTINGS = (LOG, "is_local_process_zero", "is_world_process_zero", "stateful_callbacks", "trial_params")


def find(folder: Path) -> list[ForeignRun]:
    """The run of a folder: its own file, or that of its last checkpoint."""
    own = folder / NAME
    if own.is_file():
        return [run(own)]
    files = [path for path in folder.glob(f"checkpoint-*/{NAME}") if CHECKPOINT.fullmatch(path.parent.name)]
    return [run(max(files, key=lambda path: int(path.parent.name.partition("-")[2])))] if files else []


def run(file: Path) -> ForeignRun:
    """The run of one such file; it is called as the folder of the trainer's output."""
    folder = file.resolve().parent
    output = folder.parent if CHECKPOINT.fullmatch(folder.name) else folder
    return ForeignRun(SOURCE, output.name or NAME, output, (file,), _read)


def _read(run: ForeignRun) -> Records:
    (file,) = run.files
    state = _state(file)
    _describe(run, file, state)
    wall_time = file.stat().st_mtime
    for entry in state[LOG]:
        if isinstance(entry, dict) and isinstance(entry.get("step"), int):
            values = ((key, value) for key, value in entry.items() if key not in NO_METRICS)
            yield from (Point(key, entry["step"], value, wall_time) for key, value in numbers(values))


def _state(file: Path) -> dict[str, Any]:
    if file.stat().st_size > MOST_BYTES:
        raise Invalid(TOO_LARGE, file=file.name, most=MOST_BYTES // 1_000_000)
    try:
        state = json.loads(file.read_bytes())
    except (ValueError, RecursionError) as error:
        raise Invalid(N_("{file} is no JSON, or was cut short. Nothing was imported."), file=file.name) from error
    if not isinstance(state, dict) or not isinstance(state.get(LOG), list):
        raise Invalid(NO_STATE, file=file.name)
    return state


def _describe(run: ForeignRun, file: Path, state: dict[str, Any]) -> None:
    """Settings, and how far it had come: a state is written at each checkpoint, also long before the end."""
    run.settings.update({key: value for key, value in state.items() if key not in NO_SETTINGS and value is not None})
    model = _model(file.parent)
    if model is not None:
        run.settings["model_name_or_path"] = model
    done, planned = state.get("global_step"), state.get("max_steps")
    if isinstance(done, int) and isinstance(planned, int) and 0 <= done < planned:
        run.state, run.fraction = "stopped", done / planned
        run.note(
            (
                N_("This is the state of step {step} of {steps}: what came after it is not in the file."),
                {"step": done, "steps": planned},
            )
        )


def _model(folder: Path) -> str | None:
    """The model that files beside the state name."""
    for name in MODEL_FILES:
        try:
            config = json.loads((folder / name).read_bytes())
        except (OSError, ValueError, RecursionError):
            continue
        for key in MODEL_NAMES:
            if isinstance(config, dict) and isinstance(config.get(key), str):
                return str(config[key])
    return None
