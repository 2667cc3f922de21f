"""What crosses between processes comes back through JSON as it was, from older and newer engines too."""

import json

import pytest
from pydantic import ValidationError

from engine.spec import Problem
from engine.spec.answers import (
    EngineAddress,
    Message,
    Piece,
    PreflightAnswer,
    Preview,
    PreviewRequest,
    StageAnswer,
)
from tests.answers import ESTIMATE, HEALTH
from words import english

CAUSE = ("There is no run {id}.", {"id": "zzzz"})
NESTED = Problem("stages.2.model.from", ("Stage {stage}: {problem}", {"stage": "judge", "problem": CAUSE}))
STAGE = StageAnswer(name="judge", problems=(Problem("", CAUSE),), warnings=(), estimate=ESTIMATE, spec={"seed": 1})
MESSAGES = [
    EngineAddress(url="http://127.0.0.1:1", token="secret", pid=7),
    HEALTH.model_copy(update={"running": ("aaaa", "bbbb")}),
    ESTIMATE,
    STAGE,
    PreflightAnswer(problems=(), warnings=(NESTED,), estimate=ESTIMATE, spec={"reward": [{"kind": "polite"}]}),
    PreflightAnswer(problems=(NESTED,), warnings=(), estimate=None, spec=None, stages=(STAGE,)),
    PreviewRequest(dataset="pairs", item="00001", model="starter", max_tokens=96, max_prompt_tokens=64),
    Preview(
        pieces=((Piece("12", "cut"), Piece("Hi?", "prompt"), Piece("Hello.", "response"), Piece("</s>", "end")), ())
    ),
    Preview(problem=CAUSE, pieces=()),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_a_message_comes_back_through_json_as_it_was(message: Message):
    wire = json.dumps(message.to_json())
    assert type(message).model_validate_json(wire) == message
    assert type(message).model_validate(json.loads(wire)) == message


def test_a_sentence_inside_a_sentence_comes_back_as_a_text():
    wire = json.dumps(
        {"problems": [{"path": "x", "text": NESTED.text}], "warnings": [], "estimate": None, "spec": None}
    )
    answer = PreflightAnswer.model_validate_json(wire)
    assert answer.problem_texts == [("Stage {stage}: {problem}", {"stage": "judge", "problem": CAUSE})]
    assert english(answer.problem_texts[0]) == "Stage judge: There is no run zzzz."


def test_the_engine_may_make_a_sentence_of_lists():
    made = Problem("", ("Stage {stage}: {problem}", {"stage": "judge", "problem": list(CAUSE)}))
    answer = PreflightAnswer(problems=(made,), warnings=(), estimate=None, spec=None)
    assert answer.problems[0].text[1]["problem"] == CAUSE


@pytest.mark.parametrize("text", ["only a msgid", ["msgid"], ["msgid", []], [1, {}], None])
def test_what_is_no_sentence_is_refused(text: object):
    with pytest.raises(ValidationError, match="text"):
        PreflightAnswer.model_validate(
            {"problems": [{"path": "x", "text": text}], "warnings": [], "estimate": None, "spec": None}
        )


def test_what_a_newer_engine_adds_is_ignored():
    wire = {**STAGE.to_json(), "colour": "red", "estimate": {**ESTIMATE.to_json(), "watts": 7}}
    wire["problems"] = [{**problem, "line": 3} for problem in wire["problems"]]
    assert StageAnswer.model_validate(wire) == STAGE


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_what_an_older_engine_lacks_is_named(message: Message):
    for name, field in type(message).model_fields.items():
        if field.is_required():
            wire = {key: value for key, value in message.to_json().items() if key != name}
            with pytest.raises(ValidationError, match=f"{name}\n  Field required"):
                type(message).model_validate(wire)


def test_keys_that_say_nothing_are_not_sent():
    assert list(MESSAGES[4].to_json()) == ["problems", "warnings", "estimate", "spec"]
    assert list(MESSAGES[7].to_json()) == ["pieces"]


def test_problems_are_had_by_path():
    answer = PreflightAnswer(
        problems=(Problem("seed", CAUSE),), warnings=(Problem("", CAUSE), NESTED), estimate=None, spec=None
    )
    assert answer.problems_by_path == {"seed": CAUSE}
    assert answer.warning_texts == [CAUSE, NESTED.text]
