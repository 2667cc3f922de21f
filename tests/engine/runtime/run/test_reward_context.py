"""Whole runs with each reward that needs more than a text: reward models, judges that go down, plug-ins, groups."""

import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.rewards import compose
from engine.runtime.preflight.check import preflight
from engine.runtime.run import reward_context, worker
from engine.spec import parse
from storage import dataset_writes, metrics, queue, runs, samples
from storage.database import Database, connect
from storage.records import Item, Response, Run
from storage.workspace import Workspace
from tests import tiny
from tests.engine.rewards import parts
from tests.engine.rewards.endpoint import Endpoint, reply, serving
from tests.remains import left_behind
from words import english

Carry = Callable[..., Run]
SAMPLED: dict[str, Any] = {
    "algorithm": "grpo",
    "sampling": {"group_size": 2, "max_new_tokens": 6},
    "optimizer": {"learning_rate": 1e-3, "batch_size": 2, "micro_batch": 2},
    "evaluation": {"every": 3, "prompts": 2},
    "checkpoint": {"every": 100},
}
KEY = "sk-very-secret-123"


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = connect(Workspace(tmp_path_factory.mktemp("workspace")).create())
    tiny.write_pairs(database, "pairs", 40)
    yield database
    database.close()


def attempt(db: Database, run: Run) -> Run:
    """One attempt at a queued run, in this process."""
    before = signal.getsignal(signal.SIGTERM)
    lease = queue.claim_run(db, run.id, host="here", device="cpu", seconds=600, now=time.time())
    assert lease is not None
    worker.work(db, runs.get(db, run.id), lease)
    signal.signal(signal.SIGTERM, before)
    return runs.get(db, run.id)


@pytest.fixture
def carry(db: Database, model: Path) -> Carry:
    """Launch a tiny run with these settings; one attempt carries it as far as it comes."""

    def launch(dataset: str = "pairs", **settings: Any) -> Run:
        origin = {"model": settings.pop("model")} if "model" in settings else {}
        return attempt(db, tiny.submit(db, tiny.settings(model, dataset, **settings) | origin))

    return launch


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with serving() as found:
        yield found


def english_reason(run: Run) -> str:
    assert run.reason is not None
    return english((run.reason[0], run.reason[1]))


def last(db: Database, run: Run, key: str) -> float:
    return next(one.last for one in metrics.series(db, [run.id]) if one.key == key)


# A reward model trained here.


@pytest.fixture(scope="module", params=["none", {"kind": "lora", "rank": 4}], ids=["full", "lora"])
def teacher(db: Database, model: Path, request: pytest.FixtureRequest) -> Run:
    """A reward run that has learned to tell the pairs apart."""
    rate = {"learning_rate": 1e-2}
    settings = tiny.settings(model, "pairs", algorithm="reward", optimizer=rate, evaluation={"every": 12})
    return attempt(db, tiny.submit(db, {**settings, "model": {"name": str(model), "adapter": request.param}}))


def test_a_reward_model_scores_as_it_learned_and_is_loaded_once(db: Database, teacher: Run):
    spec = parse(
        {**SAMPLED, "data": {"dataset": "pairs"}, "reward": [{"kind": "learned", "from": f"run:{teacher.id}"}]}
    )
    heartbeats: list[int] = []
    around = reward_context.context(
        db, reward_context.origins(db, spec), device="cpu", precision="fp32", heartbeat=lambda: heartbeats.append(1)
    )
    assert around.learned(f"run:{teacher.id}") is around.learned(f"run:{teacher.id}")
    reward = compose(spec.training_reward, around)
    right = []
    for number in range(8):
        pair = tiny.pair(number)
        texts = [response.text for response in pair.responses]
        good, bad = reward.score(pair.messages, texts, [parts.item()] * 2).total
        right.append(good > bad)
    assert sum(right) >= 7
    assert len(heartbeats) >= 8


def test_a_run_learns_from_a_reward_model_and_keeps_which_one(db: Database, teacher: Run, carry: Carry):
    reward = [{"kind": "learned", "from": f"run:{teacher.id}", "name": "taught"}, {"kind": "length", "weight": 0.1}]
    run = carry(**SAMPLED, budget={"steps": 2}, reward=reward)
    assert run.state == "succeeded", run.reason
    assert run.resolved is not None
    (known,) = run.resolved["scorers"].values()
    assert known["ancestors"][-1][1].endswith("12-a1/weights.safetensors")
    total = last(db, run, "rewards/taught/mean") + 0.1 * last(db, run, "rewards/length/mean")
    assert last(db, run, "reward") == pytest.approx(total)
    assert samples.listing(db, run.id)[0].scores.keys() == {"taught", "length"}


