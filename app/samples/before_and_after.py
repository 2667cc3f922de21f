"""Answers at the start of a run and now, on its page: how many prompts improved, and a few whose change is usual.

Left out: all answers of all steps (`samples_tab`), and the means over them, which are curves.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from statistics import fmean, median

import streamlit as st
from markupsafe import Markup

from app import clients
from app.markup import texts
from app.translations import _, ngettext
from storage import final_samples, samples
from storage.database import Database
from storage.records import Run, Sample

SHOWN = 3
SAME = 1e-9  # a reward that changed by less has not changed
_PAIR = Markup(
    '<div class="al-pair"><div class="al-prompt">{prompt}</div><div class="al-two">'
    '<div class="al-answer"><span class="al-label">{before}</span>{first}</div>'
    '<div class="al-answer"><span class="al-label">{after}</span>{last}</div></div></div>'
)


@dataclass(frozen=True)
class Change:
    """One prompt at two steps: an answer of each, and how its mean reward changed, None where one has no reward."""

    first: Sample
    last: Sample
    reward: float | None


def show(run: Run) -> None:
    """The section of the page; nothing before the second evaluation."""
    answers = evaluated(clients.database(), run.id)
    if answers is None:
        return
    changes = compared(*answers)
    how = _("the same prompts, sampled at temperature 1") if run.origin != "imported" else ""
    st.html(texts.section(_("Before and after"), how))
    if changes:
        st.html(Markup('<p class="al-note">{}</p>').format(_summary(changes)))
    st.html(
        Markup('<div class="al-pairs-grid al-glance" tabindex="0">{}</div>').format(
            Markup("").join(map(_pair, usual(changes)))
        )
    )


def evaluated(db: Database, run_id: str) -> tuple[list[Sample], list[Sample]] | None:
    """The answers at the start and at the end: of the end evaluation, which the figures in the run's head are of, else
    of the first and the newest evaluation. None before there are two."""
    if len(steps := final_samples.steps(db, run_id)) > 1:
        first, last = (final_samples.listing(db, run_id, step=step) for step in (steps[0], steps[-1]))
        return first, last
    if len(steps := samples.steps(db, run_id)) > 1:
        first, last = (samples.listing(db, run_id, step=step) for step in (steps[0], steps[-1]))
        return first, last
    return None


def compared(first: Sequence[Sample], last: Sequence[Sample]) -> list[Change]:
    """The prompts that were answered at both steps, in their order. Of several answers the one is shown whose reward is
    nearest to their mean, so that it does not say another thing than the figures do."""
    before, after = _by_prompt(first), _by_prompt(last)
    return [_change(before[index], after[index]) for index in before if index in after]


def usual(changes: Sequence[Change], count: int = SHOWN) -> list[Change]:
    """The prompts whose change of reward is nearest to the median; the first ones where rewards are missing."""
    known = [(change.reward, change) for change in changes if change.reward is not None]
    if not known:
        return list(changes[:count])
    middle = median(reward for reward, _change in known)
    nearest = sorted(known, key=lambda each: abs(each[0] - middle))  # of equal ones the first prompt
    return [change for _reward, change in nearest[:count]]


def _by_prompt(answers: Sequence[Sample]) -> Mapping[int, list[Sample]]:
    by_prompt = defaultdict(list)
    for sample in answers:
        by_prompt[sample.prompt_index].append(sample)
    return by_prompt


def _change(before: Sequence[Sample], after: Sequence[Sample]) -> Change:
    first, first_mean = _representative(before)
    last, last_mean = _representative(after)
    return Change(first, last, None if first_mean is None or last_mean is None else last_mean - first_mean)


def _representative(answers: Sequence[Sample]) -> tuple[Sample, float | None]:
    """The answer that is nearest to the mean reward, and the mean; the first, and none, where an answer has none."""
    rewards = [sample.reward for sample in answers if sample.reward is not None and isfinite(sample.reward)]
    if len(rewards) < len(answers):
        return answers[0], None
    mean = fmean(rewards)
    nearest = min(range(len(rewards)), key=lambda index: abs(rewards[index] - mean))
    return answers[nearest], mean


def _summary(changes: Sequence[Change]) -> Markup:
    """How many prompts improved, and how those below were chosen."""
    known = [change.reward for change in changes if change.reward is not None]
    if not known:
        shown = _("Shown: the first prompts, since the answers have no reward.")
        return Markup('<span class="al-soft">{}</span>').format(shown)
    better, worse = sum(change > SAME for change in known), sum(change < -SAME for change in known)
    counts = [
        texts.tone(_("{count} improved").format(count=better), "good", "▲"),
        texts.tone(_("{count} equal").format(count=len(known) - better - worse), "soft", "="),
        texts.tone(_("{count} worse").format(count=worse), "bad", "▼"),
    ]
    of = ngettext("{count} prompt:", "{count} prompts:", len(known))
    of = of.format(count=len(known))
    how = _("Shown: the prompts whose reward changed nearest to the median, {change}.")
    shown = how.format(change=texts.signed(median(known)))
    return Markup('{} {} <span class="al-soft">{}</span>').format(of, Markup(" · ").join(counts), shown)


def _pair(change: Change) -> Markup:
    first, last = texts.differing(change.first.text, change.last.text)
    return _PAIR.format(
        prompt=texts.conversation(change.last.messages),
        before=texts.about_sample(change.first),
        first=first,
        after=texts.about_sample(change.last),
        last=last,
    )
