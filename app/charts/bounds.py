"""The 95 % intervals of evaluations as the edges of bands, which charts read like curves of their own.

The edges of `eval/reward` are called `eval/reward:low` and `eval/reward:high`: no metric has a colon. Left out: which
panels have bands (`panels`), and drawing them (`js`).
"""

from collections.abc import Mapping
from typing import Any, Literal, get_args

from app.markup.json_numbers import json_number
from storage import intervals
from storage.database import Database

End = Literal["low", "high"]
ENDS: tuple[End, ...] = get_args(End)


def key_of(key: str, end: End) -> str:
    """What an edge of the band of a metric is called."""
    return f"{key}:{end}"


def added(db: Database, answer: Mapping[str, dict[str, Any]], prefix: str) -> None:
    """Put the edges beside the points of metrics that begin with `prefix`; `answer` is by run, as routes give it."""
    keys = {key for of_run in answer.values() for key in of_run["points"] if key.startswith(prefix)}
    kept = intervals.listing(db, list(answer), sorted(keys)) if keys else {}
    for run, by_key in kept.items():
        points = answer[run]["points"]
        for key, by_step in by_key.items():
            steps = [step for step in points[key]["x"] if step in by_step] if key in points else []
            for end in ENDS if steps else ():
                values = [json_number(getattr(by_step[step], end)) for step in steps]
                points[key_of(key, end)] = {"x": steps, "y": values}
