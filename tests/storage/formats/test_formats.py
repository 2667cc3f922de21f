"""The formats: what each row becomes, and that what is written is read back the same."""

from dataclasses import replace
from typing import Any

import pytest

from storage import formats
from storage.errors import Invalid, NotFound
from storage.item_content import check
from storage.records import Item, Preference, Response

USER = {"role": "user", "content": "How warm is it?"}
SYSTEM = {"role": "system", "content": "Be kind."}
GOOD = {"role": "assistant", "content": "Happily: 20 degrees."}
BAD = {"role": "assistant", "content": "Look outside."}


def pair(*prompt: dict[str, Any], chosen: str = GOOD["content"], rejected: str = BAD["content"], **more: Any) -> Item:
    return Item(
        id="",
        messages=prompt,
        responses=(Response("r1", chosen), Response("r2", rejected)),
        preferences=(Preference("r1", "r2"),),
        **more,
    )


def single(*prompt: dict[str, Any], text: str = GOOD["content"], label: bool | None = None, **more: Any) -> Item:
    return Item(id="", messages=prompt, responses=(Response("r1", text, label=label),), **more)


def which(chosen: str, rejected: str) -> Item:
    return pair({"role": "user", "content": "Which?"}, chosen=chosen, rejected=rejected)


HH_DIALOGUE = "\n\nHuman: How warm is it?\n\nAssistant: Happily: 20 degrees.\n\nHuman: And tomorrow?"
DIALOGUE = (USER, GOOD, {"role": "user", "content": "And tomorrow?"})
READ = [
    # TRL preference
    ("trl", {"prompt": USER["content"], "chosen": GOOD["content"], "rejected": BAD["content"]}, pair(USER)),
    ("trl", {"prompt": [SYSTEM, USER], "chosen": [GOOD], "rejected": [BAD]}, pair(SYSTEM, USER)),
    ("trl", {"chosen": [USER, GOOD], "rejected": [USER, BAD]}, pair(USER)),
    ("trl", {"prompt": USER["content"], "chosen": [USER, GOOD], "rejected": [USER, BAD]}, pair(USER)),
    ("trl", {"prompt": [USER], "chosen": [*DIALOGUE[1:], GOOD], "rejected": [*DIALOGUE[1:], BAD]}, pair(*DIALOGUE)),
    (
        "trl",
        {"prompt": "Hi", "chosen": "Hello", "rejected": "What", "source": {"n": 1}},
        pair({"role": "user", "content": "Hi"}, chosen="Hello", rejected="What", extra={"source": {"n": 1}}),
    ),
    ("trl", {"messages": [USER], "chosen": GOOD, "rejected": BAD}, pair(USER)),
    ("trl", {"messages": [USER, GOOD], "chosen": [USER, GOOD], "rejected": [USER, BAD]}, pair(USER)),
    ("trl", {"prompt": "Which?", "text": "This.", "rejected_text": "That."}, which("This.", "That.")),
    ("trl", {"prompt": "Which?", "answer": "This.", "rejected_answer": "That."}, which("This.", "That.")),
    (
        "trl",
        {"prompt": [USER], "chosen": [{**GOOD, "thinking": "hm"}], "rejected": [BAD]},
        pair(USER, extra={"answer_fields": {"r1": {"thinking": "hm"}}}),
    ),
    # the rest of TRL's
    (
        "trl-unpaired",
        {"prompt": USER["content"], "completion": "20.", "label": False},
        single(USER, text="20.", label=False),
    ),
    ("trl-unpaired", {"prompt": [USER], "completion": [GOOD], "label": True}, single(USER, label=True)),
    *[
        ("trl-unpaired", {"prompt": [USER], "completion": [GOOD], "label": label}, single(USER, label=truth))
        for label, truth in ((1, True), (0, False), (1.0, True), ("True", True), ("false", False), ("0", False))
    ],
    ("trl-completion", {"question": USER["content"], "answer": GOOD["content"]}, single(USER)),
    ("trl-completion", {"prompt": [USER], "completion": [GOOD], "id": 7}, single(USER, extra={"id": 7})),
    ("trl-prompt", {"prompt": USER["content"]}, Item("", (USER,))),
    ("trl-prompt", {"prompt": [SYSTEM, USER], "topic": "x"}, Item("", (SYSTEM, USER), extra={"topic": "x"})),
    # HH-RLHF
    (
        "hh",
        {
            "chosen": "\n\nHuman: How warm is it?\n\nAssistant: Happily: 20 degrees.",
            "rejected": "\n\nHuman: How warm is it?\n\nAssistant: Look outside.",
        },
        pair(USER),
    ),
    (
        "hh",
        {
            "chosen": HH_DIALOGUE + "\n\nAssistant:",
            "rejected": HH_DIALOGUE + "\n\nAssistant: No.",
        },
        pair(*DIALOGUE, chosen="", rejected="No."),
    ),
    # LLaMA-Factory
    (
        "sharegpt",
        {
            "conversations": [{"from": "system", "value": "Be kind."}, {"from": "human", "value": USER["content"]}],
            "chosen": {"from": "gpt", "value": GOOD["content"]},
            "rejected": {"from": "gpt", "value": BAD["content"]},
        },
        pair(SYSTEM, USER),
    ),
    (
        "sharegpt",
        {"conversations": [USER], "system": "Be kind.", "chosen": GOOD, "rejected": BAD, "n": 3},
        pair(SYSTEM, USER, extra={"n": 3}),
    ),
    ("sharegpt-unpaired", {"messages": [USER, GOOD], "label": True}, single(USER, label=True)),
    (
        "sharegpt-unpaired",
        {
            "conversations": [{"from": "human", "value": USER["content"]}, {"from": "gpt", "value": GOOD["content"]}],
            "kto_tag": False,
        },
        single(USER, label=False),
    ),
    (
        "sharegpt-unpaired",
        {"messages": [USER, {**GOOD, "name": "Ada"}], "label": True},
        single(USER, label=True, extra={"answer_fields": {"r1": {"name": "Ada"}}}),
    ),
    ("messages", {"messages": [USER, GOOD]}, single(USER)),
    ("messages", {"prompt": "how warm is it? ", "messages": [USER, GOOD]}, single(USER)),
    ("messages", {"messages": [USER, GOOD], "context": "a label"}, single(USER, extra={"context": "a label"})),
    (
        "alpaca",
        {"instruction": "How warm", "input": "is it?", "chosen": GOOD["content"], "rejected": BAD["content"]},
        pair({"role": "user", "content": "How warm\nis it?"}),
    ),
    (
        "alpaca-unpaired",
        {"instruction": USER["content"], "input": "", "output": GOOD["content"], "kto_tag": "True"},
        single(USER, label=True),
    ),
    ("alpaca-completion", {"instruction": USER["content"], "output": GOOD["content"]}, single(USER)),
    # OpenAI and ms-swift
    (
        "openai",
        {
            "input": {"messages": [USER], "tools": [{"type": "function"}], "parallel_tool_calls": True},
            "preferred_output": [GOOD],
            "non_preferred_output": [BAD],
        },
        pair(USER, extra={"tools": [{"type": "function"}], "parallel_tool_calls": True}),
    ),
    ("swift", {"messages": [USER, GOOD], "rejected_response": BAD["content"]}, pair(USER)),
    ("swift", {"messages": [USER, GOOD], "rejected_messages": [USER, BAD]}, pair(USER)),
    # ours
    (
        "jsonl",
        {
            "id": "i7",
            "prompt": [USER],
            "responses": [{"id": "a", "text": "Hi", "score": 0.5}, {"text": "Ho", "label": False, "origin": "rude"}],
            "preferences": [{"chosen": "a", "rejected": "r2", "strength": 0.4}],
            "topic": "weather",
            "tags": ["en"],
            "extra": {"n": 1},
        },
        Item(
            "i7",
            (USER,),
            (Response("a", "Hi", 0.5), Response("r2", "Ho", None, False, "rude")),
            (Preference("a", "r2", 0.4),),
            "weather",
            ("en",),
            {"n": 1},
        ),
    ),
]


