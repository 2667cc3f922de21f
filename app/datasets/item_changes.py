"""Two states of an item as markup: each field that differs, before and after, the words that differ tinted.

Left out: what differs (`storage.item_differences`), and who changed it (`datasets.item_history`).
"""

from markupsafe import Markup

from app.datasets import item_rows
from app.markup import texts
from app.translations import _
from storage import item_differences
from storage.records import Item

LONGEST = 4000  # characters of a text that are shown


def table(before: Item | None, after: Item | None, heads: tuple[str, str] | None = None) -> Markup:
    """The fields that differ, a row each; under `heads`, where the two states need names."""
    rows = [
        Markup('<div class="al-difference"><b>{}</b><del>{}</del><ins>{}</ins></div>').format(
            texts.sentence(difference.field), *_texts(difference.before, difference.after)
        )
        for difference in item_differences.between(before, after)
    ]
    head = Markup("")
    if heads is not None:
        head = Markup('<div class="al-difference al-item-head"><b></b><span>{}</span><span>{}</span></div>').format(
            *heads
        )
    return Markup('<div class="al-differences">{}{}</div>').format(head, Markup("").join(rows))


def _texts(before: str, after: str) -> tuple[Markup, Markup]:
    if before and after:
        return item_rows.compared(before[:LONGEST], after[:LONGEST])
    return _alone(before), _alone(after)


def _alone(text: str) -> Markup:
    return texts.raw(text[:LONGEST]) if text else Markup('<span class="al-soft">{}</span>').format(_("nothing"))
