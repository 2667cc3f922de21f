"""The tab Samples of a run: mounts the view of its answers, which reads them from our own routes.

Left out: what the routes answer (`answers`, `pass_rates`), and drawing (`js`).
"""

from collections.abc import Mapping
from urllib.parse import urlencode

import streamlit as st

from app import clients
from app.bridge import address, javascript
from app.markup import texts
from app.tokens import lens
from app.translations import _, current_language
from engine.spec import Train, readable
from storage import rollout_samples, samples
from storage.records import ACTIVE, Run

VIEWS = ("list", "rates", "groups")
ADDRESS = {"view": "samples", "step": "step", "prompt": "prompt"}
"""The fields of what is looked at, and their names in the address."""
KEY = "samples"

_samples = st.components.v2.component(
    "alignlab_samples",
    html='<div class="al-samples"></div>',
    js=javascript.component_script("samples/js/samples.js"),
    isolate_styles=False,
)


def show(run: Run) -> None:
    """The run's answers, or why there are none."""
    spec = readable(run.spec)
    reason = _why_none(run, spec)
    if reason is not None:
        st.html(texts.empty(*reason))
        return
    _samples(
        key=KEY,
        data={
            "run": run.id,
            "url": "alignlab/samples/",
            "query": urlencode({"run": run.id, "language": current_language()}),
            "view": _view(st.query_params),
            "sampled": (isinstance(spec, Train) and spec.data.source == "sampled") or _groups_came_along(run),
            "words": _words(),
            "language": current_language(),
        },
        on_moved_change=lambda: _write_address(st.session_state[KEY]["moved"]),
        on_tokens_change=lambda: lens.open_answer(**st.session_state[KEY]["tokens"]),
    )


def open_step(step: int) -> None:
    """Turn to the tab Samples at the evaluation nearest to a step; for callbacks, before the page runs again."""
    st.query_params["tab"] = "samples"
    _write_address({"view": VIEWS[0], "step": step, "prompt": None})


def _why_none(run: Run, spec: object) -> tuple[str, str] | None:
    """What is missing and what to do, where no answer is there and none will come."""
    if isinstance(spec, Train) and "scalar_head" in spec.needs:
        advice = _("What it learned shows in its curves: held-out accuracy and margin.")
        return _("A reward model scores answers and gives none."), advice
    if run.state in ACTIVE or samples.steps(clients.database(), run.id) or _groups_came_along(run):
        return None
    if run.origin == "local":
        advice = _("The run ended before its first evaluation. Resume it, or launch it again with its settings.")
    else:
        advice = _("The run was made elsewhere, and its answers did not come along with its curves.")
    return _("No answers were kept of this run."), advice


def _groups_came_along(run: Run) -> bool:
    """Whether a run from elsewhere brought answers that it was trained on."""
    return run.origin != "local" and bool(rollout_samples.steps(clients.database(), run.id))


def _view(query: Mapping[str, str]) -> dict[str, object]:
    """What the address asks for; what cannot be there counts as nothing, as does a prompt of a rollout."""
    view = query.get(ADDRESS["view"], "")
    step, prompt = (_whole(query.get(ADDRESS[name], "")) for name in ("step", "prompt"))
    is_trained_on = query.get(lens.PART) == lens.ROLLOUT
    return {"view": view if view in VIEWS else VIEWS[0], "step": step, "prompt": None if is_trained_on else prompt}


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _write_address(view: Mapping[str, object]) -> None:
    """Write what the reader looks at into the address, so that a link or a reload shows it again."""
    written = {ADDRESS[name]: value for name, value in view.items() if value is not None and value != VIEWS[0]}
    address.rewrite((*ADDRESS.values(), lens.PART), written)


