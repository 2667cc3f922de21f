"""A workspace with data to launch on, an engine that finds nothing wrong, and what a test reads off the Launch page."""

import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from app import clients
from app.bridge.fragment import Fragment
from app.launch import preflight_cache
from app.routes.fragments import FRAGMENTS
from engine.spec.answers import PreflightAnswer
from storage import dataset_writes, run_writes
from storage.database import Database
from storage.records import Item, Preference, Response, Run
from tests.answers import ESTIMATE
from tests.app.conftest import copied, filled_copy, open_page


@pytest.fixture(autouse=True)
def _no_cached_preflight() -> None:
    preflight_cache._answers.clear()


def stock(db: Database) -> None:
    """A dataset of pairs and one of prompts."""
    dataset_writes.create(db, "polite", "pairs", time.time())
    for number in range(24):
        dataset_writes.add_item(db, "polite", pair(f"Question {number}?"), time.time())
    dataset_writes.create(db, "only-prompts", "prompts", time.time())


@pytest.fixture(scope="session")
def stocked_template(empty_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("stocked") / "workspace"
    filled_copy(empty_template, root, stock)
    return root


@pytest.fixture
def stocked(workspace: Path, stocked_template: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A dataset of pairs and one of prompts, and an engine that finds nothing wrong."""
    set_preflight(monkeypatch)
    return copied(stocked_template, workspace)


def pair(prompt: str) -> Item:
    responses = (Response("a", f"{prompt} Gladly."), Response("b", f"{prompt} No."))
    return Item("", ({"role": "user", "content": prompt},), responses, (Preference("a", "b"),))


def set_preflight(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> list[dict[str, Any]]:
    """Set what every preflight answers; returns the list of run files that preflights will be made of."""
    run_files: list[dict[str, Any]] = []
    answer = PreflightAnswer(**{"problems": (), "warnings": (), "estimate": ESTIMATE, "spec": {}} | changes)

    def preflight(self: clients.EngineClient, spec: dict[str, Any]) -> PreflightAnswer:
        run_files.append(spec)
        return answer

    monkeypatch.setattr(clients.EngineClient, "preflight", preflight)
    return run_files


def queued(db: Database, spec: dict[str, Any], name: str) -> Run:
    """A row of a dpo run, written past the page."""
    return run_writes.create(db, spec=spec, kind="train", algorithm="dpo", lane="train", name=name, now=time.time())


def shown_run_file(page: AppTest) -> str:
    """The YAML of the form that the page shows."""
    return page.code[-1].value


def primary(page: AppTest) -> list[str]:
    """Labels of the primary buttons."""
    return [button.label for button in page.button if button.proto.type == "primary"]


def paste(text: str) -> AppTest:
    """The page after a run file was pasted and read."""
    page = open_page("launch")
    page.text_area(key="launch.pasted").set_value(text).run()
    return page.button(key="launch.read").click().run()


def fragment_of(page: AppTest) -> Fragment:
    """What the preflight fragment of this page answers; a browser requests it once the form rests."""
    contents = [json.loads(component.proto.json) for component in page.get("bidi_component")]
    (part,) = [content for content in contents if "fragments/preflight" in content.get("url", "")]
    return FRAGMENTS["preflight"](dict(parse_qsl(urlsplit(part["url"]).query)))
