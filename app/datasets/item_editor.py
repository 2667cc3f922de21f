"""One item in a dialog: its turns, its answers and what is better as fields.

Left out: saving, leaving and undo (`datasets.dataset_actions`).
"""

from dataclasses import replace
from typing import Any

import streamlit as st

from app.datasets import item_rows
from app.markup import tables, texts
from app.translations import N_, _
from storage.records import Item, Message, Preference, Response

EDITED = "edited"
ROLES = {"system": N_("system"), "user": N_("user"), "assistant": N_("assistant"), "tool": N_("tool")}
_STATE = "edit."
_ANSWERS = {"pairs": 2, "groups": 2, "unpaired": 1, "demonstrations": 1}


def blank(kind: str) -> Item:
    """A new item of a kind, to be filled in."""
    responses = tuple(Response(_name(index), "", origin=EDITED) for index in range(_ANSWERS.get(kind, 0)))
    preferences = (Preference("a", "b", source=EDITED),) if kind == "pairs" else ()
    return Item("", ({"role": "user", "content": ""},), responses, preferences)


def begin() -> None:
    """Forget what an earlier dialog held."""
    for key in [key for key in st.session_state if str(key).startswith(_STATE)]:
        del st.session_state[key]


def fields(kind: str, item: Item, topics: list[str], tags: list[str]) -> Item:
    """Draw the fields; returns the item with what they hold."""
    messages = _turns(item)
    responses = _responses(kind, item)
    topic, marks = st.columns(2)
    chosen_topic = topic.selectbox(
        _("Topic"),
        list(dict.fromkeys([*filter(None, [item.topic]), *topics])),
        index=0 if item.topic else None,
        key=f"{_STATE}topic",
        accept_new_options=True,
        placeholder=_("none"),
    )
    chosen_tags = marks.multiselect(
        _("Tags"),
        list(dict.fromkeys([*item.tags, *tags])),
        list(item.tags),
        key=f"{_STATE}tags",
        accept_new_options=True,
        placeholder=_("none"),
    )
    extra_fields = item_rows.extra_fields(item)
    if extra_fields:
        with st.expander(_("Other fields of the row")):
            st.html(tables.pairs(extra_fields))
    swapped = bool(st.session_state.get(f"{_STATE}swapped"))
    return replace(
        item,
        messages=messages,
        responses=responses,
        preferences=tuple(
            _swap(preference) if swapped and index == 0 else preference
            for index, preference in enumerate(item.preferences)
        ),
        topic=chosen_topic or None,
        tags=tuple(chosen_tags),
    )


def _turns(item: Item) -> tuple[Message, ...]:
    """The prompt, a field a turn; other fields of a message (a name, tool calls) stay as they are."""
    count = st.session_state.setdefault(f"{_STATE}turns", len(item.messages))
    turns = tuple(_turn(item, index) for index in range(count))
    with st.container(horizontal=True):
        st.button(_("Add a turn"), icon=":material/add:", type="tertiary", on_click=_count, args=("turns", 1))
        if count > 1:
            st.button(_("Take the last turn away"), type="tertiary", on_click=_count, args=("turns", -1))
    return turns


def _turn(item: Item, index: int) -> Message:
    stored: dict[str, Any] = (
        item.messages[index]
        if index < len(item.messages)
        else {"role": ("user", "assistant")[index % 2], "content": ""}
    )
    speaker, text = st.columns([1, 6], vertical_alignment="top")
    roles = list(dict.fromkeys([*ROLES, stored["role"]]))
    role = speaker.selectbox(
        _("Prompt") if index == 0 else _("Turn {place}").format(place=index + 1),
        roles,
        index=roles.index(stored["role"]),
        key=f"{_STATE}role.{index}",
        format_func=lambda name: _(ROLES.get(str(name), str(name))),
    )
    content = text.text_area(
        _("Text of turn {place}").format(place=index + 1),
        stored["content"],
        key=f"{_STATE}turn.{index}",
        height="content",
        label_visibility="hidden",
    )
    return {**stored, "role": role, "content": content}


def _responses(kind: str, item: Item) -> tuple[Response, ...]:
    """One field for each answer, two in a row; the better one of a pair comes first."""
    count = st.session_state.setdefault(f"{_STATE}answers", len(item.responses))
    added = (Response(_name(index), "", origin=EDITED) for index in range(len(item.responses), count))
    responses = [*item.responses, *added][:count]
    preference = item.preferences[0] if item.preferences else None
    if preference and st.session_state.get(f"{_STATE}swapped"):
        preference = _swap(preference)
    order = sorted(responses, key=lambda response: 0 if preference and response.id == preference.chosen else 1)
    edited: dict[str, Response] = {}
    for first in range(0, len(order), 2):
        for column, response in zip(st.columns(2), order[first : first + 2], strict=False):
            with column:
                calls = item_rows.calls_in_words(item, response)
                title = _title(response, preference, order.index(response))
                edited[response.id] = _response(kind, response, title, calls)
    _answer_buttons(kind, count, preference is not None)
    return tuple(edited[response.id] for response in responses)


def _response(kind: str, stored: Response, title: str, calls: str) -> Response:
    """Its text, and as far as there are any its calls of tools, which cannot be edited, its score and its label."""
    text = st.text_area(title, stored.text, key=f"{_STATE}answer.{stored.id}", height="content")
    if calls:
        st.html(texts.raw(calls))
    changed = stored if text == stored.text else replace(stored, text=text, origin=EDITED)
    if kind == "groups" or stored.score is not None:
        changed = replace(changed, score=_score(stored))
    if kind == "unpaired":
        label = st.segmented_control(
            _("Label"),
            [True, False],
            default=stored.label,
            key=f"{_STATE}label.{stored.id}",
            format_func=lambda good: _("good") if good else _("bad"),
        )
        changed = replace(changed, label=label)
    return changed


def _score(stored: Response) -> float | None:
    value = None if stored.score is None else float(stored.score)  # the field refuses whole numbers beside its step
    return st.number_input(_("Score"), value=value, key=f"{_STATE}score.{stored.id}", step=0.05, format="%.6g")


def _title(response: Response, preference: Preference | None, index: int) -> str:
    if preference and response.id == preference.chosen:
        return _("✓ Chosen")  # plain: a label is also what a screen reader reads
    if preference and response.id == preference.rejected:
        return _("Rejected")
    return _("Answer") if index == 0 else _("Answer {place}").format(place=index + 1)


def _answer_buttons(kind: str, count: int, paired: bool) -> None:
    with st.container(horizontal=True):
        if paired:
            st.button(_("Swap chosen and rejected"), icon=":material/swap_horiz:", type="tertiary", on_click=_flip)
        elif kind == "groups":
            st.button(_("Add an answer"), icon=":material/add:", type="tertiary", on_click=_count, args=("answers", 1))
            if count > 1:
                st.button(_("Take the last answer away"), type="tertiary", on_click=_count, args=("answers", -1))


def _count(name: str, by: int) -> None:
    st.session_state[f"{_STATE}{name}"] += by


def _flip() -> None:
    st.session_state[f"{_STATE}swapped"] = not st.session_state.get(f"{_STATE}swapped")


def _swap(preference: Preference) -> Preference:
    return replace(preference, chosen=preference.rejected, rejected=preference.chosen, source=EDITED)


def _name(index: int) -> str:
    """a, b, ... z, then numbers."""
    return chr(ord("a") + index) if index < 26 else str(index)
