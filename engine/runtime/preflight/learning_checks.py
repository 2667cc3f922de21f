"""What of a run's data can teach nothing: counted, told with the setting that matters, and refused where that is all.

Left out: the counting (`engine.data.data_stats`, `refused_items`), and all other checks (`train_checks`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.data.data_stats import Content, Tokenised
from engine.data.refusals import Refusals
from engine.spec import Problem, Train
from engine.spec.answers import DataCheck
from storage.item_content import FLAGS
from words import N_, Text, to_json

UNHARMFUL = ("duplicate",)
NAMED = 20  # refused items in the answer


@dataclass(frozen=True)
class Findings:
    """All that is known of the data before a launch."""

    spec: Train
    content: Content
    tokenised: Tokenised
    refusals: Refusals

    @property
    def counts(self) -> DataCheck:
        """The figures, as the preflight's answer has them."""
        counts, content = self.tokenised.counts, self.content
        names = ("prompts_cut", "answers_cut", "no_room", "equal", "equal_cut", "contradicting", "typed_ends")
        return DataCheck(
            examples=content.example_count,
            checked=self.tokenised.checked,
            answers=self.tokenised.answers,
            **{name: counts.get(name, 0) for name in names},
            items=content.train_items,
            flags=dict(content.flags),
            groups=len(content.spreads),
            constant_groups=sum(spread <= self.spec.least_difference for spread in content.spreads),
            labels=self._labels(),
            prompts_in_all=self.refusals.total,
            prompts_read=self.refusals.checked,
            refused=self.refusals.count,
            refused_items=tuple(refusal.item for refusal in self.refusals.refusals[:NAMED]),
        )

    def _labels(self) -> dict[Any, int]:
        if not self.spec.labelled:
            return {}
        good = sum(response.score > 0 for example in self.content.examples for response in example.responses)
        return {"good": good, "bad": len(self.content.examples) - good}


def problems(findings: Findings) -> Iterator[Problem]:
    """Why the run could learn nothing at all."""
    refusals, data, sampled = findings.refusals, findings.counts, findings.spec.data.source == "sampled"
    if refusals.count and refusals.count == refusals.checked:
        yield _all_refused(findings)
    elif findings.spec.whole_groups and data.groups and data.constant_groups == data.groups:
        yield _nothing_compared(findings)
    elif not (findings.tokenised.prompts if sampled else findings.tokenised.groups):
        yield _nothing_left(findings)
    elif data.contradicting and data.contradicting == len(findings.tokenised.groups):
        yield _contradiction(findings)


def warnings(findings: Findings) -> Iterator[Problem]:
    """What teaches nothing or less than it holds, and what to do about it."""
    if not any(problems(findings)):  # which would say the same again
        yield from _cut(findings)
        yield from _alike(findings)
    yield from _flagged(findings)
    if findings.refusals.count:
        yield _refused(findings.refusals.text, findings.refusals)


def _refused(text: Text, refusals: Refusals) -> Problem:
    """Prompts that cannot be read; with the setting that mends them, where there is one."""
    return Problem("data.system_turn", _with_remedy(text, refusals)) if refusals.mended else Problem("model.name", text)


def _with_remedy(text: Text, refusals: Refusals) -> Text:
    offer = N_(
        "{refused} With data.system_turn: in_first_user, which puts the system turn into the first question, {count} "
        "of them can be read."
    )
    return offer, {"refused": to_json(text), "count": refusals.mended}


def _all_refused(findings: Findings) -> Problem:
    refusals = findings.refusals
    values = {"name": findings.spec.data.dataset, "cause": to_json(refusals.refusals[0].cause)}
    return _refused((N_("Not one prompt of {name} can be read. {cause}"), values), refusals)


def _nothing_compared(findings: Findings) -> Problem:
    spec, largest = findings.spec, max(findings.content.spreads)
    values: dict[str, Any] = {"name": spec.data.dataset, "algorithm": spec.algorithm}
    if largest:
        values |= {"difference": f"{largest:g}", "least": f"{spec.least_difference:g}"}
        text = N_(
            "No two scores of a group of {name} differ by more than tau ({least}), the largest difference is "
            "{difference}: {algorithm} would have nothing to compare."
        )
        return Problem("tau", (text, values))
    text = N_("The scores of each group of {name} are all equal: {algorithm} would have nothing to compare.")
    return Problem("data.dataset", (text, values))


def _nothing_left(findings: Findings) -> Problem:
    """No example of the sample can be trained on, whatever the reason of each."""
    data, limit = findings.counts, findings.spec.data.max_tokens
    values = {"name": findings.spec.data.dataset, "limit": limit, "of": _of(data)}
    if data.no_room == data.checked:
        return Problem("data.max_tokens", (N_("No answer of {name} has room within data.max_tokens: {limit}."), values))
    if data.equal == data.checked:
        text = N_("In {of} of {name}, the answers are equal, so there is nothing to learn from them.")
        return Problem("data.dataset", (text, values))
    if data.equal_cut == data.checked:
        text = N_(
            "In {of} of {name}, the answers are equal after cutting, so there is nothing to learn from them: {cut} of "
            "{answers} answers lose their end. A larger data.max_tokens (now {limit}) keeps where they differ."
        )
        return Problem("data.max_tokens", (text, {**values, "cut": data.answers_cut, "answers": data.answers}))
    text = N_(
        "In {of} of {name} there is nothing to train on: {no_room} have no room for an answer within data.max_tokens "
        "({limit}), {equal} have equal answers, as they are or after cutting, and the model's chat template refuses "
        "{refused}."
    )
    counts = {
        "no_room": data.no_room,
        "equal": data.equal + data.equal_cut,
        "refused": findings.tokenised.counts.get("refused", 0),
    }
    return Problem("data.max_tokens", (text, {**values, **counts}))


