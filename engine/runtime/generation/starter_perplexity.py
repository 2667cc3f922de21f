"""The perplexity of answers under the starter model, which can tell broken text from text in the starter's own domain.

Left out: what follows from it (`engine.analysis.quality.answer_variety`).
"""

from collections.abc import Callable, Sequence

import torch

from engine.data.tool_calls import tools_of
from engine.models.load import Policy
from engine.models.scoring import score_one_by_one
from storage.records import Item

NAME = "starter"


@torch.no_grad()
def perplexities(starter: Policy, items: Sequence[Item], heartbeat: Callable[[], None]) -> list[float]:
    """exp(mean negative log-prob of a token) of each response, given its prompt: no limit but the model's context."""
    context = int(starter.model.config.max_position_embeddings)
    values: list[float] = []
    for item in items:
        texts = [response.text for response in item.responses]
        encoded = starter.template.encode(item.messages, texts, context, context // 2, tools_of(item.extra))
        with starter.autocast():
            scores = score_one_by_one(starter.model, encoded)
        means = (scores.logps * scores.mask).sum(1) / scores.mask.sum(1)  # (R,)
        values += (-means).exp().tolist()
        heartbeat()
    return values
