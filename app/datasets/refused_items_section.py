"""Which prompts of a dataset a model cannot read, because its chat template refuses them, with links to these items.

Left out: rendering the prompts, which the engine does, and skipping them, which training does.
"""

from urllib.parse import urlencode

import streamlit as st
from markupsafe import Markup

from app import clients
from app.bridge import live
from app.datasets.engine_notice import answering_engine
from app.markup import notices, tables, texts
from app.translations import N_, _, ngettext
from engine.spec import known_models
from engine.spec.answers import TemplateCheck, TemplateCheckRequest
from engine.spec.blocks import Data
from engine.spec.fields import settings
from storage.records import Dataset

SYSTEM_TURNS = next(setting.labels or {} for setting in settings(Data) if setting.path == "system_turn")


def section(data: Dataset) -> None:
    """The check, in an expander; the engine is asked only while that is open."""
    if not data.items:
        return
    box = st.expander(_("Which prompts a model can read"), key="data.template", on_change="rerun")
    if box.open:
        with box:
            _check(data)


def _check(data: Dataset) -> None:
    model_field, turn_field = st.columns(2)
    model = model_field.selectbox(_("Model"), list(known_models()), key="data.template.model", accept_new_options=True)
    system_turn = turn_field.selectbox(
        _("System turn"), list(SYSTEM_TURNS), key="data.template.turn", format_func=lambda turn: _(SYSTEM_TURNS[turn])
    )
    engine = answering_engine(_("The engine is off. It knows the model's template: start it with"))
    if engine is None:
        return
    with st.spinner(_("Rendering all prompts")):
        try:
            request = TemplateCheckRequest.model_validate(
                {"dataset": data.name, "model": model, "system_turn": system_turn}
            )
            answer = engine.template_check(request)
        except clients.EngineError as error:
            st.html(notices.sentences([error.text], "warning"))
            return
    if answer.problem is not None:
        st.html(notices.sentences([answer.problem], "warning"))
        return
    st.html(summary(answer))
    if answer.items:
        live.static(refused_items(data.name, answer), key="template_check")


def summary(answer: TemplateCheck) -> Markup:
    """How many prompts cannot be read, and what would mend them."""
    counts = {"refused": answer.refused, "count": answer.prompts_read, "all": answer.prompts_in_all}
    if not answer.refused:
        sentences = notices.sentences([(N_("It can read all {count} prompts."), counts)], "good")
    else:
        text = N_("It cannot read {refused} of {count} prompts: training and evaluation skip them.")
        sentences = notices.sentences([(text, counts)], "warning")
    if answer.mended:
        text = N_("With the system turn in the first question (data.system_turn), it can read {count} of them.")
        sentences += notices.sentences([(text, {"count": answer.mended})], "warning")
    if answer.prompts_read < answer.prompts_in_all:
        text = N_("There was time for {count} of {all} prompts; training checks the others.")
        sentences += notices.sentences([(text, counts)], "warning")
    return sentences


def refused_items(dataset: str, answer: TemplateCheck) -> Markup:
    """The first of the refused items, each a link to its editor, with the template's own words."""
    rows = [(_link(dataset, refused.item), texts.sentence(refused.cause)) for refused in answer.items]
    more = answer.refused - len(answer.items)
    left_out = ngettext("and {count} more item", "and {count} more items", more) if more else ""
    return tables.table((_("Item"), _("Why")), rows) + Markup('<p class="al-soft al-note">{}</p>').format(left_out)


def _link(dataset: str, item: str) -> Markup:
    query = urlencode({"dataset": dataset, "item": item})
    return Markup('<a class="al-name" data-go="data" href="data?{}">{}</a>').format(query, item)
