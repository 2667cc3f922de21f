"""dpo's four variants against TRL's own loss, on the same weights and tokens, TRL in an environment of its own.

The environment is made once in the system's temporary folder (about 1.5 GB, minutes); ALIGNLAB_TRL_ENV names another.
"""

import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

import torch

from accept.report import conclude
from engine.algorithms import dpo
from engine.data.groups import Group, encode
from engine.data.items import units
from engine.data.templates import Template
from engine.models.batches import Batches
from engine.models.folder import inspect
from engine.models.load import load_model, load_policy, load_tokenizer
from engine.models.reference import ReferenceCache
from engine.spec import parse
from tests import tiny

TRL = "1.16.0"
PEER = Path(__file__).parent / "peers" / "trl_dpo.py"
VARIANTS = [
    {"variant": "sigmoid", "beta": 0.1, "label_smoothing": 0.0},
    {"variant": "ipo", "beta": 0.5, "label_smoothing": 0.0},
    {"variant": "hinge", "beta": 0.3, "label_smoothing": 0.0},
    {"variant": "robust", "beta": 0.2, "label_smoothing": 0.1},
]
PAIRS = 16
TOLERANCE = 1e-5


def main() -> int:
    """Compute both sides and compare."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        reference = tiny.write_model(folder / "reference")
        policy = moved(reference, folder / "policy")
        spec = parse(tiny.settings(reference, "any"))
        template = Template.of(load_tokenizer(inspect("tiny", reference)))
        found = [encode(unit, template, 96, 64) for unit in units(map(tiny.pair, range(PAIRS)), spec)]
        groups = [group for group in found if group is not None]
        own = ours(reference, policy, groups, folder)
        question = {"policy": str(policy), "reference": str(reference), "variants": VARIANTS, "pairs": rows(groups)}
        theirs = asked(question)
    names = [variant["variant"] for variant in VARIANTS]
    figures = {
        n: {"alignlab": a, "trl": b, "difference": abs(a - b)} for n, a, b in zip(names, own, theirs, strict=True)
    }
    wanted = {f"{n} agrees with TRL {TRL} to {TOLERANCE}": f["difference"] < TOLERANCE for n, f in figures.items()}
    return conclude("parity_trl", {"pairs": PAIRS, **figures}, wanted)


def moved(folder: Path, target: Path) -> Path:
    """A copy of the model with other weights: a policy that has been trained."""
    model = load_model(inspect("tiny", folder))
    torch.manual_seed(1)
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(0.1 * torch.randn_like(weight))
    model.save_pretrained(target)
    load_tokenizer(inspect("tiny", folder)).save_pretrained(target)
    return target


def ours(reference: Path, policy: Path, groups: list[Group], folder: Path) -> list[float]:
    """Each variant's loss over all pairs, through the path that training takes."""
    one = load_policy(inspect("reference", reference), adapter="none", device="cpu", seed=0)
    one.load_weights(dict(load_model(inspect("policy", policy)).named_parameters()))
    losses = []
    for variant in VARIANTS:
        spec = parse({**tiny.settings(reference, "any"), **variant})
        batches = Batches.of(spec, one, ReferenceCache(folder / "cache", "key"))
        outline = batches.outline(groups)
        losses.append(float(dpo.loss(batches.scored(groups, outline, dpo.totals(outline)), spec).loss.detach()))
    return losses


def rows(groups: list[Group]) -> list[dict[str, list[int]]]:
    """The pairs as TRL's collator takes them."""
    return [
        {
            "prompt_ids": list(group.encoded[0].prompt),
            "chosen_ids": list(group.encoded[0].response),
            "rejected_ids": list(group.encoded[1].response),
        }
        for group in groups
    ]


def asked(question: dict[str, object]) -> list[float]:
    """What TRL answers."""
    done = subprocess.run(
        [str(environment()), str(PEER)], input=json.dumps(question), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"TRL failed: {done.stderr[-2000:]}")
    answers: list[float] = json.loads(done.stdout.rpartition("losses: ")[2])
    return answers


def environment() -> Path:
    """The Python of an environment that holds TRL. torch first, so that TRL does not fetch its largest build."""
    given = os.environ.get("ALIGNLAB_TRL_ENV")
    folder = Path(given) if given else Path(tempfile.gettempdir()) / f"alignlab-trl-{TRL}"
    python = folder / "bin" / "python"
    if not has_trl(python):
        venv.create(folder, with_pip=True)
        for package in (f"torch=={torch.__version__.partition('+')[0]}", f"trl=={TRL}"):
            subprocess.run([str(python), "-m", "pip", "install", "--quiet", package], check=True)
    return python


def has_trl(python: Path) -> bool:
    return python.exists() and subprocess.run([str(python), "-c", "import trl"], check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
