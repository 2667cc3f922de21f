"""Where a run comes from that was not made here: its files, or its trainer and whether it has been heard of lately.

Left out: how it comes here (`app.actions`), and what is stored of its source (`storage.run_sources`).
"""

import time

from markupsafe import Markup

from app.markup import texts
from app.translations import N_, _, ngettext
from storage.records import Run, RunSummary
from storage.run_sources import LIVE, SILENT_SECONDS, RunSource

SOURCES = {
    "tensorboard": "TensorBoard",
    "trainer_state": N_("a trainer's state"),
    "completions": N_("TRL's completions"),
    "wandb": "W&B",
    "trackio": "Trackio",
}


def sentences(run: Run, source: RunSource | None) -> Markup:
    """For the head of the run: its source, what is missing of it, and that its trainer is silent; nothing for ours."""
    if source is None:
        return Markup("")
    lines = [_of_trainer(source) if source.kind == LIVE else _of_files(source)]
    if source.dropped:
        words = ngettext(
            "{count} value could not be sent by its trainer.",
            "{count} values could not be sent by its trainer.",
            source.dropped,
        )
        lines.append(texts.tone(words, "warning", "▲"))
    if since := silence(run, source):
        lines.append(
            since + Markup(" ") + texts.tone(_("It goes on here as soon as its trainer is heard again."), "soft")
        )
    return Markup("").join(Markup("<p>{}</p>").format(line) for line in lines)


def silence(run: RunSummary, source: RunSource | None) -> Markup:
    """That a run which its trainer sends has not been heard of, and since when; empty where it has, or has ended."""
    is_silent = source is not None and source.kind == LIVE and run.state == "running"
    if source is None or not is_silent or source.heard_at > time.time() - SILENT_SECONDS:
        return Markup("")
    words = Markup("{} {}").format(_("Not heard of since"), texts.moment(source.heard_at, "both"))
    return texts.tone(words, "warning", "▲")


def _of_files(source: RunSource) -> Markup:
    words = _("Imported from {source}").format(source=_(SOURCES.get(source.kind, source.kind)))
    return Markup('<span class="al-soft">{}: <bdi>{}</bdi></span>').format(words, source.location)


def _of_trainer(source: RunSource) -> Markup:
    words = _("Sent by its trainer on {machine}") if source.location else _("Sent by its trainer")
    return Markup('<span class="al-soft">{}</span>').format(words.format(machine=source.location))
