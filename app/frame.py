"""The script that every page runs in: language, style, navigation and the top line; nothing else.

Left out: what the pages show (`app.views`).
"""

from pathlib import Path

import streamlit as st
from markupsafe import Markup

from app import people, theme
from app.bridge import browser, buttons, live
from app.runs import engine_status
from app.translations import LANGUAGES, N_, SESSION_KEY, _, follow_session, supported

VIEWS = Path(__file__).parent / "views"
COOKIE = "alignlab_language"
# (section, file, title, icon); the address of a page is its file's name
PAGES = (
    (N_("Work"), "overview", N_("Overview"), "dashboard"),
    (N_("Work"), "launch", N_("Launch"), "rocket_launch"),
    (N_("Work"), "runs", N_("Runs"), "show_chart"),
    (N_("Work"), "compare", N_("Compare"), "stacked_line_chart"),
    (N_("Data"), "data", N_("Datasets"), "database"),
    (N_("Data"), "annotate", N_("Annotate"), "how_to_vote"),
    ("", "settings", N_("Settings"), "tune"),
)
HIDDEN = (("run", N_("Run")),)


def choose_language() -> None:
    """Take the language of this session, else of the address (?lang=), of an earlier visit, or of the browser."""
    if SESSION_KEY not in st.session_state:
        candidates = [st.query_params.get("lang"), st.context.cookies.get(COOKIE), st.context.locale]
        st.session_state[SESSION_KEY] = next((code for code in map(supported, candidates) if code), "en")


def navigation() -> st.Page:
    """The pages by section, and those that are reached by a link only."""
    menu: dict[str, list[st.Page]] = {}
    for section, name, title, icon in PAGES:
        page = st.Page(
            VIEWS / f"{name}.py",
            title=_(title),
            icon=f":material/{icon}:",
            url_path=name,
            default=name == "overview",
        )
        menu.setdefault(section and _(section), []).append(page)
    first = next(iter(menu.values()))
    first += [
        st.Page(VIEWS / f"{name}.py", title=_(title), url_path=name, visibility="hidden") for name, title in HIDDEN
    ]
    return st.navigation(menu)


def top_line() -> None:
    """Workspace and engine, kept up to date; the language; the person."""
    with st.container(key="topline", horizontal=True, vertical_alignment="center", gap="small"):
        live.show(engine_status.engine, key="engine_fragment")
        chosen = st.menu_button(
            LANGUAGES[st.session_state[SESSION_KEY]],
            list(LANGUAGES),
            format_func=LANGUAGES.__getitem__,
            key="language_menu",
            type="tertiary",
        )
        st.html(Markup('<span class="al-person">{}</span>').format(people.current().name))
    if chosen and chosen != st.session_state[SESSION_KEY]:
        st.session_state[SESSION_KEY] = chosen
        st.rerun()
    browser.remember(COOKIE, st.session_state[SESSION_KEY])


follow_session(lambda: str(st.session_state.get(SESSION_KEY, "en")))
st.set_page_config(page_title="AlignLab", page_icon=str(theme.LOGO_MARK), layout="wide", initial_sidebar_state="auto")
choose_language()
st.html(f"<style>{theme.style_sheet()}</style>")
st.logo(str(theme.LOGO), icon_image=str(theme.LOGO_MARK), size="medium")
page = navigation()
buttons.forget_presses_elsewhere(f"{page.url_path}/{st.query_params.get('id', '')}")
top_line()
page.run()
