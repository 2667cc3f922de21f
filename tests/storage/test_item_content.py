"""What makes prompts equal, which of them are held out, and what is remarkable about an item."""

from dataclasses import replace
from typing import Any

import pytest

from storage.errors import Invalid
from storage.item_content import (
    asked_key,
    canonical,
    check,
    content_hash,
    kind_of,
    normal,
    prompt_key,
    script,
    split,
    with_flags,
)
from storage.records import Item, Preference, Response


def asked(text: str, **more: object) -> Item:
    return Item(id=str(more.pop("id", text)), messages=({"role": "user", "content": text},), **more)


@pytest.mark.parametrize("spelling", ["  how WARM\nis\tit? ", "How warm is it?", "Ｈｏｗ ｗａｒｍ is it？"])
def test_prompts_are_equal_whatever_their_case_width_and_spaces(spelling: str):
    assert prompt_key(asked(spelling).messages) == prompt_key(asked("How warm is it?").messages)


def test_roles_and_all_turns_tell_prompts_apart():
    one = {"role": "user", "content": "a"}
    other = {"role": "assistant", "content": "a"}
    keys = {prompt_key(turns) for turns in ([one], [other], [one, other], [{"role": "user", "content": "a a"}])}
    assert len(keys) == 4


def test_case_folding_is_more_than_lower_case():
    assert normal("STRASSE") == normal("Straße")


def test_the_hash_is_of_content_and_not_of_order_or_derived_marks():
    items = [asked("a", id="1"), asked("b", id="2", topic="天气")]
    assert content_hash(items) == content_hash(items[::-1])
    assert content_hash(items) == content_hash([replace(items[0], flags=("duplicate",), split="train"), items[1]])
    assert content_hash(items) != content_hash([items[0], replace(items[1], topic="weather")])
    # sha256 of the canonical line below and a newline
    assert canonical(items[0]) == (
        '{"extra":{},"id":"1","preferences":[],"prompt":[{"content":"a","role":"user"}],'
        '"responses":[],"tags":[],"topic":null}'
    )
    assert content_hash(items[:1]) == "1a5d079e20b38656e7070c6583c27cce818751f8e470ae07095f4de2b40f2f60"


def test_about_a_tenth_is_held_out_and_equal_prompts_stay_together():
    items = [asked(f"question {number}", id=f"{number}-{copy}") for number in range(1000) for copy in range(2)]
    parts = {item.id: item.split for item in split(items)}
    held_out = sum(part == "held_out" for part in parts.values())
    assert 150 <= held_out <= 250
    assert all(parts[f"{number}-0"] == parts[f"{number}-1"] for number in range(1000))


def test_the_split_of_a_prompt_does_not_depend_on_the_others():
    items = [asked(f"question {number}") for number in range(400)]
    few = split(items[:200])
    assert few == split(items)[:200]


def test_few_prompts_all_train():
    for count, held_out in ((19, 0), (60, None)):
        items = [asked(f"question {number}") for number in range(count) for _ in range(2)]
        found = sum(item.split == "held_out" for item in split(items))
        assert found == held_out if held_out is not None else found > 0


def test_a_side_that_would_be_empty_means_no_split():
    items = [asked(f"question {number}") for number in range(400)]
    by_split = {part: [item for item in items if item in part_items] for part, part_items in parts(items).items()}
    for one_sided in by_split.values():
        assert len(one_sided) >= 20
        assert {item.split for item in split(one_sided)} == {"train"}


