"""The page Annotate: rounds to choose from, opening one, and the task that the address names."""

import json
import re
import time
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app import people
from app.annotate import judging_task, round_form, task_words
from app.bridge import dialogs
from app.sign_in import identity
from app.translations import language_as
from storage import dataset_writes
from storage.database import Database
from storage.judging import round_writes, rounds
from storage.judging.judgement_records import RoundSettings
from storage.people import users
from storage.records import Item, Response
from tests.app.conftest import open_page, words


@pytest.fixture
def paired(empty: Database) -> Database:
    """A dataset of three pairs."""
    dataset_writes.create(empty, "ferries", "pairs", time.time())
    for number in range(3):
        prompt = ({"role": "user", "content": f"When does ferry {number} leave?"},)
        answers = (Response("a", "At nine, with pleasure.", origin="gpt"), Response("b", "Look it up.", origin="human"))
        dataset_writes.add_item(empty, "ferries", Item("", prompt, answers, ()), time.time())
    return empty


def opened(db: Database, **settings: Any) -> int:
    return round_writes.open_round(db, "ferries", RoundSettings(**settings), "local", time.time()).number


def task_data(page: AppTest) -> dict[str, Any]:
    """What the page tells the script of the task; empty where there is no task."""
    parts = [json.loads(part.proto.json) for part in page.main if part.type == "bidi_component"]
    return next((data for data in parts if "queue_url" in data), {})


def test_without_answers_to_compare_the_page_says_how_to_get_them(empty: Database) -> None:
    dataset_writes.create(empty, "questions", "prompts", time.time())
    page = open_page("annotate")
    assert "There is nothing to judge yet." in words(page)
    assert [button.label for button in page.button] == ["Import a file"]


def test_one_press_opens_a_round_and_begins(paired: Database) -> None:
    page = open_page("annotate")
    page.button(key="round.ready.ferries").click().run()
    settings = rounds.get(paired, "ferries", 1).settings
    assert settings == RoundSettings(seed=settings.seed)
    assert task_data(page)["dataset"] == "ferries"
    assert task_data(page)["round"] == 1


def test_the_list_says_what_each_round_asks_for_and_how_far_it_is(paired: Database) -> None:
    opened(paired, overlap=2, criteria=("honest",), ask_quality=True, repeats=0.1)
    said = words(open_page("annotate"))
    assert "ferries · round 1" in said
    assert "2 people a question · honest · quality of each answer · 10 % asked twice" in said
    assert "0 of 6" in said
    assert "Ready to judge" not in said


def test_a_closed_round_is_no_longer_offered(paired: Database) -> None:
    opened(paired)
    round_writes.close(paired, "ferries", 1, time.time())
    page = open_page("annotate")
    assert "closed" in words(page)
    assert "Judge ferries" in [button.label for button in page.button]


def test_the_form_opens_a_round_with_criteria_and_guidelines(paired: Database) -> None:
    page = open_page("annotate")
    page.button(key="round.open").click().run()
    page.text_input(key="round.criteria").input("helpful, honest，有礼貌").run()
    page.text_area(key="round.guideline.ferries").input("Right beats polite.").run()
    page.toggle(key="round.quality").set_value(True).run()
    page.button(key="round.go").click().run()
    settings = rounds.get(paired, "ferries", 1).settings
    assert settings.criteria == ("helpful", "honest", "有礼貌")
    assert settings.ask_quality
    guideline = rounds.guideline(paired, "ferries")
    assert guideline is not None
    assert guideline.text == "Right beats polite."
    assert task_data(page)["round"] == 1


def test_what_storage_refuses_is_said_in_the_form(paired: Database) -> None:
    page = open_page("annotate")
    page.button(key="round.open").click().run()
    page.text_input(key="round.criteria").input("a, b, c, d, e, f, g").run()
    page.button(key="round.go").click().run()
    assert rounds.listing(paired) == []
    assert "al-bad" in words(page)


def test_criteria_are_read_in_both_languages() -> None:
    assert round_form.parse_criteria(" helpful ,, honest；有礼貌、helpful ") == ("helpful", "honest", "有礼貌")


def test_closing_asks_first(paired: Database) -> None:
    opened(paired)
    page = open_page("annotate")
    page.session_state[dialogs.OPEN] = ("close", ("ferries", 1))
    page.run()
    assert rounds.get(paired, "ferries", 1).closed_at is None
    page.button(key="round.close").click().run()
    assert rounds.get(paired, "ferries", 1).closed_at is not None


