"""A run's samples as JSON: equal to what is stored, page by page, and figures derived by hand."""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app.routes import ROUTES
from app.samples import answers
from storage import rollout_samples, samples
from storage.database import Database
from storage.records import Lease, RolloutSample, Sample
from tests.app import invented

AT = 1_700_000_000.0
REWARDS = {0: (0.0, 0.5, 0.5, 1.0), 5: (0.5, 0.5, 1.0, 0.0), 9: (1.0, 0.5, 1.0, 0.0)}
TEXTS = {0: "It is sunny.", 5: "It is sunny now.", 9: "<think>Rain?</think>Take a coat.", 12: "Take a coat."}


def sample(step: int, prompt: int, reward: float | None, index: int = 0) -> Sample:
    messages = (
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Hi"},
        {"role": "user", "content": f"Question {prompt}?"},
    )
    scores = {"polite": reward or 0.0, "length": 0.5}
    return Sample("", step, 1, prompt, index, messages, TEXTS[step], scores, 7, prompt != 1, reward=reward, kl=-0.25)


@pytest.fixture
def lease(empty: Database) -> Lease:
    lease = invented.started(empty, "grpo", "looked at", AT)
    for step, rewards in REWARDS.items():
        samples.add(empty, lease, [sample(step, prompt, reward) for prompt, reward in enumerate(rewards)])
    return lease


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=ROUTES))


@pytest.fixture
def ask(client: TestClient, lease: Lease) -> Iterator[Any]:
    def ask(name: str, **query: Any) -> dict[str, Any]:
        response = client.get(f"/alignlab/samples/{name}", params={"run": lease.run_id, **query})
        assert response.status_code == 200, response.text
        return response.json()

    return ask


def test_the_overview_says_what_there_is_and_what_passes(ask: Any) -> None:
    assert ask("overview") == {
        "steps": [0, 5, 9],
        "prompts": 4,
        "range": [0.0, 1.0],
        "rollouts": [],
        "threshold": {"value": 0.5, "count": 4},
        "active": True,
    }


def test_where_every_sample_reaches_the_median_the_middle_of_the_range_passes(empty: Database, lease: Lease) -> None:
    samples.add(empty, lease, [sample(0, prompt, 0.0) for prompt in range(4)])
    assert answers.overview(empty, run_of(empty, lease))["threshold"] == {"value": 0.5, "count": None}


def test_scores_that_are_no_numbers_travel_as_words(ask: Any, empty: Database, lease: Lease) -> None:
    odd = replace(sample(12, 0, math.inf), scores={"polite": math.nan})
    samples.add(empty, lease, [odd, sample(12, 1, 0.5)])
    page = ask("list", step=12)
    assert [(one["reward"], one["scores"]["polite"]) for one in page["answers"]] == [("inf", "nan"), (0.5, 0.5)]
    assert (page["edges"][-1], sum(page["counts"])) == (1.0, 1), "the histogram is of finite rewards"
    members = [
        RolloutSample(**vars(replace(each, prompt_index=0, sample_index=number)))
        for number, each in enumerate((odd, sample(9, 0, 0.5)))
    ]
    rollout_samples.add(empty, lease, 12, members)
    (group,) = ask("groups", step=12)["groups"]
    assert (group["mean"], group["answers"][0]["scores"]["polite"]) == (0.5, "nan")


def run_of(db: Database, lease: Lease) -> Any:
    from storage import runs

    return runs.get(db, lease.run_id)


def test_a_step_has_its_samples_and_the_histogram_of_all(ask: Any) -> None:
    page = ask("list", step=9, sort="worst", first=10, last=19)
    assert [one["reward"] for one in page["answers"]] == [0.5, 1.0, 1.0]
    assert (page["total"], page["median"], len(page["edges"])) == (3, 0.75, 21)
    assert {bin: count for bin, count in enumerate(page["counts"]) if count} == {0: 1, 10: 1, 19: 2}
    first = page["answers"][0]
    assert (first["text"], first["thinking"]) == ("Take a coat.", "Rain?")
    assert (first["finished"], first["kl"], first["first"], first["tokens"]) == (False, -0.25, 0.5, 7)
    assert [turn["text"] for turn in first["prompt"]["earlier"]] == ["Hello", "Hi"]
    assert first["prompt"]["question"] == [{"role": "", "text": "Question 1?"}]


@pytest.mark.parametrize("number", range(20))
def test_each_bin_lists_as_many_as_its_bar_says(ask: Any, empty: Database, lease: Lease, number: int) -> None:
    samples.add(empty, lease, [sample(0, prompt, prompt / 30) for prompt in range(31)])
    page = ask("list", step=0, first=number, last=number)
    assert page["total"] == page["counts"][number] > 0


