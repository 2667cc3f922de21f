"""The verdict on stored runs: page, report, JSON and CSV say what plain SQL says; planted differences are refused."""

import csv
import io
import random
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app.compare import compared_groups, group_verdicts, html_report
from app.compare.group_verdicts import GroupVerdict
from app.markup import texts
from app.routes import ROUTES
from engine.spec import key_metrics
from storage import metrics, queue, samples
from storage.database import Database
from storage.records import Lease, Sample
from tests.app import families
from tests.app.conftest import copied, filled_copy, open_page, words
from words import english

AT = 1_700_000_000.0
PROMPTS, ANSWERS, LAST = 24, 2, 200
MEANS = {"dpo": 0.5, "ppo": 0.52, "grpo": 0.75}
MEAN_REWARDS = sa.text(
    "SELECT prompt_index, AVG(reward) FROM samples WHERE run_id = :run AND step = :step GROUP BY prompt_index"
)

NAMES = "run_id, step, prompt_index, sample_index, attempt, messages, text, scores, tokens, finished, extra, kl"
TURNED = f"INSERT INTO final_samples ({NAMES}, reward) SELECT {NAMES}, 1 - reward FROM samples WHERE step = :step"


def trained(
    db: Database,
    method: str,
    seed: int,
    answers: int = ANSWERS,
    state: str = "succeeded",
    gain: float = 0.0,
    **blocks: Any,
) -> str:
    """A run that ended, with rewards of several answers to each prompt at three evaluations."""
    run = families.put(db, f"{method}-seed{seed}", families.spec(method, seed, **blocks), AT)
    lease = queue.claim_run(db, run, host=f"{run}", device="cpu", seconds=36_000, now=AT)
    assert lease is not None
    luck = random.Random(f"{method}{seed}")
    shift = luck.gauss(0, 0.01)
    for step in (0, 100, LAST):
        share = step / LAST
        figures = {key_metrics.HELD_OUT_KL: 4 * share * (1.5 if method == "grpo" else 1), key_metrics.HEADLINE: share}
        metrics.write(db, lease, [(step, figures, AT + step)])
        mean = 0.3 + share * (MEANS[method] - 0.3 + shift + gain)
        samples.add(
            db,
            lease,
            [answer(lease, step, prompt, number, mean, luck) for prompt in range(PROMPTS) for number in range(answers)],
        )
    queue.finish(db, lease, state, now=AT + LAST)
    return run


def answer(lease: Lease, step: int, prompt: int, number: int, mean: float, luck: random.Random) -> Sample:
    return Sample(
        run_id=lease.run_id,
        step=step,
        attempt=lease.attempt,
        prompt_index=prompt,
        sample_index=number,
        messages=({"role": "user", "content": f"Question {prompt}?"},),
        text="An answer.",
        scores={"polite": 0.5},
        tokens=3,
        finished=True,
        reward=mean + 0.1 * (prompt % 5) + luck.gauss(0, 0.05),
        kl=0.1,
    )


def three_methods(db: Database) -> list[str]:
    return [trained(db, method, seed) for method in MEANS for seed in range(3)]


