"""The frozen versions of a dataset: who made which and what for, what differs between two, and bringing one back.

Left out: freezing, which is a button over the rows (`datasets.dataset_actions`).
"""

import time

import streamlit as st
from markupsafe import Markup

from app import judging_words, people
from app.actions import dataset_versions
from app.bridge import buttons, dialogs, live
from app.datasets import bulk_changes, item_changes, item_history, item_rows
from app.markup import notices, tables, texts
from app.translations import _, ngettext
from storage import datasets, version_diffs
from storage.database import Database
from storage.errors import StorageError
from storage.judging import verdict_counts
from storage.records import Dataset, Item, Version
from storage.version_diffs import VersionDiff

WORKING = ""
SHOWN = 20  # items of each part of a difference
DIFF = "versions.diff"


def table(db: Database, versions: list[Version]) -> Markup:
    """The versions, the newest first, with their counts."""
    heads = [_("Version"), _("Frozen"), _("By"), _("Items"), _("Held out"), _("Verdicts"), _("Note")]
    counts = datasets.judgement_counts(db, [version.hash for version in versions])
    rows: list[list[tables.Cell]] = [
        [
            Markup("<code>{}</code>").format(version.hash[:7]),
            texts.moment(version.created_at, "both"),
            item_history.author_name(version.created_by),
            f"{version.items:,}",
            f"{version.held_out:,}",
            judging_words.rests_on(counts[version.hash]),
            Markup("<bdi>{}</bdi>").format(version.note or ""),
        ]
        for version in versions
    ]
    return tables.table(heads, rows, ["", "", "", "al-num", "al-num", "al-num", "al-wide"], name="al-versions")


def dialog(db: Database, data: Dataset, about: None) -> None:
    """Two versions to compare, the note of the first, and the button that brings it back."""
    versions = datasets.versions(db, data.name)
    if not versions:
        return
    names = {version.hash: _called(version) for version in versions}
    left, right = st.columns(2)
    # the newest, unless nothing differs from it: then the one before
    first = int(len(versions) > 1 and version_diffs.is_frozen(db, data, versions[0]))
    before = left.selectbox(_("From"), list(names), first, format_func=names.__getitem__, key="versions.from")
    targets = {WORKING: _("working copy"), **names}
    after = right.selectbox(_("To"), list(targets), format_func=targets.__getitem__, key="versions.to")
    try:
        if people.current().may("researcher"):
            _note(db, data, next(version for version in versions if version.hash == before))
            _restore(db, data, before)
        diff = _diff(db, data, before, after)
    except StorageError as error:
        st.html(notices.refusal(error))
        return
    live.static(_differences(diff), key="versions.difference")


def _called(version: Version) -> str:
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(version.created_at))
    return " · ".join(filter(None, [version.hash[:7], when, version.note]))


def _note(db: Database, data: Dataset, version: Version) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(_("Note"), version.note or "", max_chars=200, key=f"versions.note.{version.hash}")
        if buttons.button(_("Save the note"), key="versions.note", disabled=text == (version.note or "")):
            dataset_versions.set_note(db, people.current(), data.name, version.hash, text, time.time())
            st.rerun()


def _restore(db: Database, data: Dataset, version: str) -> None:
    label = _("Let the working copy be as in {version}").format(version=version[:7])
    if buttons.button(label, icon=":material/restore:", key="versions.restore"):
        batch = dataset_versions.restore(db, people.current(), data.name, version, time.time())
        if batch is None:
            bulk_changes.remember(_("The working copy holds that version already."), None)
        else:
            bulk_changes.remember(bulk_changes.in_words(data, batch), batch)
        dialogs.close()
        st.rerun()


def _diff(db: Database, data: Dataset, before: str, after: str) -> VersionDiff:
    """The difference, computed anew only where something else is compared: both sides are read whole."""
    key = (verdict_counts.state(db, data), before, after)
    compared: tuple[object, VersionDiff] | None = st.session_state.get(DIFF)
    if compared is None or compared[0] != key:
        with st.spinner(_("Comparing")):
            compared = key, version_diffs.diff(db, data.name, before, after or None)
        st.session_state[DIFF] = compared
    return compared[1]


def _differences(diff: VersionDiff) -> Markup:
    counts = [
        ngettext("{count} added", "{count} added", len(diff.added)),
        ngettext("{count} removed", "{count} removed", len(diff.removed)),
        ngettext("{count} changed", "{count} changed", len(diff.changed)),
        ngettext("{count} the same", "{count} the same", diff.same),
    ]
    summary = Markup('<p class="al-facts">{}</p>').format(
        Markup("").join(map(Markup("<span>{}</span>").format, counts))
    )
    changed = Markup("").join(
        _head("~", after) + item_changes.table(before, after) for before, after in diff.changed[:SHOWN]
    )
    added = Markup("").join(_head("+", item) for item in diff.added[:SHOWN])
    removed = Markup("").join(_head("−", item) for item in diff.removed[:SHOWN])
    more = Markup("")
    if max(len(diff.added), len(diff.removed), len(diff.changed)) > SHOWN:
        sentence = _("The first {count} of each are shown.").format(count=SHOWN)
        more = Markup('<p class="al-soft al-note">{}</p>').format(sentence)
    return summary + changed + added + removed + more


def _head(sign: str, item: Item) -> Markup:
    return Markup('<p class="al-difference-head"><b>{}</b> {} <span class="al-soft">{}</span></p>').format(
        sign, item_rows.called(item), item.id
    )
