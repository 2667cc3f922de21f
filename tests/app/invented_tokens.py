"""Tokens of invented answers, with values that look like those of a run: for tests and pictures of the lens."""

import math
import random
import re

import numpy as np

from storage.records import Message, ResponseLabel, TokenPart, TokenRow

END = "<|end|>"


def row(
    text: str,
    prompt: int,
    step: int,
    *,
    part: TokenPart = "answers",
    label: ResponseLabel = "",
    score: float | None = None,
    messages: tuple[Message, ...] = (),
) -> TokenRow:
    """One response; training moves its tokens up where it is chosen or has a score, and down where it is rejected."""
    pieces = [piece for word in re.findall(r"[\u3400-\u9fff]|\s*[^\s\u3400-\u9fff]+|\s", text) for piece in _cut(word)]
    pieces.append(END)
    noise = random.Random(f"{text}{prompt}")
    reference = np.array([-3 * noise.random() ** 2 - 0.01 for _ in pieces], np.float32)
    moved = -1.0 if label == "rejected" else 0.6
    pushes = np.array([noise.gauss(moved, 1.0) for _ in pieces]) * (1 - math.exp(-step / 90))
    values = {"logps": np.minimum(reference + pushes, -1e-4).astype(np.float32), "reference": reference}
    if part == "rollout":
        values |= _of_rollout(values["logps"], noise, score or 0.0)
    return TokenRow(
        part=part,
        prompt=prompt,
        ids=np.array([sum(piece.encode()) % 4096 for piece in pieces], np.int32),
        values=values,
        pieces=tuple(pieces),
        special=np.array([piece == END for piece in pieces]),
        messages=messages,
        item=f"{prompt:05d}" if part != "answers" else "",
        label=label,
        score=score,
    )


def _cut(word: str) -> list[str]:
    """A rare Chinese sign is two tokens, of which the second has its text."""
    return ["", word] if word in "沿祝" else [word]


def _of_rollout(logps: np.ndarray, noise: random.Random, score: float) -> dict[str, np.ndarray]:
    advantages = np.array([noise.gauss(score, 0.4) for _ in logps], np.float32)
    ratio = np.exp(np.array([noise.gauss(0.0, 0.15) for _ in logps])).astype(np.float32)
    over, under = (ratio > 1.2) & (advantages > 0), (ratio < 0.8) & (advantages < 0)
    clip = over.astype(np.float32) - under.astype(np.float32)
    return {"old": logps - np.log(ratio), "advantages": advantages, "ratio": ratio, "clip": clip}
