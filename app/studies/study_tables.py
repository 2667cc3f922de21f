"""Tables of a study's results: what each method paid, and what its search tried. No Streamlit.

Left out: the figures of the reported runs and their verdict, which are those of Compare (`app.compare.figures`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from app.compare.group_words import counted
from app.markup import setting_names, tables, texts
from app.markup.metric_names import title
from app.studies.study_view import Cost, StudyView, TrialView
from app.translations import _


def costs(view: StudyView) -> Markup:
    """What each reported method paid, on average over its runs, and what its search paid in all."""
    if view.comparison is None:
        return Markup("")
    heads = [
        _("Method"),
        _("Updates"),
        _("Tokens trained on"),
        _("Tokens sampled"),
        _("Answers scored"),
        _("Seconds"),
        _("Seconds of its search"),
    ]
    rows = []
    for group in view.comparison.groups:
        spent = view.search_costs.get(group.runs[0].algorithm or "")
        searched = "–" if spent is None else texts.number(spent.seconds)
        rows.append([Markup("<b>{}</b>").format(counted(group)), *_means(view.costs[group.id]), searched])
    return tables.table(heads, rows, kinds=("al-first", *["al-num"] * 6), name="al-costs")


def _means(cost: Cost) -> list[str]:
    sums = (cost.updates, cost.trained_tokens, cost.generated_tokens, cost.answers_scored, cost.seconds)
    return [texts.number(each / cost.runs) for each in sums]


def trials(view: StudyView) -> Markup:
    """Every setting that the search tried, method by method; the one that is reported is marked."""
    if not view.trials or view.spec is None:
        return Markup("")
    heads = [_("Method"), _("Trial"), _("Settings"), title(view.spec.objective), _("State")]
    kinds = ("al-first", "al-num", "al-wide", "al-num", "")
    return tables.table(heads, map(_trial, view.trials), kinds, name="al-trials")


def _trial(trial: TrialView) -> list[tables.Cell]:
    value = texts.number(trial.value)
    chosen = Markup("<b>{}</b> {}").format(value, texts.tone(_("chosen"), "good", "✓"))
    return [
        texts.chip(trial.algorithm),
        str(trial.number + 1),
        settings_in_words(trial.changes, trial.algorithm),
        chosen if trial.chosen else value,
        _states(trial),
    ]


def settings_in_words(changes: Mapping[str, Any], algorithm: str) -> str:
    """The settings by their titles with their values."""
    return ", ".join(f"{setting_names.called(path, algorithm)} {_value(value)}" for path, value in changes.items())


def _value(value: Any) -> str:
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return texts.number(value) if plain else str(value)


def _states(trial: TrialView) -> Markup:
    """The state of its runs, each leading to its run."""
    runs: Sequence[Markup] = [
        Markup('<a data-go="run" href="run?id={}">{}</a>').format(run.id, texts.state(run.state)) for run in trial.runs
    ]
    return Markup(" ").join(runs)
