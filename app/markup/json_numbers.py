"""Numbers as JSON for the browser. JSON has no NaN and no infinity: they travel as words, or as null for "none".

Left out: writing them for a reader (`texts.number`; in the browser `app/charts/js/numbers.js`).
"""

import math


def json_number(value: float, digits: int | None = None) -> float | str:
    """The number, with so many significant digits where `digits` says; the word for what is no number.

    >>> json_number(0.1234567, 3), json_number(float("nan")), json_number(float("-inf"))
    (0.123, 'nan', '-inf')
    """
    if not math.isfinite(value):
        return str(float(value))
    return value if digits is None else float(f"{value:.{digits}g}")


def number_or_none(value: float, digits: int) -> float | None:
    """The same for values that the browser calculates with, where NaN says that there is none."""
    return float(f"{value:.{digits}g}") if math.isfinite(value) else None
