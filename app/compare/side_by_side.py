"""What several runs answer to the same held-out prompts at their ends, side by side.

Left out: one run's answers before and after (`app.runs.run_tabs`).
"""

from collections.abc import Mapping, Sequence

import streamlit as st
from markupsafe import Markup

from app import clients
from app.compare.compared_groups import Comparison
from app.markup import texts
from app.translations import _
from storage import samples
from storage.records import Run, Sample

SHOWN = 3
USUAL, MOST = 4, 6  # runs side by side
BESIDE, CHOSEN, SEEN = "beside", "compare.beside", "compare.beside.seen"
_PROMPT = Markup(
    '<div class="al-pair"><div class="al-prompt">{prompt}</div><div class="al-beside">{answers}</div></div>'
)
_ANSWER = Markup('<div class="al-answer"><span class="al-label"><b>{name}</b> · {about}</span>{text}</div>')


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
    st.html(Markup("").join(_prompt(prompt, compared, answers) for prompt in shared[:SHOWN]))


def _chosen(comparison: Comparison) -> list[Run]:
    """Which runs stand side by side: the first of each group, until others are chosen; the address holds them."""
    names = {run.id: run.name for run in comparison.runs}
    usual = [group.runs[0].id for group in comparison.groups][:USUAL]
    if len(usual) < 2:
        usual = list(names)[:USUAL]
    wanted = [run for run in st.query_params.get(BESIDE, "").split(",") if run in names][:MOST] or usual
    if CHOSEN not in st.session_state or st.session_state.get(SEEN) != wanted:
        st.session_state[CHOSEN] = wanted
    with st.container(key="compare_beside"):
        chosen = st.multiselect(
            _("Side by side"),
            list(names),
            key=CHOSEN,
            format_func=names.__getitem__,
            max_selections=MOST,
            placeholder=_("Choose two to six runs"),
            label_visibility="collapsed",
            select_all=False,  # or Enter takes all that match
        )
    shown = chosen or usual
    st.session_state[SEEN] = shown
    if shown == usual:
        st.query_params.pop(BESIDE, None)
    else:
        st.query_params[BESIDE] = ",".join(shown)
    by_id = {run.id: run for run in comparison.runs}
    return [by_id[run] for run in shown]


def _prompt(prompt: str, compared: Sequence[Run], answers: Mapping[str, Mapping[str, Sample]]) -> Markup:
    answered = [(run, answers[run.id][prompt]) for run in compared if prompt in answers[run.id]]
    return _PROMPT.format(
        prompt=texts.conversation(answered[0][1].messages),
        answers=Markup("").join(
            _ANSWER.format(name=run.name, about=texts.about_sample(sample), text=texts.answer(sample.text))
            for run, sample in answered
        ),
    )
