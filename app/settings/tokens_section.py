"""Settings, Runs from elsewhere: the tokens with which trainers send their runs, for admins.

Left out: the file that a trainer runs (`app.trainer_callback`).
"""

import time

import streamlit as st
from markupsafe import Markup

from app import clients, people
from app.actions import ingest_tokens as token_actions
from app.bridge import buttons, dialogs, live
from app.markup import notices, tables, texts
from app.people import Person
from app.translations import _
from storage import ingest_tokens
from storage.errors import StorageError
from storage.ingest_tokens import LONGEST_NAME, IngestToken

MADE = "tokens.made"
_ACT = Markup(
    '<button type="button" class="al-act" data-do="token" data-id="{id}" title="{name}" aria-label="{label}">✕</button>'
)


def show(person: Person) -> None:
    """The section, for an admin; the others see nothing of it."""
    if not person.may("admin"):
        return
    st.html(texts.section(_("Runs from elsewhere")))
    kept = ingest_tokens.listing(clients.database())
    about = _("A trainer on any machine sends its run here with a token and the file that this command prints:")
    st.html(Markup("<p>{} <code>alignlab callback</code></p>").format(about))
    if kept:
        heads = [_("Token"), _("Since"), _("Last used"), ""]
        kinds = ["al-first", "al-num", "al-num", "al-acts"]
        pressed = live.static(tables.table(heads, map(_row, kept), kinds, name="al-tokens"), key="tokens")
        if pressed is not None:
            dialogs.ask(pressed["do"], pressed["id"])
    if buttons.button(_("Make a token"), key="tokens.make", icon=":material/key:"):
        st.session_state.pop(MADE, None)
        dialogs.ask("new_token")
    dialogs.show(
        {"new_token": (_("Make a token"), _make), "token": (_("Revoke a token"), _revoke)},
        widths={"new_token": "medium"},
    )


def _row(token: IngestToken) -> list[tables.Cell]:
    used = texts.moment(token.used_at, "both") if token.used_at is not None else _("never")
    act = _ACT.format(id=token.id, name=_("Revoke"), label=f"{_('Revoke')}: {token.name}")
    return [texts.name(token.name), texts.moment(token.created_at, "both"), used, act]


def _make(_about: None) -> None:
    """A name, then the token, which is shown once."""
    if MADE in st.session_state:
        name, token = st.session_state[MADE]
        words = _("This is the token {name}. It is not shown again.").format(name=name)
        st.html(Markup("<p>{}</p>").format(words))
        st.code(token, language=None, wrap_lines=True)
        st.caption(_("The trainer takes it as ALIGNLAB_TOKEN, and the address of this dashboard as ALIGNLAB_URL."))
        return
    name = st.text_input(
        _("Name"), max_chars=LONGEST_NAME, key="token.name", help=_("Such as the machine or the person it is for.")
    )
    if not buttons.button(_("Make a token"), type="primary", key="token.go"):
        return
    try:
        token, kept = token_actions.create(clients.database(), people.current(), name, time.time())
    except StorageError as error:
        st.html(notices.refusal(error))
        return
    st.session_state[MADE] = (kept.name, token)
    st.rerun()


def _revoke(token_id: str) -> None:
    """Ask once more: a trainer that uses it sends nothing from then on."""
    kept = next((token for token in ingest_tokens.listing(clients.database()) if token.id == token_id), None)
    if kept is not None:
        st.html(Markup("<b>{}</b>").format(texts.name(kept.name)))
    st.html(Markup("<p>{}</p>").format(_("A trainer with it sends nothing any more; the runs that it sent stay.")))
    if not buttons.button(_("Revoke"), type="primary", key="token.revoke", disabled=kept is None):
        return
    try:
        token_actions.revoke(clients.database(), people.current(), token_id, time.time())
    except StorageError as error:
        st.html(notices.refusal(error))
        return
    dialogs.close()
    st.rerun()
