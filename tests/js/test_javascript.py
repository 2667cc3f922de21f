"""Our JavaScript by its own unit tests, in Node where there is one, else in Chromium; those that need a page, there.

The tests are `*.test.js`; what runs them is `harness.js`. Left out: what a served page does (`tests/e2e`).
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.js.in_chromium import NO_BROWSER, ROOT

FOLDER = Path(__file__).parent
PURE = sorted(path.name for path in FOLDER.glob("*.test.js"))
OF_PAGES = sorted(f"browser/{path.name}" for path in (FOLDER / "browser").glob("*.test.js"))
Outcomes = dict[str, list[tuple[str, str | None]]]


def in_node(files: Iterable[str]) -> Outcomes:
    command = ["node", str(FOLDER / "in_node.js"), *files]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def in_chromium(files: Iterable[str]) -> Outcomes:
    """Raises NoBrowserError where Chromium does not start."""
    command = [sys.executable, "-m", "tests.js.in_chromium", *files]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)
    if done.returncode == NO_BROWSER:
        raise NoBrowserError(done.stderr)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


class NoBrowserError(Exception):
    """Playwright's own words on why."""


def failures(outcomes: Outcomes) -> list[str]:
    assert all(outcomes.values()), "a file without tests"
    return [
        f"{file}: {name}: {error}" for file, results in outcomes.items() for name, error in results if error is not None
    ]


def test_units():
    if shutil.which("node"):
        assert failures(in_node(PURE)) == []
    else:
        try:
            outcomes = in_chromium(PURE)
        except NoBrowserError as error:
            pytest.skip(f"neither Node nor a browser (`make browser` brings one): {error}")
        assert failures(outcomes) == []


@pytest.mark.e2e
@pytest.mark.parametrize("files", [PURE, OF_PAGES], ids=["pure", "of pages"])
def test_units_in_chromium(files: list[str]):
    assert failures(in_chromium(files)) == []


def test_a_failure_is_noticed(tmp_path: Path):
    """The harness itself: values that JSON would confuse differ, and a failed test has its reason."""
    if not shutil.which("node"):
        pytest.skip("needs Node")
    harness = (FOLDER / "harness.js").as_uri()
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "planted.test.js").write_text(
        f'import {{ equal, test }} from "{harness}"\n'
        'test("null is not NaN", () => equal(NaN, null))\n'
        'test("same", () => equal([1], [1]))\n'
    )
    ((name, error), (_other, none)) = in_node([(tmp_path / "planted.test.js").as_posix()])[
        (tmp_path / "planted.test.js").as_posix()
    ]
    assert (name, none) == ("null is not NaN", None)
    assert "is not null" in error
