"""The parts of a reward, one below the other: each can be changed, moved and removed, and a menu adds another.

Knows lists of blocks, not which kinds of blocks there are. Left out: where the parts lie (`launch.block_list`), and the
field of one setting (`launch.fields`).
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st
from markupsafe import Markup

from app.launch import block_list
from app.launch.field_context import Draw, FieldContext
from app.translations import _
from engine.spec import Setting

_BESIDE = "weight"  # stands beside the kind of the part
_SHORT_TEXT = "name"


def show(setting: Setting, key: str, context: FieldContext, draw: Draw) -> None:
    """The parts, and the menu that adds one."""
    count: int = st.session_state[key]
    for index in range(count):
        with st.container(border=True, gap="xsmall", key=f"{key}~part.{index}"):
            _head(setting, key, index, count)
            _part(setting, key, index, context, draw)
    if not count:
        st.caption(context.blank or _("none"))
    st.menu_button(
        _("Add a part"),
        list(setting.kinds),
        format_func=partial(_offered, setting),
        icon=":material/add:",
        key=f"{key}~add",
        on_click=lambda: block_list.add(setting, key, str(st.session_state[f"{key}~add"])),
    )


def _head(setting: Setting, key: str, index: int, count: int) -> None:
    """Which part it is, and the buttons that move and remove it. A list that must hold something keeps its last."""
    others = [other for other in range(count) if other != index]
    # key and label, icon, where the part would stand, whether it can
    acts = (
        ("up", _("Move up"), "arrow_upward", index - 1, index > 0),
        ("down", _("Move down"), "arrow_downward", index + 1, index < count - 1),
        ("remove", _("Remove"), "delete", None, setting.optional or count > 1),
    )
    with st.container(horizontal=True, vertical_alignment="center", gap=None, key=f"{key}~part-head.{index}"):
        st.html(Markup('<span class="al-part">{}</span>').format(_("Part {number}").format(number=index + 1)))
        for name, label, icon, target, possible in acts:
            order = others if target is None else [*others[:target], index, *others[target:]]
            st.button(
                _("{act}: part {number}").format(act=label, number=index + 1),
                key=f"{key}~part-{name}.{index}",
                type="tertiary",
                icon=f":material/{icon}:",
                disabled=not possible,
                on_click=partial(block_list.reorder, setting, key, order),
            )


def _part(setting: Setting, key: str, index: int, context: FieldContext, draw: Draw) -> None:
    """What kind of block it is and its weight, then the fields of that kind: long ones in rows of their own."""
    kind = st.session_state.setdefault(block_list.entry_key(key, index), next(iter(setting.kinds)))
    of_kind, *own = (replace(inner, path=f"{setting.path}.{index + 1}.{inner.path}") for inner in setting.kinds[kind])
    of_part = replace(context, offered=None, named=None, changed=None)

    def field(inner: Setting) -> None:
        name = inner.path.rpartition(".")[2]
        blank = kind if name == _SHORT_TEXT else None  # a part without a name is called after its kind
        draw(inner, block_list.entry_key(key, index, kind, name), replace(of_part, chips=inner.suggested, blank=blank))

    beside = [inner for inner in own if inner.path.endswith(f".{_BESIDE}")]
    left, right = st.columns([1.5, 1], gap="small", wrap=False)
    with left:
        draw(of_kind, block_list.entry_key(key, index), replace(of_part, chips=(), blank=None))
    with right:
        for inner in beside:
            field(inner)
    _in_rows([inner for inner in own if inner not in beside], field)


def _in_rows(members: Sequence[Setting], field: Any) -> None:
    """Short fields two in a row, texts and lists in a row of their own."""
    waiting: list[Setting] = []
    for inner in members:
        if inner.kind in ("list", "text") and not inner.path.endswith(f".{_SHORT_TEXT}"):
            field(inner)
        else:
            waiting.append(inner)
    for first in range(0, len(waiting), 2):
        for column, inner in zip(st.columns(2, gap="small"), waiting[first : first + 2], strict=False):
            with column:
                field(inner)


def _offered(setting: Setting, kind: str) -> str:
    """The kind with what it is in one sentence: the first of its help, which begins with its name."""
    kind_setting = setting.kinds[kind][0]
    title = _((kind_setting.labels or {}).get(kind, kind))
    sentence = re.split(r"(?<=\.)\s+|(?<=。)", re.sub(rf"^{kind}[:：]\s*", "", _(kind_setting.help)))[0]
    return f"**{title}** · {sentence.rstrip('.。')}"