def as_person(monkeypatch: pytest.MonkeyPatch, role: str) -> None:
    person = people.Person("ann", account="ann", role=role)
    monkeypatch.setattr(identity, "identify", lambda *_cookies: person)


def test_an_annotator_sees_where_to_judge_and_nothing_of_others(
    paired: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(paired, overlap=2, criteria=("honest",))
    round_writes.close(paired, "ferries", opened(paired), time.time())
    as_person(monkeypatch, "annotator")
    page = open_page("annotate")
    said = words(page)
    assert "ferries · round 1" in said
    assert "0 of 3" in said
    assert not [word for word in ("round 2", "honest", "people", "Ready to judge") if word in said]
    assert list(page.button) == []


def test_a_viewer_is_offered_nothing_that_changes(paired: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(paired)
    as_person(monkeypatch, "viewer")
    page = open_page("annotate")
    assert "ferries · round 1" in words(page)
    assert "data-do" not in words(page)
    assert list(page.button) == []


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"dataset": "gone"}, "There is no dataset named gone."),
        ({"dataset": "gone", "round": "1"}, "There is no dataset named gone."),
        ({"dataset": "ferries", "round": "7"}, "has no round 7"),
        ({"dataset": "ferries", "round": "²"}, "not ²"),
        ({"dataset": "ferries", "round": "1" * 30}, "named by its number"),
    ],
)
def test_an_address_that_names_no_round_leads_back(paired: Database, query: dict[str, str], sentence: str) -> None:
    page = open_page("annotate", **query)
    assert sentence in words(page)
    assert [button.label for button in page.button] == ["All rounds"]


def test_the_task_holds_nothing_of_the_items(paired: Database) -> None:
    """Blindness begins with the page: questions come by the route alone, which tells no origin."""
    opened(paired)
    page = open_page("annotate", dataset="ferries", round="1")
    assert task_data(page)["queue_url"].startswith("alignlab/annotate/queue?dataset=ferries&round=1")
    assert "guidelines" not in words(page)
    everything = "\n".join(str(part.proto) for part in page.main)
    assert not [word for word in ("gpt", "human", "When does ferry", "Look it up") if word in everything]


def test_the_title_names_the_round_and_the_guidelines_that_hold(paired: Database) -> None:
    opened(paired)
    for text in ("Right beats polite.", "Polite and right."):
        round_writes.write_guideline(paired, "ferries", text, "local", time.time())
    assert "ferries · round 1 · guidelines 2" in words(open_page("annotate", dataset="ferries", round="1"))


def test_votes_are_kept_apart_by_person_and_round(paired: Database) -> None:
    first, second = (rounds.get(paired, "ferries", opened(paired)) for _ in range(2))
    other = people.Person("ann", account="ann")
    scopes = {judging_task.scope(*whose) for whose in [(people.LOCAL, first), (people.LOCAL, second), (other, first)]}
    assert len(scopes) == 3


def test_every_word_of_the_script_is_there_in_both_languages() -> None:
    english = task_words.words()
    with language_as("zh"):
        chinese = task_words.words()
    assert shape(english) == shape(chinese)
    assert set(english["reasons"]) == {"unclear", "expertise", "language", "broken", "sensitive"}


def shape(words: Any) -> Any:
    """The names and lists of a tree of sentences, without the sentences."""
    if isinstance(words, dict):
        return {name: shape(value) for name, value in words.items()}
    return [shape(value) for value in words] if isinstance(words, list) else str


def dialog_words(page: AppTest) -> str:
    """The markup of the page and of the dialog over it."""
    return re.sub("</?bdi>", "", "\n".join(element.proto.body for element in page.get("html")))


def form_of(page: AppTest) -> AppTest:
    return page.button(key="round.open").click().run()


def test_the_form_takes_any_number_of_people_and_a_third_for_two(paired: Database) -> None:
    page = form_of(open_page("annotate"))
    people_field = page.number_input(key="round.people")
    assert (people_field.min, people_field.max, people_field.value) == (1, 10, 1)
    page = people_field.set_value(2).run()
    page = page.toggle(key="round.adaptive").set_value(True).run()
    page.button(key="round.go").click().run()
    assert rounds.get(paired, "ferries", 1).settings.adaptive
    page = form_of(open_page("annotate"))
    page = page.number_input(key="round.people").set_value(7).run()
    page.button(key="round.go").click().run()
    settings = rounds.get(paired, "ferries", 2).settings
    assert (settings.overlap, settings.adaptive) == (7, False)


