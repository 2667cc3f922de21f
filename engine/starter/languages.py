"""Whether a trained starter answers in the language it was asked in, from answers drawn at top_p 0.95."""

import re
from collections.abc import Iterable, Sequence

from engine.models import catalogue
from engine.models.load import load_policy
from engine.models.model_folder import AncestorCheckpoint
from engine.models.sampler import sample
from storage import runs
from storage.database import Database
from storage.records import Item

NEW_TOKENS = 64
TOP_P = 0.95
CHINESE, LATIN = re.compile(r"[㐀-鿿]"), re.compile(r"[A-Za-z]")


def drawn(db: Database, run_id: str, items: Sequence[Item], times: int = 1) -> list[tuple[str, str]]:
    """Each item's question with an answer of the run's last checkpoint, full weights on the starter, `times` over."""
    policy = load_policy(
        catalogue.locate("starter", db.workspace),
        adapter="none",
        device="cpu",
        seed=0,
        ancestors=[AncestorCheckpoint(None, runs.checkpoints(db, run_id)[-1].path / "weights.safetensors")],
    )
    prompts = [item for item in items for _ in range(times)]
    answers = sample(
        policy.model,
        [policy.template.encode_prompt(item.messages) for item in prompts],
        [(row,) for row in range(len(prompts))],
        stops=policy.template.stops,
        max_new_tokens=NEW_TOKENS,
        top_p=TOP_P,
        decoding=policy.decoding,
    )
    responses = [policy.template.decode(answer.tokens) for answer in answers]
    return [(item.messages[-1]["content"], text) for item, text in zip(prompts, responses, strict=True)]


def wrong_language(dialogues: Iterable[tuple[str, str]]) -> int:
    """How many answers are, for the greater part, not in the language of their question."""
    return sum(_chinese(question) != _chinese(answer) for question, answer in dialogues)


def _chinese(text: str) -> bool:
    """Whether more of its letters are Chinese than Latin, one Chinese character weighing as much as two letters."""
    return 2 * len(CHINESE.findall(text)) > len(LATIN.findall(text))
