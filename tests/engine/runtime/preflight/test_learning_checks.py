"""What a preflight says of data that teaches nothing: how much of it there is, what to do, and where that is all."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.data.refusals import Refusals
from engine.models.model_folder import inspect
from engine.runtime.preflight import refused_items
from engine.runtime.preflight.check import preflight
from engine.runtime.preflight.refused_items import Prompts
from engine.spec import Problem
from engine.spec.answers import PreflightAnswer, TemplateCheckRequest
from storage import dataset_writes
from storage.database import Database
from storage.records import Item, Preference, Response
from tests import refusing, tiny
from words import english

pytestmark = pytest.mark.slow

LONG = "the rain on Monday, thank you. " * 8


def write(db: Database, name: str, kind: str, items: Sequence[Item]) -> str:
    dataset_writes.create(db, name, kind, 1.0)
    for item in items:
        dataset_writes.add_item(db, name, replace(item, id=""), 1.0)
    return name


def pair(number: int, chosen: str, rejected: str) -> Item:
    return replace(tiny.pair(number), responses=(Response("a", chosen), Response("b", rejected)))


def group(number: int, *scores: float) -> Item:
    responses = tuple(Response(f"r{index}", f"answer {index}", score=score) for index, score in enumerate(scores))
    return replace(tiny.pair(number), responses=responses, preferences=())


def labelled(number: int, label: bool) -> Item:
    return replace(tiny.pair(number), responses=(Response("a", f"yes {number}", label=label),), preferences=())


def warned(answer: PreflightAnswer) -> str:
    assert answer.problems == ()
    return "\n".join(map(english, answer.warning_texts))


def told(findings: Sequence[Problem]) -> list[tuple[str, str]]:
    return [(finding.path, english(finding.text)) for finding in findings]


@pytest.fixture
def cut_pairs(db: Database) -> str:
    """30 pairs: the first 12 differ only past the limit, the next 3 not at all, one has an empty answer."""
    items = [pair(number, LONG + "yes", LONG + "no") for number in range(12)]
    items += [pair(number, "the same", "the same") for number in range(12, 15)]
    items += [tiny.pair(number) for number in range(15, 29)]
    return write(db, "cut", "pairs", [*items, pair(29, "yes", "")])


def test_what_is_cut_and_what_does_not_differ_is_counted(db: Database, model: Path, cut_pairs: str):
    file = tiny.settings(model, cut_pairs, data={"max_tokens": 64, "max_prompt_tokens": 8})
    answer = preflight(db, file)
    data = answer.data_check
    assert data is not None
    assert data.checked == data.examples < 30
    assert data.prompts_cut == data.checked
    assert 8 <= data.equal_cut <= 12
    assert data.answers_cut == 2 * data.equal_cut
    assert 1 <= data.equal <= 3
    assert data.flags.keys() <= {"equal_responses", "empty_response"}
    said = warned(answer)
    assert f"{data.prompts_cut} prompts are longer than data.max_prompt_tokens (8)" in said
    assert f"{data.answers_cut} of {data.answers} answers have too little room in data.max_tokens (64)" in said
    assert f"The answers of {data.equal_cut} of {data.checked} examples are equal after cutting" in said
    assert f"The answers of {data.equal} of {data.checked} examples are equal: these teach nothing" in said
    assert "sample" not in said
    assert "identical answers" not in said, "said once"


def test_data_in_order_is_not_worth_a_word(db: Database, model: Path, pairs: str):
    answer = preflight(db, tiny.settings(model, pairs))
    assert warned(answer) == ""
    data = answer.data_check
    assert (data.equal, data.equal_cut, data.no_room, data.answers_cut, data.refused) == (0, 0, 0, 0, 0)
    assert data.prompts_in_all == data.prompts_read == 40


def test_of_much_data_the_counts_say_that_they_are_of_a_sample(
    db: Database, model: Path, cut_pairs: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("engine.data.data_stats.TOKENISED_EXAMPLES", 10)
    answer = preflight(db, tiny.settings(model, cut_pairs, data={"max_tokens": 64, "max_prompt_tokens": 40}))
    data = answer.data_check
    assert f"(Counted in a sample of {data.checked} of the {data.examples} examples.)" in warned(answer)
    assert data.checked <= 10


@pytest.mark.parametrize("algorithm", ["dpo", "reward", "grpo_pairwise"])
def test_pairs_that_all_differ_past_the_limit_only_are_refused(db: Database, model: Path, algorithm: str):
    write(db, "cut", "pairs", [pair(number, LONG + "yes", LONG + "no") for number in range(20)])
    data = {"max_tokens": 64, "max_prompt_tokens": 40}
    answer = preflight(db, tiny.settings(model, "cut", algorithm=algorithm, data=data))
    (problem,) = told(answer.problems)
    assert problem[0] == "data.max_tokens"
    assert "the answers are equal after cutting" in problem[1]
    assert answer.warning_texts == [], "the refusal says it all"
    assert answer.data_check.equal_cut == answer.data_check.checked
    assert told(preflight(db, tiny.settings(model, "cut", algorithm="sft", data=data)).problems) == []


def test_pairs_of_equal_answers_are_refused_whatever_the_limit(db: Database, model: Path):
    write(db, "same", "pairs", [pair(number, "the same", "the same") for number in range(20)])
    ((path, sentence),) = told(preflight(db, tiny.settings(model, "same", data={"max_tokens": 256})).problems)
    assert path == "data.dataset"
    assert "of same, the answers are equal, so there is nothing to learn from them." in sentence


def test_several_reasons_together_leave_nothing(db: Database, model: Path):
    items = [pair(number, LONG + "yes", LONG + "no") for number in range(10)]
    items += [pair(number, "the same", "the same") for number in range(10, 20)]
    write(db, "mixed", "pairs", items)
    answer = preflight(db, tiny.settings(model, "mixed", data={"max_tokens": 64, "max_prompt_tokens": 40}))
    ((path, sentence),) = told(answer.problems)
    assert path == "data.max_tokens"
    count = answer.data_check.checked
    assert "there is nothing to train on: 0 have no room" in sentence
    assert f"{count} have equal answers, as they are or after cutting" in sentence


def test_a_tie_among_judged_pairs_refuses_nothing(db: Database, model: Path):
    tie = group(19, 0.5, 0.5)
    write(db, "judged", "pairs", [*map(tiny.pair, range(19)), tie])
    for algorithm in ("dpo", "grpo_pairwise"):
        assert told(preflight(db, tiny.settings(model, "judged", algorithm=algorithm)).problems) == []


def test_pairs_that_no_difference_of_tau_is_in_are_refused(db: Database, model: Path, pairs: str):
    """A pair is a group scored 1 and 0."""
    ((path, _sentence),) = told(
        preflight(db, tiny.settings(model, pairs, algorithm="gspo_selective", tau=1.0)).problems
    )
    assert path == "tau"


def test_groups_whose_scores_do_not_differ_are_counted_and_refused_where_that_is_all(db: Database, model: Path):
    write(db, "some", "groups", [group(number, 1.0, 1.0 if number % 2 else 0.2) for number in range(20)])
    write(db, "none", "groups", [group(number, 0.7, 0.7, 0.7) for number in range(20)])
    write(db, "close", "groups", [group(number, 0.7, 0.6) for number in range(20)])
    for algorithm in ("grpo_pairwise", "dpo"):
        answer = preflight(db, tiny.settings(model, "some", algorithm=algorithm))
        data = answer.data_check
        assert 0 < data.constant_groups < data.groups
        words = f"In {data.constant_groups} of {data.groups} groups no two scores differ enough for {algorithm}"
        assert words in warned(answer)
    ((path, sentence),) = told(preflight(db, tiny.settings(model, "none", algorithm="grpo_pairwise")).problems)
    assert path == "data.dataset"
    assert sentence.startswith("The scores of each group of none are all equal")
    selective = tiny.settings(model, "close", algorithm="gspo_selective", tau=0.3)
    ((path, sentence),) = told(preflight(db, selective).problems)
    assert path == "tau"
    assert "differ by more than tau (0.3), the largest difference is 0.1" in sentence
    assert told(preflight(db, {**selective, "tau": 0.05}).problems) == []


def test_scores_that_are_made_anew_may_be_equal_as_they_are(db: Database, model: Path):
    write(db, "none", "groups", [group(number, 0.7, 0.7) for number in range(20)])
    file = tiny.settings(model, "none", algorithm="grpo_pairwise", reward=[{"kind": "length"}])
    assert told(preflight(db, file).problems) == []


@pytest.mark.parametrize("label", [True, False])
def test_labels_of_one_kind_only_are_told(db: Database, model: Path, label: bool):
    write(db, "one", "unpaired", [labelled(number, label) for number in range(20)])
    write(db, "both", "unpaired", [labelled(number, number % 2 == 0) for number in range(20)])
    ((_, sentence),) = told(preflight(db, tiny.settings(model, "one")).problems)
    assert sentence == "dpo cannot train on one: it holds labelled answers, and dpo needs pairs or groups."
    answer = preflight(db, tiny.settings(model, "one", algorithm="kto"))
    kind, other = ("good", "bad") if label else ("bad", "good")
    assert f"answers are labelled {kind}: kto learns from good and bad answers" in warned(answer)
    assert (answer.data_check.labels[kind] > 0, answer.data_check.labels[other]) == (True, 0)
    assert "labelled" not in warned(preflight(db, tiny.settings(model, "both", algorithm="kto")))


def test_labels_that_cancel_each_other_are_told_and_refused_where_that_is_all(db: Database, model: Path):
    data = {"max_tokens": 64, "max_prompt_tokens": 40}
    long = [pair(number, LONG + "yes", LONG + "no") for number in range(10)]
    write(db, "all", "pairs", [*long, *(pair(number, LONG + "yes", LONG + "no") for number in range(10, 20))])
    write(db, "half", "pairs", [*long, *map(tiny.pair, range(10, 20))])
    ((path, sentence),) = told(preflight(db, tiny.settings(model, "all", algorithm="kto", data=data)).problems)
    assert path == "data.max_tokens"
    assert "cancel each other" in sentence
    answer = preflight(db, tiny.settings(model, "half", algorithm="kto", data=data))
    assert 0 < answer.data_check.contradicting < answer.data_check.checked
    count = answer.data_check.contradicting
    assert f"{count} answers are labelled good in one example and bad in another" in warned(answer)
    longer = tiny.settings(model, "half", algorithm="kto", data={"max_tokens": 256}, evaluation={"prompts": 2})
    assert preflight(db, longer).warnings == ()


def test_flagged_items_are_told_by_the_name_of_their_flag(db: Database, model: Path, cut_pairs: str):
    said = warned(preflight(db, tiny.settings(model, cut_pairs, data={"max_tokens": 128})))
    assert "items are flagged “empty answer”: look at them on the Data page" in said
    sampled = tiny.settings(model, cut_pairs, algorithm="grpo", data={"source": "sampled"})
    assert "flagged" not in warned(preflight(db, sampled))


@pytest.fixture(scope="module")
def refuser(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return refusing.write_model(model, tmp_path_factory.mktemp("refuser"))


def run_file(refuser: Path, **data: Any) -> dict[str, Any]:
    return tiny.settings(refuser, "talks", data=data)


def test_rows_that_the_template_refuses_are_found_among_all(db: Database, refuser: Path):
    refusing.write_pairs(db, "talks", 40, asked_twice=[5, 30])
    answer = preflight(db, run_file(refuser))
    assert "2 of 40 prompts cannot be read and are skipped. Items: 00006, 00031." in warned(answer)
    assert "Question and answer must alternate" in warned(answer)
    assert answer.data_check.refused_items == ("00006", "00031")


def test_a_system_turn_is_offered_another_place(db: Database, refuser: Path):
    refusing.write_pairs(db, "talks", 40, with_system=range(10), asked_twice=[5])
    answer = preflight(db, run_file(refuser))
    offer = dict(told(answer.warnings))["data.system_turn"]
    assert "10 of 40 prompts cannot be read" in offer
    assert "With data.system_turn: in_first_user" in offer
    assert "9 of them can be read." in offer
    folded = preflight(db, run_file(refuser, system_turn="in_first_user"))
    assert folded.data_check.refused == 1
    assert "in_first_user" not in warned(folded)


def test_where_every_row_is_refused_so_is_the_launch(db: Database, refuser: Path):
    refusing.write_pairs(db, "talks", 20, with_system=range(20))
    ((path, sentence),) = told(preflight(db, run_file(refuser)).problems)
    assert path == "data.system_turn"
    assert "Not one prompt of talks can be read." in sentence
    assert "There is no system turn" in sentence
    assert "20 of them can be read" in sentence
    assert told(preflight(db, run_file(refuser, system_turn="in_first_user")).problems) == []


def test_an_evaluation_set_that_cannot_be_read_is_a_problem(db: Database, refuser: Path, pairs: str):
    refusing.write_pairs(db, "talks", 20, asked_twice=range(20))
    file = {**tiny.settings(refuser, pairs), "evaluation": {"dataset": "talks"}}
    ((path, sentence),) = told(preflight(db, file).problems)
    assert (path, sentence.partition(".")[0]) == ("evaluation.dataset", "Not one prompt of talks can be read")


def test_a_check_is_kept_until_an_edit(db: Database, refuser: Path, monkeypatch: pytest.MonkeyPatch):
    refusing.write_pairs(db, "talks", 20, asked_twice=[0])
    request = TemplateCheckRequest(dataset="talks", model=str(refuser))
    first = refused_items.check_dataset(db, request)
    assert (first.prompts_in_all, first.prompts_read, first.refused, first.mended) == (20, 20, 1, 0)
    assert [item.item for item in first.items] == ["00001"]
    monkeypatch.setattr(refused_items, "SECONDS", -1.0)
    assert refused_items.check_dataset(db, request) == first
    dataset_writes.add_item(db, "talks", replace(tiny.pair(50), id=""), 2.0)
    assert refused_items.check_dataset(db, request).prompts_read == 0


def test_a_check_that_ran_out_of_time_is_kept_for_a_while_only(
    db: Database, refuser: Path, monkeypatch: pytest.MonkeyPatch
):
    refusing.write_pairs(db, "talks", 20, asked_twice=[0])
    place, now = inspect("refusing", refuser), [0.0]

    def check() -> Refusals:
        return refused_items.find(db, Prompts("talks"), place, "as_is", clock=lambda: now[0])

    with monkeypatch.context() as patch:
        patch.setattr(refused_items, "SECONDS", -1.0)
        assert (check().checked, check().total) == (0, 20)
    now[0] = refused_items.UNFINISHED_SECONDS - 2
    assert check().checked == 0
    now[0] = refused_items.UNFINISHED_SECONDS + 2
    assert (check().checked, check().count) == (20, 1)


def test_the_data_page_is_told_what_stands_in_the_way(db: Database, refuser: Path):
    missing = refused_items.check_dataset(db, TemplateCheckRequest(dataset="none", model=str(refuser)))
    assert english(missing.problem) == "There is no dataset named none."


def test_preferences_of_scored_answers_are_no_groups(db: Database, model: Path, pairs: str):
    both = replace(group(1, 0.5, 0.5), preferences=(Preference("r0", "r1"),))
    write(db, "judged", "pairs", [replace(both, messages=tiny.pair(number).messages) for number in range(20)])
    assert preflight(db, tiny.settings(model, "judged")).data_check.groups == 0
