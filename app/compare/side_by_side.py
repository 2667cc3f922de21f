"""What several runs answer to the same held-out prompts at their ends, side by side.

Left out: one run's answers before and after (`app.samples.before_and_after`).
"""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

import streamlit as st
from markupsafe import Markup

from app import clients
from app.bridge import address, live
from app.compare.compared_groups import Comparison
from app.markup import texts
from app.tokens import lens
from app.translations import _
from storage import samples
from storage.records import Run, Sample

SHOWN = 3
USUAL, MOST = 4, 6  # runs side by side
BESIDE, CHOSEN = "beside", "compare.beside"
_PROMPT = Markup(
    '<div class="al-pair"><div class="al-prompt">{prompt}</div><div class="al-beside">{answers}</div></div>'
)
_ANSWER = Markup('<div class="al-answer"><span class="al-label"><b>{name}</b> · {about}{tokens}</span>{text}</div>')
_TOKENS = Markup(' · <a data-go="run" href="run?{query}">{words}</a>')


def same_prompts(comparison: Comparison) -> None:
    """The first prompts that at least two of the chosen runs have answered."""
    if len(comparison.runs) < 2:
        st.html(texts.empty(_("One run alone has nothing beside it."), _("Add another in the field above.")))
        return
    compared = _chosen(comparison)
    answers = {run.id: samples.first_responses(clients.database(), run.id, -1) for run in compared}
    prompts = dict.fromkeys(prompt for by_prompt in answers.values() for prompt in by_prompt)
    shared = [prompt for prompt in prompts if sum(prompt in by_prompt for by_prompt in answers.values()) > 1]
    if not shared:
        st.html(
            texts.empty(
                _("No prompt was answered by two of these runs."),
                _("Answers come with evaluations; only the same held-out prompts can be set side by side."),
            )
        )
        return
    st.html(
        texts.section(_("The same prompts, answered by each"), _("at the end of each run, sampled at temperature 1"))
    )
    kept = {run.id: samples.token_steps(clients.database(), run.id) for run in compared}
    shown = Markup("").join(_prompt(prompt, compared, answers, kept) for prompt in shared[:SHOWN])
    live.static(shown, key="compare_answers")


def _chosen(comparison: Comparison) -> list[Run]:
    """Which runs stand side by side: the first of each group, until others are chosen; the address holds them."""
    names = {run.id: run.name for run in comparison.runs}
    usual = [group.runs[0].id for group in comparison.groups][:USUAL]
    if len(usual) < 2:
        usual = list(names)[:USUAL]
    wanted = [run for run in st.query_params.get(BESIDE, "").split(",") if run in names][:MOST] or usual
    with st.container(key="compare_beside"):
        chosen = address.several(
            _("Side by side"),
            names,
            wanted,
            key=CHOSEN,
            max_selections=MOST,
            placeholder=_("Choose two to six runs"),
            label_visibility="collapsed",
        )
    shown = chosen or usual
    address.note(CHOSEN, shown)
    address.put(BESIDE, None if shown == usual else ",".join(shown))
    by_id = {run.id: run for run in comparison.runs}
    return [by_id[run] for run in shown]


def _prompt(
    prompt: str,
    compared: Sequence[Run],
    answers: Mapping[str, Mapping[str, Sample]],
    kept: Mapping[str, Sequence[int]],
) -> Markup:
    """`kept`: the steps at which each run's tokens are."""
    answered = [(run, answers[run.id][prompt]) for run in compared if prompt in answers[run.id]]
    return _PROMPT.format(
        prompt=texts.conversation(answered[0][1].messages),
        answers=Markup("").join(
            _ANSWER.format(
                name=run.name,
                about=texts.about_sample(sample),
                tokens=_tokens_link(run, sample, answered, kept),
                text=texts.answer(sample.text),
            )
            for run, sample in answered
        ),
    )


def _tokens_link(
    run: Run, sample: Sample, answered: Sequence[tuple[Run, Sample]], kept: Mapping[str, Sequence[int]]
) -> Markup:
    """To the token lens with the answer, beside that of the first of the other runs; nothing where no tokens are."""
    if sample.step not in kept[run.id]:
        return Markup("")
    query = {"id": run.id, "tab": "tokens", **lens.answer_query(sample.step, sample.prompt_index)}
    others = [(other, its) for other, its in answered if other.id != run.id and its.step in kept[other.id]]
    if not others:
        return _TOKENS.format(query=urlencode(query), words=_("Its tokens"))
    (other, its), *_rest = others
    query["against"] = f"{other.id}@{its.step}"
    return _TOKENS.format(query=urlencode(query), words=_("tokens beside {run}").format(run=other.name))
