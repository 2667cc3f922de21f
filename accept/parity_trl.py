"""Our losses against TRL's own, on the same weights, tokens and rewards, TRL in an environment of its own.

dpo's variants, kto, grpo in the forms of its three papers, and gspo against TRL 1.16.0; ppo against 1.12.0, the last
that has it. Left out: where TRL comes from (`peers.environment`), and how each side computes its loss (`peers`).
"""

import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from accept.peers import own
from accept.peers.environment import PEERS, TRL, TRL_WITH_PPO, around, environment, with_ppo
from accept.report import conclude
from engine.data.groups import Group, encode
from engine.data.items import examples
from engine.data.templates import Encoded, Template
from engine.models.load import load_model
from engine.models.model_folder import inspect
from engine.models.tokenizer_files import load_tokenizer
from engine.spec import parse
from tests import tiny

TOLERANCE = 1e-5  # relative
PAIRS = 16
PROMPTS, GROUP_SIZE, LONGEST = 4, 4, 12
PAD = 0  # of the tiny vocabulary; in no invented answer
Form = dict[str, Any]

DPO: dict[str, Form] = {
    "dpo sigmoid": {"variant": "sigmoid", "beta": 0.1, "label_smoothing": 0.0},
    "dpo ipo": {"variant": "ipo", "beta": 0.5, "label_smoothing": 0.0},
    "dpo hinge": {"variant": "hinge", "beta": 0.3, "label_smoothing": 0.0},
    "dpo robust": {"variant": "robust", "beta": 0.2, "label_smoothing": 0.1},
}
KTO: dict[str, Form] = {
    "kto": {"beta": 0.1, "desirable_weight": 1.0, "undesirable_weight": 1.0},
    "kto, weighed": {"beta": 0.3, "desirable_weight": 1.2, "undesirable_weight": 0.7},
}
# Ours, and the same in TRL's words.
GRPO: dict[str, tuple[Form, Form]] = {
    "grpo": (
        {"epsilon": 0.2, "kl_coefficient": 0.04},
        {"loss_type": "grpo", "epsilon": 0.2, "beta": 0.04, "scale_rewards": "group"},
    ),
    "dr_grpo": (
        {"epsilon": 0.2, "kl_coefficient": 0.0, "mean": "constant", "scale": False},
        {"loss_type": "dr_grpo", "epsilon": 0.2, "beta": 0.0, "scale_rewards": "none"},
    ),
    "dapo": (
        {"epsilon": 0.2, "epsilon_high": 0.28, "kl_coefficient": 0.0, "mean": "token"},
        {"loss_type": "dapo", "epsilon": 0.2, "epsilon_high": 0.28, "beta": 0.0, "scale_rewards": "group"},
    ),
}
GSPO: dict[str, tuple[Form, Form]] = {
    "gspo": (
        {"epsilon": 3e-4, "epsilon_high": 4e-4},
        {
            "loss_type": "grpo",
            "importance_sampling_level": "sequence",
            "epsilon": 3e-4,
            "epsilon_high": 4e-4,
            "beta": 0.0,
        },
    ),
    "gspo, wide clip": (
        {"epsilon": 0.02, "epsilon_high": 0.03},
        {
            "loss_type": "grpo",
            "importance_sampling_level": "sequence",
            "epsilon": 0.02,
            "epsilon_high": 0.03,
            "beta": 0.0,
        },
    ),
}
PPO: dict[str, tuple[Form, Form]] = {
    name: (
        {
            "epsilon": 0.2,
            "value_epsilon": 0.2,
            "value_coefficient": weight,
            "kl_coefficient": 0.05,
            "gamma": gamma,
            "gae_lambda": 0.95,
        },
        {"cliprange": 0.2, "cliprange_value": 0.2, "vf_coef": weight, "kl_coef": 0.05, "gamma": gamma, "lam": 0.95},
    )
    for name, weight, gamma in (
        ("ppo, clipped policy term", 0.0, 1.0),
        ("ppo, with the critic's", 1.0, 1.0),
        ("ppo, discounted", 0.1, 0.99),
    )
}


