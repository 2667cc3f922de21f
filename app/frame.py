"""The script that every page runs in: language, style, navigation and the top line; nothing else.

Left out: what the pages show (`app.views`).
"""

from pathlib import Path

import streamlit as st
from markupsafe import Markup

from app import people, person_menu, theme
from app.actions import permissions
from app.bridge import browser, buttons, live, streamlit_words
from app.markup import texts
from app.people import Person
from app.runs import end_notices, engine_status
from app.sign_in import addresses, identity
from app.translations import COOKIE, LANGUAGES, N_, SESSION_KEY, _, first_supported, follow_session
from words import Text

VIEWS = Path(__file__).parent / "views"
# (section, file, title, icon); the address of a page is its file's name
PAGES = (
    (N_("Work"), "overview", N_("Overview"), "dashboard"),
    (N_("Work"), "launch", N_("Launch"), "rocket_launch"),
    (N_("Work"), "runs", N_("Runs"), "show_chart"),
    (N_("Work"), "compare", N_("Compare"), "stacked_line_chart"),
    (N_("Work"), "studies", N_("Studies"), "science"),
    (N_("Data"), "data", N_("Datasets"), "database"),
    (N_("Data"), "annotate", N_("Annotate"), "how_to_vote"),
    (N_("Data"), "review", N_("Review"), "balance"),
    (N_("Workspace"), "settings", N_("Settings"), "tune"),
)
FRONT = "overview"
HIDDEN = (("run", N_("Run")),)
FOR_ANNOTATORS = ("annotate",)
FOR_RESEARCHERS = ("launch",)  # pages on which there is nothing to see for who changes nothing


def choose_language() -> None:
    """Take the language of this session, else of the address (?lang=), of an earlier visit, or of the browser."""
    if SESSION_KEY not in st.session_state:
        candidates = [st.query_params.get("lang"), st.context.cookies.get(COOKIE), st.context.locale]
        st.session_state[SESSION_KEY] = first_supported(candidates)


def navigation(person: Person) -> tuple[str, st.Page]:
    """Name and page of the address. The menu shows what the role may see; the others are reached by a link only."""
    menu_names = [name for _section, name, _title, _icon in PAGES if refusal(person, name) is None]
    menu: dict[str, list[st.Page]] = {}
    pages: dict[str, st.Page] = {}
    for section, name, title, icon in PAGES:
        pages[name] = st.Page(
            VIEWS / f"{name}.py",
            title=_(title),
            icon=f":material/{icon}:",
            url_path=name,
            default=name == FRONT,
            visibility="visible" if name in menu_names else "hidden",
        )
        menu.setdefault(_(section), []).append(pages[name])
    for name, title in HIDDEN:
        pages[name] = st.Page(VIEWS / f"{name}.py", title=_(title), url_path=name, visibility="hidden")
        next(iter(menu.values())).append(pages[name])
    chosen = st.navigation(menu)
    return next(name for name, page in pages.items() if page is chosen), chosen


def refusal(person: Person, page: str) -> Text | None:
    """Why the person's role does not get the page; None where it does."""
    try:
        if page not in FOR_ANNOTATORS:
            permissions.require_reader(person)
        if page in FOR_RESEARCHERS:
            permissions.require(person, "researcher")
    except permissions.Forbidden as error:
        return error.text
    return None


def top_line(person: Person) -> None:
    """Workspace and engine, kept up to date, for who may see runs; the language; the person."""
    with st.container(key="topline", horizontal=True, vertical_alignment="center", gap="small"):
        if person.reads:
            live.show(engine_status.engine, key="engine_fragment")
            end_notices.watch()
        chosen = st.menu_button(
            LANGUAGES[st.session_state[SESSION_KEY]],
            list(LANGUAGES),
            format_func=LANGUAGES.__getitem__,
            key="language_menu",
            type="tertiary",
        )
        person_menu.show(person)
    if chosen and chosen != st.session_state[SESSION_KEY]:
        st.session_state[SESSION_KEY] = chosen
        st.rerun()
    browser.remember(COOKIE, st.session_state[SESSION_KEY])


def of_session() -> Person:
    """The person whose browser this session serves. Raises SignedOut."""
    return identity.identify(st.context.cookies, st.context.headers.get("User-Agent", ""))


def signed_in() -> Person:
    """The person, or a page that leads to signing in."""
    try:
        return people.current()
    except people.SignedOut as error:
        link = Markup('<p><a href="{}" target="_self">{}</a></p>').format(addresses.SIGN_IN, _("Sign in"))
        st.html(Markup("<p>{}</p>").format(texts.sentence(error.text)) + link)
        st.stop()


def run(name: str, page: st.Page, person: Person) -> None:
    """The page, or a sentence where it is not for the person's role. The front of an annotator is where to judge."""
    refused = refusal(person, name)
    if name == FRONT and refused is not None:
        st.switch_page(VIEWS / f"{FOR_ANNOTATORS[0]}.py")
    if refused is None:
        with people.acting_as(person):
            page.run()
    else:
        st.html(texts.heading(page.title))
        way = (person_menu.ANNOTATE, _("To Annotate")) if not person.reads else ("/", _("To the overview"))
        link = Markup('<p><a class="al-button" href="{}" target="_self">{}</a></p>').format(*way)
        st.html(Markup('<p class="al-soft">{}</p>{}').format(texts.sentence(refused), link))


follow_session(lambda: str(st.session_state.get(SESSION_KEY, "en")))
people.follow_session(of_session)
st.set_page_config(page_title="AlignLab", page_icon=str(theme.LOGO_MARK), layout="wide", initial_sidebar_state="auto")
choose_language()
st.html(f"<style>{theme.style_sheet()}\n{streamlit_words.style()}</style>")
st.logo(str(theme.LOGO), icon_image=str(theme.LOGO_MARK), size="medium")
person = signed_in()
name, page = navigation(person)
buttons.forget_presses_elsewhere(f"{page.url_path}/{st.query_params.get('id', '')}")
top_line(person)
run(name, page, person)
