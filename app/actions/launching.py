"""Launching runs: asked of the engine first, then put into the queue."""

from app.clients import EngineClient
from engine.spec import Chain, Train, dump
from words import Text, english


class Refused(ValueError):
    """A run that would fail. `texts` has one sentence for each problem; str() is their English."""

    def __init__(self, texts: list[Text]) -> None:
        super().__init__(" ".join(english(text) for text in texts))
        self.texts = texts


def require(engine: EngineClient, spec: Train | Chain) -> list[Text]:
    """What the engine warns of in a run that can be launched. Raises Refused, or EngineError."""
    answer = engine.preflight(dump(spec) if isinstance(spec, Train) else spec.file)
    if answer.problems:
        raise Refused(answer.problem_texts)
    return answer.warning_texts
