"""The end evaluation of a run as a table: each figure at step 0 and at the end, with how sure it is.

Left out: the figures along the run, which are curves (`app.charts.panels`).
"""

from collections.abc import Mapping

from markupsafe import Markup

from app.markup import sure, tables, texts
from app.markup.metric_names import declared, title
from app.translations import _
from engine.spec import METRICS, key_metrics
from storage.records import Run, Series

ORDER = tuple(key for key, metric in METRICS.items() if metric.section == "final")


def table(series: Mapping[str, Series]) -> Markup:
    """The table; nothing of a run without an end evaluation."""
    final = [each for each in series.values() if declared(each.key).section == "final"]
    if not final:
        return Markup("")
    whole = key_metrics.only_part(series, f"{key_metrics.FINAL_REWARD_PART}{{component}}")
    rows = [_row(each) for each in sorted(final, key=_place) if each.key != whole]
    heads = ("", _("Step 0"), _("Step {step}").format(step=f"{final[0].last_step:,}"), _("over"))
    return tables.table(heads, rows, ["al-first", "al-num", "al-num", ""])


def is_missing(run: Run, series: Mapping[str, Series]) -> bool:
    """Whether the run came to its end and was evaluated, but not on prompts of its own for that."""
    return run.state == "succeeded" and key_metrics.HEADLINE in series and key_metrics.FINAL_REWARD not in series


def _place(series: Series) -> int:
    key = series.key
    part = key.startswith(key_metrics.FINAL_REWARD_PART)
    return ORDER.index(key_metrics.FINAL_REWARD_PART + "{component}" if part else key)


def _row(series: Series) -> list[tables.Cell]:
    metric = declared(series.key)
    start = sure.value(series.first, series.first_interval) if series.count > 1 else "–"
    unit = Markup(' <span class="al-soft">{}</span>').format(_(metric.unit)) if metric.unit else Markup("")
    return [
        Markup("{}").format(title(series.key)) + texts.help_mark(_(metric.help)),
        start,
        Markup("<b>{}</b>").format(sure.value(series.last, series.last_interval)) + unit,
        sure.about_last(series),
    ]
