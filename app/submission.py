"""The one way in which a run enters the line, from Launch and from the command line: asked of the engine, then a row.

No Streamlit here: the command line uses it too. Left out: what is wrong with a run, which is the engine's to say.
"""

from typing import Any

from app.clients import EngineClient
from engine.spec import Text, Train, dump, english
from storage import datasets, runs
from storage.database import Database
from storage.records import Run

LANE = "train"


class Refused(ValueError):
    """A run that would fail. `texts` has one sentence for each problem; str() is their English."""

    def __init__(self, texts: list[Text]) -> None:
        super().__init__(" ".join(english(text) for text in texts))
        self.texts = texts


def check(engine: EngineClient, spec: Train) -> dict[str, Any]:
    """The engine's preflight: problems, warnings and estimate. Raises EngineError."""
    return engine.preflight(dump(spec))


def require(engine: EngineClient, spec: Train) -> dict[str, Any]:
    """The preflight of a run that can be launched. Raises Refused, or EngineError."""
    answer = check(engine, spec)
    if answer["problems"]:
        raise Refused([(problem["text"][0], problem["text"][1]) for problem in answer["problems"]])
    return answer


def submit(db: Database, spec: Train, *, requested_by: str | None, now: float, parent_run: str | None = None) -> Run:
    """Put the run into the line. `latest` becomes the hash of the data as it is now, so later edits change nothing."""
    settings = dump(spec)
    for block in ("data", "evaluation"):
        chosen = settings[block]
        if chosen["dataset"] is not None and chosen["version"] == "latest":
            chosen["version"] = datasets.freeze(db, chosen["dataset"], now).hash
    return runs.create(
        db,
        spec=settings,
        kind=spec.kind,
        algorithm=spec.algorithm,
        lane=LANE,
        name=spec.name or f"{spec.algorithm} on {spec.data.dataset}",
        now=now,
        requested_by=requested_by,
        parent_run=parent_run,
    )
