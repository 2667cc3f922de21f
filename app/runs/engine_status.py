"""The top line: what the engine does right now, in words, and which workspace this is."""

from collections.abc import Mapping

from markupsafe import Markup

from app import clients
from app.bridge.fragment import QUICK_SECONDS, SLOW_SECONDS, Fragment
from app.markup import texts
from app.runs import run_progress
from app.translations import _
from storage import run_lists
from storage.records import RunSummary

RUNNING_SECONDS = 2.0  # every open page asks for this line

_LINE = Markup(
    '<div class="al-topline"><span class="al-engine" role="status"><i class="al-dot al-{tone}"></i>{words}</span>'
    '<span class="al-place" title="{folder}"><span>{label}</span> <b>{workspace}</b></span></div>'
)


def engine(query: Mapping[str, str]) -> Fragment:
    """The version is whether the engine is alive: pages grey out what needs it."""
    client = clients.engine()
    health = client.health()
    soon = client.soon() if health is None else None
    running = run_lists.in_state(clients.database(), "running")
    workspace = clients.workspace()
    tone = "good" if health is not None or running else "warning" if soon else "bad"
    line = _LINE.format(
        tone=tone,
        words=_words(health is not None, soon, running[0] if running else None),
        folder=str(workspace.root),
        label=_("workspace"),
        workspace=workspace.root.name,
    )
    every = QUICK_SECONDS if soon else RUNNING_SECONDS if running else SLOW_SECONDS
    return Fragment(line, version="off" if health is None else "alive", every=every)


def _words(alive: bool, soon: str | None, running: RunSummary | None) -> Markup:
    if running is not None:
        return _of_run(running)
    if soon:
        return Markup("<b>{}</b>").format(_(soon))
    if alive:
        return Markup("<b>{}</b>").format(_("idle"))
    return Markup("{} <code>{}</code>").format(_("engine is off: start it with"), clients.engine_command())


def _of_run(run: RunSummary) -> Markup:
    words = Markup('<a data-go="run" href="run?id={id}">{run} <b>{short}</b></a> · {percent}').format(
        id=run.id, run=_("run"), short=texts.short(run.id), percent=texts.percent(run.fraction)
    )
    left = run_progress.left(run)
    return words + Markup(" · {}").format(left) if left else words
