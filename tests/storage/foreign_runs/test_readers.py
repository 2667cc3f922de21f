"""Readers of runs made elsewhere: points, settings, state; what is cut is read so far, what is damaged is refused."""

import math
from pathlib import Path

import pytest

from storage.errors import Invalid, NotFound
from storage.foreign_runs import event_writing, trainer_state
from storage.foreign_runs.find import find
from storage.foreign_runs.foreign_run import Completion, ForeignRun, Point, Rewind
from tests.storage.foreign_runs import sources


def read(run: ForeignRun) -> list[Point | Rewind | Completion]:
    return list(run.records())


def only(path: Path) -> ForeignRun:
    (run,) = find(path)
    return run


def points(run: ForeignRun, key: str) -> list[tuple[int, float]]:
    return [(point.step, point.value) for point in read(run) if isinstance(point, Point) and point.key == key]


def event_file(folder: Path, values: list[tuple[str, int, float]], now: float = 100.0) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / event_writing.file_name(now)
    logged = [Point(key, step, value, now + step) for key, step, value in values]
    event_writing.write(path, {"beta": 0.1, "learning_rate": 5e-7}, logged, now)
    return path


def test_an_event_file_gives_back_what_was_written(tmp_path: Path) -> None:
    values = [("loss", 0, 0.5), ("loss", 1, math.inf), ("loss", 3, 0.25), ("奖励", 1, -1.0)]
    event_file(tmp_path / "runs" / "first", values)
    run = only(tmp_path)
    assert run.name == "runs/first"
    assert [(p.key, p.step, p.value) for p in read(run)] == values
    assert run.settings == {"beta": 0.1, "learning_rate": 5e-7}
    assert run.notes == []


@pytest.mark.slow  # tensorboardX loads torch
def test_tensorboards_own_writers_and_ours_agree(tmp_path: Path) -> None:
    from tensorboardX import SummaryWriter
    from tensorboardX.proto import event_pb2
    from tensorboardX.record_writer import RecordWriter

    with SummaryWriter(str(tmp_path / "theirs")) as writer:
        writer.add_text("args", '{"beta": 0.2}')
        writer.add_histogram("weights", [1.0, 2.0], 0)
        for step in range(3):
            writer.add_scalar("train/loss", 0.5**step, step, walltime=200.0 + step)
    run = only(tmp_path / "theirs")
    assert points(run, "train/loss") == [(0, 1.0), (1, 0.5), (2, 0.25)]
    assert run.settings == {"beta": 0.2}
    path = event_file(tmp_path / "ours", [("loss", 7, 0.5)])
    content = path.read_bytes()
    again = tmp_path / "again"
    rewriter = RecordWriter(str(again))
    events, at = [], 0
    while at < len(content):
        length = int.from_bytes(content[at : at + 8], "little")
        events.append(event_pb2.Event.FromString(content[at + 12 : at + 12 + length]))
        rewriter.write(content[at + 12 : at + 12 + length])
        at += length + 16
    rewriter.close()
    assert again.read_bytes() == content, "their checksums"
    assert (events[0].file_version, events[0].wall_time) == ("brain.Event:2", 100.0)
    assert events[1].summary.value[0].metadata.plugin_data.plugin_name == "text"
    (value,) = events[2].summary.value
    assert (value.tag, value.simple_value, events[2].step, events[2].wall_time) == ("loss", 0.5, 7, 107.0)


def test_a_second_file_that_begins_earlier_takes_back_what_came_after(tmp_path: Path) -> None:
    event_file(tmp_path, [("loss", step, 1.0) for step in range(6)], now=100.0)
    event_file(tmp_path, [("loss", step, 2.0) for step in (4, 5)] + [("other", 1, 0.0)], now=200.0)
    records = read(only(tmp_path))
    assert records[6] == Rewind("loss", 4)
    assert sum(isinstance(record, Rewind) for record in records) == 1


@pytest.mark.parametrize("tail", [b"\x20\x00\x00", bytes(5000)])
def test_an_event_file_that_is_cut_is_read_up_to_there(tmp_path: Path, tail: bytes) -> None:
    path = event_file(tmp_path, [("loss", step, 1.0) for step in range(3)])
    with path.open("ab") as file:
        file.write(tail)
    run = only(tmp_path)
    assert len(read(run)) == 3
    assert "ends in the middle of a record" in run.notes[0][0]


def test_a_cut_inside_the_last_record_loses_that_one_alone(tmp_path: Path) -> None:
    path = event_file(tmp_path, [("loss", step, 1.0) for step in range(3)])
    path.write_bytes(path.read_bytes()[:-3])
    run = only(tmp_path)
    assert (len(read(run)), len(run.notes)) == (2, 1)


@pytest.mark.parametrize("offset", [-30, -50])
def test_a_changed_byte_of_an_event_file_is_refused(tmp_path: Path, offset: int) -> None:
    path = event_file(tmp_path, [("loss", step, 1.0) for step in range(3)])
    content = bytearray(path.read_bytes())
    content[offset] ^= 1
    path.write_bytes(content)
    with pytest.raises(Invalid, match="is damaged: the checksum at byte"):
        read(only(tmp_path))


