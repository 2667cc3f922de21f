"""What is measured against TRL: methods, shapes and models, and what each side is told.

Both sides get the same texts through the same chat template, train all weights in fp32 unless said, with dropout off
and the same clip, and neither evaluates nor saves. Where TRL has settings that make it faster, `best` names them.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

WORDS = [
    "river",
    "garden",
    "window",
    "morning",
    "letter",
    "music",
    "kitchen",
    "winter",
    "bridge",
    "story",
    "teacher",
    "market",
    "summer",
    "engine",
    "forest",
    "mountain",
    "paper",
    "harbor",
    "village",
    "science",
    "machine",
    "ocean",
    "candle",
    "orange",
    "silver",
    "simple",
    "quiet",
    "gentle",
    "early",
    "bright",
]
STEPS = 5  # that are timed, of which the median counts
LEARNING_RATE = 1e-6  # neither side shall drift to other lengths while it is measured

Settings = dict[str, Any]


@dataclass(frozen=True)
class Work:
    """One row of the table: `floor` and `aim` are ratios TRL / ours, by the name of the comparison."""

    name: str
    method: str
    model: str
    prompt_words: int
    answer_words: int
    batch: int  # pairs, or prompts
    floor: float
    aim: float
    group: int = 1
    new_tokens: int = 0
    ours: Settings = field(default_factory=dict)
    theirs: Settings = field(default_factory=dict)
    warm: bool = False  # the reference of all pairs is known before the steps are timed

    @property
    def is_sampled(self) -> bool:
        """Whether the answers are the policy's own."""
        return self.new_tokens > 0


def rows(work: Work) -> list[Mapping[str, Any]]:
    """The pairs or prompts of a work, the same on both sides; enough for a warm-up step and the timed ones."""
    draw = random.Random(work.name)

    def text(words: int) -> str:
        return " ".join(draw.choice(WORDS) for _ in range(words))

    def row() -> Mapping[str, Any]:
        prompt = [{"role": "user", "content": f"Write a long story about this: {text(work.prompt_words)}"}]
        if work.is_sampled:
            return {"prompt": prompt}
        chosen, rejected = ([{"role": "assistant", "content": text(work.answer_words)}] for _ in range(2))
        return {"prompt": prompt, "chosen": chosen, "rejected": rejected}

    return [row() for _ in range(work.batch * (STEPS + 1))]


def _pairs(model: str, name: str, floor: float, aim: float, **shape: Any) -> Work:
    return Work(f"dpo, {name}, {model}", "dpo", model, floor=floor, aim=aim, batch=4, **shape)


FORMS: dict[str, tuple[Settings, Settings]] = {  # a method in our words, and in TRL's
    "grpo": ({"kl_coefficient": 0.0}, {"loss_type": "grpo"}),
    "gspo": (
        {"epsilon": 3e-4, "epsilon_high": 4e-4},
        {"importance_sampling_level": "sequence", "loss_type": "grpo", "epsilon": 3e-4, "epsilon_high": 4e-4},
    ),
}


def _sampled(method: str, model: str, shape: str, floor: float, aim: float, **more: Any) -> Work:
    ours, theirs = FORMS[method]
    return Work(f"{method}, {shape}, {model}", method, model, floor=floor, aim=aim, ours=ours, theirs=theirs, **more)


SMOLLM, STARTER = "smollm2-135m", "starter"
SHORT: Settings = {"prompt_words": 60, "answer_words": 95}  # about 190 tokens a row
LONG_PROMPT: Settings = {"prompt_words": 220, "answer_words": 60}
GROUPS: Settings = {"prompt_words": 12, "answer_words": 0, "batch": 2, "group": 4, "new_tokens": 32}
LONG_GROUPS: Settings = {"prompt_words": 190, "answer_words": 0, "batch": 4, "group": 4, "new_tokens": 32}

WORKS = {
    work.name: work
    for work in (
        _pairs(SMOLLM, "reference in the step", 2.2, 2.6, **SHORT),
        _pairs(SMOLLM, "reference known", 2.6, 3.2, warm=True, theirs={"precompute_ref_log_probs": True}, **SHORT),
        _pairs(SMOLLM, "long prompts, reference in the step", 2.4, 3.0, **LONG_PROMPT),
        _pairs(
            SMOLLM,
            "long prompts, reference known",
            3.0,
            4.0,
            warm=True,
            theirs={"precompute_ref_log_probs": True},
            **LONG_PROMPT,
        ),
        _sampled("grpo", SMOLLM, "2 x 4 x 32", 1.7, 2.2, **GROUPS),
        _sampled("gspo", SMOLLM, "2 x 4 x 32", 1.7, 2.2, **GROUPS),
        _sampled("grpo", SMOLLM, "4 long prompts x 4 x 32", 1.8, 2.6, **LONG_GROUPS),
        _pairs(STARTER, "reference in the step", 2.0, 3.0, **SHORT),
        _sampled("grpo", STARTER, "2 x 4 x 32", 2.0, 3.0, **GROUPS),
        _sampled("gspo", STARTER, "2 x 4 x 32", 2.0, 3.0, **GROUPS),
    )
}
