"""What several runs answer to the same held-out prompts at their ends, side by side.

Left out: one run's answers before and after (`app.runs.run_tabs`).
"""

from collections.abc import Mapping, Sequence

import streamlit as st
from markupsafe import Markup

from app import clients
from app.markup import texts
from app.translations import _
from storage import samples
from storage.records import Run, Sample

SHOWN = 3
_PROMPT = Markup(
    '<div class="al-pair"><div class="al-prompt">{prompt}</div><div class="al-beside">{answers}</div></div>'
)
_ANSWER = Markup('<div class="al-answer"><span class="al-label"><b>{name}</b> · {about}</span>{text}</div>')


def same_prompts(compared: Sequence[Run]) -> None:
    """The first prompts that at least two of the runs have answered."""
    answers = {run.id: samples.first_responses(clients.database(), run.id, -1) for run in compared}
    prompts = dict.fromkeys(prompt for by_prompt in answers.values() for prompt in by_prompt)
    shared = [prompt for prompt in prompts if sum(prompt in by_prompt for by_prompt in answers.values()) > 1]
    if not shared:
        return
    st.html(
        texts.section(_("The same prompts, answered by each"), _("at the end of each run, sampled at temperature 1"))
    )
    st.html(Markup("").join(_prompt(prompt, compared, answers) for prompt in shared[:SHOWN]))


def _prompt(prompt: str, compared: Sequence[Run], answers: Mapping[str, Mapping[str, Sample]]) -> Markup:
    answered = [(run, answers[run.id][prompt]) for run in compared if prompt in answers[run.id]]
    return _PROMPT.format(
        prompt=texts.conversation(answered[0][1].messages),
        answers=Markup("").join(
            _ANSWER.format(name=run.name, about=texts.about_sample(sample), text=texts.answer(sample.text))
            for run, sample in answered
        ),
    )
