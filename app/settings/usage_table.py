"""What takes the disk, as a table: runs, datasets, models and caches; and what cleaning would free.

Every file is looked at. Left out: the section of the page (`storage_section`), and what may go, which storage knows.
"""

import os
import time
from collections.abc import Mapping

from markupsafe import Markup

from app import clients, people
from app.actions import cleaning
from app.bridge.fragment import Fragment
from app.markup import tables, texts
from app.translations import N_, _, ngettext
from storage import disk_usage
from storage.database import Database
from storage.disk_usage import RunUsage
from words.names import size

SHOWN = 10  # runs, and things that cleaning takes
OTHERS = {
    "database": N_("database: curves, answers, items"),
    "datasets": N_("frozen versions of datasets"),
    "models": N_("downloaded models"),
    "exports": N_("exported models"),
    "cache": N_("cache, computed again when needed"),
}
_NAME = Markup('<a class="al-name" data-go="run" href="run?id={id}">{name}</a>')


def usage(query: Mapping[str, str]) -> Fragment:
    """The sizes as they are now, the largest runs first; for an admin also what cleaning would free."""
    db = clients.database()
    measured = disk_usage.measure(db)
    heads = ["", _("Checkpoints"), _("Token values"), _("Log"), _("All")]
    kinds = ["al-first", "al-num", "al-num", "al-num", "al-num"]
    rows = [_row(run) for run in measured.runs[:SHOWN]]
    if len(measured.runs) > SHOWN:
        rest = measured.runs[SHOWN:]
        words = ngettext("{count} other run", "{count} other runs", len(rest))
        rows.append([words, "", "", "", size(sum(run.total for run in rest))])
    rows += [[_(words), "", "", "", size(measured.others[name])] for name, words in OTHERS.items()]
    rows.append([Markup("<b>{}</b>").format(_("In all")), "", "", "", size(measured.total)])
    return Fragment(tables.table(heads, rows, kinds=kinds, name="al-usage") + _freed_words(db), every=None)


def _row(run: RunUsage) -> list[tables.Cell]:
    sizes = (run.checkpoints, run.tokens, run.log, run.total)
    return [_NAME.format(id=run.id, name=run.name), *(size(each) if each else "–" for each in sizes)]


def _freed_words(db: Database) -> Markup:
    if not people.current().may("admin"):
        return Markup("")
    leftovers = cleaning.clean(db, people.current(), time.time(), dry_run=True)
    if not leftovers:
        return Markup('<p class="al-soft">{}</p>').format(_("Cleaning would free nothing."))
    largest = sorted(leftovers, key=lambda leftover: -leftover.bytes)
    rows = [
        [os.path.relpath(leftover.path, db.workspace.root), texts.sentence(leftover.why), size(leftover.bytes)]
        for leftover in largest[:SHOWN]
    ]
    if rest := largest[SHOWN:]:
        words = ngettext("{count} smaller one", "{count} smaller ones", len(rest))
        rows.append([words, "", size(sum(leftover.bytes for leftover in rest))])
    table = tables.table([_("What goes"), _("Why"), _("Size")], rows, kinds=["", "", "al-num"], name="al-usage")
    files = ngettext("{count} file or folder", "{count} files or folders", len(leftovers))
    words = _("Cleaning would free {size}: {files} that nothing needs any more.")
    freed = size(sum(leftover.bytes for leftover in leftovers))
    return Markup("<p>{}</p>{}").format(words.format(size=freed, files=files), table)
