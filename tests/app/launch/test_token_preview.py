"""One example of the data with its trained tokens."""

from typing import Any

import pytest

from app import clients
from storage.database import Database
from tests.app.conftest import open_page, words


def test_one_example_is_shown_with_its_trained_tokens_when_it_is_unfolded(
    stocked: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests: list[dict[str, Any]] = []

    def preview(self: clients.EngineClient, request: dict[str, Any]) -> dict[str, Any]:
        requests.append(request)
        return {"pieces": [[["Question 0?", "prompt"], ["Gladly.", "response"]]]}

    monkeypatch.setattr(clients.EngineClient, "health", lambda self: {"state": "alive"})
    monkeypatch.setattr(clients.EngineClient, "preview", preview)
    page = open_page("launch")
    assert requests == []
    page.session_state["launch.example"] = True
    page.run()
    assert '<span class="al-token-response">Gladly.</span>' in words(page)
    assert (requests[0]["model"], requests[0]["max_tokens"]) == ("starter", 1024)
