"""Presets to start from: one line for each group, with its runs as chips. A chip fills the form below it; a row of
chips with arrows shows its stages.

They are links, to ?preset=NAME and ?stages=NAME, so they can be shared and opened in another tab. Left out: filling the
form (`launch.prefill`), the stages (`launch.stages`), and what the presets hold (`engine.spec.presets`).
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import streamlit as st
from markupsafe import Markup

from app.bridge import live
from app.datasets import example_data
from app.markup import texts
from app.theme import mark
from app.translations import _
from engine.spec import ALGORITHMS, CHAINS, PRESET_GROUPS, Preset, Train, parse

_CARD = Markup(
    '<section class="al-preset"><h3>{title}</h3><div class="al-preset-runs">{runs}</div>'
    '<details><summary aria-label="{word}: {title}">{word}</summary><p>{about}</p>{notes}</details></section>'
)
_RUN = Markup(
    '<a class="al-chip {classes}" data-go="launch" href="launch?preset={name}" title="{about}"'
    ' aria-current="{current}"><i class="al-shape-{shape}"></i>{words}</a>'
)
_ROW = Markup('<a class="al-preset-stages" data-go="launch" href="launch?stages={name}">{methods}</a>')
_NOTES = Markup("<ul>{notes}</ul>")


def show(spec: Train | None, stocked: bool) -> None:
    """The cards; the preset that the form holds exactly is marked. `stocked`: the workspace has their data."""
    st.html(texts.section(_("Start from a preset"), _("a press fills the form; nothing is launched yet")))
    cards = Markup("").join(_card(group, spec) for group in PRESET_GROUPS.values()) + _stages_card()
    live.static(Markup('<div class="al-presets">{}</div>').format(cards), key="presets")
    if not stocked:
        _lacking()


def _lacking() -> None:
    """Say that the workspace lacks the presets' data, with the button that brings it in."""
    sentence = _("Presets learn from {dataset}, which comes with AlignLab; this workspace does not hold it.")
    with st.container(key="presets-lacking", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(texts.tone(sentence.format(dataset=example_data.PAIRS), "warning", "▲"), width="content")
        example_data.import_button()


def _card(group: Preset, spec: Train | None) -> Markup:
    methods = Counter(file["algorithm"] for file in group.files.values())
    return _in_card(group, Markup("").join(_run(name, file, spec, methods) for name, file in group.files.items()))


def _stages_card() -> Markup:
    """The card of the files of stages: each a row of methods with arrows between."""
    return _in_card(
        CHAINS,
        Markup("").join(_ROW.format(name=name, methods=_methods(file)) for name, file in CHAINS.files.items()),
    )


def _in_card(group: Preset, runs: Markup) -> Markup:
    """What the runs are, and how they differ from what they are named after, is closed at first: it is read once."""
    lines = Markup("").join(Markup("<li>{}</li>").format(_(note)) for note in group.differences)
    return _CARD.format(
        title=_(group.title),
        word=_("About"),
        about=_(group.about),
        runs=runs,
        notes=_NOTES.format(notes=lines) if lines else "",
    )


def _methods(file: Mapping[str, Any]) -> Markup:
    return Markup(" → ").join(texts.chip(stage["algorithm"]) for stage in file["stages"])


def _run(name: str, file: Mapping[str, object], spec: Train | None, methods: Mapping[str, int]) -> Markup:
    """Called by its method, or by its own name where the method has several runs in the group."""
    algorithm = str(file["algorithm"])
    look, title = mark(algorithm), _(ALGORITHMS[algorithm].title)
    return _RUN.format(
        classes=look.css_classes,
        shape=look.shape,
        name=name,
        about=_("Fill the form with {name}").format(name=name),
        current="true" if parse(file) == spec else "false",
        words=title if methods[algorithm] == 1 else name,
    )