def test_pages_follow_each_other(ask: Any, empty: Database, lease: Lease) -> None:
    samples.add(empty, lease, [sample(0, prompt, 0.5) for prompt in range(30)])
    pages = [ask("list", step=0, offset=offset)["answers"] for offset in (0, 24)]
    assert [one["index"] for page in pages for one in page] == list(range(30))


def test_one_prompt_across_steps_says_what_differs_from_the_step_before_or_the_first(ask: Any) -> None:
    strip = ask("prompt", prompt=2)
    assert [column["step"] for column in strip["columns"]] == [0, 5, 9]
    first, second, third = (column["answers"][0] for column in strip["columns"])
    assert "pieces" not in first
    assert [piece for piece in second["pieces"] if piece[0] == "added"] == [["added", " now"]]
    assert (third["pieces"], third["rewritten"]) == (None, True), "nothing of it stood in the step before"
    assert ask("prompt", prompt=77)["columns"] == []


def test_an_answer_that_came_back_differs_from_the_step_before_alone(ask: Any, empty: Database, lease: Lease) -> None:
    samples.add(empty, lease, [replace(sample(9, 2, 0.5), text=TEXTS[0])])
    kinds = {
        against: {
            kind for kind, _text in ask("prompt", prompt=2, against=against)["columns"][2]["answers"][0]["pieces"]
        }
        for against in ("before", "first")
    }
    assert kinds == {"before": {"same", "removed"}, "first": {"same"}}


def test_of_many_steps_some_are_shown_evenly_and_the_wanted_one() -> None:
    assert answers.thinned([0, 5, 10, 15, 20, 25], 3, 20) == [0, 10, 20, 25]
    assert answers.thinned([0, 5, 10], 3, None) == [0, 5, 10]


def test_several_samples_of_a_prompt_stand_in_one_column(ask: Any, empty: Database, lease: Lease) -> None:
    samples.add(empty, lease, [sample(9, 2, 0.5, index) for index in range(3)])
    column = ask("prompt", prompt=2)["columns"][-1]["answers"]
    assert [(one["sample"], "pieces" in one) for one in column] == [(0, True), (1, False), (2, False)]


def test_pass_rates_put_the_prompts_that_changed_most_first(ask: Any) -> None:
    rates = ask("rates", threshold=1)
    assert [row["index"] for row in rates["rows"]] == [0, 2, 3, 1]
    assert [row["change"] for row in rates["rows"]] == [1.0, 1.0, -1.0, 0.0]
    assert rates["rows"][2]["cells"] == [[1, 1], [0, 1], [0, 1]]
    assert rates["totals"] == [[1, 4], [1, 4], [2, 4]]


def test_groups_that_were_trained_on_say_how_their_rewards_spread(ask: Any, empty: Database, lease: Lease) -> None:
    base = RolloutSample("", 0, 0, 0, 0, ({"role": "user", "content": "Hi"},), "Yo", {}, 2, finished=True)
    rewards = (0.0, 1.0, 0.5)
    group = [
        replace(base, sample_index=index, reward=reward, advantage=reward - 0.5, trained=index != 2)
        for index, reward in enumerate(rewards)
    ]
    rollout_samples.add(empty, lease, 5, group)
    (found,) = ask("groups", step=5)["groups"]
    assert (found["mean"], found["deviation"]) == (0.5, 0.5)
    assert [(one["reward"], one["advantage"], one["trained"]) for one in found["answers"]] == [
        (1.0, 0.5, True),
        (0.5, 0.0, False),
        (0.0, -0.5, True),
    ]
    assert ask("overview")["rollouts"] == [5]
    assert ask("groups", step=9)["groups"] == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("list?step=x", 400),
        ("list", 400),
        ("list?step=5&sort=alphabet", 400),
        ("list?step=99999999999", 400),
        ("list?step=5&first=1", 400),
        ("rates?threshold=much", 400),
        ("rates?threshold=nan", 400),
        ("prompt?prompt=-1", 400),
        ("nothing?step=5", 404),
    ],
)
def test_a_query_that_no_page_writes_is_refused(client: TestClient, lease: Lease, path: str, status: int) -> None:
    mark = "&" if "?" in path else "?"
    assert client.get(f"/alignlab/samples/{path}{mark}run={lease.run_id}").status_code == status


def test_a_run_that_is_not_there_is_not_found(client: TestClient, empty: Database) -> None:
    assert client.get("/alignlab/samples/overview?run=zzzz").status_code == 404
