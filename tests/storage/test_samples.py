"""Answers that were kept, and the files with what their tokens were worth: whole, of one attempt, and in order."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from storage import metrics, samples
from storage.database import Database
from storage.errors import LeaseLost, NotFound
from storage.records import Lease, Sample, TokenRow
from tests.storage.test_metrics import next_attempt


def sample(step: int, text: str = "谢谢！", prompt: int = 0, **more: Any) -> Sample:
    messages = ({"role": "user", "content": "你好"},)
    return Sample("", step, 1, prompt, 0, messages, text, {"polite": 0.5}, 3, True, **more)


def tokens(value: float = -0.5, **more: Any) -> list[TokenRow]:
    """Two tokens of one Chinese sign, and the end of the turn."""
    logps = np.array([value, 2 * value, 3 * value], np.float32)
    row = TokenRow(
        part="answers",
        prompt=0,
        ids=np.array([7, 8, 2], np.int32),
        values={"logps": logps, "reference": logps - 1},
        pieces=("", "好", "<|end|>"),
        special=np.array([False, False, True]),
    )
    return [replace(row, **more)]


def first_logp(db: Database, lease: Lease, step: int = 5) -> float:
    return float(samples.token_rows(db, lease.run_id, step)[0].values["logps"][0])


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
        (found,), (written,) = samples.token_rows(db, lease.run_id, step), tokens(value)
        same(found, written)
        assert first_logp(db, lease, step) == value
    assert files(db, lease) == {"0.npz", "5.npz"}
    assert samples.token_steps(db, lease.run_id) == [0, 5]


def same(found: TokenRow, written: TokenRow) -> None:
    for name, value in vars(written).items():
        read = getattr(found, name)
        if name == "values":
            assert {key: array.tolist() for key, array in read.items()} == {k: a.tolist() for k, a in value.items()}
        elif isinstance(value, np.ndarray):
            assert (read.dtype, read.tolist()) == (value.dtype, value.tolist())
        else:
            assert read == value


def test_responses_with_unlike_values_share_a_file(db: Database, lease: Lease):
    scored = np.array([np.nan, np.nan, 0.5], np.float32)
    messages = ({"role": "user", "content": "你好"},)
    chosen = tokens(part="pairs", item="a", label="chosen", score=1.0, values={"score": scored}, messages=messages)
    samples.add(db, lease, [], [*tokens(), *chosen], step=5)
    answer, pair = samples.token_rows(db, lease.run_id, 5)
    same(answer, tokens()[0])
    assert (pair.item, pair.label, pair.score, pair.messages, list(pair.values)) == (
        "a",
        "chosen",
        1.0,
        messages,
        ["score"],
    )
    assert np.isnan(pair.values["score"][0])
    assert samples.steps(db, lease.run_id) == []


def test_a_file_of_version_0_1_is_still_read(db: Database, lease: Lease):
    path = db.workspace.evaluations(lease.run_id) / "5.npz"
    path.parent.mkdir(parents=True)
    logps = np.array([[-1.0, -2.0], [-3.0, 0.0]], np.float32)
    np.savez_compressed(path, lengths=np.array([2, 1], np.int32), logps=logps, reference=logps - 1)
    first, second = samples.token_rows(db, lease.run_id, 5)
    assert (first.ids.tolist(), first.pieces, first.values["logps"].tolist()) == ([-1, -1], (), [-1.0, -2.0])
    assert (second.prompt, second.values["reference"].tolist()) == (1, [-4.0])


def test_an_attempt_that_lost_its_run_leaves_the_file_of_the_next_alone(db: Database, lease: Lease):
    second = next_attempt(db, lease)
    samples.add(db, second, [sample(5)], tokens(-0.25))
    with pytest.raises(LeaseLost):
        samples.add(db, lease, [sample(5)], tokens(-9.0))
    assert first_logp(db, lease) == -0.25


def test_a_file_that_cannot_be_written_whole_leaves_what_was_there(db: Database, lease: Lease, monkeypatch):
    def full(file: Any, **_: object) -> None:
        file.write(b"half")
        raise OSError(28, "No space left on device")

    samples.add(db, lease, [sample(5, "old")], tokens(-0.25))
    monkeypatch.setattr(np, "savez_compressed", full)
    with pytest.raises(OSError, match="No space left"):
        samples.add(db, lease, [sample(5, "new")], tokens(-9.0))
    assert samples.listing(db, lease.run_id)[0].text == "old"
    assert first_logp(db, lease) == -0.25
    assert files(db, lease) == {"5.npz"}


def test_a_rewind_leaves_no_sample_and_no_file_past_its_step(db: Database, lease: Lease):
    for step in (0, 5, 6, 10):
        samples.add(db, lease, [sample(step)], tokens())
    (db.workspace.evaluations(lease.run_id) / ".5.npz.0123").write_bytes(b"of a killed attempt")
    metrics.rewind(db, next_attempt(db, lease), 5, now=202.0)
    assert samples.steps(db, lease.run_id) == [0, 5]
    assert files(db, lease) == {"0.npz", "5.npz"}


@pytest.mark.parametrize(
    "damage", ["missing", "empty", "text", "cut", "flipped", "other", "pickle", "bare", "later", "short"]
)
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
        np.savez_compressed(path, **{name: np.array([None], object) for name in ("format", "header", "lengths")})
    elif damage == "later":
        np.savez_compressed(path, format=np.array(99))
    elif damage == "short":
        with np.load(path) as arrays:
            np.savez_compressed(path, **{**arrays, "ids": np.array([7])})
    elif damage == "bare":
        with path.open("wb") as file:
            np.save(file, np.array([3]))
    else:
        path.write_bytes(contents[damage])
    with pytest.raises(NotFound, match=f"per token of the run {lease.run_id} at step 5 are missing or damaged"):
        samples.token_rows(db, lease.run_id, 5)