def test_the_form_says_how_many_items_the_round_will_hold(paired: Database) -> None:
    page = form_of(open_page("annotate"))
    assert "3 items with two answers or more" in dialog_words(page)
    page = page.text_input(key="round.search.ferries").input("ferry 1").run()
    assert "1 item with two answers or more" in dialog_words(page)
    page.button(key="round.go").click().run()
    assert len(rounds.questions(paired, "ferries", 1)) == 1
    assert "some of the items" in words(open_page("annotate"))


def test_filtered_rows_are_judged_through_the_form(paired: Database) -> None:
    page = open_page("data", dataset="ferries", q="ferry 2")
    page = page.button(key="data.judge").click().run()
    assert page.text_input(key="round.search.ferries").value == "ferry 2"
    assert "1 item with two answers or more" in dialog_words(page)


def with_people(db: Database) -> None:
    for name, role in (("Lea", "admin"), ("Ann", "annotator"), ("Bob", "annotator"), ("Vic", "viewer")):
        users.add(db, name=name, role=role, password="long enough a password", now=time.time())


def test_a_round_is_asked_of_chosen_people_who_share_it(
    paired: Database, monkeypatch: pytest.MonkeyPatch, quick_hashes: None
) -> None:
    with_people(paired)
    lead = people.Person("Lea", account="lea", role="admin")
    monkeypatch.setattr(identity, "identify", lambda *_cookies: lead)
    page = form_of(open_page("annotate"))
    judges = page.multiselect(key="round.judges")
    assert judges.options == ["Lea", "Ann", "Bob"]
    page = judges.set_value(["ann", "bob"]).run()
    page = page.toggle(key="round.divided").set_value(True).run()
    page.button(key="round.go").click().run()
    round_ = rounds.get(paired, "ferries", 1)
    assert rounds.assigned(paired, round_) == {"ann": 2, "bob": 1}
    page = open_page("annotate")
    assert "asks Ann, Bob" in words(page)
    page.session_state[dialogs.OPEN] = ("assign", ("ferries", 1))
    page.run()
    assert "2 questions" in dialog_words(page)
    page = page.multiselect(key="round.1.ferries.judges").set_value(["bob"]).run()
    page.button(key="round.assign").click().run()
    assert rounds.assigned(paired, round_) == {"bob": 3}
    as_person(monkeypatch, "annotator")
    assert "Nothing to judge right now" in words(open_page("annotate"))


def test_a_round_for_others_leads_to_its_link(
    paired: Database, monkeypatch: pytest.MonkeyPatch, quick_hashes: None
) -> None:
    with_people(paired)
    monkeypatch.setattr(identity, "identify", lambda *_cookies: people.Person("Lea", account="lea", role="admin"))
    page = form_of(open_page("annotate"))
    assert page.button(key="round.go").label == "Open and judge"
    page = page.multiselect(key="round.judges").set_value(["ann"]).run()
    assert page.button(key="round.go").label == "Open the round"
    page.button(key="round.go").click().run()
    assert task_data(page) == {}
    assert "Opened for Ann" in dialog_words(page)
    assert page.code[0].value.endswith("/annotate?dataset=ferries&round=1")
    assert "al-judge-link" not in list_html(open_page("annotate"))
    opened(paired)
    assert "al-judge-link" in list_html(open_page("annotate"))


def list_html(page: AppTest) -> str:
    return "".join(part.proto.json for part in page.main if part.type == "bidi_component")


def test_too_few_people_open_no_round(paired: Database, monkeypatch: pytest.MonkeyPatch, quick_hashes: None) -> None:
    with_people(paired)
    monkeypatch.setattr(identity, "identify", lambda *_cookies: people.Person("Lea", account="lea", role="admin"))
    page = form_of(open_page("annotate"))
    page = page.number_input(key="round.people").set_value(2).run()
    page = page.multiselect(key="round.judges").set_value(["ann"]).run()
    page.button(key="round.go").click().run()
    assert "choose more of them" in dialog_words(page)
    assert rounds.listing(paired) == []
