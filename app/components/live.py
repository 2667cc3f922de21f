"""The two live components: a part of a page that keeps itself up to date, and panels of curves.

Both are Components v2 that poll our own routes, so that a page that is only watched costs the server no rerun; the
page runs again only when something changed that its buttons depend on (a part's `stamp`). Left out: what the parts say
(`app.parts`) and what the routes answer (`app.routes`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st
from markupsafe import Markup

from app.components import presses
from app.components.part import Part
from app.translations import _, spoken

_HERE = Path(__file__).parent
_part = st.components.v2.component(
    "alignlab_part",
    html='<div class="al-part"></div>',
    js=(_HERE / "part.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)
_panels = st.components.v2.component(
    "alignlab_panels",
    html='<div class="al-panels"></div>',
    js=(_HERE / "panels.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)
_browser = st.components.v2.component(
    "alignlab_browser",
    html="<i></i>",
    js="""export default ({ data }) => {
      document.cookie = `${data.cookie}=${data.language}; path=/; max-age=31536000; SameSite=Strict`
      document.documentElement.lang = data.language === "zh" ? "zh-CN" : data.language
    }""",
    isolate_styles=False,
)


@dataclass(frozen=True)
class Trace:
    """One curve of a panel: a metric of a run, its name in the legend, a token of the theme, and its dash."""

    run: str
    key: str
    name: str
    colour: str
    dash: str = "solid"
    symbol: str = "circle"


@dataclass(frozen=True)
class Axis:
    """What curves are drawn along: the steps, or another metric of the same run.

    `at` has {value}, for what a crosshair says.
    """

    key: str
    title: str
    at: str


@dataclass(frozen=True)
class Panel:
    """One chart: a title, how to read it, and its curves; `across` where it has an axis of its own."""

    title: str
    help: str
    unit: str
    traces: tuple[Trace, ...]
    across: Axis | None = None
    wide: bool = False


def mount(first: Part, url: str, key: str) -> dict[str, str] | None:
    """Show a part and keep it as `url` answers; returns what was pressed in it, once: {"do": ..., "id": ...}.

    Links inside it (data-go) switch the page without loading it anew; boxes inside it (data-pick) can be ticked.
    """
    _part(
        key=key,
        data={
            "html": first.html,
            "stamp": first.stamp,
            "every": first.every,
            "url": url,
            "language": spoken(),
            "stale": _("Could not be brought up to date since {time}"),
        },
        default={"picked": []},
        on_picked_change=_nothing,
        on_go_change=partial(_keep, key, "go"),
        on_do_change=partial(_keep, key, "do"),
        on_changed_change=_nothing,
    )
    link = presses.take(f"{key}.go")
    if link is not None:
        follow(link)
    pressed: dict[str, str] | None = presses.take(f"{key}.do")
    return pressed


def picked(key: str) -> list[str]:
    """What is ticked in the part mounted under `key`, in the order of ticking."""
    return list(st.session_state.get(key, {}).get("picked", []))


def still(html: Markup, *, key: str) -> dict[str, str] | None:
    """Show markup that does not change by itself, times in the reader's own zone; returns what `mount` returns."""
    return mount(Part(html, every=None), "", key)


def panels(
    key: str,
    sections: Sequence[tuple[str, Sequence[Panel]]],
    runs: Sequence[str],
    *,
    active: bool,
    legend: Sequence[Trace] = (),
    axis: Axis | None = None,
) -> None:
    """Show panels of curves under their section titles; they extend while one of the runs is active.

    `legend` has one entry a run where several share the panels; a press on it hides the run in all of them.
    """
    _panels(
        key=key,
        data={
            "sections": [
                {"title": title, "panels": [asdict(panel) for panel in members]} for title, members in sections
            ],
            "legend": [asdict(entry) for entry in legend],
            "axis": asdict(axis or Axis("", _("step"), _("step {value}"))),
            "active": active,
            "url": "alignlab/points?" + urlencode([("run", run) for run in runs]),
            "plotly": "alignlab/plotly.min.js",
            "words": {
                "loading": _("Reading the curves"),
                "empty": _("No values yet: the first ones come with the first step."),
                "first": _("First values, whose curves begin with the second: {values}"),
                "stale": _("Could not be brought up to date since {time}"),
                "whole": _("Whole curve"),
                "reset": _("Drag over a chart to look closer; double-click to see all of it again."),
                "legend": _("Runs"),
                "toggle": _("Show or hide this run in all charts"),
            },
            "language": spoken(),
        },
    )


def remember(cookie: str, language: str) -> None:
    """Keep the language for the next visit, and tell the browser which one the page is written in."""
    with st.container(key="browser"):
        _browser(key="browser_language", data={"cookie": cookie, "language": language})


def follow(link: Mapping[str, str]) -> None:
    """Go to a page by the name of its file, with a query."""
    query = {name: value for name, value in link.items() if name != "page"}
    st.switch_page(f"views/{link['page']}.py", query_params=query)


def _keep(key: str, kind: str) -> None:
    presses.keep(f"{key}.{kind}", st.session_state[key][kind])


def _nothing() -> None:
    """A trigger needs a callback to be declared; what it brought is read after mounting."""
