"""The form of Launch as the browser keeps it, so that neither a reload nor an expired session loses it.

Only what differs from the defaults is kept, and what is read back is checked value by value: a later version may have
other settings. What a link, a preset or a run file fills in goes before the draft, which can then be brought back. Left
out: where the values are kept on the page (`launch.form_state`).
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any

import streamlit as st
from markupsafe import Markup

from app import people
from app.bridge import buttons, javascript
from app.launch import draft_values, form_state
from app.translations import _
from storage.database import Database

MOST = 200_000  # characters that are kept
FOUND = "draft.found"
_SESSION = "launch.draft_session"
_ANSWERED = "launch.draft_answered"
_FILLED = "launch.draft_filled"  # the draft as a link, a preset or a run file made it
_EARLIER = "launch.draft_earlier"  # the draft that was replaced by it
_RESTORED = "launch.draft_restored"

_keeper = st.components.v2.component(
    "alignlab_draft", html="<i></i>", js=javascript.component_script("launch/js/draft.js"), isolate_styles=False
)


def take_up() -> None:
    """Fill the form with what the browser had kept, or say that it is there. Before any field is drawn."""
    text = buttons.take(FOUND)
    if text is None:
        return
    st.session_state[_ANSWERED] = True
    if _FILLED in st.session_state or current():
        st.session_state[_EARLIER] = text
    elif draft_values.fill(_read(text)):
        st.session_state[_RESTORED] = current()


def before_filling() -> None:
    """Call this before something fills the form: what a person had changed can then be brought back."""
    draft = current()
    if draft and draft not in (st.session_state.get(_FILLED), st.session_state.get(_RESTORED)):
        st.session_state[_EARLIER] = draft


def after_filling() -> None:
    """Call this after it."""
    st.session_state[_FILLED] = current()


def notice() -> None:
    """That the form is as it was left, or that what was there before it was filled can be brought back."""
    draft = current()
    if st.session_state.get(_RESTORED, draft) != draft:
        del st.session_state[_RESTORED]
    if _EARLIER in st.session_state and draft != st.session_state[_EARLIER]:
        with st.container(key="launch-draft-line", horizontal=True, vertical_alignment="center", gap="small"):
            words = _("The form was filled anew. What you had filled in before is kept.")
            st.html(Markup('<p class="al-note al-soft" role="status">{}</p>').format(words), width="content")
            st.button(_("Bring it back"), key="launch.draft_back", type="tertiary", on_click=_bring_back)
    elif _RESTORED in st.session_state:
        words = _("The form is as you left it. “Start over” below the run file empties it.")
        st.html(Markup('<p class="al-note al-soft" role="status">{}</p>').format(words))


def start_over_button() -> None:
    """The button that empties the form, and the draft with it."""
    st.button(
        _("Start over"), key="launch.start_over", icon=":material/restart_alt:", type="tertiary", on_click=_start_over
    )


def keep(db: Database) -> None:
    """Keep the draft in the browser. After all fields are drawn."""
    owner = f"{db.workspace.root}\n{people.current().name}"
    with st.container(key="launch-draft"):
        _keeper(
            key="launch_draft",
            data={
                "name": f"alignlab.launch {hashlib.sha256(owner.encode()).hexdigest()[:16]}",
                "session": st.session_state.setdefault(_SESSION, secrets.token_hex(8)),
                "answered": st.session_state.get(_ANSWERED, False),
                "text": current(),
            },
            on_found_change=_found,
        )


def current() -> str:
    """What the form holds beside its defaults, as JSON; empty where that is nothing."""
    values = draft_values.values()
    if not values or (form_state.is_automatic() and set(values) == {"data.dataset"}):
        return ""
    text = json.dumps(values, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= MOST else ""


def _found() -> None:
    buttons.keep(FOUND, st.session_state["launch_draft"]["found"])


def _read(text: str) -> Mapping[str, Any]:
    """The values of a draft; none where it is no draft of ours."""
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}


def _bring_back() -> None:
    draft_values.fill(_read(st.session_state.pop(_EARLIER)))
    st.session_state.pop(_FILLED, None)


def _start_over() -> None:
    draft_values.clear()
    for key in (_FILLED, _EARLIER, _RESTORED):
        st.session_state.pop(key, None)
