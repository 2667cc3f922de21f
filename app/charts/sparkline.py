"""Small still pictures of curves. Left out: the panels that a person reads and zooms (`live_panels`)."""

import math
from collections.abc import Sequence

from markupsafe import Markup

from app.theme import mark

WIDTH, HEIGHT = 160, 28


def sparkline(values: Sequence[float], algorithm: str | None, title: str) -> Markup:
    """One line in the method's hue, scaled to its own range; gaps where a value is not finite."""
    finite = [value for value in values if math.isfinite(value)]
    if len(finite) < 2:
        return Markup('<span class="al-spark" aria-hidden="true"></span>')
    low, high = min(finite), max(finite)
    path = " ".join(_path(values, low, (high - low) or 1.0))
    return Markup(
        '<svg class="al-spark al-stroke-{hue}" viewBox="0 0 {width} {height}" preserveAspectRatio="none" role="img" '
        'aria-label="{title}"><path d="{path}"/></svg>'
    ).format(hue=mark(algorithm).hue, width=WIDTH, height=HEIGHT, title=title, path=path)


def _path(values: Sequence[float], low: float, span: float) -> list[str]:
    steps, pen_down = [], False
    for index, value in enumerate(values):
        if not math.isfinite(value):
            pen_down = False
            continue
        x = index / (len(values) - 1) * WIDTH
        y = 2 + (1 - (value - low) / span) * (HEIGHT - 4)
        steps.append(f"{'L' if pen_down else 'M'}{x:.1f} {y:.1f}")
        pen_down = True
    return steps
