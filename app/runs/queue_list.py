"""The waiting line in the order in which it will be claimed, and the small buttons for runs, also of the table of runs.

Left out: what a press does (`app.runs.run_buttons`).
"""

from collections.abc import Mapping

from markupsafe import Markup

from app import clients
from app.bridge.fragment import Fragment
from app.markup import texts
from app.translations import _, translate
from storage import runs
from storage.records import Run

_ROW = Markup(
    '<div class="al-queued"><span>{place}</span><div>{chip}</div>'
    '<a class="al-name" data-go="run" href="run?id={id}">{name}</a><span class="al-soft">{note}</span>'
    '<span class="al-acts">{buttons}</span></div>'
)


def queue(query: Mapping[str, str]) -> Fragment:
    """The line, then the runs that wait for another one, and those that a person has paused."""
    db = clients.database()
    line, waiting = runs.queue_order(db), runs.listing(db, states=["waiting"])
    paused = runs.listing(db, states=["paused"])
    if not line and not waiting and not paused:
        return Fragment(Markup('<p class="al-soft">{}</p>').format(_("The queue is empty.")))
    rows = [_queued(run, place, len(line)) for place, run in enumerate(line, 1)]
    rows += [_row(run, "", for_whom(run), order_buttons(run)) for run in waiting]
    rows += [_row(run, "", texts.state("paused"), press("resume", run, _("Resume"), "▶")) for run in paused]
    return Fragment(nothing_starts() + Markup("").join(rows))


def nothing_starts() -> Markup:
    """What to do where no engine would take a run of the line; nothing while one runs."""
    if clients.engine().health() is not None or runs.listing(clients.database(), states=["running"], limit=1):
        return Markup("")
    words = texts.tone(_("Nothing starts while the engine is off. Start it with"), "warning", "▲")
    return Markup('<p class="al-note">{} <code>{}</code></p>').format(words, clients.engine_command())


def order_buttons(run: Run, first: bool = True, last: bool = True) -> Markup:
    """Up, down and out of the line."""
    up = press("up", run, _("Move up"), "↑", first)
    down = press("down", run, _("Move down"), "↓", last)
    return up + down + press("stop", run, _("Take out of the queue"), "✕")


def press(what: str, run: Run, name: str, glyph: str, disabled: bool = False) -> Markup:
    """A small button for one run; `parts.show` returns what was pressed."""
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


def _queued(run: Run, place: int, count: int) -> Markup:
    note = _("next") if place == 1 else ""
    return _row(run, str(place), translate(run.reason) or note, order_buttons(run, place == 1, place == count))


def _row(run: Run, place: str, note: str | Markup, buttons: Markup) -> Markup:
    return _ROW.format(
        place=place, chip=texts.chip(run.algorithm), id=run.id, name=run.name, note=note, buttons=buttons
    )


def for_whom(run: Run) -> Markup:
    """Which run it waits for, with the way there."""
    awaited = runs.get(clients.database(), run.waits_for or "")
    link = Markup('<a class="al-name" data-go="run" href="run?id={}">{}</a>').format(awaited.id, awaited.name)
    return Markup("{}").format(_("waits for run {run}")).format(run=link)