@pytest.mark.parametrize(
    ("format", "row", "item"), READ, ids=[f"{format}-{place}" for place, (format, _, _) in enumerate(READ)]
)
def test_a_row_is_recognised_and_read(format: str, row: dict[str, Any], item: Item):
    assert formats.detect([row]).name == format
    assert check(formats.FORMATS[format].read(row)) == item


@pytest.mark.parametrize(
    ("format", "row", "item"), READ, ids=[f"{format}-{place}" for place, (format, _, _) in enumerate(READ)]
)
def test_what_a_format_writes_it_reads_back(format: str, row: dict[str, Any], item: Item):
    written = list(formats.FORMATS[format].write([item]))
    assert [formats.FORMATS[format].read(one) for one in written] == [item]
    assert formats.detect(written).name == format


@pytest.mark.parametrize("format", ["hh", "sharegpt", "trl", "trl-messages"])
def test_every_formatat_of_pairs_keeps_a_dialogue(format: str):
    item = pair(*DIALOGUE)
    assert [formats.FORMATS[format].read(row) for row in formats.FORMATS[format].write([item])] == [item]


def test_scores_of_a_pair_are_kept():
    row = {"prompt": "Hi", "chosen": "a", "rejected": "b", "score_chosen": 8.5, "score_rejected": 2}
    item = formats.FORMATS["trl"].read(row)
    assert [response.score for response in item.responses] == [8.5, 2]
    assert item.extra == {}
    assert list(formats.FORMATS["trl"].write([item])) == [row]


