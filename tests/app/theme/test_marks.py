"""What an algorithm's mark is called by Plotly and in the style sheets."""

import pytest

from app.theme import Mark


@pytest.mark.parametrize(
    ("mark", "symbol", "dash", "css_classes"),
    [
        (Mark("blue", "diamond"), "diamond", "solid", "al-hue-blue"),
        (Mark("brown", "bar", dashed=True), "square", "dash", "al-hue-brown al-dashed"),
    ],
)
def test_a_mark_knows_its_names(mark: Mark, symbol: str, dash: str, css_classes: str) -> None:
    assert (mark.symbol, mark.dash, mark.css_classes) == (symbol, dash, css_classes)
