"""The part of the Data page that says which prompts a model cannot read."""

import pytest
from streamlit.testing.v1 import AppTest

from app import clients
from app.clients import EngineError
from app.datasets import refused_items_section
from engine.spec.answers import RefusedItem, TemplateCheck, TemplateCheckRequest
from storage import dataset_writes, datasets
from storage.database import Database
from tests import tiny
from tests.answers import HEALTH
from tests.app.conftest import words

CAUSE = ("The model's chat template refuses this conversation: {cause}", {"cause": "<i>no</i> system turn"})
ANSWER = TemplateCheck(
    prompts_in_all=40, prompts_read=40, refused=3, mended=2, items=(RefusedItem(item="00007 & more", cause=CAUSE),)
)


@pytest.fixture
def engine(empty: Database, monkeypatch: pytest.MonkeyPatch) -> list[TemplateCheckRequest]:
    """An engine that always gives ANSWER; what it was asked."""
    dataset_writes.create(empty, "talks", "pairs", 1.0)
    dataset_writes.add_item(empty, "talks", tiny.pair(1), 1.0)
    requests: list[TemplateCheckRequest] = []

    def check(self: object, request: TemplateCheckRequest) -> TemplateCheck:
        requests.append(request)
        return ANSWER

    monkeypatch.setattr(clients.EngineClient, "health", lambda self: HEALTH)
    monkeypatch.setattr(clients.EngineClient, "template_check", check)
    return requests


def checked(db: Database) -> AppTest:
    """The check alone, unfolded."""

    def script():
        from app import clients
        from app.datasets import refused_items_section
        from storage import datasets

        refused_items_section._check(datasets.get(clients.database(), "talks"))

    return AppTest.from_function(script, default_timeout=60).run()


def test_refused_items_are_links_with_the_templates_words(empty: Database, engine: list[TemplateCheckRequest]) -> None:
    said = words(checked(empty))
    assert "It cannot read 3 of 40 prompts" in said
    assert "it can read 2 of them" in said
    assert 'href="data?dataset=talks&amp;item=00007+%26+more"' in said
    assert "&lt;i&gt;no&lt;/i&gt; system turn" in said
    assert "and 2 more items" in said


def test_model_and_system_turn_can_be_chosen(empty: Database, engine: list[TemplateCheckRequest]) -> None:
    page = checked(empty)
    page.selectbox(key="data.template.turn").set_value("in_first_user").run()
    assert [request.system_turn for request in engine] == ["as_is", "in_first_user"]
    assert engine[0].model == "starter"


def test_without_an_engine_it_says_how_to_start_it(empty: Database, engine: list[TemplateCheckRequest]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clients.EngineClient, "health", lambda self: None)
        assert "The engine is off." in words(checked(empty))
    assert engine == []


@pytest.mark.parametrize("answer", [TemplateCheck(problem=CAUSE), EngineError(*CAUSE[:1], **CAUSE[1])])
def test_what_stands_in_the_way_is_told(
    empty: Database,
    engine: list[TemplateCheckRequest],
    monkeypatch: pytest.MonkeyPatch,
    answer: TemplateCheck | EngineError,
) -> None:
    def check(self: object, request: object) -> TemplateCheck:
        if isinstance(answer, EngineError):
            raise answer
        return answer

    monkeypatch.setattr(clients.EngineClient, "template_check", check)
    assert "refuses this conversation: &lt;i&gt;no" in words(checked(empty))


def test_all_in_order_and_not_all_checked_are_told() -> None:
    whole = refused_items_section.summary(TemplateCheck(prompts_in_all=40, prompts_read=40))
    assert "It can read all 40 prompts." in whole
    part = refused_items_section.summary(TemplateCheck(prompts_in_all=400, prompts_read=40))
    assert "There was time for 40 of 400 prompts" in part


def test_an_empty_dataset_has_nothing_to_check(empty: Database) -> None:
    dataset_writes.create(empty, "none", "pairs", 1.0)
    assert refused_items_section.section(datasets.get(empty, "none")) is None
