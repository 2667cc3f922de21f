"""A verdict in sentences: who is better and by how much, or who cannot be told apart; what it would take to tell.

Numbers in them are floats, which whoever shows them rounds. Left out: the tables, and what of the runs keeps them from
being compared (`comparison`).
"""

from collections.abc import Sequence

from engine.analysis.verdict import Pair, Verdict
from words import N_, Text

MOST_NAMES = 8
ROUNDING = 1e-9


def sentences(verdict: Verdict) -> list[Text]:
    """What a verdict says, the answer first."""
    texts = [_answer(verdict)]
    best = verdict.undecided
    texts += [_alike(verdict, members) for members in verdict.alike if not set(members) <= set(best)]
    closest = _closest(verdict)
    if verdict.has_single_seeds:
        texts.append(_single_seeds(verdict))
    elif closest is not None:
        texts.append(_seeds(verdict, closest))
    if verdict.dropped:
        sentence = N_("Prompts left out, since not all of these runs have a reward for them: {dropped}.")
        texts.append((sentence, {"dropped": verdict.dropped}))
    return texts


def headline(verdict: Verdict) -> Text:
    """The answer alone, in one sentence."""
    return _answer(verdict)


def _answer(verdict: Verdict) -> Text:
    if verdict.leader is None:
        return N_("Not told apart: {names}."), {"names": _names(verdict, verdict.undecided)}
    closest = _pair(verdict, verdict.ranking[0], verdict.ranking[1])
    values = {
        "leader": verdict.methods[verdict.leader].name,
        "other": verdict.methods[closest.second].name,
        **_difference(closest),
    }
    if len(verdict.methods) == 2:
        return N_("{leader} beats {other} by {difference} [{low}, {high}]."), values
    return N_("{leader} beats all others; the closest is {other}, behind by {difference} [{low}, {high}]."), values


def _alike(verdict: Verdict, members: Sequence[int]) -> Text:
    sentence = N_("Not told apart: {names}.") if verdict.leader is not None else N_("Also not told apart: {names}.")
    return sentence, {"names": _names(verdict, members)}


def _single_seeds(verdict: Verdict) -> Text:
    limit = {"limit": verdict.indistinct}
    alone = all(method.seeds == 1 for method in verdict.methods)
    if verdict.indistinct < ROUNDING:  # every prompt says the same, which limits nothing
        if alone:
            return N_("One seed each: what another seed would change is not known at all."), {}
        return N_("Of some there is one seed: what another seed would change is not known for these."), {}
    if alone:
        sentence = N_(
            "One seed each: differences below {limit} cannot be told from luck, and what another seed would change is "
            "not known at all."
        )
        return sentence, limit
    sentence = N_(
        "Of some there is one seed: differences below {limit} cannot be told from luck, and what another seed would "
        "change is not known for these."
    )
    return sentence, limit


def _seeds(verdict: Verdict, pair: Pair) -> Text:
    """How many more seeds would show the difference between the best and the next that it does not beat."""
    values = {
        "first": verdict.methods[pair.first].name,
        "second": verdict.methods[pair.second].name,
        **_difference(pair),
    }
    if pair.seeds_needed is None:
        sentence = N_(
            "Between {first} and {second} lie {difference} [{low}, {high}]: more seeds alone would not show a "
            "difference of this size; it takes more prompts."
        )
        return sentence, values
    more = pair.seeds_needed - min(verdict.methods[pair.first].seeds, verdict.methods[pair.second].seeds)
    sentence = N_(
        "Between {first} and {second} lie {difference} [{low}, {high}]: about {count} more seeds of each would be "
        "needed to see a difference of this size."
    )
    return sentence, {**values, "count": max(1, more)}


def _difference(pair: Pair) -> dict[str, float]:
    return {"difference": pair.difference, "low": pair.interval.low, "high": pair.interval.high}


def _closest(verdict: Verdict) -> Pair | None:
    """The best and the next that it does not beat, by their means; None where there is a leader."""
    rest = [each for each in verdict.undecided if each != verdict.ranking[0]]
    return _pair(verdict, verdict.ranking[0], rest[0]) if rest else None


def _pair(verdict: Verdict, first: int, second: int) -> Pair:
    return next(pair for pair in verdict.pairs if (pair.first, pair.second) == (first, second))


def _names(verdict: Verdict, members: Sequence[int]) -> str:
    rest = f" … ({len(members)})" if len(members) > MOST_NAMES else ""
    return ", ".join(verdict.methods[member].name for member in members[:MOST_NAMES]) + rest
