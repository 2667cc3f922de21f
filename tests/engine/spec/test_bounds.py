"""Run files as data, from whoever wrote them: bounded, and refused in a few short sentences."""

from typing import Any

import pytest

from engine.spec import SpecError, dump, parse, parse_chain
from engine.spec.problems import MOST_PROBLEMS, shown, shown_key

DPO: dict[str, Any] = {"algorithm": "dpo", "data": {"dataset": "d"}}


def sentences(data: Any) -> list[str]:
    with pytest.raises(SpecError) as caught:
        parse_chain(data) if "stages" in data else parse(data)
    lines = str(caught.value).split("\n")
    assert len(lines) == len(caught.value.problems), "a sentence is one line"
    assert all(len(line) < 1_000 for line in lines)
    return lines


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def test_what_is_nested_too_deep_is_refused():
    (line,) = sentences({**DPO, "beta": nested(5_000)})
    assert line.startswith("The run file is nested more than 50 deep at beta.1.1")
    endless: dict[str, Any] = {**DPO}
    endless["model"] = endless
    assert "nested more than 50 deep" in sentences(endless)[0]


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
@pytest.mark.parametrize("place", ["name", "unheard"])
def test_text_that_nothing_can_store_is_refused_with_its_place(text: str, place: str):
    assert sentences({**DPO, place: text})[0].startswith(f"{place} holds the character U+")
    assert sentences({**DPO, f"{text}{place}": 1})[0].endswith(", which no text has.")


def test_unknown_keys_beyond_what_a_person_reads_are_told_as_more():
    lines = sentences({**DPO, **{f"betta_{number}": number for number in range(20_000)}})
    assert len(lines) == MOST_PROBLEMS + 1
    assert "is not a setting of a dpo run" in lines[0]
    assert lines[-1] == "There are more mistakes than these."


def test_a_known_key_that_is_wrong_is_told_before_thousands_that_are_unknown():
    unknown = {f"betta_{number}": number for number in range(300)}
    assert sentences({**unknown, **DPO, "beta": -1})[0].startswith("beta must be a number > 0")


@pytest.mark.parametrize("key", ["k" * 100_000, "k." * 50_000, "\x1b[31m" * 1_000, "\u202e"])
def test_a_long_or_odd_key_is_shown_in_part_and_without_effect(key: str):
    (line,) = sentences({**DPO, key: 1})
    assert len(line) < 400
    assert line.isprintable()


@pytest.mark.parametrize(
    "value", [10**30, -(10**30), 10**5000, -(10**5000)], ids=["huge", "-huge", "endless", "-endless"]
)
@pytest.mark.parametrize("path", ["batch_size", "micro_batch"])
def test_numbers_that_no_run_needs_are_refused(value: int, path: str):
    (line,) = sentences({**DPO, "optimizer": {path: value}})
    assert line.startswith(f"optimizer.{path} must be")


@pytest.mark.parametrize("value", [True, [], {}, "", [1], 1.5, float("nan"), float("inf"), "9" * 9_000, nested(40)])
def test_other_things_than_a_whole_number_are_refused(value: Any):
    (line,) = sentences({**DPO, "seed": value})
    assert line.startswith("seed must be a whole number")


def test_a_huge_number_is_shown_by_its_size():
    assert shown(10**5000) == "≈10^5000"
    assert shown([10**5000]) == "list ..."
    assert shown("\x1b[0m") == r"'\x1b[0m'"
    assert shown_key("a\u202eb\n") == r"a\u202eb\n"


def test_a_file_has_only_so_many_stages():
    stage = {"algorithm": "sft", "data": {"dataset": "d"}}
    assert sentences({"stages": [{**stage, "name": f"s{number}"} for number in range(101)]}) == [
        "A file has at most 100 stages."
    ]


def test_a_mistake_beside_stages_is_not_told_for_each_of_them():
    stages = [{"name": f"s{number}"} for number in range(100)]
    assert len(sentences({**DPO, **{f"x{number}": 1 for number in range(500)}, "stages": stages})) < 50


def test_old_rows_with_what_is_refused_today_can_still_be_read():
    judge = {"kind": "judge", "url": "http://10.0.0.7/v1", "model": "m", "key": "env:JUDGE_KEY"}
    spec = parse({**DPO, "name": "a\u202eb", "reward": [judge]})
    assert parse(dump(spec)) == spec
