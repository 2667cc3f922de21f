"""Live fragments: shown with the page, then kept up to date by a script that polls our own route.

A page that is only watched costs the server no rerun: the page runs again only when a fragment's `version` changes.
Left out: what the fragments show (the rooms of the features), and the route (`app.routes.fragments`).
"""

from collections.abc import Mapping
from functools import partial
from urllib.parse import urlencode

import streamlit as st
from markupsafe import Markup

from app.bridge import buttons, javascript
from app.bridge.fragment import Build, Fragment
from app.translations import _, current_language

_fragment = st.components.v2.component(
    "alignlab_fragment",
    html='<div class="al-fragment"></div>',
    js=javascript.component_script("bridge/js/fragment.js"),
    isolate_styles=False,
)


def show(
    build: Build, *, key: str, first: Fragment | None = None, cleared: str = "", **query: str
) -> dict[str, str] | None:
    """Show a fragment and keep it up to date; returns what was pressed in it, once: {"do": ..., "id": ...}.

    Where building it now would keep the page waiting, `first` is shown until the route has answered. `cleared` is as
    in `mount`.
    """
    url = f"alignlab/fragments/{build.__name__}?{urlencode({**query, 'language': current_language()})}"
    return mount(first or build(query), url, key, cleared)


def mount(first: Fragment, url: str, key: str, cleared: str = "") -> dict[str, str] | None:
    """Show a fragment and update it from `url`; returns what was pressed in it, once: {"do": ..., "id": ...}.

    Links in it (data-go) switch the page without loading it anew; checkboxes in it (data-pick) can be ticked, all of
    them by one with data-pick-all. Their ticks go when the text `cleared` changes.
    """
    _fragment(
        key=key,
        data={
            "html": first.html,
            "version": first.version,
            "every": first.every,
            "url": url,
            "language": current_language(),
            "cleared": cleared,
            "stale": _("Could not be brought up to date since {time}"),
        },
        default={"picked": []},
        on_picked_change=_nothing,
        on_go_change=partial(_keep, key, "go"),
        on_do_change=partial(_keep, key, "do"),
        on_changed_change=_nothing,
    )
    link = buttons.take(f"{key}.go")
    if link is not None:
        follow(link)
    pressed: dict[str, str] | None = buttons.take(f"{key}.do")
    return pressed


def picked(key: str) -> list[str]:
    """The names of the checkboxes that are ticked in the fragment mounted under `key`, in the order of ticking."""
    return list(st.session_state.get(key, {}).get("picked", []))


def static(html: Markup, *, key: str) -> dict[str, str] | None:
    """Show markup that does not change by itself, times in the reader's own zone; returns what `mount` returns."""
    return mount(Fragment(html, every=None), "", key)


def follow(link: Mapping[str, str]) -> None:
    """Go to a page by the name of its file, with a query."""
    query = {name: value for name, value in link.items() if name != "page"}
    st.switch_page(f"views/{link['page']}.py", query_params=query)


def _keep(key: str, kind: str) -> None:
    buttons.keep(f"{key}.{kind}", st.session_state[key][kind])


def _nothing() -> None:
    """A trigger needs a callback to be declared; its value is read after mounting."""