@pytest.mark.parametrize("format", ["trl", "trl-messages", "alpaca", "sharegpt", "swift"])
def test_one_score_of_a_pair_is_kept(format: str):
    row = {"prompt": "Rain?", "chosen": "Yes.", "rejected": "No.", "score_chosen": 4}
    item = formats.FORMATS["trl"].read(row)
    assert [response.score for response in item.responses] == [4, None]
    (written,) = formats.FORMATS[format].write([item])
    assert formats.FORMATS[format].read(written) == item


@pytest.mark.parametrize(
    ("format", "label"),
    [
        ("trl-completion", None),
        ("alpaca-completion", None),
        ("messages", None),
        ("trl-unpaired", True),
        ("alpaca-unpaired", False),
        ("sharegpt-unpaired", True),
        ("jsonl", None),
    ],
)
def test_the_score_of_a_single_response_is_kept(format: str, label: bool | None):
    row = {"prompt": "Rain?", "completion": "Yes.", "score": 0.5, **({} if label is None else {"label": label})}
    item = formats.FORMATS["trl-completion" if label is None else "trl-unpaired"].read(row)
    assert item.responses[0].score == 0.5
    (written,) = formats.FORMATS[format].write([item])
    assert formats.FORMATS[format].read(written) == item


@pytest.mark.parametrize("score", ["8/10", True, {"help": 3}])
def test_a_score_that_is_no_number_stays_an_extra_field(score: object):
    item = formats.FORMATS["trl-completion"].read({"prompt": "Rain?", "completion": "Yes.", "score": score})
    assert (item.responses[0].score, item.extra) == (None, {"score": score})


def test_trl_is_written_as_text_only_where_every_prompt_is_one_message():
    write = formats.FORMATS["trl"].write
    assert [type(row["prompt"]) for row in write([pair(USER), pair(USER)])] == [str, str]
    assert [type(row["prompt"]) for row in write([pair(USER), pair(SYSTEM, USER)])] == [list, list], "one type a file"


def test_an_extra_field_never_hides_one_of_the_form():
    item = pair(USER, extra={"chosen": "mine", "note": "kept"})
    for name, format in formats.WRITTEN.items():
        if format.kind == "pairs":
            row = next(format.write([item]))
            assert row["note"] == "kept", name
            assert row.get("chosen") != "mine", name


def test_several_preferences_give_several_rows():
    item = Item(
        "x",
        (USER,),
        (Response("a", "1"), Response("b", "2"), Response("c", "3")),
        (Preference("a", "b"), Preference("a", "c")),
    )
    rows = list(formats.FORMATS["trl"].write([item]))
    assert [(row["chosen"], row["rejected"]) for row in rows] == [("1", "2"), ("1", "3")]


