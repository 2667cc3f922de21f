"""Parts of a reward as a run file names them, composed in a context of a test's own."""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from engine.rewards import Context, Reward, compose
from engine.spec import Train, parse

_FOLDER, _COUNT = TemporaryDirectory(), count()  # each context its own judge scores
PROMPT = [{"role": "user", "content": "Will it rain?"}]


def run(*parts: dict[str, Any], **settings: Any) -> Train:
    """A run file with that reward."""
    return parse({"algorithm": "grpo", "data": {"dataset": "d"}, "reward": list(parts), **settings})


def context(secrets: Path = Path("nowhere"), heartbeat: Callable[[], None] = lambda: None, **changes: Any) -> Context:
    def learned(origin: str) -> Any:
        raise AssertionError(f"{origin} was asked for")

    judge_scores = changes.get("judge_scores") or Path(_FOLDER.name) / str(next(_COUNT))
    return Context(secrets, judge_scores, changes.get("learned", learned), heartbeat)


def reward(*parts: dict[str, Any], **around: Any) -> Reward:
    return compose(run(*parts).training_reward, context(**around))


def item(**changes: Any) -> dict[str, Any]:
    """A dataset item as the engine hands it over."""
    empty = {"id": "i", "prompt": PROMPT, "responses": [], "preferences": [], "topic": None, "tags": [], "extra": {}}
    return {**empty, **changes}


def scores(part: dict[str, Any], *responses: str, **around: Any) -> list[float]:
    """What one part gives these responses."""
    scored = reward(part, **around).score(PROMPT, responses, [item()] * len(responses))
    (values,) = scored.components.values()
    return values
