"""The verdict on compared groups: what is said, and of what; or the one reason why nothing is.

Page, report, CSV and command line show this and nothing else. No Streamlit. Left out: how it is computed
(`engine.analysis.verdict`), which rewards it is made of (`group_rewards`), and what is shown (`verdict_tables`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from app.compare import group_rewards
from app.compare.compared_groups import Comparison
from app.compare.group_rewards import GroupRewards
from app.markup import csv_text, texts
from engine.analysis import comparison as analysis
from engine.analysis import verdict_words
from engine.analysis.verdict import FEWEST_PROMPTS, MethodMean, Pair, Verdict, common_prompts, verdict
from storage.database import Database
from storage.records import Message
from words import N_, Text, english

MOST_TURNED = 5
_UNREPORTED = N_(
    "Not all of these runs have an end evaluation: the rewards are of their last evaluations, on the prompts that "
    "checkpoints are chosen by, and with the same random numbers for all seeds."
)
COLUMNS = (
    "at_kl", "first", "second", "difference", "low", "high", "seed_df", "p", "adjusted_p", "better", "flips", "equal",
    "improvement", "seeds_needed", "prompts",
)  # fmt: skip


class TurnedPrompt(NamedTuple):
    """A prompt on which the method of the lower mean has the higher reward; both are means over seeds."""

    messages: Sequence[Message]
    first: float
    second: float


@dataclass(frozen=True)
class GroupVerdict:
    """Of groups that can be compared, a verdict; else a refusal, one sentence.

    `matched` is the verdict at one KL, in nats, None where there is none. `answers` were given to each prompt. `turned`
    are prompts on which the order of the two best turns most. `reported`: it rests on end evaluations.
    """

    refusal: Text | None
    verdict: Verdict | None = None
    answers: int = 0
    kl: float | None = None
    matched: Verdict | None = None
    turned: tuple[TurnedPrompt, ...] = ()
    reported: bool = True


def of_comparison(db: Database, comparison: Comparison, *, detailed: bool = False) -> GroupVerdict | None:
    """The verdict on a comparison; None of a single group, which is compared with nothing.

    `detailed` adds the verdict at one KL, the bootstrap and the prompts on which the order turns, which takes some
    tenths of a second.
    """
    if len(comparison.groups) < 2:
        return None
    refusal = analysis.refusal(comparison.compared)
    if refusal is not None:
        return GroupVerdict(refusal)
    rewards = group_rewards.last_rewards(db, comparison)
    refusal = _unusable(rewards)
    if rewards is None or refusal is not None:
        return GroupVerdict(refusal)
    answer = verdict(rewards.methods, resample=detailed)
    if not detailed:
        return GroupVerdict(None, answer, rewards.answers[0], reported=rewards.reported)
    turned = _turned(db, comparison, rewards, answer.pairs[0])
    matched = group_rewards.matched_rewards(db, comparison)
    if matched is None or _unusable(matched.rewards) is not None:
        return GroupVerdict(None, answer, rewards.answers[0], turned=turned, reported=rewards.reported)
    at_kl = verdict(matched.rewards.methods, resample=True)
    return GroupVerdict(None, answer, rewards.answers[0], matched.kl, at_kl, turned, rewards.reported)


def _turned(db: Database, comparison: Comparison, rewards: GroupRewards, pair: Pair) -> tuple[TurnedPrompt, ...]:
    """The prompts on which the second of a pair is furthest ahead of the first."""
    first, second = (rewards.methods[method].rewards.mean(axis=0) for method in (pair.first, pair.second))  # (P,)
    common = common_prompts(rewards.methods)
    ahead = sorted((first[index] - second[index], index) for index in range(len(common)) if common[index])
    asked = group_rewards.asked(db, comparison.runs[0], reported=rewards.reported)
    return tuple(
        TurnedPrompt(asked[rewards.prompts[index]], float(first[index]), float(second[index]))
        for lead, index in ahead[:MOST_TURNED]
        if lead < 0 and rewards.prompts[index] in asked
    )


def _unusable(rewards: GroupRewards | None) -> Text | None:
    """Why these rewards allow no verdict."""
    if rewards is None:
        return N_("No verdict: not all of these runs kept the rewards of their held-out answers."), {}
    if rewards.answers[0] != rewards.answers[1]:
        sentence = N_("No verdict: they gave different numbers of answers to a prompt, {least} to {most}.")
        return sentence, {"least": rewards.answers[0], "most": rewards.answers[1]}
    if rewards.common < FEWEST_PROMPTS:
        return N_("No verdict: fewer than two held-out prompts have a reward in all of these runs."), {}
    return None


def sentences(judged: GroupVerdict) -> list[Text]:
    """What is said first of a comparison: the refusal, or the verdict and what it rests on; numbers are rounded."""
    if judged.verdict is None:
        return [] if judged.refusal is None else [judged.refusal]
    said = [*map(rounded, verdict_words.sentences(judged.verdict)), basis(judged.verdict, judged.answers)]
    return said if judged.reported else [*said, (_UNREPORTED, {})]


def rounded(text: Text) -> Text:
    """The sentence with its numbers as they are shown."""
    msgid, values = text
    return msgid, {name: texts.number(value) if isinstance(value, float) else value for name, value in values.items()}


def basis(of: Verdict, answers: int) -> Text:
    """What a verdict rests on."""
    seeds = sorted({method.seeds for method in of.methods})
    if seeds[-1] == 1:
        sentence = N_(
            "Mean held-out reward of {prompts} prompts, answers to each: {answers}, one seed. Intervals are 95 % of "
            "each pair alone, over the prompts only."
        )
        return sentence, {"prompts": of.prompts, "answers": answers}
    sentence = N_(
        "Mean held-out reward of {prompts} prompts, answers to each: {answers}, seeds: {seeds}. Intervals are 95 % of "
        "each pair alone, over seeds and prompts; who beats whom is corrected for all pairs (Holm)."
    )
    words = str(seeds[0]) if len(seeds) == 1 else f"{seeds[0]} - {seeds[-1]}"
    return sentence, {"prompts": of.prompts, "answers": answers, "seeds": words}


def as_json(judged: GroupVerdict | None) -> dict[str, Any] | None:
    """All of it for `runs compare --json`; None where nothing is compared."""
    if judged is None:
        return None
    return {
        "refusal": None if judged.refusal is None else english(judged.refusal),
        "sentences": [english(text) for text in sentences(judged)],
        "answers": judged.answers or None,
        **(_verdict_json(judged.verdict) if judged.verdict else {}),
        "turned": [
            {"prompt": list(each.messages), "first": each.first, "second": each.second} for each in judged.turned
        ],
        "at_equal_kl": {"nats": judged.kl, **_verdict_json(judged.matched)} if judged.matched else None,
    }


def _verdict_json(of: Verdict) -> dict[str, Any]:
    names = [method.name for method in of.methods]
    return {
        "leader": None if of.leader is None else names[of.leader],
        "undecided": [names[index] for index in of.undecided],
        "not_told_apart": [[names[index] for index in members] for members in of.alike],
        "prompts": of.prompts,
        "dropped": of.dropped,
        "methods": [_mean_json(of.methods[index]) for index in of.ranking],
        "pairs": [_pair_json(pair, names) for pair in of.pairs],
    }


def _mean_json(mean: MethodMean) -> dict[str, Any]:
    return {
        "name": mean.name,
        "seeds": mean.seeds,
        "mean": mean.mean,
        "low": mean.interval.low,
        "high": mean.interval.high,
    }


def _pair_json(pair: Pair, names: list[str]) -> dict[str, Any]:
    resampled = pair.resampled
    return {
        **vars(pair),
        "first": names[pair.first],
        "second": names[pair.second],
        "interval": list(pair.interval),
        "told_apart": pair.is_told_apart,
        "resampled": None if resampled is None else {name: list(ends) for name, ends in resampled._asdict().items()},
    }


def rows(judged: GroupVerdict | None) -> Iterator[tuple[Any, ...]]:
    """One row a pair, as COLUMNS says; unrounded. Those at one KL have it, in nats, in the first column."""
    if judged is None:
        return
    for kl, of in ((None, judged.verdict), (judged.kl, judged.matched)):
        if of is None:
            continue
        for pair in of.pairs:
            names = of.methods[pair.first].name, of.methods[pair.second].name
            known = pair.difference, *pair.interval, pair.seed_df, pair.p, pair.adjusted_p
            counts = pair.better, pair.flips, pair.equal
            yield kl, *names, *known, *counts, pair.improvement, pair.seeds_needed, of.prompts


def csv_lines(judged: GroupVerdict | None) -> str:
    """The rows as CSV; names stay inert in programs for tables."""
    inert = [[csv_text.inert(cell) if isinstance(cell, str) else cell for cell in row] for row in rows(judged)]
    return csv_text.lines([COLUMNS, *inert])
