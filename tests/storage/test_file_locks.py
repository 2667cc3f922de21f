"""Locks: one holder alone, or several that share, and what an onlooker sees."""

from pathlib import Path

import pytest

from storage import file_locks


def test_a_lock_admits_one_holder_and_is_free_after_it(tmp_path: Path):
    path = tmp_path / "lock"
    assert not file_locks.is_held(path), "a file that is not there"
    with file_locks.exclusive(path):
        assert file_locks.is_held(path)
        with pytest.raises(file_locks.Held), file_locks.exclusive(path):
            pass
    assert not file_locks.is_held(path)
    with file_locks.exclusive(path):
        pass


def test_a_lock_that_is_shared_is_held_until_the_last_has_gone(tmp_path: Path):
    path = tmp_path / "lock"
    with file_locks.shared(path):
        with file_locks.shared(path):
            pass
        assert file_locks.is_held(path)
    assert not file_locks.is_held(path)
