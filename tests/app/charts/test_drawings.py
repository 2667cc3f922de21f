"""Drawings without a script: places on axes, what is said of points, and that words stay words."""

import math

import pytest

from app.charts import drawings
from app.charts.drawings import Curve, Point, Row
from app.charts.line_styles import LineStyle
from app.charts.scales import Scale, as_values, scale

STYLE = LineStyle("blue", "dash", "square")


def test_an_axis_is_of_numbers_of_powers_or_of_words() -> None:
    assert scale([0.0, 10.0]) == Scale(-0.5, 10.5)
    powers = scale([1e-6, 1e-4])
    assert powers is not None
    assert powers.logarithmic
    assert [text for _place, text in powers.marks()] == ["1e−06", "1e−05", "0.0001"]
    words = scale(["dpo", "ppo", "dpo"])
    assert words is not None
    assert words.marks() == [(0.25, "dpo"), (0.75, "ppo")]
    assert scale([None, math.nan]) is None
    assert as_values(["1", "2.5"]) == [1.0, 2.5]
    assert as_values(["1", None]) == ["1", "–"]


@pytest.mark.parametrize("value", [0.0, -1.0, math.inf, "word", None])
def test_what_has_no_place_on_an_axis_of_powers_is_left_out(value: float | str | None) -> None:
    assert Scale(1, 100, logarithmic=True).place(value) is None
    assert Scale(1, 100, logarithmic=True).place(10) == pytest.approx(0.5)


def test_points_lead_to_their_runs_with_their_words_escaped() -> None:
    measured = [
        Point(1.0, 0.5, STYLE, "<b>a</b>: 1", "r1"),
        Point(2.0, 0.7, STYLE, "b", ""),
        Point(None, 1.0, STYLE, "c", "r3"),
    ]
    drawn = drawings.points(measured, ("cost", "gain"), "label", through=[0, 1])
    assert drawn is not None
    assert 'href="run?id=r1"' in drawn
    assert "&lt;b&gt;a&lt;/b&gt;: 1" in drawn
    assert drawn.count("<a ") == 1, "a point without a run leads nowhere, one without a place is not drawn"
    assert drawn.count("al-frontier") == 1
    assert drawings.points([Point(None, 1.0, STYLE, "c", "r3")], ("x", "y"), "label") is None


def test_a_line_breaks_where_a_value_is_missing_and_has_its_band() -> None:
    drawn = drawings.curves(
        [Curve([0, 1, 2, 3], [1, math.nan, 2, 3], STYLE, "a", [0, 1, 1, 2], [2, 3, 3, 4])], ("x", "y"), "label"
    )
    assert drawn is not None
    line = drawn.split('class="al-trace" d="')[1].split('"')[0]
    assert (line.count("M"), line.count("L")) == (2, 1)
    assert drawn.count('opacity="0.16"') == 1


def test_parallel_coordinates_have_an_axis_for_each_column_and_shares_a_bar() -> None:
    rows = [Row(["dpo", 0.1, 0.5], STYLE, "a", "r1"), Row(["ppo", 0.2, 0.7], STYLE, "b", "r2")]
    drawn = drawings.parallel(["algorithm", "beta", "a name that is far too long for a column of it"], rows, "label")
    assert drawn.count("al-edge") == 3
    assert drawn.count('class="al-trace"') == 2
    assert "…" in drawn
    assert drawings.bars([("beta", 0.75), ("seed", 0.25)], "label").count("<rect") == 2
