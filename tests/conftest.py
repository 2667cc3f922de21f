"""What every test stands on: no leftovers of the person's own settings, one thread, signals as they were."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"

for name in ("ALIGNLAB_HOME", "ALIGNLAB_DATABASE_URL"):
    os.environ.pop(name, None)
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["PYTHONSAFEPATH"] = "1"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real preference data that lies beside the checkout; absent on most machines."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"real preference data is not on this machine: {SHARED_DATA} does not exist")
    return SHARED_DATA


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """Workers and engines take signals over; what runs in this process gives them back."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
