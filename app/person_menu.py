"""The menu under the person's name, at the top right of every page: who is signed in as what, and where that leads.

Left out: the pages that it leads to.
"""

import streamlit as st
from markupsafe import Markup

from app import people
from app.actions.permissions import ROLE_MEANINGS, ROLE_NAMES
from app.markup import texts
from app.people import Person
from app.sign_in import addresses
from app.translations import _

ANNOTATE = "/annotate"
_MENU = Markup('<div class="al-menu"><p><b>{name}</b>{about}</p>{links}</div>')
_LINK = Markup('<a href="{}" target="_self">{}</a>')


def show(person: Person) -> None:
    """Draw the menu. Its links load the page anew: the own account is no page of Streamlit."""
    with st.popover(texts.escape_markdown(person.name), key="person_menu", type="tertiary"):
        links = Markup("").join(_LINK.format(address, words) for address, words in _links(person))
        st.html(_MENU.format(name=texts.name(person.name), about=_about(person), links=links))


def _about(person: Person) -> str:
    if person is people.LOCAL:
        return _("Nobody signs in here.")
    return _("{role}: {does}").format(role=_(ROLE_NAMES[person.role]), does=_(ROLE_MEANINGS[person.role]))


def _links(person: Person) -> list[tuple[str, str]]:
    """Address and words of each. An annotator has one page and so no navigation: its front is reached from here."""
    if person is people.LOCAL:
        return [(addresses.SETTINGS, _("Settings"))]
    rounds = [] if person.reads else [(ANNOTATE, _("All rounds"))]
    return [*rounds, (addresses.ACCOUNT, _("Password and signing out"))]
