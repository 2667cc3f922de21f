"""One item in a dialog: its turns, its answers and what is better as fields.

Left out: saving, leaving and undo (`datasets.dataset_actions`).
"""

from dataclasses import replace
from typing import Any

import streamlit as st

from app.translations import N_, _
from storage.records import Item, Message, Preference, Response

EDITED = "edited"
ROLES = {"system": N_("system"), "user": N_("user"), "assistant": N_("assistant"), "tool": N_("tool")}
_STATE = "edit."
_ANSWERS = {"pairs": 2, "groups": 2, "unpaired": 1, "demonstrations": 1}


def blank(kind: str) -> Item:
    """A new item of a kind, to be filled in."""
    responses = tuple(Response(_name(place), "", origin=EDITED) for place in range(_ANSWERS.get(kind, 0)))
    better = (Preference("a", "b", source=EDITED),) if kind == "pairs" else ()
    return Item("", ({"role": "user", "content": ""},), responses, better)


def begin() -> None:
    """Forget what an earlier dialog held."""
    for key in [key for key in st.session_state if str(key).startswith(_STATE)]:
        del st.session_state[key]


def fields(kind: str, item: Item, topics: list[str], tags: list[str]) -> Item:
    """Draw the fields; returns the item as they say it."""
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
    swapped = bool(st.session_state.get(f"{_STATE}swapped"))
    return replace(
        item,
        messages=messages,
        responses=responses,
        preferences=tuple(_swap(one) if swapped and place == 0 else one for place, one in enumerate(item.preferences)),
        topic=chosen_topic or None,
        tags=tuple(chosen_tags),
    )


def _turns(item: Item) -> tuple[Message, ...]:
    """The prompt, a field a turn; other fields of a message (a name, tool calls) stay as they are."""
    count = st.session_state.setdefault(f"{_STATE}turns", len(item.messages))
    found = [_turn(item, place) for place in range(count)]
    with st.container(horizontal=True):
        st.button(_("Add a turn"), icon=":material/add:", type="tertiary", on_click=_count, args=("turns", 1))
        if count > 1:
            st.button(_("Take the last turn away"), type="tertiary", on_click=_count, args=("turns", -1))
    return tuple(found)


def _turn(item: Item, place: int) -> Message:
    given: dict[str, Any] = (
        item.messages[place]
        if place < len(item.messages)
        else {"role": ("user", "assistant")[place % 2], "content": ""}
    )
    speaker, text = st.columns([1, 6], vertical_alignment="top")
    roles = list(dict.fromkeys([*ROLES, given["role"]]))
    role = speaker.selectbox(
        _("Prompt") if place == 0 else _("Turn {place}").format(place=place + 1),
        roles,
        index=roles.index(given["role"]),
        key=f"{_STATE}role.{place}",
        format_func=lambda name: _(ROLES.get(str(name), str(name))),
    )
    content = text.text_area(
        _("Text of turn {place}").format(place=place + 1),
        given["content"],
        key=f"{_STATE}turn.{place}",
        height="content",
        label_visibility="hidden",
    )
    return {**given, "role": role, "content": content}


def _responses(kind: str, item: Item) -> tuple[Response, ...]:
    """A field an answer, side by side; the better one of a pair comes first."""
    count = st.session_state.setdefault(f"{_STATE}answers", len(item.responses))
    given = [*item.responses, *(Response(_name(n), "", origin=EDITED) for n in range(len(item.responses), count))][
        :count
    ]
    better = item.preferences[0] if item.preferences else None
    if better and st.session_state.get(f"{_STATE}swapped"):
        better = _swap(better)
    order = sorted(given, key=lambda one: 0 if better and one.id == better.chosen else 1)
    found: dict[str, Response] = {}
    for first in range(0, len(order), 2):
        for column, response in zip(st.columns(2), order[first : first + 2], strict=False):
            with column:
                found[response.id] = _response(kind, response, _title(response, better, order.index(response)))
    _answer_buttons(kind, count, better is not None)
    return tuple(found[response.id] for response in given)


def _response(kind: str, given: Response, title: str) -> Response:
    text = st.text_area(title, given.text, key=f"{_STATE}answer.{given.id}", height="content")
    changed = given if text == given.text else replace(given, text=text, origin=EDITED)
    if kind == "groups":
        score = st.number_input(
            _("Score"), value=given.score, key=f"{_STATE}score.{given.id}", step=0.05, format="%.6g"
        )
        return replace(changed, score=score)
    if kind == "unpaired":
        label = st.segmented_control(
            _("Label"),
            [True, False],
            default=given.label,
            key=f"{_STATE}label.{given.id}",
            format_func=lambda good: _("good") if good else _("bad"),
        )
        return replace(changed, label=label)
    return changed


def _title(response: Response, better: Preference | None, place: int) -> str:
    if better and response.id == better.chosen:
        return _("✓ Chosen")  # plain: a label is also the spoken name
    if better and response.id == better.rejected:
        return _("Rejected")
    return _("Answer") if place == 0 else _("Answer {place}").format(place=place + 1)


def _answer_buttons(kind: str, count: int, paired: bool) -> None:
    with st.container(horizontal=True):
        if paired:
            st.button(_("Swap chosen and rejected"), icon=":material/swap_horiz:", type="tertiary", on_click=_flip)
        elif kind == "groups":
            st.button(_("Add an answer"), icon=":material/add:", type="tertiary", on_click=_count, args=("answers", 1))
            if count > 1:
                st.button(_("Take the last answer away"), type="tertiary", on_click=_count, args=("answers", -1))


def _count(what: str, by: int) -> None:
    st.session_state[f"{_STATE}{what}"] += by


def _flip() -> None:
    st.session_state[f"{_STATE}swapped"] = not st.session_state.get(f"{_STATE}swapped")


def _swap(better: Preference) -> Preference:
    return replace(better, chosen=better.rejected, rejected=better.chosen, source=EDITED)


def _name(place: int) -> str:
    """a, b, ... z, then numbers."""
    return chr(ord("a") + place) if place < 26 else str(place)