WRONG = [
    ("trl", {"prompt": "Hi", "chosen": "a"}, "The field rejected is missing."),
    ("trl", {"prompt": "Hi", "chosen": "a", "rejected": 3}, "The field rejected must be text, not a number."),
    ("trl", {"prompt": 5, "chosen": "a", "rejected": "b"}, "The field prompt must be text, not a number."),
    ("trl", {"chosen": "yes", "rejected": "no"}, "There is no prompt, and the responses hold no marks"),
    ("trl", {"chosen": "The sky is blue.", "rejected": "The sky is green."}, "There is no prompt"),
    ("trl", {"context_text": "How?", "chosen": "yes", "rejected": "no"}, "not read: context_text. If one of them is"),
    ("trl", {"system": "Be kind.", "chosen": "yes", "rejected": "no"}, "There is no prompt"),
    ("trl", {"prompt": "Hi", "chosen": "a", "rejected": "b", "score_chosen": "9"}, "score_chosen must be a number"),
    (
        "trl",
        {"prompt": "Hi", "chosen": "a", "rejected": "b", "score_rejected": True},
        "score_rejected must be a number",
    ),
    ("trl", {"chosen": [USER], "rejected": [USER]}, "The last message of chosen must be the assistant's."),
    ("trl", {"chosen": [USER, GOOD], "rejected": 2}, "The field rejected must be text, not a number."),
    ("trl", {"prompt": "Hi", "chosen": "a", "rejected": None}, "The field rejected must be text, not null."),
    ("trl", {"chosen": [SYSTEM, GOOD], "rejected": [USER, BAD]}, "differ before their last turn"),
    ("trl", {"prompt": [{"role": "robot", "content": "x"}], "chosen": [GOOD], "rejected": [BAD]}, "unknown role robot"),
    ("trl", {"prompt": [{"role": "user"}], "chosen": [GOOD], "rejected": [BAD]}, "Message 1 of prompt has no text."),
    (
        "trl-unpaired",
        {"prompt": "Hi", "completion": "a", "label": "yes"},
        "true or false (or 1 or 0), not yes",
    ),
    ("trl-unpaired", {"prompt": "Hi", "completion": "a", "label": 2}, "true or false (or 1 or 0), not 2"),
    ("trl-unpaired", {"prompt": "Hi", "completion": "a", "label": 0.5}, "true or false (or 1 or 0), not 0.5"),
    ("trl-completion", {"prompt": "Hi", "completion": 42}, "The field completion must be text, not a number."),
    (
        "trl",
        {"prompt": "Hi", "chosen": "a", "rejected": "b", "score_chosen": 1e999},
        "score_chosen holds a number that",
    ),
    ("trl", {"prompt": "Hi", "chosen": "a", "rejected": "b", "score_chosen": 10**400}, "not finite or too large"),
    ("trl", {"prompt": "Ho", "chosen": [USER, GOOD], "rejected": [USER, BAD]}, "chosen does not begin with the prompt"),
    ("trl", {"messages": [USER, GOOD], "chosen": "a", "rejected": "b"}, "ends with an answer that is none of the resp"),
    ("swift", {"messages": [USER], "rejected_response": "b"}, "The last message of messages must be the assistant's."),
    ("hh", {"chosen": "\n\nHuman: Hi", "rejected": "\n\nHuman: Hi"}, "last message of chosen must be the assistant's"),
    ("hh", {"chosen": "Hi", "rejected": "\n\nHuman: Hi\n\nAssistant: a"}, "no turn that begins with Human"),
    ("hh", {"chosen": None, "rejected": "\n\nHuman: Hi\n\nAssistant: a"}, "The field chosen must be text, not null."),
    (
        "hh",
        {"chosen": "\n\nHuman: Hi\n\nAssistant: a", "rejected": "\n\nHuman: Ho\n\nAssistant: a"},
        "differ before their last turn",
    ),
    ("sharegpt", {"conversations": 5, "chosen": GOOD, "rejected": BAD}, "conversations must be text, not a number"),
    (
        "sharegpt",
        {"conversations": ["Hi"], "chosen": GOOD, "rejected": BAD},
        "must hold messages, not text",
    ),
    ("sharegpt", {"conversations": [USER], "chosen": ["a"], "rejected": BAD}, "chosen must hold messages, not text"),
    ("sharegpt", {"conversations": [{"from": "cat", "value": "x"}], "chosen": GOOD, "rejected": BAD}, "role cat"),
    (
        "sharegpt",
        {"conversations": [{"from": "human"}], "chosen": GOOD, "rejected": BAD},
        "Message 1 of conversations has no text.",
    ),
    (
        "sharegpt-unpaired",
        {"messages": [USER, GOOD], "label": None},
        "true or false (or 1 or 0), not null",
    ),
    ("jsonl", {"prompt": [], "responses": []}, "The list of messages in prompt is empty."),
    ("jsonl", {"prompt": [USER], "responses": [{"id": "a"}]}, "The field text is missing."),
    ("jsonl", {"prompt": [USER], "responses": ["a"]}, "Response 1 must be an object, not text."),
    ("jsonl", {"prompt": [USER], "responses": [{"text": "a", "label": 2}]}, "label must be true or false"),
    ("jsonl", {"prompt": [USER], "responses": [{"id": "a", "text": "1"}, {"id": "a", "text": "2"}]}, "have the id a"),
    (
        "jsonl",
        {"prompt": [USER], "responses": [{"text": "a"}], "preferences": [{"chosen": "r1"}]},
        "rejected is missing",
    ),
    (
        "jsonl",
        {"prompt": [USER], "responses": [{"text": "a"}], "preferences": [{"chosen": "r1", "rejected": "r9"}]},
        "the response r9, which is not there",
    ),
    (
        "jsonl",
        {"prompt": [USER], "responses": [{"text": "a"}], "preferences": [{"chosen": "r1", "rejected": "r1"}]},
        "as both better and worse",
    ),
    ("jsonl", {"prompt": [USER], "responses": [], "topic": 3}, "topic and tags must hold text"),
    ("jsonl", {"prompt": [USER], "responses": [], "tags": "en"}, "The field tags must be a list, not text."),
    ("jsonl", {"prompt": [USER], "responses": [], "extra": []}, "The field extra must be an object, not a list."),
    ("jsonl", {"prompt": [USER], "responses": [{"text": "half \ud83d a pair"}]}, "a character that cannot be stored"),
    ("jsonl", {"prompt": [USER], "responses": [{"text": "nul \0"}]}, "a character that cannot be stored"),
]


