"""A prompt beside dialogues that repeat it: compared after normalising, never put in front twice, else refused."""

import pytest

from storage.errors import Invalid
from storage.formats.dialogues import shared_context, whole_prompt, without_response
from storage.records import Message


def user(text: str) -> Message:
    return {"role": "user", "content": text}


def bot(text: str) -> Message:
    return {"role": "assistant", "content": text}


KIND = {"role": "system", "content": "Be kind."}
A, REPLY, B = user("What is it?"), bot("A tree."), user("Which?")


@pytest.mark.parametrize(
    ("prompt", "context", "whole"),
    [
        ([A], [], [A]),
        ([], [A], [A]),
        ([A], [A], [A]),
        ([user(" what  is IT?\n")], [A], [A]),
        ([A], [A, REPLY, B], [A, REPLY, B]),
        ([A, REPLY, B], [A, REPLY, B], [A, REPLY, B]),
        ([B], [A, REPLY, B], [A, REPLY, B]),
        ([A], [REPLY, B], [A, REPLY, B]),
        ([A, REPLY, B], [B], [A, REPLY, B]),
        ([KIND, A], [A], [KIND, A]),
        ([A], [KIND, A], [KIND, A]),
        ([KIND, A], [KIND, A], [KIND, A]),
        ([KIND], [A], [KIND, A]),
    ],
)
def test_what_a_dialogue_holds_is_not_put_in_front_again(
    prompt: list[Message], context: list[Message], whole: list[Message]
):
    assert whole_prompt(prompt, {"chosen": context}) == whole


@pytest.mark.parametrize(
    ("prompt", "context"),
    [
        ([user("Another?")], [A]),
        ([user("Another?")], [A, REPLY, B]),
        ([A, bot("A stone."), B], [A, REPLY, B]),
        ([A, REPLY], [REPLY, B]),
        ([{"role": "system", "content": "Be rude."}, A], [KIND, A]),
    ],
)
def test_a_dialogue_that_begins_otherwise_is_refused(prompt: list[Message], context: list[Message]):
    with pytest.raises(Invalid, match=r"^The dialogue of chosen does not begin with the prompt\.$"):
        whole_prompt(prompt, {"chosen": context})


def test_a_prompt_that_ends_with_a_response_is_cut_before_it():
    assert without_response([A, REPLY], ["a tree. ", "A stone."]) == [A]
    assert without_response([A, REPLY], ["A stone."]) == [A, REPLY]
    assert without_response([A], ["What is it?"]) == [A]
    calling = {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": "look"}}]}
    assert without_response([A, calling], ["", "A stone."]) == [A, calling]


def test_responses_alone_share_what_another_one_holds():
    assert shared_context({"chosen": [A], "rejected": []}) == [A]
    assert shared_context({"chosen": [A], "rejected": [user("what is it? ")]}) == [A]
    assert shared_context({"chosen": [], "rejected": []}) == []
    with pytest.raises(Invalid, match="dialogues of chosen and rejected differ before their last turn"):
        shared_context({"chosen": [A], "rejected": [B]})


def test_turns_that_call_other_tools_differ():
    def calling(name: str) -> list[Message]:
        return [A, {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": name}}]}]

    assert shared_context({"chosen": calling("look"), "rejected": calling("look")}) == calling("look")
    with pytest.raises(Invalid, match="differ before their last turn"):
        shared_context({"chosen": calling("look"), "rejected": calling("ask")})


def test_a_response_alone_answers_the_prompt_and_nothing_more():
    contexts = {"chosen": [A], "rejected": []}
    assert whole_prompt([A], contexts) == [A]
    assert whole_prompt([], contexts) == [A]
    assert whole_prompt([KIND, A], contexts) == [KIND, A]
    for longer in ([REPLY, B], [A, REPLY, B]):
        with pytest.raises(Invalid, match="dialogues of chosen and rejected differ before their last turn"):
            whole_prompt([A], {"chosen": longer, "rejected": []})
