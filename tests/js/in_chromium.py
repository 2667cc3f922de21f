"""`python -m tests.js.in_chromium FILE...` runs test files in Chromium and prints their outcomes as JSON, as
`in_node.js` does. A process of its own: Playwright's blocking interface is for one user in a process, and the pages'
tests have it.
"""

import json
import sys
from pathlib import Path

from playwright.sync_api import Error, Route, sync_playwright

from tests.e2e.conftest import chromium

ROOT = Path(__file__).parents[2]
ORIGIN = "http://127.0.0.1:1"  # every request to it is answered from the tree; nothing listens there
NO_BROWSER = 3


def main(files: list[str]) -> int:
    with sync_playwright() as playwright:
        try:
            browser = chromium(playwright)
        except Error as error:
            print(error.message, file=sys.stderr)
            return NO_BROWSER
        page = browser.new_page()
        page.route(f"{ORIGIN}/**", from_tree)
        page.goto(f"{ORIGIN}/")
        code = "async file => (await import('/tests/js/harness.js')).outcomes(`./${file}`)"
        print(json.dumps({file: page.evaluate(code, file) for file in files}))
        browser.close()
    return 0


def from_tree(route: Route) -> None:
    path = route.request.url.removeprefix(ORIGIN)
    if path == "/":
        route.fulfill(content_type="text/html", body="<!doctype html><body></body>")
    else:
        route.fulfill(content_type="text/javascript", body=(ROOT / path[1:]).read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
