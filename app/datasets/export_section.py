"""Writing a dataset to a file: its form, the items that the form has no row for and why, and the download.

Left out: which items a form can hold (`storage.exports`).
"""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st
from markupsafe import Markup

from app import people
from app.actions import dataset_edits
from app.bridge import live
from app.datasets import import_findings, item_rows
from app.markup import tables, texts
from app.people import Person
from app.review import preference_fact
from app.translations import _, ngettext
from storage import containers, datasets, formats
from storage.database import Database
from storage.exports import ExportCheck, LeftOut
from storage.judging import verdict_counts
from storage.records import Dataset

FILES = {".jsonl": "JSON Lines", ".csv": "CSV", ".parquet": "Parquet"}
CHECK = "export.check"
MOST_SHOWN = 50
_LINK = Markup('<a class="al-name" data-go="data" href="data?{query}">{item}</a>')


def section(db: Database, data: Dataset) -> None:
    """The fields, what the file would not hold, and the button that writes it when it is pressed."""
    preference_fact.caption(db, data)
    fitting = {form.name: _(form.title) for form in formats.written(data.kind)}
    form = st.selectbox(
        _("Form"), sorted(fitting, key=_distance_from_trl), format_func=fitting.__getitem__, key="export.form"
    )
    ending = st.segmented_control(
        _("File"), list(FILES), default=".jsonl", format_func=FILES.__getitem__, required=True, key="export.file"
    )
    check = _check(db, data, form)
    skips = any(each.unfit for each in check.left_out) and st.checkbox(
        _("Leave out items that the form cannot hold"), True, key="export.skip"
    )
    if check.left_out:
        _left_out(data, check)
    st.download_button(
        _("Download {items}").format(items=item_rows.count(data.kind, check.held)),
        partial(_written, f"export{ending}", partial(_export, db, people.current(), data.name, form, skips)),
        file_name=f"{data.name}{ending}",
        mime="application/octet-stream",
        icon=":material/download:",
        on_click="ignore",
        disabled=not (check.held and check.can_write(skip_unfit=skips)),
        key="export.go",
    )


def _distance_from_trl(form: str) -> int:
    """The forms of TRL come first, as most trainers read them; the one that keeps everything comes last."""
    return 0 if form.startswith("trl") else 2 if form == "jsonl" else 1


def _check(db: Database, data: Dataset, form: str) -> ExportCheck:
    """What a file of this form would hold, found anew only after a change: every item is written and read back."""
    key = (verdict_counts.state(db, data), form)
    checked: tuple[object, ExportCheck] | None = st.session_state.get(CHECK)
    if checked is None or checked[0] != key:
        with st.spinner(_("Checking what the form can hold")):
            checked = key, datasets.export_check(db, data.name, form)
        st.session_state[CHECK] = checked
    return checked[1]


def _left_out(data: Dataset, check: ExportCheck) -> None:
    """How many items have no row, the reasons, and the items one by one."""
    sentence = ngettext(
        "{count} item has no row in this form:", "{count} items have no row in this form:", len(check.left_out)
    )
    st.html(texts.tone(sentence, "warning", "▲") + import_findings.lines(_reasons(check.left_out)))
    box = st.expander(_("Items left out"), key="export.left_out", on_change="rerun")
    if box.open:
        with box:
            live.static(_listed(data, check.left_out), key="export_left_out")
            st.download_button(
                _("Download this list"),
                partial(_written, "left-out.csv", partial(_write_list, check.left_out)),
                file_name=f"{data.name}-left-out.csv",
                mime="text/csv",
                icon=":material/download:",
                on_click="ignore",
                key="export.list",
            )


def _reasons(left_out: Sequence[LeftOut]) -> Iterator[tuple[str, str]]:
    """How many items have each reason, the most frequent first; of reasons that name an item, the first one's words."""
    by_sentence = sorted(left_out, key=lambda each: each.reason[0])
    groups = [list(group) for _msgid, group in groupby(by_sentence, lambda each: each.reason[0])]
    for group in sorted(groups, key=len, reverse=True):
        yield f"{len(group):,}", texts.sentence(group[0].reason)


def _listed(data: Dataset, left_out: Sequence[LeftOut]) -> Markup:
    rows = [
        (str(each.place), _link(data.name, each.item), texts.sentence(each.reason)) for each in left_out[:MOST_SHOWN]
    ]
    table = tables.table((_("Row"), _("Item"), _("Why")), rows, ["al-num", "", "al-wide"], name="al-left-out")
    more = len(left_out) - MOST_SHOWN
    if more <= 0:
        return table
    note = ngettext("and {count} more item", "and {count} more items", more)
    return table + Markup('<p class="al-soft al-note">{}</p>').format(note)


def _link(dataset: str, item: str) -> Markup:
    return _LINK.format(query=urlencode({"dataset": dataset, "item": item}), item=item)


def _written(file: str, write: Callable[[Path], object]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, file)
        write(path)
        return path.read_bytes()


def _export(db: Database, person: Person, name: str, form: str, skips: bool, path: Path) -> None:
    dataset_edits.export(db, person, name, form, path, time.time(), skip_unfit=skips)


def _write_list(left_out: Sequence[LeftOut], path: Path) -> None:
    rows = [{"row": each.place, "item": each.item, "reason": texts.sentence(each.reason)} for each in left_out]
    containers.write(path, rows)