def parts(items: list[Item]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = {"train": [], "held_out": []}
    for item in split(items):
        found[str(item.split)].append(replace(item, split=None))
    return found


def answered(*responses: Response, preferences: tuple[Preference, ...] = ()) -> Item:
    return asked("a", responses=responses, preferences=preferences)


def test_the_kind_follows_from_what_the_items_hold():
    a, b = Response("a", "x"), Response("b", "y")
    assert kind_of([answered(a, b, preferences=(Preference("a", "b"),)), answered()]) == "pairs"
    assert kind_of([answered(replace(a, score=0.0), b)]) == "groups"
    assert kind_of([answered(replace(a, label=False))]) == "unpaired"
    assert kind_of([answered(replace(a, label=False, score=1.0))]) == "unpaired"
    assert kind_of([answered(replace(a, score=1.0))]) == "demonstrations", "nothing to compare it with"
    assert kind_of([answered(a), answered()]) == "demonstrations"
    assert kind_of([answered()]) == "prompts"


def test_flags_name_what_a_person_should_look_at():
    a, b, empty = Response("a", "x"), Response("b", " x\n"), Response("c", " \n")
    items = [
        answered(a),
        answered(a, empty),
        answered(a, b, preferences=(Preference("a", "b"),)),
        replace(answered(a), messages=({"role": "user", "content": " "},)),
        replace(answered(a, empty), id="another id", topic="another topic"),
    ]
    wanted = [(), ("empty_response",), ("equal_responses",), ("empty_prompt",), ("duplicate", "empty_response")]
    assert [item.flags for item in with_flags(items)] == wanted


def test_a_prompt_with_other_tools_is_another_one():
    first, other = ([{"type": "function", "function": {"name": name}}] for name in ("rain", "wind"))
    items = [replace(answered(Response("a", "x")), extra={"tools": tools}) for tools in (first, other, first, [])]
    assert [item.flags for item in with_flags(items)] == [(), (), ("duplicate",), ()]
    assert len({asked_key(item) for item in items}) == 3
    assert asked_key(items[3]) == prompt_key(items[3].messages)


def flags(item: Item) -> tuple[str, ...]:
    return with_flags([item])[0].flags


def test_scores_that_contradict_the_preference_are_flagged():
    def scored(chosen: float | None, rejected: float | None) -> Item:
        responses = (Response("a", "x", chosen), Response("b", "y", rejected))
        return answered(*responses, preferences=(Preference("a", "b"),))

    assert flags(scored(1, 2)) == ("score_contradiction",)
    for chosen, rejected in ((2, 1), (1, 1), (None, 2), (1, None)):
        assert flags(scored(chosen, rejected)) == ()


@pytest.mark.parametrize(
    "text",
    [
        *("<|im_end|>", "a</s>", "<s>a", "<|endoftext|>", "[INST] a [/INST]", "<|eot_id|>", "<|user|>", "<<SYS>>"),
        *("<start_of_turn>user", "<end_of_turn>", "<｜User｜>", "<|turn>user", "<pad>", "[gMASK]", "[TOOL_CALLS]"),
    ],
)
def test_special_tokens_typed_into_texts_are_flagged(text: str):
    assert flags(answered(Response("a", text))) == ("special_tokens",)
    assert flags(asked(f"before {text} after")) == ("special_tokens",)


@pytest.mark.parametrize(
    "text", ["a < b | c > d", "x <| f |> g", "[inst]", "<strong>", "s>", "<|>", "a[INSTANCE]", "||"]
)
def test_usual_signs_are_no_special_tokens(text: str):
    assert flags(answered(Response("a", text))) == ()


def test_an_answer_that_calls_tools_is_not_empty():
    called = {"answer_fields": {"a": {"tool_calls": [{"function": {"name": "boil"}}]}}}
    pair = answered(Response("a", ""), Response("b", " "), preferences=(Preference("a", "b"),))
    assert flags(pair) == ("empty_response", "equal_responses")
    assert flags(replace(pair, extra=called)) == ("empty_response", "tool_calls_in_response"), "b is empty"
    assert flags(replace(answered(Response("a", "")), extra=called)) == ("tool_calls_in_response",)
    assert flags(replace(answered(Response("a", "x")), extra={"answer_fields": ["odd"]})) == ()


@pytest.mark.parametrize("number", [float("inf"), float("-inf"), float("nan"), 10**400, -(10**400)])
def test_a_number_that_no_float_holds_is_refused_wherever_it_stands(number: float):
    preference = Preference("a", "b", strength=number)
    items = [
        (answered(Response("a", "x", number)), "score"),
        (answered(Response("a", "x"), Response("b", "y"), preferences=(preference,)), "strength"),
        (asked("a", extra={"n": number}), "n"),
        (asked("a", extra={"n": [{"deep": [1, number]}]}), "deep"),
        (replace(asked("a"), messages=({"role": "user", "content": "x", "weight": number},)), "weight"),
    ]
    for item, field in items:
        with pytest.raises(Invalid, match=f"^The field {field} holds a number that is not finite or too large"):
            check(item)


@pytest.mark.parametrize("value", [10**300, -1.5, True, "1e999", "\\u0000", [[[]]], {"a": None}])
def test_other_values_are_stored(value: Any):
    assert check(asked("a", extra={"n": value})).extra == {"n": value}


def test_what_cannot_be_stored_is_refused_in_names_too():
    for extra in ({"a\0": 1}, {"a": {"\ud83d": 1}}, {"a": ["\0"]}):
        with pytest.raises(Invalid, match="a character that cannot be stored"):
            check(asked("a", extra=extra))


def test_endless_nesting_is_refused():
    deep: list[Any] = []
    for _ in range(2000):
        deep = [deep]
    with pytest.raises(Invalid, match=r"^The field n is nested too deeply\."):
        check(asked("a", extra={"n": deep}))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("今天天气怎么样？", "han"),
        ("How warm is it?", "latin"),
        ("Python 怎么安装", "han"),
        ("1 + 1 = ?", "other"),
        ("Straße", "latin"),
        ("你好 means hello in Chinese", "latin"),
        ("Привет", "other"),
    ],
)
def test_the_script_is_that_of_most_letters(text: str, found: str):
    assert script(asked(text)) == found
