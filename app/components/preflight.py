"""What will happen, as the engine foresees it: the figures of a run before it is launched, its problems and warnings.

Left out: asking the engine (`app.views.launch`).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import streamlit as st
from markupsafe import Markup

from app.clients import EngineError
from app.components import tables, texts
from app.translations import N_, _, ngettext, say
from engine.spec import Text

_GLYPHS = {"bad": "✕", "warning": "▲"}
NEARLY = 0.9  # of a limit: from here on the figure is a warning


def show(answer: Mapping[str, Any]) -> None:
    """The figures, then what stands in the way, then what to know."""
    if answer["estimate"] is not None:
        st.html(facts(answer["estimate"]))
    findings(of_answer(answer["problems"]), "bad")
    findings(of_answer(answer["warnings"]), "warning")


def facts(estimate: Mapping[str, Any]) -> Markup:
    """The figures, a line each; the ones that decide are bold."""
    rows = [
        (_("Steps"), _steps(estimate)),
        (_("Tokens"), _tokens(estimate)),
        (_("Time"), _("about {time}").format(time=texts.duration(estimate["seconds"]))),
        (_("Memory"), _of(estimate["memory_mb"], estimate["memory_limit_mb"])),
        (_("Disk"), _of(estimate["disk_mb"], estimate["disk_free_mb"])),
        (_("Held out"), _("a tenth of the prompts") if estimate["split"] else _("nothing: too few prompts")),
        (_("Runs on"), _machine(estimate)),
    ]
    if estimate["skipped"]:
        left_out = ngettext(
            "{count} has no room for an answer", "{count} have no room for an answer", estimate["skipped"]
        )
        rows.append((_("Left out"), texts.tone(left_out, "warning", "▲")))
    return tables.pairs(rows)


def findings(found: Iterable[Text], tone: str) -> None:
    """Problems ("bad") or things to know ("warning"), one a line; nothing where there is none."""
    lines = [Markup("<li>{}</li>").format(texts.tone(say(text), tone, _GLYPHS[tone])) for text in found]
    if lines:
        st.html(Markup('<ul class="al-findings" role="status">{}</ul>').format(Markup("").join(lines)))


def silence(error: EngineError, tone: str) -> None:
    """The engine gave no answer; the last line of what it said, as it said it."""
    findings([(N_("The engine gave no figures, so the run cannot be checked."), {})], tone)
    st.html(Markup('<p class="al-note al-soft al-raw">{}</p>').format(str(error).strip().rpartition("\n")[2]))


def of_answer(listed: Sequence[Mapping[str, Any]]) -> list[Text]:
    """The sentences of an answer's problems or warnings."""
    return [(entry["text"][0], entry["text"][1]) for entry in listed]


def _steps(estimate: Mapping[str, Any]) -> Markup:
    passes = _("{passes} passes over {items}").format(
        passes=texts.number(estimate["passes"], 2), items=ngettext("{count} item", "{count} items", estimate["items"])
    )
    return Markup("<b>{}</b> · {}").format(texts.number(estimate["steps"]), passes)


def _tokens(estimate: Mapping[str, Any]) -> Markup:
    trained = Markup("<b>{}</b> {}").format(texts.number(estimate["tokens"]), _("trained on"))
    if not estimate["generated_tokens"]:
        return trained
    return trained + Markup(", {} {}").format(texts.number(estimate["generated_tokens"]), _("generated"))


def _of(needed_mb: float, there_mb: float) -> Markup:
    told = Markup("<b>{}</b> {}").format(_size(needed_mb), _("of {size}").format(size=_size(there_mb)))
    return texts.tone(told, "warning", "▲") if needed_mb > NEARLY * there_mb else told


def _size(megabytes: float) -> str:
    return f"{megabytes:,.0f} MB" if megabytes < 10_000 else f"{megabytes / 1024:,.0f} GB"


def _machine(estimate: Mapping[str, Any]) -> str:
    return _("{device}, {precision}, {count} at once").format(
        device=estimate["device"], precision=estimate["precision"], count=estimate["micro_batch"]
    )
