"""The token lens: the responses to one prompt, each token coloured by a number that an evaluation kept of it.

It reads from our own route, one prompt at a time; what a reader chooses in it stands in the page's address. Left out:
what is read (`app.tokens.lens_view`), and drawing it (`js`).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial

import streamlit as st

from app.bridge import address, javascript
from app.translations import _, current_language
from engine.analysis.token_quantities import QUANTITIES

PART, ANSWERS, ROLLOUT = "part", "answers", "rollout"
"""Which responses are shown, in the address: those that the tab Samples shows, and those of prompts that it has not."""
CHOICES = ("step", PART, "prompt", "show", "against")
"""Fields of the address: step, prompt (both as on the tab Samples), part, quantity, and RUN@STEP or @STEP beside it."""

_lens = st.components.v2.component(
    "alignlab_lens",
    html='<div class="al-lens"></div>',
    js=javascript.component_script("tokens/js/lens.js"),
    isolate_styles=False,
)


@dataclass(frozen=True)
class Other:
    """A run to compare with, and the steps at which its tokens are kept."""

    id: str
    name: str
    steps: tuple[int, ...]


def show(key: str, run: str, newest: int, others: Sequence[Other]) -> None:
    """Show the lens of a run; `newest` is its last step with tokens, and another one makes the lens read again."""
    _lens(
        key=key,
        data={
            "run": run,
            "newest": newest,
            "others": [asdict(other) for other in others],
            "choice": {name: st.query_params[name] for name in CHOICES if name in st.query_params},
            "url": f"alignlab/tokens?language={current_language()}",
            "quantities": {
                quantity.name: {
                    "title": _(quantity.title),
                    "help": _(quantity.help),
                    "scale": quantity.scale,
                    "neutral": quantity.neutral,
                    "sums": quantity.sums,
                }
                for quantity in QUANTITIES
            },
            "words": _words(),
            "language": current_language(),
        },
        on_chosen_change=partial(_write_address, key),
    )


def open_answer(step: int, prompt: int) -> None:
    """Turn to the tab Tokens at an answer that was sampled in an evaluation; for callbacks, before the page runs."""
    address.rewrite((*CHOICES, "tab"), {"tab": "tokens", **answer_query(step, prompt)})


def answer_query(step: int, prompt: int) -> dict[str, str]:
    """The fields of the address of an answer that was sampled in an evaluation."""
    return {"step": str(step), PART: ANSWERS, "prompt": str(prompt)}


def _write_address(key: str) -> None:
    """Before the page runs, so that the lens is told the address that it has asked for."""
    chosen = st.session_state[key]["chosen"]
    address.rewrite(CHOICES, {name: chosen[name] for name in CHOICES if name in chosen})


def _words() -> dict[str, object]:
    return {
        "choices": _("What is shown of the tokens"),
        "quantity": _("Colour by"),
        "part": _("Responses"),
        "parts": {
            "pairs": _("held out, of the data"),
            "rollout": _("trained on last"),
            "answers": _("sampled in the evaluation"),
        },
        "prompt": _("Prompt"),
        "step": _("Step"),
        "against": _("Compare with"),
        "nothing": _("nothing"),
        "other_step": _("another step"),
        "numbers": _("Numbers"),
        "loading": _("Reading the tokens"),
        "failed": _("The tokens could not be read. Is the dashboard still running?"),
        "gone": _("There is nothing like this any more: the step, the prompt or the run is not there."),
        "again": _("Show the newest step"),
        "absent": _("{second} has no answer to this prompt to compare with."),
        "difference": _("The same tokens: {first} minus {second}."),
        "beside": _("Other tokens, so they stand beside each other: {first}, then {second}."),
        "at_step": _("step {step}"),
        "response": _("Response"),
        "chosen": _("chosen"),
        "rejected": _("rejected"),
        "desirable": _("desirable"),
        "undesirable": _("undesirable"),
        "score": _("score {value}"),
        "tokens": _("{count} tokens"),
        "sum": _("sum {value}"),
        "mean": _("mean {value}"),
        "clipped": _("clipped: {count}"),
        "margin": _("chosen minus rejected: {value}"),
        "cut": _("{count} more tokens are not shown."),
        "earlier": _("Earlier turns: {count}"),
        "place": _("token {place} of {count}"),
        "place_id": _("token {place} of {count}, id {id}"),
        "partial": _("part {place} of {count} of one character"),
        "no_values": _("No number is kept of these tokens."),
    }
