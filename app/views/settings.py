"""Settings: where everything of this workspace lies, who may sign in, and who did what."""

import streamlit as st
from markupsafe import Markup

from app import clients, people
from app.markup import tables, texts
from app.settings import audit_section, people_section, storage_section, tokens_section
from app.translations import _
from engine.spec.answers import Health


def show() -> None:
    """The page. What cannot be changed here is shown with the command that changes it."""
    st.html(texts.heading(_("Settings")))
    workspace = clients.workspace()
    engine = clients.engine()
    health = engine.health()
    st.html(texts.section(_("Workspace")))
    st.html(
        tables.pairs(
            [
                (_("Folder"), str(workspace.root)),
                (_("Person"), people.current().name),
                (_("Engine"), _engine_words(health, engine.soon() if health is None else None)),
                (_("Another workspace"), _("start again with --workspace DIR, or set ALIGNLAB_HOME")),
            ]
        )
    )
    person = people.current()
    people_section.show(person)
    tokens_section.show(person)
    storage_section.show(clients.database(), person)
    audit_section.show(person)
    st.html(texts.section(_("Appearance")))
    st.html(
        Markup("<p>{}</p>").format(_("Light and dark follow the browser; the language is chosen at the top right."))
    )


def _engine_words(health: Health | None, soon: str | None) -> str | Markup:
    if soon:
        return _(soon)
    if health is None:
        return Markup("{} <code>{}</code>").format(_("off: start it with"), clients.engine_command())
    return _("version {version} on {device}, process {pid}").format(
        version=health.version, device=health.device, pid=health.pid
    )


show()
