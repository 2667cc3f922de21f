"""One saved item as the model will see it: what is only read, what is trained, where the turn ends.

What was cut is said where it was. Left out: cutting and tokenising, which the engine does and answers for.
"""

from collections.abc import Mapping, Sequence

import streamlit as st
from markupsafe import Markup

from app import clients
from app.markup import notices
from app.translations import _, ngettext
from engine.spec import known_models
from engine.spec.blocks import Data

LIMITS = {name: Data.model_fields[name].default for name in ("max_tokens", "max_prompt_tokens")}


def of_item(dataset: str, item_id: str) -> None:
    """An item for a model that can be chosen, within the usual limits."""
    model = st.selectbox(_("Model"), list(known_models()), key="edit.model", accept_new_options=True)
    show(dataset, item_id, model, LIMITS)


def show(dataset: str, item_id: str, model: str, limits: Mapping[str, int]) -> None:
    """Each answer with its trained tokens on a ground of their own, or why that cannot be shown now."""
    engine = clients.engine()
    if engine.health() is None:
        told = _("The engine is off. It knows the model's tokens: start it with")
        st.html(Markup('<p class="al-note al-soft">{} <code>{}</code></p>').format(told, clients.engine_command()))
        return
    with st.spinner(_("Cutting it into tokens")):
        try:
            answer = engine.preview({"dataset": dataset, "item": item_id, "model": model, **limits})
        except clients.EngineError as error:
            st.html(notices.sentences([error.text], "warning"))
            return
    if answer.get("problem"):
        st.html(notices.sentences([tuple(answer["problem"])], "warning"))
    st.html(legend() + Markup("").join(map(marked, answer["pieces"])))


def marked(pieces: Sequence[Sequence[str]]) -> Markup:
    """One answer after its prompt; nothing is left of one that does not fit."""
    if not pieces:
        return Markup('<p class="al-soft">{}</p>').format(_("No token of the answer fits: it is skipped."))
    span = Markup('<span class="al-token-{}">{}</span>')
    spans = Markup("").join(span.format(part, _cut(text) if part == "cut" else text) for text, part in pieces)
    return Markup('<div class="al-tokens al-raw" dir="auto">{}</div>').format(spans)


def _cut(lost: str) -> str:
    """In the place of tokens that the limits leave no room for."""
    return "▲ " + ngettext("{count} token cut", "{count} tokens cut", int(lost))


def legend() -> Markup:
    """What the grounds mean."""
    parts = (("prompt", _("read only")), ("response", _("trained")), ("end", _("end of turn, trained")))
    names = Markup(" ").join(Markup('<span class="al-token-{}">{}</span>').format(*part) for part in parts)
    return Markup('<p class="al-note">{}</p>').format(names)