def _contradiction(findings: Findings) -> Problem:
    """Labels that cancel each other."""
    text = N_(
        "{count} answers are labelled good in one example and bad in another, with the same text after cutting, so "
        "that they cancel each other. A larger data.max_tokens (now {limit}) keeps where they differ."
    )
    limit = findings.spec.data.max_tokens
    return _counted(findings, "data.max_tokens", text, count=findings.counts.contradicting, limit=limit)


def _cut(findings: Findings) -> Iterator[Problem]:
    data, limits = findings.counts, findings.spec.data
    if data.prompts_cut:
        text = N_(
            "{count} prompts are longer than data.max_prompt_tokens ({limit}) and lose their beginning: a larger value "
            "keeps them whole."
        )
        path = "data.max_prompt_tokens"
        yield _counted(findings, path, text, count=data.prompts_cut, limit=limits.max_prompt_tokens)
    if data.answers_cut:
        text = N_(
            "{count} of {answers} answers have too little room in data.max_tokens ({limit}) and lose their end: a "
            "larger value keeps them whole."
        )
        values = {"count": data.answers_cut, "answers": data.answers, "limit": limits.max_tokens}
        yield _counted(findings, "data.max_tokens", text, **values)
    if data.equal_cut:
        text = N_(
            "The answers of {count} of {examples} examples are equal after cutting: these teach nothing and are "
            "skipped. A larger data.max_tokens (now {limit}) keeps where they differ."
        )
        values = {"count": data.equal_cut, "examples": data.checked, "limit": limits.max_tokens}
        yield _counted(findings, "data.max_tokens", text, **values)
    if data.typed_ends:
        text = N_(
            "{count} of {answers} answers end with an end token that was typed into them: it is taken off, since the "
            "template writes its own."
        )
        yield _counted(findings, "data.dataset", text, count=data.typed_ends, answers=data.answers)


def _alike(findings: Findings) -> Iterator[Problem]:
    """Answers, scores or labels that do not differ."""
    spec, data = findings.spec, findings.counts
    if data.equal:
        text = N_("The answers of {count} of {examples} examples are equal: these teach nothing and are skipped.")
        yield _counted(findings, "data.dataset", text, count=data.equal, examples=data.checked)
    if data.constant_groups:
        values = {"count": data.constant_groups, "groups": data.groups, "algorithm": spec.algorithm}
        text = N_("In {count} of {groups} groups no two scores differ enough for {algorithm}: these teach nothing.")
        yield Problem("data.dataset", (text, values))
    if data.contradicting:
        yield _contradiction(findings)
    if data.labels and not all(data.labels.values()):
        label = N_("good") if data.labels["good"] else N_("bad")
        values = {"count": sum(data.labels.values()), "label": to_json((label, {})), "algorithm": spec.algorithm}
        text = N_(
            "All {count} answers are labelled {label}: {algorithm} learns from good and bad answers side by side, and "
            "has nothing to tell apart here. For good ones alone, sft is the usual method."
        )
        yield Problem("data.dataset", (text, values))


def _flagged(findings: Findings) -> Iterator[Problem]:
    data = findings.counts
    for flag, count in data.flags.items():
        of_no_use = findings.spec.data.source == "sampled" and flag != "empty_prompt"  # its answers are not read
        if flag in UNHARMFUL or of_no_use or (flag == "equal_responses" and data.equal):
            continue
        words: Text = (FLAGS.get(flag, flag), {})
        values = {"count": count, "items": data.items, "flag": to_json(words)}
        text = N_("{count} of {items} items are flagged “{flag}”: look at them on the Data page before you train.")
        yield Problem("data.dataset", (text, values))


def _counted(findings: Findings, path: str, text: str, **values: Any) -> Problem:
    """A problem whose counts are of the examples that were looked at; it says so where these are a sample."""
    data = findings.counts
    if data.checked == data.examples:
        return Problem(path, (text, values))
    sampled = N_("{sentence} (Counted in a sample of {checked} of the {examples} examples.)")
    sample = {"checked": data.checked, "examples": data.examples}
    return Problem(path, (sampled, {"sentence": to_json((text, values)), **sample}))


def _of(data: DataCheck) -> list[Any] | None:
    """How many examples the counts are of, and whether these are all."""
    if data.checked < data.examples:
        text = N_("a sample of {checked} of the {examples} examples")
        return to_json((text, {"checked": data.checked, "examples": data.examples}))
    return to_json((N_("all {checked} examples"), {"checked": data.checked}))
