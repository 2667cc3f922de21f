"""The loop with two simulated judges: sample, judge, adjudicate, freeze, train, sample again; lineage both ways.

Runs go through the command line, verdicts through the verbs that pages call. Left out: the same by hand in a browser.
"""

import sys
import tempfile
import time
import uuid
import zlib
from collections import defaultdict
from collections.abc import Callable, Sequence, Set
from pathlib import Path
from typing import Any

from accept.report import alignlab, answer, conclude
from app.actions import dataset_edits, judging
from app.people import Person
from engine.rewards import polite
from storage import datasets, generated_items, judging_loop, run_links, runs
from storage.database import Database, connect
from storage.item_content import to_json
from storage.judging import judgements
from storage.judging.judgement_records import Adjudication, Ask, Judgement, NewJudgement, RoundSettings, Verdict
from storage.records import Item
from storage.workspace import Workspace

PROMPTS = 40
MOST_SECONDS = 600
DATASET, AGAIN = "loop-answers", "loop-again"
SLIPS_EVERY = 5  # of the second judge, so that there is something to adjudicate
LEAD = Person("lead", "lead", "researcher")
ADA, BEN = (Person(name, name, "annotator") for name in ("ada", "ben"))
RUN_FILE = """
algorithm: dpo
name: loop-dpo
model: {{name: starter}}
data: {{dataset: {dataset}, version: {version}}}
optimizer: {{batch_size: 8}}
budget: {{steps: 40}}
evaluation: {{every: 20, prompts: 16}}
"""


def main() -> int:
    """Go round once, and see what is linked with what."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "workspace"
        alignlab("data", "list", workspace=root)  # sets the workspace up, which is not what is timed
        began = time.monotonic()
        sampled = _generate(root, "starter", "--name", DATASET)
        db = connect(Workspace(root))
        votes = _judge(db)
        decided = _adjudicate(db)
        version = dataset_edits.freeze(db, LEAD, DATASET, time.time())
        file = Path(folder) / "dpo.yaml"
        file.write_text(RUN_FILE.format(dataset=DATASET, version=version.hash))
        trained = answer(alignlab("train", str(file), "--json", workspace=root))
        again = _generate(root, f"run:{trained['id']}", "--against", "starter", "--name", AGAIN)
        seconds = time.monotonic() - began
        linked = lineage(db, sampled["id"], trained["id"], again["id"], version.hash, against={"starter"})
        figures = {
            "seconds": round(seconds, 1),
            "items": sampled["prompts"],
            "votes": sum(map(len, votes.values())),
            "adjudicated": decided,
            "preferences": sum(bool(item.preferences) for item in datasets.load(db, version.hash)),
            "won_against_starter": round(_won(datasets.items(db, AGAIN)[0]), 3),
        }
        db.close()
    wanted = {
        f"under {MOST_SECONDS} s": seconds < MOST_SECONDS,
        "each question has two verdicts by two people": {len(people) for people in votes.values()} == {2},
        "some pairs were adjudicated": decided > 0,
        "the run ended well": trained["state"] == again["state"] == "succeeded",
        **linked,
    }
    return conclude("loop", figures, wanted)


def _generate(root: Path, model: str, *options: str) -> dict[str, Any]:
    common = ("--prompts", "polite-weather", "--limit", str(PROMPTS), "--json")
    done: dict[str, Any] = answer(alignlab("generate", model, *common, *options, workspace=root))
    return done


def _judge(db: Database) -> dict[str, set[str]]:
    """Two people answer all questions, turn about; item -> the accounts that judged it."""
    round_ = judging.open_round(db, LEAD, DATASET, RoundSettings(overlap=2), time.time())
    people: dict[str, set[str]] = defaultdict(set)
    tastes: Sequence[tuple[Person, Callable[[Ask], Verdict]]] = ((ADA, _prefers), (BEN, _prefers_with_slips))
    left = True
    while left:
        left = False
        for person, taste in tastes:
            asks = judging.next_questions(db, person, DATASET, round_.number, 7, time.time())
            votes = [
                NewJudgement(str(uuid.uuid4()), ask.question.id, ask.turn, taste(ask), seconds=2.0) for ask in asks
            ]
            receipts = judging.record(db, person, votes, time.time())
            assert all(receipt.stored == "stored" for receipt in receipts), receipts
            left = left or bool(asks)
            for ask in asks:
                people[ask.item.id].add(str(person.account))
    return people


def _prefers(ask: Ask) -> Verdict:
    first, second = _scores_of(ask.item, ask.question.responses)
    return "tie" if first == second else "a" if first > second else "b"


def _prefers_with_slips(ask: Ask) -> Verdict:
    verdict = _prefers(ask)
    swapped: dict[Verdict, Verdict] = {"a": "b", "b": "a"}
    return swapped.get(verdict, "a") if slips(ask.item) else verdict


def slips(item: Item) -> bool:
    """Whether the second judge is careless with this item."""
    return zlib.crc32(item.id.encode()) % SLIPS_EVERY == 0


def scores(item: Item, texts: Sequence[str]) -> list[float]:
    """How polite these answers to the item's prompt are."""
    return polite.score(item.messages, texts, [to_json(item)] * len(texts))["polite"]