@pytest.mark.parametrize(("format", "row", "sentence"), WRONG, ids=[sentence for _, _, sentence in WRONG])
def test_a_wrong_row_is_told_in_one_sentence(format: str, row: dict[str, Any], sentence: str):
    with pytest.raises(Invalid) as caught:
        check(formats.FORMATS[format].read(row))
    assert sentence in str(caught.value)
    assert str(caught.value).endswith((".", ")."))


def test_a_few_odd_rows_do_not_change_the_form():
    good = {"prompt": "Hi", "chosen": "a", "rejected": "b"}
    assert formats.detect([{"prompt": "Hi", "chosen": "a"}, good, good]).name == "trl"


def test_rows_of_no_known_format_are_told_what_is_known():
    with pytest.raises(
        Invalid, match=r"the first row has the fields q, good\. Pairs need .* Map fields of other names"
    ):
        formats.detect([{"q": "x", "good": "y"}])
    with pytest.raises(NotFound, match=r"no form csv; known are jsonl, label-studio, argilla, hh"):
        formats.named("csv")


def test_fields_of_our_own_format_that_are_not_known_are_kept():
    row = {
        "prompt": [USER],
        "responses": [{"text": "a", "critique": "short"}],
        "source": "web",
        "extra": {"n": 1},
    }
    item = formats.FORMATS["jsonl"].read(row)
    assert item.extra == {"n": 1, "source": "web", "answer_details": {"r1": {"critique": "short"}}}
    assert item.extra.keys() - formats.KEPT == {"n", "source"}
    written = list(formats.FORMATS["jsonl"].write([item]))
    assert formats.FORMATS["jsonl"].read(written[0]).extra == item.extra
    with pytest.raises(Invalid, match="The field n stands in the row and among its extra fields"):
        formats.FORMATS["jsonl"].read({**row, "n": 2})


