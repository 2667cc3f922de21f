"""The queue in the order in which it will be claimed, and the small buttons for runs, also of the table of runs.

Left out: what a press does (`app.runs.run_buttons`).
"""

from collections.abc import Iterable, Mapping

from markupsafe import Markup

from app import clients, people
from app.bridge.fragment import Fragment
from app.markup import texts
from app.translations import _
from storage import run_lists, runs
from storage.records import RunSummary

_ROW = Markup(
    '<div class="al-queued"><span>{position}</span><div>{chip}</div>'
    '<a class="al-name" data-go="run" href="run?id={id}">{name}</a><span class="al-soft">{note}</span>'
    '<span class="al-acts">{buttons}</span></div>'
)


def queue(query: Mapping[str, str]) -> Fragment:
    """The queue, then the runs that wait for another one, and those that a person has paused."""
    db = clients.database()
    queued, waiting, paused = runs.queue_order(db), run_lists.in_state(db, "waiting"), run_lists.in_state(db, "paused")
    if not queued and not waiting and not paused:
        return Fragment(Markup('<p class="al-soft">{}</p>').format(_("The queue is empty.")))
    parents = awaited(waiting)
    rows = [_queued(run, position, len(queued)) for position, run in enumerate(queued, 1)]
    rows += [_row(run, "", awaited_run_link(run, parents), order_buttons(run)) for run in waiting]
    rows += [_row(run, "", _why_paused(run), press("resume", run, _("Resume"), "▶")) for run in paused]
    return Fragment(nothing_starts() + Markup("").join(rows))


def nothing_starts() -> Markup:
    """What to do where no engine would take a run of the line; nothing while one runs."""
    engine = clients.engine()
    if engine.health() is not None or run_lists.in_state(clients.database(), "running"):
        return Markup("")
    if soon := engine.soon():
        return Markup('<p class="al-note">{}</p>').format(_(soon))
    words = texts.tone(_("Nothing starts while the engine is off. Start it with"), "warning", "▲")
    return Markup('<p class="al-note">{} <code>{}</code></p>').format(words, clients.engine_command())


def order_buttons(run: RunSummary, first: bool = True, last: bool = True) -> Markup:
    """Up, down and out of the line."""
    up = press("up", run, _("Move up"), "↑", first)
    down = press("down", run, _("Move down"), "↓", last)
    return up + down + press("stop", run, _("Take out of the queue"), "✕")


def press(what: str, run: RunSummary, name: str, glyph: str, disabled: bool = False) -> Markup:
    """A small button for one run, for who may change it; `live.show` returns what was pressed."""
    if not people.current().may("researcher"):
        return Markup("")
    return Markup(
        '<button type="button" class="al-act" data-do="{what}" data-id="{id}" title="{name}" '
        'aria-label="{label}" aria-disabled="{off}">{glyph}</button>'
    ).format(
        what=what,
        id=run.id,
        name=name,
        label=f"{name}: {run.name}",
        glyph=glyph,
        off="true" if disabled else "false",
    )


def _queued(run: RunSummary, position: int, count: int) -> Markup:
    note = _("next") if position == 1 else ""
    buttons = order_buttons(run, position == 1, position == count)
    return _row(run, str(position), texts.sentence(run.reason) or note, buttons)


def _why_paused(run: RunSummary) -> Markup:
    """That it is paused, and what paused it where that was no person."""
    state = texts.state("paused")
    return Markup("{} · {}").format(state, texts.sentence(run.reason)) if run.reason else state


def _row(run: RunSummary, position: str, note: str | Markup, buttons: Markup) -> Markup:
    return _ROW.format(
        position=position,
        chip=texts.chip(run.algorithm, run.kind),
        id=run.id,
        name=run.name,
        note=note,
        buttons=buttons,
    )


def awaited(waiting: Iterable[RunSummary]) -> dict[str, RunSummary]:
    """The runs that these wait for, by id."""
    return run_lists.by_id(clients.database(), {run.waits_for for run in waiting if run.waits_for is not None})


def awaited_run_link(run: RunSummary, parents: Mapping[str, RunSummary]) -> Markup:
    """Which run it waits for, with the way there; `parents` are those that `awaited` gives."""
    parent = parents[run.waits_for or ""]
    link = Markup('<a class="al-name" data-go="run" href="run?id={}">{}</a>').format(parent.id, texts.name(parent.name))
    return Markup("{}").format(_("waits for run {run}")).format(run=link)
