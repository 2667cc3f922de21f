"""Caches the scores of judges in the workspace: no run asks the same question twice.

So a run that goes on after a pause or a kill is scored as it was, and two runs are judged alike. Left out: asking
(`judge`).
"""

import hashlib
import json
from pathlib import Path

from engine.spec.rewards import Judge


class JudgeScores:
    """One judge's score of each question. Another model, address, temperature or scale is another judge."""

    def __init__(self, folder: Path, judge: Judge) -> None:
        settings = (judge.url, judge.model, judge.temperature, judge.max_tokens, judge.lowest, judge.highest)
        self._path = folder / f"{_digest(json.dumps(settings))}.jsonl"
        lines = self._path.read_text(encoding="utf-8").splitlines() if self._path.exists() else []
        self._scores = dict(entry for line in lines if (entry := _read(line)) is not None)

    def __contains__(self, question: str) -> bool:
        return _digest(question) in self._scores

    def __getitem__(self, question: str) -> float:
        return self._scores[_digest(question)]

    def __setitem__(self, question: str, score: float) -> None:
        """Keep the score in memory and on disk. A line is written at once: other runs may write beside it. It begins
        with the line break, since a kill may have left half a line before it."""
        key = _digest(question)
        self._scores[key] = score
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write("\n" + json.dumps([key, score]))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _read(line: str) -> tuple[str, float] | None:
    """What a line says; None if it is not whole."""
    try:
        key, score = json.loads(line)
    except (ValueError, TypeError):
        return None
    return key, score