@pytest.fixture(scope="module")
def template(empty_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A workspace with three methods of three seeds each, and the ids of their runs."""
    root = tmp_path_factory.mktemp("verdict") / "workspace"
    return root, filled_copy(empty_template, root, three_methods)


@pytest.fixture
def methods(workspace: Path, template: tuple[Path, list[str]]) -> tuple[Database, list[str]]:
    return copied(template[0], workspace), template[1]


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=ROUTES))


def judged(db: Database, ids: Sequence[str], by: str | None = None) -> GroupVerdict:
    answer = group_verdicts.of_comparison(db, compared_groups.comparison(db, list(ids), by), detailed=True)
    assert answer is not None
    return answer


def mean_rewards(db: Database, run: str, step: int = LAST) -> list[float]:
    """Of each prompt, straight from the rows."""
    with db.read() as connection:
        return [mean for _prompt, mean in sorted(connection.execute(MEAN_REWARDS, {"run": run, "step": step}))]


def test_the_verdict_is_of_the_rows(methods: tuple[Database, list[str]], client: TestClient) -> None:
    db, ids = methods
    of_runs = [mean_rewards(db, run) for run in ids]
    means = {
        name: statistics.fmean(map(statistics.fmean, of_runs[3 * place :][:3])) for place, name in enumerate(MEANS)
    }
    answer = group_verdicts.as_json(judged(db, ids))
    assert answer is not None
    assert answer["leader"] == "grpo"
    assert answer["sentences"][0].startswith("grpo beats all others; the closest is ppo")
    assert {each["name"]: pytest.approx(each["mean"]) for each in answer["methods"]} == means
    assert (answer["prompts"], answer["answers"], answer["dropped"]) == (PROMPTS, ANSWERS, 0)
    first = answer["pairs"][0]
    assert (first["first"], first["second"]) == ("grpo", "ppo")
    assert first["difference"] == pytest.approx(means["grpo"] - means["ppo"])
    ahead, behind = (
        [statistics.fmean(column) for column in zip(*of_runs[start : start + 3], strict=True)] for start in (6, 3)
    )
    assert first["better"] == sum(a > b for a, b in zip(ahead, behind, strict=True))
    chances = [
        (a > b) + (a == b) / 2
        for one in of_runs[6:9]
        for other in of_runs[3:6]
        for a, b in zip(one, other, strict=True)
    ]
    assert first["improvement"] == pytest.approx(statistics.fmean(chances))

    rows = list(csv.DictReader(io.StringIO(client.get("/alignlab/verdict.csv", params={"runs": ",".join(ids)}).text)))
    assert [float(row["difference"]) for row in rows if not row["at_kl"]] == [
        pair["difference"] for pair in answer["pairs"]
    ]
    assert [float(row["adjusted_p"]) for row in rows if not row["at_kl"]] == [
        pair["adjusted_p"] for pair in answer["pairs"]
    ]
    report = html_report.page(db, compared_groups.comparison(db, ids), "Three")
    page = words(open_page("compare", runs=",".join(ids), tab="verdict"))
    table = client.get("/alignlab/fragments/verdict_figures", params={"runs": ",".join(ids)}).json()["html"]
    interval = f"[{texts.number(first['interval'][0])}, {texts.number(first['interval'][1])}]"
    for shown in (report, table):
        assert f"<b>{texts.number(first['difference'])}</b>" in shown
        assert interval in shown
    assert "grpo beats all others; the closest is ppo" in page
    assert f"behind by {texts.number(first['difference'])} {interval}" in report


def test_it_rests_on_the_end_evaluation_where_every_run_has_one(methods: tuple[Database, list[str]]) -> None:
    db, ids = methods
    along = judged(db, ids)
    assert along.verdict is not None
    assert not along.reported
    assert "Not all of these runs have an end evaluation" in english(group_verdicts.sentences(along)[-1])
    with db.write() as connection:  # the order is the other way round there, which only these rows can say
        connection.execute(sa.text(TURNED), {"step": LAST})
    end = judged(db, ids)
    assert end.verdict is not None
    assert end.reported
    assert [mean.mean for mean in end.verdict.methods] == pytest.approx(
        [1 - mean.mean for mean in along.verdict.methods]
    )
    assert "end evaluation" not in " ".join(map(english, group_verdicts.sentences(end)))
    with db.write() as connection:
        connection.execute(sa.text("DELETE FROM final_samples WHERE run_id = :run"), {"run": ids[0]})
    assert judged(db, ids).verdict == along.verdict, "one run has none, so all are read along the way"


def test_at_equal_kl_a_method_that_moved_further_is_read_earlier(methods: tuple[Database, list[str]]) -> None:
    db, ids = methods
    answer = judged(db, ids)
    assert answer.kl == 4.0, "where dpo and ppo end; grpo goes on to 6"
    assert answer.matched is not None
    grpo = next(method for method in answer.matched.methods if method.name == "grpo")
    # 4 of 6 nats lie two thirds of the way from step 0 to 200: a third of the way from step 100 to the last
    expected = [
        2 / 3 * statistics.fmean(mean_rewards(db, run, 100)) + 1 / 3 * statistics.fmean(mean_rewards(db, run))
        for run in ids[6:]
    ]
    assert grpo.mean == pytest.approx(statistics.fmean(expected))


@pytest.mark.parametrize(
    ("blocks", "sentence"),
    [
        ({"evaluation": {"prompts": 7}}, "measured on different held-out prompts"),
        ({"evaluation": {"answers": 8}}, "measured on different held-out prompts"),
        ({"evaluation": {"final_prompts": 7}}, "measured on different held-out prompts"),
        ({"evaluation": {"reward": [{"kind": "length"}]}}, "scored by different rewards"),
        ({"budget": {"steps": 77}}, "had different budgets"),
        ({"model": {"name": "smollm2-135m"}}, "started from different models"),
        ({"data": {"dataset": "polite-weather", "version": "77aa88bb99"}}, "measured on different held-out prompts"),
    ],
)
def test_planted_differences_are_refused_in_words(
    methods: tuple[Database, list[str]], blocks: dict[str, Any], sentence: str
) -> None:
    db, ids = methods
    planted = [*ids[:3], *(trained(db, "grpo", seed, gain=1.0, **blocks) for seed in range(3))]
    answer = group_verdicts.as_json(judged(db, planted))
    assert answer is not None
    assert answer["refusal"].startswith("No verdict: ")
    assert sentence in answer["refusal"]
    assert answer["sentences"] == [answer["refusal"]]
    assert not {"pairs", "leader", "methods"} & answer.keys()
    comparison = compared_groups.comparison(db, planted)
    shown = [words(open_page("compare", runs=",".join(planted), tab=tab)) for tab in ("verdict", "curves", "figures")]
    for text in (*shown, html_report.page(db, comparison, "Planted")):
        assert answer["refusal"] in text
        assert " beats " not in text
        assert "Not told apart" not in text


def test_runs_of_other_numbers_of_answers_or_without_rewards_are_refused(methods: tuple[Database, list[str]]) -> None:
    db, ids = methods
    more = trained(db, "ppo", 7, answers=3)
    assert english(judged(db, [ids[0], more]).refusal or ("", {})) == (
        "No verdict: they gave different numbers of answers to a prompt, 2 to 3."
    )
    with db.write() as connection:
        connection.execute(sa.text("DELETE FROM samples WHERE run_id = :run"), {"run": more})
    assert "kept the rewards" in english(judged(db, [ids[0], more]).refusal or ("", {}))
    with db.write() as connection:
        connection.execute(sa.text("UPDATE samples SET reward = NULL WHERE run_id = :run"), {"run": ids[3]})
    assert "fewer than two" in english(judged(db, [ids[0], ids[3]]).refusal or ("", {}))


def test_a_run_that_is_not_done_allows_no_verdict_yet(methods: tuple[Database, list[str]]) -> None:
    db, ids = methods
    stopped = trained(db, "ppo", 8, state="stopped")
    assert "spent their budget" in english(judged(db, [ids[0], stopped]).refusal or ("", {}))
    waiting = families.put(db, "later", families.spec("ppo", 9), AT)
    assert "not all of these runs are done" in english(judged(db, [ids[0], waiting]).refusal or ("", {}))


def test_a_prompt_that_one_run_lacks_is_dropped_and_said(methods: tuple[Database, list[str]]) -> None:
    db, ids = methods
    with db.write() as connection:
        connection.execute(sa.text("DELETE FROM samples WHERE run_id = :run AND prompt_index = 0"), {"run": ids[0]})
    answer = judged(db, ids)
    assert answer.verdict is not None
    assert (answer.verdict.prompts, answer.verdict.dropped) == (PROMPTS - 1, 1)
    said = [english(text) for text in group_verdicts.sentences(answer)]
    assert "Prompts left out, since not all of these runs have a reward for them: 1." in said


def test_the_same_run_twice_is_no_second_seed(methods: tuple[Database, list[str]]) -> None:
    db, ids = methods
    again = trained(db, "dpo", 0)
    comparison = compared_groups.comparison(db, [ids[0], again, ids[3], ids[4]])
    answer = group_verdicts.of_comparison(db, comparison)
    assert answer is not None
    assert answer.verdict is not None
    assert [method.seeds for method in answer.verdict.methods] == [1, 2]


def test_one_group_is_compared_with_nothing(methods: tuple[Database, list[str]]) -> None:
    db, ids = methods
    assert group_verdicts.of_comparison(db, compared_groups.comparison(db, ids[:3])) is None
    assert "One group alone" in words(open_page("compare", runs=",".join(ids[:3]), tab="verdict"))


def test_of_very_many_pairs_the_first_are_shown(methods: tuple[Database, list[str]]) -> None:
    db, ids = methods
    answer = judged(db, ids, "none")
    assert answer.verdict is not None
    assert len(answer.verdict.pairs) == 36
    table = words(open_page("compare", runs=",".join(ids), tab="verdict", group="none"))
    assert "8 further pairs stand in the CSV." in table
