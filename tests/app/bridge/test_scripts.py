"""Our scripts: components import them as modules, which the server answers by an address with their version in it."""

import re

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app.bridge import javascript
from app.guard import Guard
from app.routes import ROUTES


@pytest.fixture
def client() -> TestClient:
    return TestClient(Guard(Starlette(routes=ROUTES)), base_url="http://127.0.0.1")


def test_a_component_imports_its_module_by_an_address_that_the_server_answers(client: TestClient) -> None:
    script = javascript.component_script("charts/js/panels.js")
    url = script.split('new URL("')[1].split('"')[0]
    response = client.get(f"/{url}")
    assert response.headers["content-type"].startswith("text/javascript")
    assert "immutable" in response.headers["cache-control"]
    assert 'from "./points.js"' in response.text


def test_every_import_of_a_module_is_a_module_too() -> None:
    for path, content in javascript.modules().items():
        folder = (javascript.APP / path).parent
        imports = re.findall(r'^import .* from "(.+)"', content.decode(), re.MULTILINE)
        assert [name for name in imports if not (folder / name).resolve().is_file()] == [], path


@pytest.mark.parametrize("path", ["../guard.py", "charts/js/none.js", "bridge/js/../../guard.py", "bridge/live.py"])
def test_nothing_but_modules_is_served(client: TestClient, path: str) -> None:
    assert client.get(f"/{javascript.URL}/{javascript.version()}/{path}").status_code == 404


def test_modules_of_another_version_are_not_served(client: TestClient) -> None:
    """Else a page left open across an upgrade would mix two versions, and keep the mixture for good."""
    assert client.get(f"/{javascript.URL}/0123456789abcdef/charts/js/panels.js").status_code == 404


def test_a_module_that_is_not_there_is_noticed_at_start() -> None:
    with pytest.raises(LookupError, match=r"charts/js/none\.js"):
        javascript.component_script("charts/js/none.js")


def test_other_sites_are_not_answered(client: TestClient) -> None:
    url = f"/{javascript.component_script('bridge/js/fragment.js').split('/', 1)[1].split(chr(34))[0]}"
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert client.get(f"/alignlab{url}", headers=headers).status_code == 403
