"""One example of the data with its trained tokens."""

import pytest

from app import clients
from engine.spec.answers import Piece, Preview, PreviewRequest
from storage.database import Database
from tests.answers import HEALTH
from tests.app.conftest import open_page, words


def test_one_example_is_shown_with_its_trained_tokens_when_it_is_unfolded(
    stocked: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests: list[PreviewRequest] = []

    def preview(self: clients.EngineClient, request: PreviewRequest) -> Preview:
        requests.append(request)
        return Preview(pieces=((Piece("Question 0?", "prompt"), Piece("Gladly.", "response")),))

    monkeypatch.setattr(clients.EngineClient, "health", lambda self: HEALTH)
    monkeypatch.setattr(clients.EngineClient, "preview", preview)
    page = open_page("launch")
    assert requests == []
    page.session_state["launch.example"] = True
    page.run()
    assert '<span class="al-token-response">Gladly.</span>' in words(page)
    assert (requests[0].model, requests[0].max_tokens) == ("starter", 1024)
