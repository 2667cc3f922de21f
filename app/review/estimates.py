"""An estimate as it is shown: never a number without its interval and of how many, grey where that is few.

Left out: the estimates themselves (`engine.analysis.comparisons`).
"""

import math

from markupsafe import Markup

from app.markup import texts
from app.translations import _, ngettext
from engine.analysis.comparisons import Estimate

_FIGURE = Markup('<span class="al-estimate {tone}"><b>{value}</b> <small>{interval}<br>{basis}</small></span>')


def figure(estimate: Estimate, *, digits: int = 2) -> Markup:
    """Value, interval, and of how many; or why there is none."""
    return _FIGURE.format(
        tone="" if estimate.is_sure else "al-unsure",
        value=value(estimate, digits),
        interval=_interval(estimate, digits),
        basis=_basis(estimate),
    )


def value(estimate: Estimate, digits: int = 2) -> str:
    """The value alone, a dash where there is none; for places that say the rest beside it."""
    if estimate.value is None or math.isnan(estimate.value):
        return "–"
    return _number(estimate.value, digits)


def in_words(estimate: Estimate) -> str:
    """All of it in one line of text, such as a label of a chart takes."""
    count = ngettext("{count} item", "{count} items", estimate.n)
    few = "" if estimate.is_sure else _("few")
    return ", ".join(filter(None, [f"{value(estimate)} {_interval(estimate, 2)}", count, few]))


def _interval(estimate: Estimate, digits: int) -> str:
    if estimate.low is None or estimate.high is None or math.isnan(estimate.low):
        return ""
    return f"[{_number(estimate.low, digits)}, {_number(estimate.high, digits)}]"


def _basis(estimate: Estimate) -> Markup | str:
    if estimate.value is None:
        return _("not measured")
    if math.isnan(estimate.value):
        return _("not defined: all verdicts are the same")
    if estimate.is_sure:
        return _("of {count}").format(count=f"{estimate.n:,}")
    sentence = _("Little can be told from so few: from {least} on it says something.").format(least=estimate.least)
    return Markup("{}{}").format(_("of {count}: few").format(count=estimate.n), texts.help_mark(sentence))


def _number(number: float, digits: int) -> str:
    return f"{number:.{digits}f}".replace("-", "−")