def _scores_of(item: Item, responses: Sequence[str]) -> list[float]:
    by_id = {response.id: response.text for response in item.responses}
    return scores(item, [by_id[name] for name in responses])


def _adjudicate(db: Database) -> int:
    """Decide the pairs over which the two differ; how many these are."""
    by_item: dict[str, list[Judgement]] = defaultdict(list)
    for judgement in judgements.listing(db, DATASET):
        by_item[judgement.item_id].append(judgement)
    split = [own for own in by_item.values() if len({judgement.verdict for judgement in own}) > 1]
    for first, *_others in split:
        pair = (str(first.response_a), str(first.response_b))
        one, other = _scores_of(datasets.item(db, DATASET, first.item_id), pair)
        decision = Adjudication(first.item_id, *pair, "a" if one >= other else "b")
        judging.adjudicate(db, LEAD, DATASET, decision, time.time())
    return len(split)


def lineage(
    db: Database, sampled: str, trained: str, again: str, version: str, against: Set[str] = frozenset()
) -> dict[str, bool]:
    """Whether each step knows those before and after it. `against`: what else answered in the second round."""
    loop = judging_loop.of_dataset(db, datasets.get(db, DATASET))
    rested_on = judgements.of_version(db, version)
    items = datasets.items(db, AGAIN)[0]
    checkpoint = runs.checkpoints(db, trained)[-1]
    return {
        "the dataset names the run that sampled it": [run.id for run in loop.generated_by] == [sampled],
        "the run names the dataset": (made := generated_items.of_run(db, sampled)) is not None and made.name == DATASET,
        "each item names the run": {item.extra["generated"]["run"] for item in datasets.load(db, version)} == {sampled},
        "the version lists its verdicts": len(rested_on) == loop.verdicts[version] > 0,
        "each of these verdicts names the version": all(
            version in judgements.versions_of(db, judgement.id) for judgement in rested_on
        ),
        "each of them names the run that was trained on it": all(
            [run.id for run in judgements.runs_of(db, judgement.id)] == [trained] for judgement in rested_on
        ),
        "the version names the run that was trained on it": [run.id for run in loop.trained] == [trained],
        "the new answers name the checkpoint": {response.origin for item in items for response in item.responses}
        == {f"run:{trained}@{checkpoint.step}", *against},
        "the trained run is linked with the run that sampled from it": (trained, again)
        in {(link.parent, link.child) for link in run_links.lineage(db, trained)},
    }


def _won(items: Sequence[Item]) -> float:
    """How often the checkpoint's answer scores over the starter's; ties count a half."""
    pairs = [
        _scores_of(item, [response.id for response in item.responses]) for item in items if len(item.responses) == 2
    ]
    return sum((first > second) + (first == second) / 2 for first, second in pairs) / len(pairs)


if __name__ == "__main__":
    sys.exit(main())
