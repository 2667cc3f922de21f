"""Settings, Who did what: the newest entries of the audit, for admins. Older ones: `alignlab users audit`."""

import streamlit as st
from markupsafe import Markup

from app import clients
from app.bridge import live
from app.markup import tables, texts
from app.people import Person
from app.translations import _
from storage.people import audit
from storage.people.people_records import AuditEntry

NEWEST = 100


def show(person: Person) -> None:
    """The section, for an admin; the others see nothing of it."""
    if not person.may("admin"):
        return
    entries = audit.listing(clients.database(), limit=NEWEST)
    with st.expander(_("Who did what")):
        if not entries:
            st.html(Markup('<p class="al-soft">{}</p>').format(_("Nobody has done anything yet.")))
            return
        heads = [_("When"), _("Who"), _("What"), _("On"), _("Details")]
        live.static(tables.table(heads, map(_row, entries), ["", "", "", "al-wide", "al-soft"]), key="audit")
        more = _("The newest {count}; the command alignlab users audit shows all.")
        st.caption(more.format(count=NEWEST))


def _row(entry: AuditEntry) -> list[tables.Cell]:
    details = ", ".join(f"{name} {value}" for name, value in entry.details.items())
    action = Markup("<code>{}</code>").format(entry.action)
    return [texts.moment(entry.at, "both"), texts.name(entry.person), action, texts.name(entry.subject), details]
