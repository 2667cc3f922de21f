"""Settings, People: who can sign in; admins invite, change and disable.

Left out: the page of the own account (`app.sign_in.pages`).
"""

import time
from typing import NoReturn

import streamlit as st
from markupsafe import Markup

from app import clients, people, sent_links
from app.actions import accounts
from app.actions.permissions import ROLE_MEANINGS, ROLE_NAMES
from app.bridge import buttons, dialogs, live
from app.markup import notices, tables, texts
from app.people import Person
from app.sign_in import addresses
from app.translations import _
from storage.errors import NotFound, StorageError
from storage.people import invitations, users
from storage.people.people_records import ROLES, Invitation, User

LINK = "people.link"
_LINK = Markup('<p><a class="al-button" href="{}" target="_self">{}</a></p>')
_ACT = Markup(
    '<button type="button" class="al-act" data-do="{do}" data-id="{id}" title="{name}" aria-label="{label}">{glyph}'
    "</button>"
)


def show(person: Person) -> None:
    """The section. Without any account it offers to make the first one; only an admin sees the others."""
    st.html(texts.section(_("People")))
    if person is people.LOCAL:
        st.html(
            _paragraph(_("Nobody signs in: this machine alone can reach the dashboard, and everybody at it is one."))
        )
        st.html(_LINK.format(addresses.FIRST_ACCOUNT, _("Make the first account")))
        return
    st.html(_LINK.format(addresses.ACCOUNT, _("Your password and signing out")))
    if person.may("admin"):
        _all(person)


def _all(person: Person) -> None:
    db = clients.database()
    rows = [_user_row(user) for user in users.listing(db)]
    rows += [_invitation_row(invitation) for invitation in invitations.listing(db, time.time())]
    heads = [_("Name"), _("Role"), _("State"), _("Since"), ""]
    kinds = ["al-first", "", "", "al-num", "al-acts"]
    pressed = live.static(tables.table(heads, rows, kinds, name="al-people"), key="people")
    if pressed is not None:
        dialogs.ask(pressed["do"], pressed["id"])
    if buttons.button(_("Invite somebody"), key="people.invite", icon=":material/person_add:"):
        st.session_state.pop(LINK, None)
        dialogs.ask("invite")
    dialogs.show(
        {
            "invite": (_("Invite somebody"), _invite),
            "person": (_("Change an account"), _change),
            "invitation": (_("An open invitation"), _reconsider),
        }
    )


def _user_row(user: User) -> list[tables.Cell]:
    state = (
        texts.tone(_("disabled"), "soft", "✕") if user.disabled_at is not None else texts.tone(_("active"), "good", "✓")
    )
    act = _ACT.format(do="person", id=user.id, name=_("Change"), label=f"{_('Change')}: {user.name}", glyph="✎")
    return [texts.name(user.name), _(ROLE_NAMES[user.role]), state, texts.moment(user.created_at, "both"), act]


def _invitation_row(offer: Invitation) -> list[tables.Cell]:
    state = texts.tone(_("invited") if offer.user_id is None else _("may choose a password"), "soft", "○")
    act = _ACT.format(do="invitation", id=offer.id, name=_("Change"), label=f"{_('Change')}: {offer.name}", glyph="✎")
    return [texts.name(offer.name), _(ROLE_NAMES[offer.role]), state, texts.moment(offer.created_at, "both"), act]


def _invite(_about: None) -> None:
    """Name and role, then the link, which is shown once."""
    if LINK in st.session_state:
        name, path = st.session_state[LINK]
        st.html(
            _paragraph(
                _("Send this link to {name}. It works once, for 7 days, and is not shown again.").format(name=name)
            )
        )
        sent_links.show(path)
        return
    name = st.text_input(_("Name"), max_chars=40, key="invite.name")
    role = _role_select("annotator", key="invite.role")
    if not buttons.button(_("Make the link"), type="primary", key="invite.go"):
        return
    try:
        token, offer = accounts.invite(clients.database(), people.current(), name=name, role=role, now=time.time())
    except StorageError as error:
        st.html(notices.refusal(error))
        return
    _show_link(offer, token)


def _show_link(offer: Invitation, token: str) -> NoReturn:
    """Open the dialog with the link of an offer, which nobody can see again."""
    st.session_state[LINK] = (offer.name, f"{addresses.INVITATION}{token}")
    dialogs.ask("invite")
    st.rerun()


def _change(account: str) -> None:
    """Role, disabling and signing out of one account."""
    try:
        user = users.get(clients.database(), account)
    except NotFound as error:
        st.html(notices.refusal(error))
        return
    st.html(Markup("<b>{}</b>").format(texts.name(user.name)))
    role = _role_select(user.role, key=f"change.role.{user.id}")
    with st.container(horizontal=True):
        save = buttons.button(_("Save"), type="primary", key="change.save", disabled=role == user.role)
        label = _("Disable") if user.disabled_at is None else _("Enable")
        switch = buttons.button(label, key="change.switch")
        leave = buttons.button(_("Sign out in all browsers"), key="change.leave")
        offer = buttons.button(_("Link for another password"), key="change.offer")
    st.caption(_("A change signs this person out at once."))
    if not (save or switch or leave or offer):
        return
    db, person, now = clients.database(), people.current(), time.time()
    try:
        if save:
            accounts.set_role(db, person, user.id, role, now)
        elif switch and user.disabled_at is None:
            accounts.disable(db, person, user.id, now)
        elif switch:
            accounts.enable(db, person, user.id, now)
        elif leave:
            accounts.end_sessions(db, person, user.id, now)
        else:
            token, password_offer = accounts.offer_password(db, person, user.id, now)
            _show_link(password_offer, token)
    except StorageError as error:
        st.html(notices.refusal(error))
    else:
        _close()


def _reconsider(invitation_id: str) -> None:
    """Another link for an open invitation, whose own is not known any more; or none."""
    db, person, now = clients.database(), people.current(), time.time()
    offer = next((offer for offer in invitations.listing(db, now) if offer.id == invitation_id), None)
    if offer is not None:
        st.html(Markup("<b>{}</b>").format(texts.name(offer.name)))
    st.html(_paragraph(_("Its link opens nothing any more once it is withdrawn.")))
    with st.container(horizontal=True):
        withdraw = buttons.button(_("Withdraw the invitation"), type="primary", key="invitation.withdraw")
        again = buttons.button(_("Make another link"), key="invitation.again", disabled=offer is None)
    try:
        if again and offer is not None:
            token, new_offer = accounts.offer_password(db, person, offer.name, now)
            _show_link(new_offer, token)
        if not withdraw:
            return
        accounts.withdraw(db, person, invitation_id, now)
    except StorageError as error:
        st.html(notices.refusal(error))
    else:
        _close()


def _role_select(role: str, *, key: str) -> str:
    chosen: str = st.selectbox(
        _("Role"),
        ROLES,
        index=ROLES.index(role),
        format_func=lambda name: _("{role}: {does}").format(role=_(ROLE_NAMES[name]), does=_(ROLE_MEANINGS[name])),
        key=key,
    )
    return chosen


def _close() -> None:
    dialogs.close()
    st.rerun()


def _paragraph(sentence: str) -> Markup:
    return Markup("<p>{}</p>").format(sentence)
