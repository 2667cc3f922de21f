"""A full disk and a busy database are recognised, whatever names them."""

import errno
import sqlite3

import pyarrow as pa
import pytest
import sqlalchemy as sa
from safetensors import SafetensorError

from storage import outages
from storage.errors import DatabaseBusy, DiskFull, Invalid


def wrapped(words: str, statement: str = "INSERT") -> sa.exc.OperationalError:
    return sa.exc.OperationalError(statement, {}, sqlite3.OperationalError(words))


def caused_by(cause: Exception) -> Exception:
    try:
        raise RuntimeError("the checkpoint was not written") from cause
    except RuntimeError as error:
        return error


FULL = [
    OSError(errno.ENOSPC, "any words"),
    OSError(errno.EDQUOT, "any words"),
    OSError("[Errno 28] Error writing bytes to file. Detail: [errno 28] No space left on device"),
    pa.ArrowException("IOError: No space left on device"),
    SafetensorError('Error while serializing: I/O error: Os { code: 28, message: "No space left on device" }'),
    sqlite3.OperationalError("database or disk is full"),
    wrapped("database or disk is full"),
    DiskFull("any words"),
    caused_by(OSError(errno.ENOSPC, "any words")),
]


@pytest.mark.parametrize("error", FULL, ids=lambda error: type(error).__name__)
def test_a_full_disk_has_many_names(error: Exception):
    assert outages.is_full(error)
    assert not outages.is_busy(error)


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.EACCES, "Permission denied"),
        wrapped("database is locked"),
        wrapped("no such table", statement="SELECT 'no space left on device'"),
        Invalid("The name {name} is taken.", name="no space left on device"),
        ValueError("no space left on device"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_other_errors_are_no_full_disk(error: Exception):
    assert not outages.is_full(error)


@pytest.mark.parametrize(
    "error", [wrapped("database is locked"), sqlite3.OperationalError("database is locked"), DatabaseBusy("any words")]
)
def test_a_busy_database_has_several_names(error: Exception):
    assert outages.is_busy(error)
