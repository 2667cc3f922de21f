"""How many of a prompt's samples reach a reward at each evaluation, as JSON: the prompts that changed most first.

Left out: drawing them (`js`).
"""

from collections import defaultdict
from typing import Any

from app.samples.answers import prompt, thinned
from storage import sample_lists
from storage.database import Database
from storage.records import Run

PER_PAGE = 40
MOST_STEPS = 40


def rates(db: Database, run: Run, threshold: float, step: int | None, offset: int) -> dict[str, Any]:
    """A page of prompts, each with (passed, samples) at every step shown, None where nothing was sampled.

    `change` is the share that passes at a prompt's last step less that at its first. `totals` are over all prompts.
    """
    by_prompt: dict[int, dict[int, tuple[int, int]]] = defaultdict(dict)
    for row in sample_lists.passes(db, run.id, threshold):
        by_prompt[row.prompt_index][row.step] = (row.passed, row.samples)
    steps = sorted({step for cells in by_prompt.values() for step in cells})
    shown = thinned(steps, MOST_STEPS, step)
    changes = {index: _change(cells) for index, cells in by_prompt.items()}
    order = sorted(by_prompt, key=lambda index: (-abs(changes[index]), -changes[index], index))
    page = order[offset : offset + PER_PAGE]
    messages = sample_lists.prompts(db, run.id, page)
    return {
        "threshold": threshold,
        "steps": shown,
        "evaluations": len(steps),
        "prompts": len(order),
        "totals": [_total(by_prompt, step) for step in shown],
        "rows": [
            {
                "index": index,
                "prompt": prompt(messages.get(index, ())),
                "cells": [by_prompt[index].get(step) for step in shown],
                "change": changes[index],
            }
            for index in page
        ],
    }


def _change(cells: dict[int, tuple[int, int]]) -> float:
    (first, of_first), (last, of_last) = cells[min(cells)], cells[max(cells)]
    return last / of_last - first / of_first


def _total(by_prompt: dict[int, dict[int, tuple[int, int]]], step: int) -> tuple[int, int]:
    cells = [cells[step] for cells in by_prompt.values() if step in cells]
    return sum(passed for passed, _ in cells), sum(samples for _, samples in cells)
