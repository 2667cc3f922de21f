"""Prompts that a template refuses, counted and told."""

from collections.abc import Sequence
from itertools import pairwise

from engine.data.refusals import BATCH, checker, refusals
from engine.data.system_turn import Messages, as_read
from engine.data.templates import Template
from engine.spec.blocks import SystemTurn
from storage.records import Item, Response
from tests.engine.data.chat_models import CALLING, CHATML, byte_level, calling
from words import Text, english


def check(items: Sequence[Item], system_turn: SystemTurn) -> list[Text | None]:
    """As a template that knows no system turn, and wants questions and answers in turn."""
    return [cause(as_read(item.messages, system_turn)) for item in items]


def cause(messages: Messages) -> Text | None:
    roles = [message["role"] for message in messages]
    if "system" in roles:
        return ("no system turn, please", {})
    return ("roles must alternate", {}) if any(first == second for first, second in pairwise(roles)) else None


def item(name: str, *roles: str) -> Item:
    return Item(name, tuple({"role": role, "content": role} for role in roles))


ITEMS = [item("a", "user"), item("b", "user", "user"), item("c", "system", "user"), item("d", "system", "user", "user")]


def found(items: Sequence[Item] = ITEMS, system_turn: SystemTurn = "as_is") -> object:
    return refusals(items, len(items), check, system_turn)


def test_refused_items_are_counted_and_named_with_the_templates_words() -> None:
    result = found()
    assert (result.count, result.checked, result.items) == (3, 4, {"b", "c", "d"})
    sentence = english(result.text)
    assert sentence.startswith("3 of 4 prompts cannot be read and are skipped. Items: b, c, d.")
    assert sentence.endswith("roles must alternate")


def test_it_is_told_how_many_a_folded_system_turn_would_mend() -> None:
    assert found().mended == 1
    assert found(system_turn="in_first_user").mended == 0
    assert found(system_turn="in_first_user").items == {"b", "d"}


def test_where_time_runs_out_the_share_that_was_checked_is_told() -> None:
    many = [item(f"i{number}", *["user"] * (1 + number % 2)) for number in range(BATCH + 1)]
    clock = iter([False, True])
    result = refusals(many, 400, check, "as_is", lambda: next(clock))
    assert (result.checked, result.count) == (BATCH, BATCH // 2)
    assert f"{BATCH // 2} of the {BATCH} prompts that were checked in time (of 400)" in english(result.text)


def test_of_many_items_the_first_are_named() -> None:
    many = [item(f"i{number}", "user", "user") for number in range(12)]
    assert "i9, …" in english(found(many).text)
    assert "i10" not in english(found(many).text)


def test_an_answer_whose_calls_are_not_written_refuses_its_item_where_answers_are_read() -> None:
    messages = ({"role": "user", "content": "Rain?"},)
    calls = {"answer_fields": {"a": {"tool_calls": calling("rain")["tool_calls"]}}}
    items = [Item("calls", messages, (Response("a", ""),), extra=calls), Item("talks", messages, (Response("a", ""),))]
    template = Template.from_tokenizer(byte_level(CHATML))
    refused = refusals(items, 2, checker(template, answers=True), "as_is")
    assert refused.items == {"calls"}
    assert "does not write the calls of tools that an answer makes" in english(refused.text)
    assert refusals(items, 2, checker(template, answers=False), "as_is").count == 0
    writing = Template.from_tokenizer(byte_level(CALLING))
    assert refusals(items, 2, checker(writing, answers=True), "as_is").count == 0


def test_nothing_is_refused_of_data_in_order() -> None:
    assert found(ITEMS[:1]).count == 0