def test_a_policy_may_start_from_a_reward_run_without_its_head(teacher: Run, carry: Carry):
    if isinstance(parse(teacher.spec).model.adapter, str):
        run = carry(**SAMPLED, model={"from": f"run:{teacher.id}"}, budget={"steps": 1})
        assert run.state == "succeeded", run.reason


# A judge that goes down.


def judged(endpoint: Endpoint, **settings: Any) -> dict[str, Any]:
    judge = {"kind": "judge", "url": endpoint.url, "model": "wise", "retries": 0, "weight": 0.5, **settings}
    return {**SAMPLED, "budget": {"steps": 5}, "reward": [{"kind": "length", "shortest": 9}, judge]}


def verdict(number: int, body: dict[str, Any]) -> Any:
    return reply(str(len(body["messages"][0]["content"]) % 11))


@pytest.mark.slow
@pytest.mark.parametrize("failing", [1, 8, 15], ids=["first evaluation", "a rollout", "a later evaluation"])
def test_a_judge_that_is_down_pauses_the_run_which_then_ends_as_if_it_never_was(
    db: Database, carry: Carry, endpoint: Endpoint, failing: int
):
    endpoint.says = verdict
    undisturbed = carry(**judged(endpoint))
    assert undisturbed.state == "succeeded", undisturbed.reason
    endpoint.asked.clear()
    shutil.rmtree(db.workspace.cache / "verdicts")
    endpoint.says = lambda number, body: (503, "") if number >= failing else verdict(number, body)
    run = carry(**judged(endpoint))
    assert run.state == "paused"
    assert "gives no score: it answers with status 503" in english_reason(run)
    reached = run.step
    assert [one.step for one in runs.checkpoints(db, run.id)][-1] == reached
    endpoint.says = verdict
    queue.resume(db, run.id, time.time())
    run = attempt(db, run)
    assert (run.state, run.reason, run.attempt) == ("succeeded", None, 2)
    assert left_behind(db, run.id) == left_behind(db, undisturbed.id)


def test_a_judge_never_gives_a_score_that_it_did_not_give(db: Database, carry: Carry, endpoint: Endpoint):
    endpoint.says = lambda number, body: (500, "")
    run = carry(**judged(endpoint))
    assert run.state == "paused"
    assert list(metrics.points(db, run.id)) == []
    assert samples.listing(db, run.id) == []


def test_who_asked_for_a_stop_does_not_get_a_pause(db: Database, carry: Carry, endpoint: Endpoint):
    def stop(number: int, body: dict[str, Any]) -> Any:
        queue.request(db, runs.listing(db, limit=1)[0].id, "stop", time.time())
        return (503, "")

    endpoint.says = stop
    assert carry(**judged(endpoint)).state == "stopped"


def test_a_key_is_in_nothing_that_a_run_leaves(
    db: Database, carry: Carry, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setenv("JUDGE_API_KEY", KEY)
    endpoint.says = lambda number, body: (500, KEY) if number > 9 else verdict(number, body)
    with caplog.at_level("DEBUG"):
        run = carry(**judged(endpoint, key="env:JUDGE_API_KEY"))
    assert endpoint.headers[0]["Authorization"] == f"Bearer {KEY}"
    assert run.state == "paused"
    assert KEY not in caplog.text
    kept = [path for path in db.workspace.root.rglob("*") if path.is_file()]
    assert kept
    assert [path for path in kept if KEY.encode() in path.read_bytes()] == []


# Plug-ins, and what cannot score at all.


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "brevity_reward.py").write_text(
        "def score(prompt, responses, items):\n"
        "    return {'brevity': [1 / (1 + len(r)) for r in responses], 'calm': [0.0] * len(responses)}\n"
        "def broken(prompt, responses, items):\n"
        "    return {'brevity': [float('nan')] * len(responses)}\n"
    )
    info = tmp_path / "brevity_reward-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: brevity-reward\nVersion: 1.0\n")
    points = "[alignlab.rewards]\nbrevity = brevity_reward:score\nbroken = brevity_reward:broken\n"
    (info / "entry_points.txt").write_text(points)
    monkeypatch.syspath_prepend(tmp_path)


