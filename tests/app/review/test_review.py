"""The page Review: who said what, deciding, and what a role may do there."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from app import clients, people
from app.review import agreement_fact, deciding, disagreements, judged_pairs
from storage import datasets
from storage.database import Database
from storage.judging import decisions, judged_items, judgement_writes, judgements, leases
from storage.judging.judgement_records import Adjudication, MachineVerdict
from tests.app.conftest import open_page, words
from tests.storage.talks import NOW, fill, open_round, vote


def say(db: Database, account: str, *verdicts: str, **more: object) -> None:
    asks = leases.next_questions(db, "talks", 1, account, len(verdicts), NOW)
    votes = [vote(ask, verdict, **more) for ask, verdict in zip(asks, verdicts, strict=True)]
    assert {receipt.stored for receipt in judgement_writes.record(db, votes, account, NOW)} == {"stored"}


@pytest.fixture
def judged(empty: Database) -> Database:
    """Four pairs by two people: they differ on the first and the third, and call the second a tie."""
    fill(empty)
    open_round(empty, overlap=2)
    say(empty, "ann", "a", "tie", "a", "b", comment="<b>why</b>")
    say(empty, "bob", "b", "tie", "both_bad", "b")
    return empty


def decided(db: Database) -> dict[str, str]:
    return {own.item_id: own.verdict for own in judgements.listing(db, "talks", source="adjudicator")}


def press(page: AppTest, key: str) -> AppTest:
    page = page.button(key=key).click().run()
    assert not page.exception
    return page


def shown(page: AppTest) -> str:
    """The prompt of the pair that is looked at."""
    said = words(page)
    start = said.index('class="al-prompt"')
    return said[start : said.index("al-two", start)]


def test_nobody_has_judged_yet(empty: Database) -> None:
    page = open_page("review")
    assert "Nobody has judged anything yet." in words(page)
    assert page.button(key="review.annotate").label == "Annotate"
    fill(empty)
    open_round(empty)
    page = open_page("review", dataset="talks")
    assert "not measured" in words(page)
    assert "No pair of this kind is left." in words(page)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_shows_who_said_what_and_no_origin(judged: Database, language: str) -> None:
    said = words(open_page("review", language, dataset="talks"))
    assert "prompt 0" in said
    assert "c0</mark>" in said
    assert "r0</mark>" in said
    assert "ann" in said
    assert "&lt;b&gt;why&lt;/b&gt;" in said
    assert "model-chosen" not in said, "where an answer came from would sway who decides"


def test_a_decision_is_stored_and_the_next_pair_follows(judged: Database) -> None:
    page = open_page("review", dataset="talks")
    first, second, third, _fourth = datasets.items(judged, "talks")[0]
    assert "prompt 0" in shown(page)
    page = press(page, "review.b")
    assert decided(judged) == {first.id: "b"}
    assert "prompt 2" in shown(page)
    page = press(page, "review.tie")
    assert decided(judged) == {first.id: "b", third.id: "tie"}
    assert "No pair of this kind is left." in words(page)
    page = press(page, "review.undo")
    assert decided(judged) == {first.id: "b"}
    assert "prompt 2" in shown(page)
    derived, _ids = judged_items.derived(judged, "talks", [first, second])
    assert [(own.chosen, own.source) for own in derived[0].preferences] == [("rejected", "adjudicated")]


def test_decisions_can_be_looked_at_and_taken_back(judged: Database) -> None:
    item = datasets.items(judged, "talks")[0][1]
    decisions.adjudicate(judged, "talks", Adjudication(item.id, "chosen", "rejected", "a"), "lead", NOW)
    page = open_page("review", dataset="talks", show="decided")
    assert "prompt 1" in shown(page)
    press(page, "review.withdrawn")
    assert decided(judged) == {}


def test_a_press_decides_the_pair_that_it_was_meant_for(judged: Database) -> None:
    page = open_page("review", dataset="talks")
    item = datasets.items(judged, "talks")[0][0]
    decisions.adjudicate(judged, "talks", Adjudication(item.id, "chosen", "rejected", "a"), "another", NOW)
    page = press(page, "review.b")
    assert decided(judged) == {item.id: "a"}
    assert "Somebody else decided this pair" in words(page)


def test_one_can_go_on_and_back_without_deciding(judged: Database) -> None:
    page = press(open_page("review", dataset="talks"), "review.step.1")
    assert "prompt 2" in shown(page)
    assert page.button(key="review.step.1").disabled
    assert "prompt 0" in shown(press(page, "review.step.-1"))
    assert decided(judged) == {}


def test_kinds_of_pairs_and_their_counts(judged: Database) -> None:
    items = datasets.items(judged, "talks")[0]
    machine = MachineVerdict(items[3].id, "chosen", "rejected", "a", "reward", "small")
    decisions.add_machine_verdicts(judged, "talks", [machine], NOW)
    counts = disagreements.counts(judged_pairs.of_dataset(judged, "talks").pairs.values(), {})
    assert counts == {
        "split": 2,
        "neither": 1,
        "flagged": 0,
        "commented": 4,
        "late": 0,
        "norming": 0,
        "machine": 1,
        "undecided": 4,
        "decided": 0,
    }
    page = open_page("review", dataset="talks", show="machine")
    assert "prompt 3" in shown(page)
    assert "reward model" in words(page)


def test_undecided_pairs_and_decided_ones_are_all_pairs(judged: Database) -> None:
    item = datasets.items(judged, "talks")[0][0]
    decisions.adjudicate(judged, "talks", Adjudication(item.id, "chosen", "rejected", "a"), "lead", NOW)
    page = open_page("review", dataset="talks")
    options = page.get("button_group")[0].options
    assert [option for option in options if "ecided" in option] == ["Undecided 3", "Decided 1"]
    assert "Tie or both bad 1" in options


def test_filters_stand_in_the_address(judged: Database) -> None:
    open_round(judged, overlap=1)
    page = open_page("review", dataset="talks", round="2")
    assert "No pair of this kind is left." in words(page)
    page = open_page("review", dataset="talks", round="1", person="ann")
    assert "prompt 0" in shown(page)
    assert "Nothing" not in words(open_page("review", dataset="talks", round="99"))


def test_a_viewer_reads_and_decides_nothing(judged: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    viewer = people.Person("vera", "vera", "viewer")
    monkeypatch.setattr("app.sign_in.identity.identify", lambda *_: viewer)
    page = open_page("review", dataset="talks")
    assert "prompt 0" in shown(page)
    keys = [button.key for button in page.button]
    assert "review.step.1" in keys
    assert not {"review.a", "review.b", "review.tie", "review.both_bad"} & set(keys)


def test_an_annotator_does_not_get_the_page(judged: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    annotator = people.Person("bob", "bob", "annotator")
    monkeypatch.setattr("app.sign_in.identity.identify", lambda *_: annotator)
    said = words(open_page("review", dataset="talks"))
    assert "does not show this page" in said
    assert "prompt 0" not in said
    assert re.findall(r"\bann\b", said) == []


def test_every_verdict_has_a_key_of_its_own() -> None:
    keys = [key for _verdict, _strength, _title, key in deciding.CHOICES]
    assert keys == ["1", "2", "Shift+1", "Shift+2", "0", "b"]


def test_a_decision_may_be_much_better(judged: Database) -> None:
    press(open_page("review", dataset="talks"), "review.b.much")
    (decision,) = judgements.listing(judged, "talks", source="adjudicator")
    assert (decision.verdict, decision.strength) == ("b", 2)
    derived, _ids = judged_items.derived(judged, "talks", datasets.items(judged, "talks")[0][:1])
    assert derived[0].preferences[0].strength == 1.0
    said = words(open_page("review", dataset="talks", show="decided"))
    assert "B is much better" in said


def test_a_decision_that_is_much_better_is_taken_back(judged: Database) -> None:
    page = press(open_page("review", dataset="talks"), "review.a.much")
    press(page, "review.undo")
    assert decided(judged) == {}


def test_pages_say_in_the_same_words_how_many_pairs_have_a_preference(judged: Database) -> None:
    said = "1 of 4 pairs have a preference"
    assert said in words(open_page("review", dataset="talks"))
    page = open_page("data", dataset="talks")
    assert said in words(page)
    assert said in [caption.value for caption in page.caption], "beside Freeze"
    assert page.button(key="data.train").help == said
    press(open_page("review", dataset="talks"), "review.a")
    assert "2 of 4 pairs have a preference" in words(open_page("data", dataset="talks"))


def test_agreement_is_drawn_of_each_two_people_and_each_criterion(empty: Database) -> None:
    fill(empty)
    open_round(empty, overlap=3, criteria=("<i>kind</i>",))
    assert "al-alphas" not in words(open_page("review", dataset="talks"))
    for account, verdicts in (("ann", "aabb"), ("bob", "aaba"), ("cat", "baba")):
        say(empty, account, *verdicts, criteria={"<i>kind</i>": verdicts[0]})
    said = words(open_page("review", dataset="talks"))
    chart = said[said.index("al-alphas") : said.index("</figure>")]
    assert re.findall("<dt>(.*?)</dt>", chart) == [
        "everybody",
        "ann and bob",
        "ann and cat",
        "bob and cat",
        "&lt;i&gt;kind&lt;/i&gt;",
        "",
    ]
    other = re.sub("</?bdi>", "", agreement_fact.chart(empty, datasets.get(empty, "talks")))
    assert chart in other, "the details of quality have it too"
    positions = [float(place) for place in re.findall(r"(?:left|width):(-?[\d.]+)%", chart)]
    assert positions
    assert all(0 <= place <= 100 for place in positions)


def test_a_dataset_that_is_not_there_is_named(empty: Database) -> None:
    assert clients.database() is empty
    fill(empty)
    open_round(empty)
    said = words(open_page("review", dataset="nope"))
    assert "There is no dataset named nope." in said
    assert said.count("<h1") == 1


def test_the_page_of_a_dataset_leads_to_review_once_somebody_judged(judged: Database) -> None:
    said = words(open_page("data", dataset="talks"))
    assert 'href="review?dataset=talks"' in said
    assert "4 items, few" in said
    fill(judged, "fresh")
    assert "review?" not in words(open_page("data", dataset="fresh"))


def test_verdicts_of_a_person_are_not_counted_as_those_of_the_round(judged: Database) -> None:
    said = words(open_page("review", dataset="talks"))
    assert "8 of 8" in said
    assert '<a href="data?dataset=talks" target="_self">talks</a>' in said, "after deciding one goes on to the data"
    assert "8 of 8" not in words(open_page("review", dataset="talks", person="ann"))


def test_who_skipped_a_pair_did_not_judge_it(empty: Database) -> None:
    fill(empty)
    open_round(empty, overlap=2)
    say(empty, "ann", "a", "tie", "a", "b")
    say(empty, "bob", "b", "tie", "skip", "b")
    said = words(open_page("review", dataset="talks"))
    assert "7 of 8 · 1 skipped" in said
    assert "3 of 4 · 1 skipped" in said
    assert "4 of 4" in said
