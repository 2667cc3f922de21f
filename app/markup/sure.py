"""How sure a figure is, in words: its 95 % interval, and the prompts and answers that it rests on.

Left out: where intervals come from (`storage.intervals`), and their bands in charts (`app.charts.bounds`).
"""

from markupsafe import Markup

from app.markup import texts
from app.markup.metric_names import declared
from app.translations import _, ngettext
from engine.spec import key_metrics
from storage.records import Interval, Series

UNEVEN = 0.1  # of the width, by which a value may lie off the middle and still be written with ±


def value(number: float, interval: Interval | None) -> str:
    """The value with its interval: 0.618 ± 0.041, or 0.031 (0.009 to 0.108) where it is not in the middle.

    >>> value(0.618, Interval(0.577, 0.659, 300, 1200)), value(0.031, Interval(0.009, 0.108, 32, 32))
    ('0.618 ± 0.041', '0.031 (0.009 to 0.108)')
    """
    if interval is None:
        return texts.number(number)
    below, above = number - interval.low, interval.high - number
    if abs(above - below) <= UNEVEN * (above + below):
        return f"{texts.number(number)} ± {texts.number((above + below) / 2)}"
    low, high = texts.number(interval.low), texts.number(interval.high)
    return _("{value} ({low} to {high})").format(value=texts.number(number), low=low, high=high)


def rests_on(interval: Interval) -> str:
    """What the interval is over: 95 %, 300 prompts × 4."""
    prompts = ngettext("{count} prompt", "{count} prompts", interval.prompts).format(count=f"{interval.prompts:,}")
    each = interval.answers / interval.prompts
    times = "" if each == 1 else f" × {each:g}" if each == int(each) else f" × {each:.1f}"
    return _("95 %, {prompts}").format(prompts=f"{prompts}{times}")


def last(series: Series) -> Markup:
    """The last value of a metric, with its interval where one is kept; its title says what it is over."""
    words = value(series.last, series.last_interval)
    if series.last_interval is None:
        return Markup("{}").format(words)
    return Markup('<span title="{}">{}</span>').format(rests_on(series.last_interval), words)


def about_last(series: Series) -> str:
    """What the last value's interval is over; that none is kept, of a mean over held-out prompts; else nothing."""
    if series.last_interval is not None:
        return rests_on(series.last_interval)
    is_mean = declared(series.key).section in ("held_out", "final") and series.key not in key_metrics.NO_MEANS
    return _("no interval kept") if is_mean else ""