def test_our_own_format_changes_no_message():
    item = Item("", ({**USER, "name": None}, {"role": "assistant", "content": "", "tool_calls": [], "value": 1}))
    assert [formats.FORMATS["jsonl"].read(row) for row in formats.FORMATS["jsonl"].write([item])] == [item]
    row = {"messages": [{**USER, "name": None}], "chosen": "a", "rejected": "b"}
    assert formats.FORMATS["trl"].read(row).messages == (USER,)


@pytest.mark.parametrize("format", formats.WRITTEN)
def test_what_could_not_be_imported_again_is_not_exported(format: str):
    item = replace(pair(USER), responses=(Response("r1", "a", 1, True), Response("r2", "b", 0, False)))
    assert len(list(formats.FORMATS[format].write([item]))) > 0
    with pytest.raises(Invalid, match="The field loss holds a number that is not finite"):
        list(formats.FORMATS[format].write([replace(item, extra={"loss": float("inf")})]))


def test_extra_fields_that_a_reader_would_take_for_the_rows_own_stay_at_home():
    item = pair(USER, extra={"messages": [USER, GOOD], "completion": "x", "note": "kept"})
    for name, format in formats.WRITTEN.items():
        if format.kind == "pairs":
            row = next(format.write([item]))
            assert formats.detect([row]).kind == "pairs", name
            assert format.read(row) == replace(item, extra={"note": "kept"}), name
    assert formats.FORMATS["jsonl"].read(next(formats.FORMATS["jsonl"].write([item]))) == item


@pytest.mark.parametrize("format", ["alpaca", "alpaca-unpaired", "alpaca-completion"])
def test_the_alpaca_format_holds_a_dialogue_as_history(format: str):
    label = None if format == "alpaca-completion" else True
    item = pair(SYSTEM, *DIALOGUE) if format == "alpaca" else single(SYSTEM, *DIALOGUE, label=label)
    row = next(formats.FORMATS[format].write([item]))
    assert (row["instruction"], row["input"]) == ("And tomorrow?", "")
    assert row["history"] == [[USER["content"], GOOD["content"]]]
    assert row["system"] == SYSTEM["content"]
    assert formats.detect([row]).name == format
    assert formats.FORMATS[format].read(row) == item


def test_the_alpaca_format_refuses_what_it_cannot_hold():
    tool = {"role": "tool", "content": "3"}
    for item in (pair(USER, USER), pair(USER, GOOD), pair(USER, GOOD, tool), pair({**USER, "name": "Ada"})):
        with pytest.raises(Invalid, match=r"form alpaca cannot hold the dialogue of the item -: export as sharegpt"):
            list(formats.FORMATS["alpaca"].write([item]))


def test_the_hh_format_refuses_what_its_marks_cannot_hold():
    tool = {"role": "tool", "content": "3"}
    marked = {"role": "user", "content": "I said:\n\nHuman: hello"}
    for item in (pair(USER, GOOD, tool), pair(marked), pair({**USER, "name": "Ada"}), pair(USER, SYSTEM)):
        with pytest.raises(Invalid, match="form hh cannot hold the dialogue of the item -: export as sharegpt"):
            list(formats.FORMATS["hh"].write([item]))


def test_types_of_json_can_be_translated():
    with pytest.raises(Invalid) as refusal:
        formats.FORMATS["trl"].read({"prompt": "Hi", "chosen": 3, "rejected": "No"})
    assert refusal.value.text[1]["found"] == ("a number", {})


@pytest.mark.parametrize("strength", [1.5, -0.1])
def test_a_strength_beyond_its_scale_is_refused_with_what_to_do(strength: float):
    preference = {"chosen": "r1", "rejected": "r2", "strength": strength}
    row = {"prompt": [USER], "responses": [{"text": "a"}, {"text": "b"}], "preferences": [preference]}
    with pytest.raises(Invalid, match="divide it by the most of its scale"):
        formats.FORMATS["jsonl"].read(row)
