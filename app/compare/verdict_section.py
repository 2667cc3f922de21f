"""The verdict of a comparison on its page: what is said above all tabs, and the tab with the figures behind it.

Left out: what the tables hold (`verdict_tables`).
"""

from collections.abc import Mapping
from urllib.parse import urlencode

from markupsafe import Markup

from app import clients
from app.bridge.fragment import SLOW_SECONDS, Fragment
from app.compare import compared_groups, group_verdicts, verdict_tables
from app.compare.group_verdicts import GroupVerdict
from app.compare.verdict_tables import Columns
from app.markup import tables, texts
from app.translations import _
from engine.analysis.verdict import Verdict
from storage.records import ACTIVE

ASKED = ("runs", "group", "baseline")
_FILE = Markup('<p class="al-files"><a class="al-button" href="alignlab/verdict.csv?{}" download>{}</a></p>')


def verdict_figures(query: Mapping[str, str]) -> Fragment:
    """The figures behind the verdict. Query: as in `compared_groups.of_query`."""
    comparison = compared_groups.of_query(clients.database(), query)
    judged = group_verdicts.of_comparison(clients.database(), comparison, detailed=True)
    every = SLOW_SECONDS if {run.state for run in comparison.runs} & set(ACTIVE) else None
    return Fragment(_figures(judged, query), every=every)


def _figures(judged: GroupVerdict | None, query: Mapping[str, str]) -> Markup:
    if judged is None:
        return texts.empty(
            _("One group alone is compared with nothing."),
            _("Add runs of another method or setting, or group them otherwise."),
        )
    if judged.verdict is None:
        return texts.empty(texts.sentence(judged.refusal), _("What differs stands above, and in Settings and data."))
    return Markup("").join(
        [
            _pairs(judged.verdict),
            _turned(judged, judged.verdict),
            texts.section(_("Means"), _("held-out reward, best first")),
            _table(verdict_tables.methods(judged.verdict)),
            texts.section(_("At equal KL"), _("a method that moves further may win by that alone")),
            verdict_tables.at_equal_kl(judged),
            _pairs(judged.matched) if judged.matched else Markup(""),
            _FILE.format(urlencode({name: query[name] for name in ASKED if name in query}), _("Pairs as CSV")),
        ]
    )


def _turned(judged: GroupVerdict, of: Verdict) -> Markup:
    """Where the better of the two best is the worse: what a mean hides."""
    if not judged.turned:
        return Markup("")
    heading = texts.section(_("Where the order turns most"), _("between the two best means"))
    return heading + tables.table(*verdict_tables.turned(judged, of), ("wide", "al-num", "al-num"), name="al-turned")


def _pairs(of: Verdict) -> Markup:
    rest = Markup('<p class="al-soft">{}</p>').format(verdict_tables.hidden_pairs(of))
    return _table(verdict_tables.pairs(of)) + (rest if verdict_tables.hidden_pairs(of) else Markup(""))


def _table(columns: Columns) -> Markup:
    return tables.table(columns.heads, columns.rows, columns.kinds, name="al-verdict")
