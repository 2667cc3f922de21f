"""Sentences that tell a person something: problems, warnings, what was done; one a line, each with its tone."""

from collections.abc import Iterable

from markupsafe import Markup

from app.markup import texts
from app.translations import N_
from words import Explained, Text

_GLYPHS = {"bad": "✕", "warning": "▲", "good": "✓"}


def sentences(findings: Iterable[Text], tone: str) -> Markup:
    """Problems ("bad"), things to know ("warning"), what was done ("good"): one a line; nothing where there is none."""
    lines = [Markup("<li>{}</li>").format(texts.tone(texts.sentence(text), tone, _GLYPHS[tone])) for text in findings]
    return (
        Markup('<div role="status"><ul class="al-findings">{}</ul></div>').format(Markup("").join(lines))
        if lines
        else Markup("")
    )


def refusal(error: Explained) -> Markup:
    """Why what a person asked for was not done, beside where it was asked."""
    return texts.tone(texts.sentence(error.text), "bad", _GLYPHS["bad"])


def engine_unreachable(cause: Text) -> Markup:
    """The engine gave no answer, and why."""
    unchecked = N_("The engine gave no figures, so the run cannot be checked now. {cause}")
    return sentences([(unchecked, {"cause": cause})], "warning")
