"""The look of every page: theme options for Streamlit, one small style sheet, and the marks of methods.

The only place with literal colours and sizes. Left out: what is drawn with them (the rooms of `app`).
"""

from functools import cache
from pathlib import Path
from typing import Any

from app.theme.design_tokens import CODE_FONT, FONT, HUES, RUN_COLOURS, RUN_DASHES, SHADES, SIZES, Mark, Shade
from engine.spec import ALGORITHMS

__all__ = [
    "FONT",
    "HUES",
    "LOGO",
    "LOGO_MARK",
    "RUN_COLOURS",
    "RUN_DASHES",
    "SHADES",
    "Mark",
    "Shade",
    "mark",
    "printed_sheet",
    "sign_in_sheet",
    "streamlit_options",
    "style_sheet",
]

THEME = Path(__file__).parent
LOGO = THEME / "logo.svg"
LOGO_MARK = THEME / "mark.svg"
# what all pages share, then what some of them add
SHEETS = (
    "style.css",
    "launch.css",
    "data.css",
    "charts.css",
    "drawings.css",
    "lens.css",
    "compare.css",
    "annotate.css",
    "review.css",
    "samples.css",
    "studies.css",
)
_PALETTE = {
    "primaryColor": "accent",
    "backgroundColor": "ground",
    "secondaryBackgroundColor": "second",
    "textColor": "text",
    "borderColor": "line",
    "linkColor": "accent",
    "redColor": "bad",
    "orangeColor": "warning",
    "greenColor": "good",
    "blueColor": "info",
    "codeBackgroundColor": "second",
    "dataframeBorderColor": "line",
    "grayTextColor": "soft",
}
_SIDEBAR = {"backgroundColor": "sidebar", "secondaryBackgroundColor": "second", "borderColor": "line"}


def mark(algorithm: str | None) -> Mark:
    """How an algorithm looks; grey for what this version does not know, as an imported run may bring."""
    kind = ALGORITHMS.get(algorithm or "")
    return Mark(HUES[kind.family], kind.shape, kind.dashed) if kind else Mark("baseline", "circle-open")


def streamlit_options() -> dict[str, Any]:
    """Theme options for `App.run(config=...)`, light and dark."""
    options: dict[str, Any] = {
        "theme.font": FONT,
        "theme.codeFont": CODE_FONT,
        "theme.baseFontSize": 14,
        "theme.headingFontSizes": ["1.43rem", "1.14rem", "1rem", "1rem", "1rem", "1rem"],
        "theme.headingFontWeights": [600] * 6,
        "theme.metricValueFontSize": "1.43rem",
        "theme.metricValueFontWeight": 500,
        "theme.codeFontSize": "0.9rem",
        "theme.baseRadius": SIZES["radius"],
        "theme.buttonRadius": SIZES["radius"],
        "theme.paddingTop": "0.6rem",
        "theme.paddingBottom": "3rem",
        "theme.showWidgetBorder": True,
        "theme.showSidebarBorder": True,
        "theme.linkUnderline": False,
    }
    for side in ("light", "dark"):
        options |= {f"theme.{side}.{name}": getattr(SHADES[shade], side) for name, shade in _PALETTE.items()}
        options |= {f"theme.{side}.sidebar.{name}": getattr(SHADES[shade], side) for name, shade in _SIDEBAR.items()}
        options[f"theme.{side}.chartCategoricalColors"] = [getattr(colour, side) for colour in RUN_COLOURS]
    return options


@cache
def style_sheet() -> str:
    """The style sheets with the tokens in front, as CSS variables that follow Streamlit's theme by themselves."""
    return _with_tokens(*SHEETS)


@cache
def sign_in_sheet() -> str:
    """The style sheet of the pages that are served without Streamlit; they follow the browser's theme."""
    return _with_tokens("sign_in.css")


@cache
def printed_sheet() -> str:
    """The sheet of drawings with the light tokens, for a file that stands alone."""
    lines = [f"--al-{name}: {shade.light};" for name, shade in SHADES.items()]
    lines += [f"--al-run-{index}: {shade.light};" for index, shade in enumerate(RUN_COLOURS)]
    return "\n".join([":root {", *lines, "}", (THEME / "drawings.css").read_text(encoding="utf-8")])


def _with_tokens(*names: str) -> str:
    lines = [f"--al-{name}: light-dark({shade.light}, {shade.dark});" for name, shade in SHADES.items()]
    lines += [f"--al-size-{name}: {size};" for name, size in SIZES.items()]
    lines += [f"--al-run-{i}: light-dark({shade.light}, {shade.dark});" for i, shade in enumerate(RUN_COLOURS)]
    tokens = "\n".join(lines)
    sheets = [(THEME / name).read_text(encoding="utf-8") for name in names]
    return "\n".join([f":root {{\n{tokens}\n}}", *sheets])
