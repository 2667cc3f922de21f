"""What a browser gets to see of a question: texts, sides and tokens. No origin, score, label, id of a response, verdict
or count of others; after a norming round, the verdicts of all.
"""

from collections.abc import Sequence
from typing import Any

from app.markup.markdown_tree import tree
from app.translations import translate
from engine.analysis import thinking
from storage.database import Database
from storage.judging import judgements, questions
from storage.judging.judgement_records import Ask, Guideline, Judgement, Receipt, Round, Shown
from storage.records import Item

KEYS = ("L", "R")


def round_as_json(round_: Round, guideline: Guideline | None) -> dict[str, Any]:
    """What an annotator needs to know of the round."""
    text = guideline.text if guideline else ""
    return {
        "dataset": round_.dataset,
        "number": round_.number,
        "name": round_.name,
        "mode": round_.settings.mode,
        "criteria": list(round_.settings.criteria),
        "ask_quality": round_.settings.ask_quality,
        "guideline_version": guideline.version if guideline else None,
        "guideline": text,
        "guideline_blocks": tree(text),
        "closed": round_.closed_at is not None,
    }


def question(ask: Ask, round_: Round, account: str) -> dict[str, Any]:
    """A question as this person sees it; its answers stand in the order in which they are shown."""
    texts = {response.id: response.text for response in ask.item.responses}
    responses = []
    for index, response in enumerate(ask.shown):
        thought = thinking.split(texts[response])
        responses.append(
            {
                "key": KEYS[index] if len(ask.shown) == 2 else str(index + 1),
                "id": questions.token(ask.question.id, account, response, round_.settings.seed),
                "text": thought.answer,
                "thinking": thought.thinking,
                "blocks": tree(thought.answer),
            }
        )
    seen = {
        "id": ask.question.id,
        "turn": ask.turn,
        "kind": "pair" if len(ask.shown) == 2 else "ranking",
        "phase": ask.phase,
        "prompt": _prompt(ask.item),
        "responses": responses,
    }
    if ask.phase == "reveal":
        seen["verdicts"] = [_revealed(verdict, ask, round_, account) for verdict in ask.verdicts]
    return seen


def history(db: Database, round_: Round, account: str, latest: Sequence[Judgement]) -> list[dict[str, Any]]:
    """The person's own last verdicts, each with its question as it was shown."""
    asks = judgements.as_asked(db, round_, latest)
    return [
        {"judgement_id": own.id, "question": question(asks[own.id], round_, account), **_own(own, round_, account)}
        for own in latest
        if own.id in asks
    ]


def receipt(answer: Receipt) -> dict[str, Any]:
    """What became of a vote, in the reader's language."""
    error = translate(answer.error) or None
    return {"id": answer.id, "stored": answer.stored, "error": error, "standing": answer.standing}


def _prompt(item: Item) -> list[dict[str, str]]:
    return [{"role": str(message["role"]), "content": str(message["content"])} for message in item.messages]


def _own(own: Judgement, round_: Round, account: str) -> dict[str, Any]:
    """All that the person said, as it was sent."""
    return {
        **_verdict(own, own.shown, round_, account),
        "quality": _by_token(own.quality, own, round_, account),
        "edits": _by_token(own.edits, own, round_, account),
        "reasons": list(own.reasons),
        "flag": own.flag,
        "comment": own.comment,
    }


def _revealed(judgement: Judgement, ask: Ask, round_: Round, account: str) -> dict[str, Any]:
    """What somebody said of a norming question, turned to the sides that this person sees."""
    mine = judgement.account == account
    named = {"account": judgement.account, "name": judgement.account, "mine": mine, "comment": judgement.comment}
    if mine:
        return {**named, "judgement_id": judgement.id, **_own(judgement, round_, account)}
    return {**named, **_verdict(judgement, ask.shown, round_, account)}


def _verdict(judgement: Judgement, shown: Shown, round_: Round, account: str) -> dict[str, Any]:

    def tokens(group: Sequence[str]) -> list[str]:
        return [_token(response, judgement, round_, account) for response in group]

    return {
        "verdict": _side(judgement.verdict, judgement, shown),
        "strength": judgement.strength,
        "criteria": {name: _side(side, judgement, shown) for name, side in judgement.criteria.items()},
        "ranking": judgement.ranking and [tokens(group) for group in judgement.ranking],
    }


def _side(verdict: str, judgement: Judgement, shown: Shown) -> str:
    if verdict not in ("a", "b"):
        return verdict
    response = judgement.response_a if verdict == "a" else judgement.response_b
    return "left" if shown[0] == response else "right"


def _by_token(values: dict[str, str], own: Judgement, round_: Round, account: str) -> dict[str, str]:
    return {_token(response, own, round_, account): value for response, value in values.items()}


def _token(response: str, judgement: Judgement, round_: Round, account: str) -> str:
    return questions.token(str(judgement.question_id), account, response, round_.settings.seed)