def test_the_last_checkpoint_of_a_trainer_is_its_run(tmp_path: Path) -> None:
    sources.trainer_state(tmp_path / "dpo-run", [5])
    sources.trainer_state(tmp_path / "dpo-run", [5, 10])
    run = only(tmp_path / "dpo-run")
    assert points(run, "rewards/margins") == [(5, 0.2), (10, 0.2)]
    assert points(run, "eval_loss") == [(10, 0.6)]
    assert (run.name, run.state, run.fraction) == ("dpo-run", "stopped", 0.5)
    assert run.settings["model_name_or_path"] == "org/base"
    assert "max_steps" in run.settings
    assert "log_history" not in run.settings


@pytest.mark.parametrize(("text", "sentence"), [("{", "is no JSON"), ("[]", "has no log_history")])
def test_another_json_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "trainer_state.json"
    path.write_text(text)
    with pytest.raises(Invalid, match=sentence):
        read(only(path))


def test_a_state_too_large_for_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trainer_state, "MOST_BYTES", 10)
    with pytest.raises(Invalid, match="import the run's TensorBoard event files instead"):
        read(only(sources.trainer_state(tmp_path, [1])))


def test_answers_go_with_the_only_run_of_a_folder(tmp_path: Path) -> None:
    sources.trainer_state(tmp_path, [1])
    sources.completions(tmp_path / "completions", 1, [("Why?", "Because.", 0.5), ("Why?", "No.", 0.1)])
    answers = [record for record in read(only(tmp_path)) if isinstance(record, Completion)]
    assert answers[0] == Completion(1, "Why?", "Because.", {"reward_len": 0.5, "advantage": 0.5})
    assert len(answers) == 2
    assert len(read(only(tmp_path / "completions"))) == 2


def test_another_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "completions_00001.parquet"
    path.write_bytes(b"PAR1 and no more")
    with pytest.raises(Invalid, match="cannot be read as Parquet"):
        read(only(path))


def test_runs_of_trackio_are_told_apart(tmp_path: Path) -> None:
    rows = [{"train/loss": 0.5, "train/global_step": 10}, {"eval/loss": "NaN", "train/global_step": 20, "note": "x"}]
    path = sources.trackio(tmp_path / "project.db", {"one": rows, "two": rows[:1]}, {"beta": 0.1, "_Username": "me"})
    one, two = find(path)
    assert [(p.key, p.step) for p in read(one)] == [("train/loss", 10), ("eval/loss", 20)]
    assert read(one)[0].wall_time == 1767225600.0
    assert (one.settings, one.name, two.name) == ({"beta": 0.1}, "one", "two")
    assert len(read(two)) == 1


def test_another_database_is_refused(tmp_path: Path, db) -> None:
    with pytest.raises(Invalid, match="is no file of Trackio"):
        find(db.workspace.root / "alignlab.db")


def test_a_log_of_wandb_is_read_across_its_blocks(tmp_path: Path) -> None:
    rows = [
        {"train/loss": 1 / (1 + step), "train/global_step": step, "_step": 2 * step, "_timestamp": 50.5 + step}
        for step in range(300)
    ]
    rows[3]["table"] = {"_type": "table", "path": "x" * 70_000}
    sources.wandb(tmp_path, rows, {"beta": 0.1, "_wandb": {}})
    run = only(tmp_path)
    losses = points(run, "train/loss")
    assert (len(losses), losses[299]) == (300, (299, 1 / 300))
    assert (run.name, run.state, run.settings) == ("brisk-river-1", "succeeded", {"beta": 0.1})


def test_a_log_of_wandb_that_is_cut_or_failed_says_so(tmp_path: Path) -> None:
    rows = [{"loss": 0.5, "_step": step} for step in range(20)]
    path = sources.wandb(tmp_path / "failed", rows, {}, exit_code=1)
    run = only(path)
    read(run)
    assert run.state == "failed"
    path.write_bytes(path.read_bytes()[:-30])
    cut = only(path)
    assert (len(read(cut)), cut.state, len(cut.notes)) == (19, "stopped", 1)


@pytest.mark.parametrize("step", ["Infinity", "NaN"])
def test_a_step_that_is_no_number_is_refused(tmp_path: Path, step: str) -> None:
    rows = [{"loss": 0.5, "train/global_step": float(step)}]
    for path in (sources.wandb(tmp_path, rows, {}), sources.trackio(tmp_path / "p.db", {"one": rows}, {})):
        with pytest.raises(Invalid):
            read(only(path))


def test_a_changed_byte_of_a_log_of_wandb_is_refused(tmp_path: Path) -> None:
    path = sources.wandb(tmp_path, [{"loss": 0.5, "_step": 0}] * 20, {})
    content = bytearray(path.read_bytes())
    content[200] ^= 1
    path.write_bytes(content)
    with pytest.raises(Invalid, match="damaged"):
        read(only(path))
    path.write_bytes(b"something else")
    with pytest.raises(Invalid, match="Export the run's history"):
        read(only(path))


def test_what_holds_no_run_is_told_what_would(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no file or folder"):
        find(tmp_path / "missing")
    with pytest.raises(Invalid, match="There is no run to import in"):
        find(tmp_path)