@pytest.mark.usefixtures("plugin")
def test_a_plugin_draws_curves_under_the_names_it_gives(db: Database, carry: Carry):
    run = carry(**SAMPLED, budget={"steps": 1}, reward=[{"kind": "plugin", "plugin": "brevity"}])
    assert run.state == "succeeded", run.reason
    keys = {one.key for one in metrics.series(db, [run.id])}
    assert {"rewards/brevity/mean", "rewards/calm/std", "eval/rewards/brevity", "eval/rewards/calm"} <= keys


@pytest.mark.usefixtures("plugin")
def test_a_plugin_that_scores_nonsense_fails_the_run_with_its_name(carry: Carry):
    run = carry(**SAMPLED, budget={"steps": 1}, reward=[{"kind": "plugin", "plugin": "broken"}])
    assert run.state == "failed"
    assert english_reason(run) == "The reward brevity gave a score that is not a finite number."


# Groups of a dataset.


def group(number: int) -> Item:
    texts = ("Yes.", "Yes, it will rain on Monday.", "No.")
    return Item(
        f"g{number:04d}",
        ({"role": "user", "content": f"Question {number}?"},),
        tuple(Response("abc"[place], text, score=place / 10) for place, text in enumerate(texts)),
    )


def test_a_named_reward_takes_the_place_of_the_scores_that_groups_have():
    reward = parts.reward({"kind": "length", "shortest": 6})
    heartbeats: list[int] = []
    pair = tiny.pair(1)
    found, same = reward_context.rescored([group(1), pair], reward, lambda: heartbeats.append(1))
    assert [response.score for response in found.responses] == [1 / 6, 1.0, 1 / 6]
    assert same == pair
    assert len(heartbeats) == 2


@pytest.mark.slow
def test_frozen_groups_keep_their_scores_unless_the_run_file_names_a_reward(db: Database, carry: Carry):
    dataset_writes.create(db, "groups", "groups", time.time())
    for number in range(24):
        dataset_writes.add_item(db, "groups", group(number), time.time())
    paired = {"algorithm": "gspo_selective", "tau": 0.5, "budget": {"steps": 1}, "dataset": "groups"}
    stored = carry(**paired)
    named = carry(**paired, reward=[{"kind": "length", "shortest": 6}])
    assert stored.state == "failed"  # no two stored scores differ by more than tau
    assert named.state == "succeeded", named.reason
    assert last(db, named, "pairs/used") == 4 * 2


# What the preflight tells.


def problems(db: Database, model: Path, *reward: dict[str, Any]) -> dict[str, str]:
    answer = preflight(db, tiny.settings(model, "pairs", **SAMPLED, reward=list(reward)))
    return {finding.path: english(finding.text) for finding in (*answer.problems, *answer.warnings)}


def test_the_preflight_names_rewards_that_could_not_score(db: Database, model: Path, carry: Carry):
    other = carry(budget={"steps": 1}, evaluation={"every": 1, "prompts": 1})
    judge = {"kind": "judge", "url": "http://localhost:1/v1", "model": "wise", "key": "env:NOT_SET_API_KEY"}
    sentences = problems(
        db,
        model,
        {"kind": "plugin", "plugin": "unheard"},
        {"kind": "learned", "from": "run:zzz"},
        {"kind": "learned", "from": f"run:{other.id}", "name": "other"},
        judge,
    )
    assert sentences["reward.1.plugin"].startswith("There is no reward plug-in unheard.")
    assert "zzz" in sentences["reward.2.from"]
    assert sentences["reward.3.from"] == f"The run {other.id} is a dpo run: only a reward run learns to score."
    assert (
        sentences["reward.4.key"]
        == "The judge wise cannot be asked: env:NOT_SET_API_KEY is empty, or is not one line of ASCII text."
    )


def test_a_reference_may_be_the_preferred_answer_of_a_pair(carry: Carry):
    run = carry(**SAMPLED, budget={"steps": 1}, reward=[{"kind": "reference"}])
    assert run.state == "succeeded", run.reason
