"""A system turn as a model reads it."""

import pytest

from engine.data.items import examples
from engine.data.system_turn import as_read, has_system_turn
from engine.spec import parse
from storage.records import Item, Preference, Response


def turns(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"role": role, "content": content} for role, content in pairs]


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        (turns(("user", "Rain?")), turns(("user", "Rain?"))),
        (turns(("system", "Be kind."), ("user", "Rain?")), turns(("user", "Be kind.\n\nRain?"))),
        (
            turns(("system", "A"), ("system", "B"), ("user", "C"), ("assistant", "D"), ("user", "E")),
            turns(("user", "A\n\nB\n\nC"), ("assistant", "D"), ("user", "E")),
        ),
        (turns(("system", "A"), ("assistant", "B")), turns(("user", "A"), ("assistant", "B"))),
        (turns(("system", "A")), turns(("user", "A"))),
        (turns(("user", "A"), ("system", "B")), turns(("user", "A"), ("system", "B"))),
    ],
)
def test_the_text_of_leading_system_turns_goes_before_the_first_question(messages: object, expected: object) -> None:
    assert as_read(messages, "in_first_user") == expected
    assert as_read(messages, "as_is") is messages
    assert has_system_turn(messages) is (messages[0]["role"] == "system")


def test_other_fields_of_the_question_stay() -> None:
    messages = [{"role": "system", "content": "A"}, {"role": "user", "content": "B", "name": "ann"}]
    assert as_read(messages, "in_first_user") == [{"role": "user", "content": "A\n\nB", "name": "ann"}]
    assert messages[1]["content"] == "B"


@pytest.mark.parametrize("source", ["frozen", "sampled"])
def test_examples_are_as_the_run_file_wants_them(source: str) -> None:
    item = Item(
        "1",
        ({"role": "system", "content": "A"}, {"role": "user", "content": "B"}),
        (Response("a", "yes"), Response("b", "no")),
        (Preference("a", "b"),),
    )
    for system_turn, count in (("as_is", 2), ("in_first_user", 1)):
        spec = parse({"algorithm": "dpo", "data": {"dataset": "x", "source": source, "system_turn": system_turn}})
        (example,) = examples([item], spec)
        assert len(example.messages) == count


def test_a_developer_turn_is_a_system_turn_too() -> None:
    messages = [{"role": "developer", "content": "Be kind."}, {"role": "user", "content": "Rain?"}]
    assert has_system_turn(messages)
    assert as_read(messages, "in_first_user") == [{"role": "user", "content": "Be kind.\n\nRain?"}]
