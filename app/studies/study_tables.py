"""Tables and words of a study: its runs, what each method came to and paid, what its search tried. No Streamlit.

Left out: which method is better (`app.compare`), and how far the study is (`study_progress`).
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from app.compare.compared_groups import RunGroup
from app.compare.group_words import counted
from app.markup import setting_names, tables, texts
from app.markup.metric_names import title
from app.runs import outcome, run_progress
from app.studies.study_view import Cost, StudyView, TrialView
from app.translations import N_, _, ngettext
from engine.analysis.grouping import Spread
from engine.spec import StudySpec
from storage.records import ENDED, Run

MOST_ROWS = 200
UNITS = {
    "tokens": N_("tokens trained on"),
    "steps": N_("updates"),
    "samples": N_("answers trained on"),
    "seconds": N_("seconds, alone on the machine"),
}
_ROLES = {"trial": N_("trial"), "final": N_("reported")}
_RUN = Markup('<a class="al-name" data-go="run" href="run?id={id}">{name}</a>')


def methods(spec: StudySpec | None) -> Markup:
    """The chips of its methods."""
    return Markup(" ").join(map(texts.chip, spec.algorithms)) if spec is not None else Markup("–")


def same_for_all(spec: StudySpec) -> str:
    """The budget, the seeds and the search of a study in a few words."""
    parts = [
        _("{amount} {unit} each").format(amount=texts.number(spec.budget.amount), unit=_(UNITS[spec.budget.unit])),
        ngettext("{count} seed", "{count} seeds", len(spec.seeds)),
    ]
    if spec.search is not None:
        count = max(map(spec.trials, spec.algorithms))
        parts.append(ngettext("{count} trial a method", "{count} trials a method", count))
    return " · ".join(parts)


def paid(view: StudyView) -> Markup:
    """What each reported method came to and paid, on average over its runs, and what its search paid in all."""
    if view.comparison is None:
        return Markup("")
    keys = list(view.reached[view.comparison.groups[0].id])
    heads = [
        _("Method"),
        *map(title, keys),
        _("Updates"),
        _("Tokens trained on"),
        _("Tokens sampled"),
        _("Answers scored"),
        _("Time"),
        *([_("Time of its search")] if view.search_costs else []),
    ]
    rows = [_paid(view, group) for group in view.comparison.groups]
    kinds = ("al-first", *["al-num"] * (len(heads) - 1))
    return tables.table(heads, rows, kinds=kinds, name="al-costs")


def _paid(view: StudyView, group: RunGroup) -> list[tables.Cell]:
    cost = view.costs[group.id]
    search = view.search_costs.get(group.runs[0].algorithm or "")
    searched = [texts.duration(search.seconds) if search is not None else "–"] if view.search_costs else []
    return [_who(group), *map(_figure, view.reached[group.id].values()), *_means(cost), *searched]


def _figure(spread: Spread) -> Markup:
    """The mean of last values and how far the runs lie apart; of one run nothing says how far others would."""
    apart = _("one seed") if spread.deviation is None else f"± {texts.number(spread.deviation, 2)}"
    return Markup('<b>{}</b> <span class="al-soft">{}</span>').format(texts.number(spread.mean), apart)


def _who(group: RunGroup) -> Markup:
    """The method of a group, the settings that the study varies of it, and how many seeds."""
    run = group.runs[0]
    seeds = ngettext("{count} seed", "{count} seeds", group.seeds)
    changes = settings_in_words(run.study_changes or {}, run.algorithm or "")
    words = " · ".join(filter(None, (changes, seeds)))
    name = texts.chip(run.algorithm, run.kind) if run.algorithm else Markup("<b>{}</b>").format(counted(group))
    return Markup('{} <small class="al-soft al-varied">{}</small>').format(name, words)


def _means(cost: Cost) -> list[str]:
    counts = (cost.updates, cost.trained_tokens, cost.generated_tokens, cost.answers_scored)
    return [*(texts.number(count / cost.runs) for count in counts), texts.duration(cost.seconds / cost.runs)]


def trials(view: StudyView) -> Markup:
    """Every setting that the search tried, method by method; the one that is reported is marked."""
    if not view.trials or view.spec is None:
        return Markup("")
    heads = [_("Method"), _("Trial"), _("Settings"), title(view.spec.objective), _("State")]
    kinds = ("al-first", "al-num", "al-wide", "al-num", "")
    return tables.table(heads, map(_trial, view.trials), kinds, name="al-trials")


def _trial(trial: TrialView) -> list[tables.Cell]:
    value = texts.number(trial.value)
    chosen = Markup("{} <b>{}</b>").format(texts.tone(_("chosen"), "good", "✓"), value)
    return [
        texts.chip(trial.algorithm),
        str(trial.number + 1),
        settings_in_words(trial.changes, trial.algorithm),
        chosen if trial.chosen else value,
        _states(trial),
    ]


def settings_in_words(changes: Mapping[str, Any], algorithm: str) -> str:
    """The settings by their titles with their values."""
    return " · ".join(f"{setting_names.called(path, algorithm)} {_value(value)}" for path, value in changes.items())


def _value(value: Any) -> str:
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return texts.number(value) if plain else str(value)


def _states(trial: TrialView) -> Markup:
    """The state of its runs, each leading to its run."""
    runs: Sequence[Markup] = [
        Markup('<a data-go="run" href="run?id={}">{}</a>').format(run.id, texts.state(run.state)) for run in trial.runs
    ]
    return Markup(" ").join(runs)


def members(view: StudyView) -> Markup:
    """The runs in the order in which they were made, at most MOST_ROWS."""
    heads = [_("Run"), _("Method"), _("Seed"), _("State"), _("Progress")]
    searched = any(run.study_role == "trial" for run in view.runs)
    if searched:
        heads.insert(2, _("Role"))
    kinds = ["al-first", *["" for _head in heads[1:-1]], "al-wide"]
    rows = [_member(run, searched) for run in view.runs[:MOST_ROWS]]
    table = tables.table(heads, rows, kinds, name="al-members")
    if len(view.runs) <= MOST_ROWS:
        return table
    more = _("Only the first {count} are shown; the page Runs has all of them.").format(count=MOST_ROWS)
    return table + Markup('<p class="al-soft">{}</p>').format(more)


def _member(run: Run, searched: bool) -> list[tables.Cell]:
    role = [_(_ROLES[run.study_role]) if run.study_role else "–"] if searched else []
    seed = "–" if run.study_seed is None else str(run.study_seed)
    name = _RUN.format(id=run.id, name=run.name)
    return [
        name,
        texts.chip(run.algorithm, run.kind),
        *role,
        seed,
        texts.state(run.state, run.request),
        _how_far(run),
    ]


def _how_far(run: Run) -> Markup:
    """A bar while it runs, and how long it took or takes; of one that did not succeed, why."""
    if run.state in ("failed", "stopped") and run.reason is not None:
        return texts.sentence(run.reason)
    took = outcome.duration(run, time.time())
    if run.state in ENDED or not run.fraction:
        return Markup('<span class="al-soft">{}</span>').format(took or "–")
    left = run_progress.left(run) or took
    return Markup('<div class="al-progress">{}<b>{}</b><span class="al-soft">{}</span></div>').format(
        run_progress.bar(run), texts.percent(run.fraction), left
    )
