"""Our JavaScript by its own unit tests, in Node where there is one, else in Chromium; those that need a page, there.

The tests are `*.test.js`; what runs them is `harness.js`. Left out: what a served page does (`tests/e2e`).
"""

import json
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
from playwright.sync_api import Error, Route, sync_playwright

from tests.e2e.conftest import chromium

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
PURE = sorted(path.name for path in FOLDER.glob("*.test.js"))
OF_PAGES = sorted(f"browser/{path.name}" for path in (FOLDER / "browser").glob("*.test.js"))
ORIGIN = "http://127.0.0.1:1"  # every request to it is answered from the tree; nothing listens there
Outcomes = dict[str, list[tuple[str, str | None]]]


def in_node(files: Iterable[str]) -> Outcomes:
    command = ["node", str(FOLDER / "in_node.js"), *files]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def in_chromium(files: Iterable[str]) -> Outcomes:
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        page = browser.new_page()
        page.route(f"{ORIGIN}/**", from_tree)
        page.goto(f"{ORIGIN}/")
        code = "async file => (await import('/tests/js/harness.js')).outcomes(`./${file}`)"
        outcomes = {file: page.evaluate(code, file) for file in files}
        browser.close()
        return outcomes


def from_tree(route: Route) -> None:
    path = route.request.url.removeprefix(ORIGIN)
    if path == "/":
        route.fulfill(content_type="text/html", body="<!doctype html><body></body>")
    else:
        route.fulfill(content_type="text/javascript", body=(ROOT / path[1:]).read_text(encoding="utf-8"))


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
        except Error as error:
            pytest.skip(f"neither Node nor a browser (`make browser` brings one): {error.message}")
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
