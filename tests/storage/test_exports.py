"""Every form and every kind of file, with invented items: what is written comes back, and what would not is refused."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import exports, formats
from storage.data_files import ItemReader
from storage.errors import Invalid
from storage.formats.fitting import check_same
from storage.records import Item, Preference, Response
from words import english

USER = {"role": "user", "content": "Rain?"}
CALL = {"id": "c1", "type": "function", "function": {"name": "look", "arguments": '{"town": "Bern"}'}}
CALLING = {"role": "assistant", "content": "", "tool_calls": [CALL]}
PAIR = Item("a", (USER,), (Response("r1", "Yes."), Response("r2", "No.")), (Preference("r1", "r2"),))
TIE = replace(PAIR, id="tie", preferences=())
TOOLS = replace(PAIR, id="tools", messages=(USER, CALLING, {"role": "tool", "content": "wet"}))
ENDINGS = (".jsonl", ".json", ".csv", ".tsv", ".parquet", ".csv.gz")

# with marks of dialogues, JSON and signs of tables, which readers take for more than text
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12),
    st.sampled_from(
        ["\n\nHuman: x", '[{"role": "user", "content": "x"}]', "<|im_start|>user\nx", "a\r\nb", '"', "=1", "1"]
    ),
)
SPEAKING = st.sampled_from(["user", "assistant", "system", "tool", "developer"])
MESSAGES = st.lists(st.builds(lambda role, text: {"role": role, "content": text}, SPEAKING, TEXTS), max_size=3)
SCORES = st.one_of(st.none(), st.floats(-9, 9), st.integers(0, 9))


@st.composite
def items(draw: st.DrawFn) -> Item:
    prompt = (*draw(MESSAGES), {"role": "user", "content": draw(TEXTS)})
    responses = tuple(
        Response(f"r{place}", draw(TEXTS), draw(SCORES), draw(st.sampled_from([None, True, False]))) for place in (1, 2)
    )
    preferences = draw(st.sampled_from([(), (Preference("r1", "r2"),), (Preference("r2", "r1"),)]))
    extra: dict[str, Any] = draw(st.sampled_from([{}, {"note": "x"}, {"tools": [CALL["function"]]}]))
    if draw(st.booleans()):
        prompt = (*prompt, CALLING, {"role": "tool", "content": draw(TEXTS)}, USER)
    return Item("", prompt, responses, preferences, extra=extra)


def read(path: Path, form: str) -> list[Item]:
    return list(ItemReader(path, form).items())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(items(), min_size=1, max_size=3))
@pytest.mark.parametrize("form", formats.WRITTEN)
def test_what_is_written_comes_back_in_every_form_and_file(form: str, given_items: list[Item]):
    written_form = formats.FORMATS[form]
    with TemporaryDirectory() as folder:
        for ending in ENDINGS:
            path = Path(folder, f"out{ending}")
            try:
                report = exports.write(path, written_form, given_items, skip_unfit=True)
            except Invalid:
                continue  # it holds none of them
            left_out = {each.place for each in report.left_out}
            held = [item for place, item in enumerate(given_items, 1) if place not in left_out]
            if report.rows == 0:
                continue
            back = read(path, form)
            wanted = [item for item in held for _ in written_form.write([item])]
            assert len(back) == len(wanted) == report.rows
            for item, own in zip(wanted, back, strict=True):
                check_same(item, own, form)


def test_our_own_form_keeps_everything_in_every_file(tmp_path: Path):
    responses = Response("x", "Yes.", 0.5, True, "m"), Response("y", "")
    full = replace(PAIR, topic="weather", tags=("en", "é"), extra={"n": {"a": [1]}}, responses=responses)
    full = replace(full, preferences=(Preference("x", "y", 0.5),))
    for ending in ENDINGS:
        path = tmp_path / f"out{ending}"
        exports.write(path, formats.FORMATS["jsonl"], [full, replace(PAIR, id="b")])
        assert [replace(item, flags=()) for item in read(path, "auto")] == [full, replace(PAIR, id="b")], ending


@pytest.mark.parametrize("form", ["alpaca", "hh"])
def test_what_a_form_cannot_hold_is_refused_by_row_or_listed(tmp_path: Path, form: str):
    out = tmp_path / "out.jsonl"
    with pytest.raises(Invalid, match=rf"The form {form} cannot hold 1 of 3 items.* is in row 3: .*--skip-unfit"):
        exports.write(out, formats.FORMATS[form], [PAIR, TIE, TOOLS])
    assert not out.exists()
    report = exports.write(out, formats.FORMATS[form], [PAIR, TIE, TOOLS], skip_unfit=True)
    assert report.rows == 1
    assert [(each.place, each.item, each.unfit) for each in report.left_out] == [(2, "tie", False), (3, "tools", True)]
    assert english(report.left_out[0].reason) == "It has no preference between two answers."


def test_nothing_is_written_where_no_item_fits(tmp_path: Path):
    with pytest.raises(Invalid, match="cannot hold 1 of 1"):
        exports.write(tmp_path / "out.jsonl", formats.FORMATS["alpaca"], [TOOLS], skip_unfit=True)


def test_swift_has_calls_as_turns_of_their_own(tmp_path: Path):
    (row,) = formats.FORMATS["swift"].write([TOOLS])
    assert [message["role"] for message in row["messages"]] == ["user", "tool_call", "tool", "assistant"]
    assert row["messages"][1]["content"] == '{"name": "look", "arguments": {"town": "Bern"}}'
    bare = {**row, "messages": [{"role": m["role"], "content": m["content"]} for m in row["messages"]]}
    check_same(TOOLS, formats.FORMATS["swift"].read(bare), "swift")


def test_a_changed_item_is_not_the_same():
    for changed in (
        replace(PAIR, messages=(*PAIR.messages, USER)),
        replace(PAIR, responses=(Response("r1", "Yes!"), Response("r2", "No."))),
        replace(PAIR, preferences=(Preference("r2", "r1"),)),
    ):
        with pytest.raises(Invalid, match="The form trl would change the"):
            check_same(PAIR, changed, "trl")