def main() -> int:
    """Compute both sides and compare."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        models = Models(folder)
        found = {
            **preference(models),
            **labelled(models),
            **sampled(models, "grpo", GRPO, invented([5, 12, 8, 1])),
            **sampled(models, "gspo", GSPO, invented([5, 12, 8, 1])),
            **sampled(models, "ppo", PPO, invented([LONGEST], PROMPTS * GROUP_SIZE), head=head()),
        }
    figures = {
        name: {"alignlab": a, "trl": b, "relative_difference": abs(a - b) / abs(b)} for name, (a, b) in found.items()
    }
    wanted = {
        f"{n} agrees with TRL {version(n)} to {TOLERANCE} relative": f["relative_difference"] < TOLERANCE
        for n, f in figures.items()
    }
    return conclude("parity_trl", {"pairs": PAIRS, "answers": PROMPTS * GROUP_SIZE, **figures}, wanted)


def version(name: str) -> str:
    return TRL_WITH_PPO if name.startswith("ppo") else TRL


class Models:
    """The reference, a policy near it that samples, one further on, and one that is far away.

    The advantages of a group sum to 0, so its loss is a small difference of numbers near 1. The third is so far on that
    clips bite and the losses stand well above what float32 rounds away.
    """

    def __init__(self, folder: Path) -> None:
        self.reference = tiny.write_model(folder / "reference")
        self.old = moved(self.reference, folder / "old", 0.02, seed=1)
        self.policy = moved(self.old, folder / "policy", 0.04, seed=2)
        self.far = moved(self.reference, folder / "far", 0.1, seed=1)


def moved(folder: Path, target: Path, distance: float, seed: int) -> Path:
    """A copy of the model with other weights: a policy that has been trained."""
    model = load_model(inspect("tiny", folder))
    torch.manual_seed(seed)
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(distance * torch.randn_like(weight))
    model.save_pretrained(target)
    load_tokenizer(inspect("tiny", folder)).save_pretrained(target)
    return target


def preference(models: Models) -> dict[str, tuple[float, float]]:
    """dpo, ours and TRL's."""
    file = tiny.settings(models.reference, "any")
    template = Template.from_tokenizer(load_tokenizer(inspect("tiny", models.reference)))
    tried = [encode(example, template, 96, 64) for example in examples(map(tiny.pair, range(PAIRS)), parse(file))]
    groups = [group for group in tried if isinstance(group, Group)]
    ours = [own.frozen_loss({**file, **form}, models.reference, models.far, groups) for form in DPO.values()]
    pairs = [
        {
            "prompt_ids": list(group.encoded[0].prompt),
            "chosen_ids": list(group.encoded[0].response),
            "rejected_ids": list(group.encoded[1].response),
        }
        for group in groups
    ]
    question = {"policy": str(models.far), "reference": str(models.reference), "pairs": pairs}
    theirs = asked("trl_dpo.py", {**question, "forms": list(DPO.values())})
    return dict(zip(DPO, zip(ours, theirs, strict=True), strict=True))


def labelled(models: Models) -> dict[str, tuple[float, float]]:
    """kto, ours and TRL's, on policies that drifted either way."""
    file = tiny.settings(models.reference, "any", algorithm="kto")
    draw = random.Random(3)
    groups = [replace(group, scores=(float(draw.random() < 0.5),)) for group in invented([7], PAIRS)]
    ours = [own.frozen_loss({**file, **form}, models.reference, models.policy, groups) for form in KTO.values()]
    question = {
        "policy": str(models.policy),
        "reference": str(models.reference),
        "rows": [{"prompt": row.prompt, "response": row.response} for group in groups for row in group.encoded],
        "labels": [bool(group.scores[0]) for group in groups],
    }
    theirs = asked("trl_kto.py", {**question, "forms": list(KTO.values())})
    return dict(zip(KTO, zip(ours, theirs, strict=True), strict=True))


def sampled(
    models: Models,
    algorithm: str,
    forms: Mapping[str, tuple[Form, Form]],
    groups: list[Group],
    head: Sequence[float] = (),
) -> dict[str, tuple[float, float]]:
    """A policy-gradient method, ours and TRL's."""
    size = len(groups[0].encoded)
    file = tiny.settings(
        models.reference, "any", algorithm=algorithm, sampling={"group_size": size, "max_new_tokens": LONGEST}
    )
    ours = [
        own.sampled_loss({**file, **form}, models.reference, models.old, models.policy, groups, head)
        for form, _ in forms.values()
    ]
    question = {
        "reference": str(models.reference),
        "old": str(models.old),
        "policy": str(models.policy),
        "rows": [{"prompt": row.prompt, "response": row.response} for group in groups for row in group.encoded],
        "rewards": [score for group in groups for score in group.scores],
        "group_size": size,
        "max_new_tokens": LONGEST,
        "pad": PAD,
        "head": list(head),
        "forms": [form for _, form in forms.values()],
    }
    theirs = asked(f"trl_{'ppo' if algorithm == 'ppo' else 'grpo'}.py", question)
    return dict(zip(forms, zip(ours, theirs, strict=True), strict=True))


def invented(lengths: Sequence[int], prompts: int = PROMPTS) -> list[Group]:
    """Prompts of unlike length, each with answers of these lengths and rewards; the last group's are all equal."""
    draw = random.Random(0)

    def ids(count: int) -> tuple[int, ...]:
        return tuple(draw.randrange(PAD + 1, 270) for _ in range(count))

    groups = []
    for number in range(prompts):
        prompt = ids(3 + number)
        scores = tuple(0.5 if number == prompts - 1 else draw.random() for _ in lengths)
        names = tuple(str(index) for index in range(len(lengths)))
        groups.append(Group(str(number), names, tuple(Encoded(prompt, ids(length)) for length in lengths), scores))
    return groups


def head() -> list[float]:
    """Weights of a critic that has learned something."""
    draw = random.Random(1)
    return [draw.uniform(-0.3, 0.3) for _ in range(32)]


def asked(peer: str, question: Mapping[str, Any]) -> list[float]:
    """What TRL answers."""
    command = [str(environment()), str(PEERS / peer)]
    paths = {"PYTHONPATH": str(with_ppo())} if peer == "trl_ppo.py" else {}
    done = subprocess.run(
        command, input=json.dumps(question), capture_output=True, text=True, check=False, env=around() | paths
    )
    if done.returncode:
        raise SystemExit(f"TRL failed: {done.stderr[-2000:]}")
    answers: list[float] = json.loads(done.stdout.rpartition("losses: ")[2].splitlines()[0])
    return answers


if __name__ == "__main__":
    sys.exit(main())
