"""Answers that were kept, and the files with what their tokens were worth: whole, of one attempt, and in order."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from storage import metrics, samples
from storage.database import Database
from storage.errors import LeaseLost, NotFound
from storage.records import Lease, Sample, Tokens
from tests.storage.test_metrics import next_attempt


def sample(step: int, text: str = "谢谢！", prompt: int = 0, **more: Any) -> Sample:
    messages = ({"role": "user", "content": "你好"},)
    return Sample("", step, 1, prompt, 0, messages, text, {"polite": 0.5}, 3, True, **more)


def tokens(value: float = -0.5) -> Tokens:
    logps = np.array([[value, 2 * value, 3 * value]], np.float32)
    return Tokens(np.array([3], np.int32), logps, logps - 1)


def test_samples_come_back_in_the_order_of_prompts(db: Database, lease: Lease):
    samples.add(db, lease, [sample(0, prompt=1), sample(0, prompt=0, extra={"seconds": 1.5}), sample(5)])
    found = samples.listing(db, lease.run_id)
    assert [(one.step, one.prompt_index) for one in found] == [(0, 0), (0, 1), (5, 0)]
    assert (found[0].run_id, found[0].extra, found[0].scores) == (lease.run_id, {"seconds": 1.5}, {"polite": 0.5})
    assert found[0].messages == ({"role": "user", "content": "你好"},)
    assert samples.listing(db, lease.run_id, step=5) == [found[2]]


def test_the_first_and_last_answers_come_by_their_prompt(db: Database, lease: Lease):
    assert samples.first_responses(db, lease.run_id, 0) == {}
    more = replace(sample(5, "more", prompt=1), messages=({"role": "user", "content": "Hello"},))
    samples.add(db, lease, [sample(0, "first"), sample(5, "last"), replace(more, sample_index=1), more])
    assert [one.text for one in samples.first_responses(db, lease.run_id, 0).values()] == ["first"]
    last = samples.first_responses(db, lease.run_id, -1)
    assert [(one.text, one.sample_index) for one in last.values()] == [("last", 0), ("more", 0)]
    assert set(samples.first_responses(db, lease.run_id, 0)) < set(last), "the same prompt has the same key"


def test_samples_of_a_step_that_is_repeated_are_replaced(db: Database, lease: Lease):
    samples.add(db, lease, [sample(5, "old"), sample(5, "old", prompt=1)])
    samples.add(db, lease, [sample(5, "new")])
    assert [one.text for one in samples.listing(db, lease.run_id)] == ["new"]
    samples.add(db, lease, [])
    with pytest.raises(LeaseLost):
        samples.add(db, Lease(lease.run_id, 9, lease.slot), [sample(6)])


def files(db: Database, lease: Lease) -> set[str]:
    return {path.name for path in db.workspace.evaluations(lease.run_id).iterdir()}


def test_what_tokens_were_worth_comes_back_by_step(db: Database, lease: Lease):
    samples.add(db, lease, [sample(0)], tokens(-0.5))
    samples.add(db, lease, [sample(5)], tokens(-9.0))
    samples.add(db, lease, [sample(5)], tokens(-0.25))
    for step, value in ((0, -0.5), (5, -0.25)):
        found, written = samples.tokens(db, lease.run_id, step), tokens(value)
        for name, array in vars(written).items():
            assert getattr(found, name).dtype == array.dtype
            assert getattr(found, name).tolist() == array.tolist()
    assert files(db, lease) == {"0.npz", "5.npz"}


def test_an_attempt_that_lost_its_run_leaves_the_file_of_the_next_alone(db: Database, lease: Lease):
    second = next_attempt(db, lease)
    samples.add(db, second, [sample(5)], tokens(-0.25))
    with pytest.raises(LeaseLost):
        samples.add(db, lease, [sample(5)], tokens(-9.0))
    assert samples.tokens(db, lease.run_id, 5).logps[0, 0] == -0.25


def test_a_file_that_cannot_be_written_whole_leaves_what_was_there(db: Database, lease: Lease, monkeypatch):
    def full(file: Any, **_: object) -> None:
        file.write(b"half")
        raise OSError(28, "No space left on device")

    samples.add(db, lease, [sample(5, "old")], tokens(-0.25))
    monkeypatch.setattr(np, "savez_compressed", full)
    with pytest.raises(OSError, match="No space left"):
        samples.add(db, lease, [sample(5, "new")], tokens(-9.0))
    assert samples.listing(db, lease.run_id)[0].text == "old"
    assert samples.tokens(db, lease.run_id, 5).logps[0, 0] == -0.25
    assert files(db, lease) == {"5.npz"}


def test_a_rewind_leaves_no_sample_and_no_file_past_its_step(db: Database, lease: Lease):
    for step in (0, 5, 6, 10):
        samples.add(db, lease, [sample(step)], tokens())
    (db.workspace.evaluations(lease.run_id) / ".5.npz.0123").write_bytes(b"of a killed attempt")
    metrics.rewind(db, next_attempt(db, lease), 5, now=202.0)
    assert samples.steps(db, lease.run_id) == [0, 5]
    assert files(db, lease) == {"0.npz", "5.npz"}


@pytest.mark.parametrize("damage", ["missing", "empty", "text", "cut", "flipped", "other", "pickle", "bare"])
def test_a_damaged_file_is_said_in_one_sentence(db: Database, lease: Lease, damage: str):
    samples.add(db, lease, [sample(5)], tokens())
    path = db.workspace.evaluations(lease.run_id) / "5.npz"
    whole = path.read_bytes()
    middle = whole.index(b"lengths.npy") + 40
    contents = {
        "empty": b"",
        "text": b"not an archive",
        "cut": whole[: len(whole) // 2],
        "flipped": whole[:middle] + bytes(255 - byte for byte in whole[middle : middle + 4]) + whole[middle + 4 :],
    }
    if damage == "missing":
        path.unlink()
    elif damage == "other":
        np.savez_compressed(path, lengths=np.array([3]))
    elif damage == "pickle":
        np.savez_compressed(path, **{name: np.array([None], object) for name in vars(tokens())})
    elif damage == "bare":
        with path.open("wb") as file:
            np.save(file, np.array([3]))
    else:
        path.write_bytes(contents[damage])
    with pytest.raises(NotFound, match=f"per token of the run {lease.run_id} at step 5 are missing or damaged"):
        samples.tokens(db, lease.run_id, 5)
