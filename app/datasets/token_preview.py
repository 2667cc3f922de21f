"""One saved item as the model will see it: what is only read, what is trained, where the turn ends, what is cut.

Left out: cutting and tokenising, which the engine does.
"""

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

import streamlit as st
from markupsafe import Markup

from app import clients
from app.datasets.engine_notice import answering_engine
from app.markup import notices
from app.translations import _, ngettext
from engine.spec import known_models
from engine.spec.answers import Piece, PreviewRequest
from engine.spec.blocks import Data

SETTINGS = ("max_tokens", "max_prompt_tokens", "enable_thinking", "system_turn")  # of the data, that tokens depend on
USUAL = {name: Data.model_fields[name].default for name in SETTINGS}


def of_item(dataset: str, item_id: str) -> None:
    """An item for a model that can be chosen, with the usual settings."""
    model = st.selectbox(_("Model"), list(known_models()), key="edit.model", accept_new_options=True)
    show(dataset, item_id, model, USUAL)


def show(dataset: str, item_id: str, model: str, settings: Mapping[str, Any]) -> None:
    """Each response with its trained tokens on another background, or why that cannot be shown now."""
    engine = answering_engine(_("The engine is off. It knows the model's tokens: start it with"))
    if engine is None:
        return
    with st.spinner(_("Cutting it into tokens")):
        try:
            request = PreviewRequest(dataset=dataset, item=item_id, model=model, **settings)
            preview = engine.preview(request)
        except clients.EngineError as error:
            st.html(notices.sentences([error.text], "warning"))
            return
    if preview.problem is not None:
        st.html(notices.sentences([preview.problem], "warning"))
    responses = zip_longest(preview.pieces, preview.typed_ends, preview.written)
    st.html(legend() + Markup("").join(marked(*response) for response in responses))


def marked(pieces: Sequence[Piece], typed_end: bool | None = None, written: str | None = None) -> Markup:
    """One response after its prompt; nothing is left of one that does not fit.

    `written` is the conversation as the template writes it, where that is otherwise.
    """
    notes = Markup("")
    if typed_end:
        notes += _note(_("The end token that is typed at the end of this answer was taken off."))
    if written is not None:
        notes += _note(_("The chat template itself writes this conversation and its answer otherwise:"))
        notes += Markup('<div class="al-tokens al-raw" dir="auto">{}</div>').format(written)
    return _example(pieces) + notes


def _note(sentence: str) -> Markup:
    return Markup('<p class="al-note al-soft">{}</p>').format(sentence)


def _example(pieces: Sequence[Piece]) -> Markup:
    if not pieces:
        return Markup('<p class="al-soft">{}</p>').format(_("No token of the answer fits: it is skipped."))
    span = Markup('<span class="al-token-{}">{}</span>')
    spans = Markup("").join(span.format(p.kind, _cut(p.text) if p.kind == "cut" else p.text) for p in pieces)
    return Markup('<div class="al-tokens al-raw" dir="auto">{}</div>').format(spans)


def _cut(count: str) -> str:
    """In the place of tokens that the limits leave no room for."""
    return "▲ " + ngettext("{count} token cut", "{count} tokens cut", int(count))


def legend() -> Markup:
    """What the backgrounds mean."""
    kinds = (("prompt", _("read only")), ("response", _("trained")), ("end", _("end of turn, trained")))
    names = Markup(" ").join(Markup('<span class="al-token-{}">{}</span>').format(*kind) for kind in kinds)
    return Markup('<p class="al-note">{}</p>').format(names)
