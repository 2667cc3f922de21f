"""What was found in a file as markup: how it was read, which fields were not, which rows could not be.

Left out: reading it (`storage.data_files`); the dialog and the page that show it (`datasets.import_dialog`,
`datasets.dataset_actions`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from markupsafe import Markup

from app.markup import notices, texts
from app.translations import _, ngettext
from storage import unread_fields
from storage.data_files import PLACES
from storage.errors import StorageError
from storage.import_problems import Fold
from storage.import_records import ImportRecord
from words import Text

UTF_8 = "UTF-8"
MOST_NAMES = 30
COMMIT_SHOWN = 7  # characters, as in git


def read_as(container: str, encoding: str | None) -> str:
    """The container, and the encoding where it is not the usual one."""
    if encoding in (None, UTF_8):
        return _(container)
    return _("{container}, read as {encoding}").format(container=_(container), encoding=encoding)


def origin(record: ImportRecord) -> Markup:
    """The dataset of the hub that it was made of, with its commit as git shortens it, and the split."""
    name, _at, commit = record.origin.partition("@")
    return Markup('<bdi title="{}">{}</bdi>').format(record.origin, f"{name}@{commit[:COMMIT_SHOWN]} {record.split}")


def unread(fields: Mapping[str, int], kind: str, without: Collection[str] = ()) -> Markup:
    """The fields that no form understood, with the number of rows that have each; nothing where all were read.

    It warns of those that sound like answers, but for those `without` a warning.
    """
    if not fields:
        return Markup("")
    shown = list(fields.items())[:MOST_NAMES]
    names = Markup(", ").join(Markup("<bdi>{}</bdi> {}").format(name, f"{count:,}") for name, count in shown)
    names += Markup(", …") if len(fields) > len(shown) else ""
    note = Markup('<p class="al-note al-soft">{}</p>').format(
        Markup(_("Fields not read, kept with each item: {names}")).format(names=names)
    )
    suspicious = [name for name in unread_fields.suspicious(fields, kind) if name not in without][:MOST_NAMES]
    if not suspicious:
        return note
    sentence = _("Names that sound like an answer, a score or a label: {names}. Map the columns if they are.")
    listed = Markup(", ").join(map(Markup("<bdi>{}</bdi>").format, suspicious))
    return note + Markup('<p class="al-note al-warned">{}</p>').format(
        texts.tone(Markup(sentence).format(names=listed), "warning", "▲")
    )


def ties(count: int) -> str:
    """How many items hold two answers of which neither is preferred."""
    return ngettext("{count} tie", "{count} ties", count)


def refusal(error: StorageError) -> Markup:
    """Why nothing was imported, at the field that names it."""
    return Markup('<p class="al-mistake">{}</p>').format(notices.refusal(error))


def folded(folds: Sequence[Fold], unit: str) -> Markup:
    """The sentences about bad rows, equal ones once with their count."""
    return lines((_of_fold(fold, unit), texts.sentence(fold.text)) for fold in folds)


def listed(problems: Iterable[tuple[int, Text]], unit: str) -> Markup:
    """Every bad row with its sentence."""
    return lines((place(number, unit), texts.sentence(text)) for number, text in problems)


def place(number: int, unit: str) -> str:
    """Where a row stands in its file."""
    return _(PLACES[unit]).format(number=number) if number else _("file")


def _of_fold(fold: Fold, unit: str) -> str:
    if fold.count == 1:
        return place(fold.first, unit)
    rows = ngettext("{count} row", "{count} rows", fold.count)
    return _("{rows}, first {place}").format(rows=rows, place=place(fold.first, unit))


def lines(rows: Iterable[tuple[str, str]]) -> Markup:
    """Sentences, each after what it is said of."""
    lines = Markup("").join(Markup("<li><b>{}</b> {}</li>").format(*row) for row in rows)
    return Markup('<ol class="al-lines" tabindex="0">{}</ol>').format(lines)