def _words() -> dict[str, str]:
    """The sentences of the view in the reader's language; the browser fills their fields."""
    return {
        "reading": _("Reading the answers"),
        "empty": _("No answers yet. The model answers the same held-out prompts at step 0 and at every evaluation."),
        "stale": _("Could not be brought up to date since {time}"),
        "views": _("What of the answers is shown"),
        "view_list": _("Answers"),
        "view_rates": _("Pass rates"),
        "view_groups": _("Training groups"),
        "step": _("Step"),
        "stepOf": _("step {step} · evaluation {number} of {count}"),
        "groupsOf": _("step {step} · {number} of {count}"),
        "previous": _("The evaluation before"),
        "next": _("The next evaluation"),
        **_answer_words(),
        **_list_words(),
        **_strip_words(),
        **_rate_words(),
        **_group_words(),
    }


def _answer_words() -> dict[str, str]:
    return {
        "noReward": _("no reward"),
        "rewardHelp": _("Reward: the weighted sum of its parts. The bar is drawn in the range of this run."),
        "since": _("Change of the reward since step {step}"),
        "number": _("no. {number}"),
        "tokens": _("{count} tokens"),
        "divergence": _("KL {value}"),
        "cut": _("cut"),
        "cutHelp": _("The answer reached the longest length and was cut."),
        "unchanged": _("unchanged"),
        "rewritten": _("rewritten"),
        "rewrittenHelp": _("It shares too few words with the answer it is compared with to mark what differs."),
        "thinking": _("Thinking"),
        "nothing": _("(an empty answer)"),
        "earlier": _("Earlier turns: {count}"),
    }


def _list_words() -> dict[str, str]:
    return {
        "sort": _("Order"),
        "sort_prompt": _("As evaluated"),
        "sort_best": _("Best reward first"),
        "sort_worst": _("Worst reward first"),
        "sort_changed": _("Most changed since the first step"),
        "search": _("Find in prompts and answers"),
        "histogram": _("Rewards of {count} answers · median {median}"),
        "bin": _("{low} to {high}: {count} answers. Press to see only these; Shift extends the range."),
        "found": _("{count} of {all} answers"),
        "between": _("reward from {low} to {high}"),
        "none": _("No answer is like that. Clear the filter to see all."),
        "clear": _("Clear"),
        "more": _("Show more ({count} left)"),
        "across": _("Across the steps"),
        "tokensOf": _("Its tokens"),
    }


def _strip_words() -> dict[str, str]:
    return {
        "allAnswers": _("‹ All answers"),
        "previousPrompt": _("The prompt before"),
        "nextPrompt": _("The next prompt"),
        "promptOf": _("prompt {number} of {count}"),
        "against": _("Changes since"),
        "before": _("the step before"),
        "first": _("the first step"),
        "atStep": _("step {step}"),
        "strip": _("The answers of all steps, the newest at the end"),
        "columns": _("{shown} of {count} evaluations are shown, evenly."),
    }


def _rate_words() -> dict[str, str]:
    return {
        "passes": _("An answer passes from a reward of"),
        "median": _("This limit is the median of the {count} answers at step {step}."),
        "middle": _("This limit is the middle of the range of rewards."),
        "rates": _("Answers that pass, of those sampled, by prompt and step"),
        "ratesHelp": _("Each cell: how many answers pass, of how many. Press one to see the prompt across the steps."),
        "prompt": _("Prompt"),
        "noRewards": _("The answers of this run have no reward."),
        "change": _("Change (pp)"),
        "changeHelp": _("The share that passes at the last step less that at the first, in percentage points"),
        "allPrompts": _("All {count} prompts"),
        "morePrompts": _("Show more prompts ({count} left)"),
    }


def _group_words() -> dict[str, str]:
    return {
        "trainingKind": _("Training"),
        "groupsHelp": _(
            "Sampled from prompts of the training set in the last rollout before step {step}. They are not held-out "
            "answers: the run learned from them."
        ),
        "noGroups": _("No group yet: the first ones are kept at the first evaluation after step 0."),
        "group": _("{count} answers · mean reward {mean} · standard deviation {deviation}"),
        "single": _("one answer · reward {mean}"),
        "equal": _("all rewards are equal: it teaches nothing"),
        "advantage": _("advantage"),
        "advantageHelp": _("How much better than expected: above 0 the answer became likelier. Mean over its tokens."),
        "leftOut": _("not trained on"),
        "leftOutHelp": _("The loss leaves this answer of the group out."),
    }
