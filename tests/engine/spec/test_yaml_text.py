"""YAML that would take long, much memory, or more than settings can say: one sentence that names the line."""

import pytest

from engine.spec import SpecError, apply, apply_to_stages, parse, read_yaml, write_yaml
from engine.spec.yaml_text import read_value

HEAD = "algorithm: dpo\n"


def refusal(text: str) -> str:
    with pytest.raises(SpecError) as caught:
        read_yaml(text)
    assert "readable as YAML" not in str(caught.value) or "look at line" in str(caught.value), "one sentence in another"
    return str(caught.value)


def test_a_bomb_of_aliases_is_refused_at_its_first_anchor():
    levels = "".join(f"a{number}: &a{number} [{', '.join([f'*a{number - 1}'] * 9)}]\n" for number in range(1, 40))
    assert refusal(f"{HEAD}a0: &a0 [x]\n{levels}").startswith("Line 2 of the run file has an anchor (&) or alias (*)")


@pytest.mark.parametrize("text", ["a: &x 1", "a: *x", "&x a: 1", "a: [&x 1, *x]", "a: &x\n  b: *x"])
def test_anchors_and_aliases_are_refused_wherever_they_stand(text: str):
    assert "anchor (&) or alias (*)" in refusal(text)


@pytest.mark.parametrize("text", ["<<: {beta: 0.1}", "model: {<<: [{a: 1}, {b: 2}]}", "beta: <<"])
def test_merge_keys_are_refused(text: str):
    assert "merge key" in refusal(HEAD + text)


def test_a_merge_key_in_quotes_is_a_key():
    assert read_yaml('"<<": 1') == {"<<": 1}


@pytest.mark.parametrize(
    "text",
    ["!!python/name:os.system", "!!binary aGk=", "!!set {a, b}", "!!timestamp 2026-01-01", "!!omap [a: 1]", "!foo bar"],
)
def test_tags_that_make_more_than_plain_values_are_refused(text: str):
    assert refusal(f"{HEAD}name: {text}").startswith("Line 2 of the run file has the tag")


def test_a_tag_that_says_what_a_plain_value_is_stays():
    assert read_yaml("name: !!str 12\nseed: !!int 3") == {"name": "12", "seed": 3}


@pytest.mark.parametrize(
    "text", ["[" * 51 + "]" * 51, "[" * 900, "{a: " * 60, "\n" + "".join(f"{' ' * n}- \n" for n in range(60))]
)
def test_what_is_nested_too_deep_is_refused_before_it_is_built(text: str):
    assert "nested more than 50 deep" in refusal(f"beta: {text}")


def test_depth_that_a_person_might_write_is_read():
    assert read_yaml("a: " + "[" * 40 + "]" * 40)["a"]


@pytest.mark.parametrize(
    "number", ["9" * 5_000, "0x" + "f" * 5_000, "1" + ":59" * 500, "1" + ":59" * 700 + ".5", "-" + "1_" * 200]
)
def test_numbers_of_hundreds_of_digits_are_refused(number: str):
    assert "holds a number of" in refusal(f"{HEAD}seed: {number}")


def test_long_text_without_spaces_is_no_number():
    assert read_yaml(f"name: {'x1' * 200}")["name"] == "x1" * 200
    assert read_yaml(f"name: '{'9' * 500}'")["name"] == "9" * 500


@pytest.mark.parametrize(("text", "line"), [("a: 1\nb: \0", 2), ("a: \x07", 1), ("\ud800", 1), ("a: 1\n\n\x1b: 2", 3)])
def test_what_is_no_text_is_refused_with_its_line(text: str, line: int):
    assert refusal(text).startswith(f"Line {line} of the run file holds the character U+")


def test_a_file_without_end_is_refused_by_its_size():
    assert "longer than 1,000,000 characters" in refusal("a" * 1_000_001)
    assert "more than 50,000 values" in refusal("words: [" + "a, " * 100_000 + "]")


@pytest.mark.parametrize(
    ("text", "line"), [("a: 1\nb: [1,\nc: 2\n", 2), ("a: 1\n\tb: 2", 2), ("a: 1\nb: 'open\nc: 2", 2), ("a: 1\n}\n", 2)]
)
def test_the_line_to_look_at_is_where_something_was_opened_or_is_wrong(text: str, line: int):
    assert refusal(text) == f"The run file is not readable as YAML: look at line {line}."


def test_what_is_written_holds_no_alias():
    data = {"dataset": "d"}
    written = write_yaml({"first": data, "second": data})
    assert "*" not in written
    assert read_yaml(written) == {"first": data, "second": data}


@pytest.mark.parametrize(
    "value", ["*a", "&a", "!foo x", "[" * 5_000, "9" * 5_000, "1" + ":59" * 700 + ".5", "\udcff", "{a: "]
)
def test_a_value_of_the_command_line_that_no_file_could_hold_stays_text(value: str):
    assert read_value(value) == value


def test_a_path_of_the_command_line_is_not_followed_without_end():
    with pytest.raises(SpecError, match="at most 50 settings deep"):
        apply({}, ["a" + ".a" * 100_000 + "=1"])
    with pytest.raises(SpecError, match="at most 50 settings deep"):
        apply_to_stages({"stages": [{"name": "first"}]}, ["first" + ".a" * 100_000 + "=1"])


@pytest.mark.parametrize(
    "change", ["seed=" + "9" * 5_000, "beta=.nan", "beta=1.0e+999", "beta=1e999", "seed=true", "a=" + "[" * 60]
)
def test_odd_values_of_the_command_line_are_one_short_sentence(change: str):
    with pytest.raises(SpecError) as caught:
        parse(apply({"algorithm": "dpo", "data": {"dataset": "d"}}, [change]))
    assert len(str(caught.value)) < 700
    assert "\n" not in str(caught.value)
