"""A setting of the run file as a widget, chosen by its kind: unit and bounds in the label, help, suggested values as
chips under it, its mistake beside it.

Knows kinds of settings, never their names; a kind it does not know is an error, not a text box. Left out: where the
values are kept and how they become a run file (`launch.form_state`), and which setting stands where (`launch.form`).
"""

import math
from collections.abc import Sequence
from typing import Any

import streamlit as st
from markupsafe import Markup

from app.bridge import pending_values
from app.launch import reward_parts
from app.launch.field_context import Draw, FieldContext
from app.markup import setting_names, texts
from app.translations import _, translate
from engine.spec import Setting
from words import Text


def has_one_value(setting: Setting) -> bool:
    """Whether there is nothing to choose: such a setting has no widget."""
    return len(setting.choices) == 1 or (setting.lower is not None and setting.lower == setting.upper)


def to_widget(setting: Setting, value: Any) -> Any:
    """A run file's value as the widget holds it: words such as auto, and null, are an empty field."""
    empty: dict[str, Any] = {"real": None, "whole": None, "list": 0 if setting.kinds else [], "text": ""}
    if value is None or (setting.kind != "choice" and value in setting.words):
        return empty.get(setting.kind)
    if setting.kinds:
        return len(value)
    if setting.kind == "real":
        return float(value)
    return str(value) if setting.kind == "choice" else value


def draw(setting: Setting, key: str, context: FieldContext) -> None:
    """The field under `key` of the session's state, which holds its value as `to_widget` gives it."""
    pending_values.keep_value(key, to_widget(setting, setting.default))
    with st.container(gap="xxsmall"):
        _WIDGETS[setting.kind](setting, key, context)
        if context.chips:
            _draw_chips(setting, key, context.chips)
        if setting.path in context.problems:
            st.html(mistake(_(setting.title), context.problems[setting.path]))
        if setting.path in context.inert:
            st.html(_no_effect(context.inert[setting.path]))


def mistake(title: str, text: Text) -> Markup:
    """The sentence under a field: it calls the field by its title, since that is what stands above it."""
    msgid, values = setting_names.in_words(text)
    sentence = translate((msgid, {**values, "path": title}))
    return Markup('<div class="al-mistake">{}</div>').format(texts.tone(sentence, "bad", "✕"))


def _no_effect(why: Text) -> Markup:
    """That the value changes nothing, beside its field, so that nobody tunes it."""
    sentence = translate(setting_names.in_words(why))
    return Markup('<p class="al-inert"><b>{}</b> {}</p>').format(_("No effect."), sentence)


def label(setting: Setting) -> str:
    """The title, then unit and bounds: (0, 1] is above 0 and at most 1. Plain text: screen readers read it too."""
    unit = f" · {_(setting.unit)}" if setting.unit else ""
    return f"{_(setting.title)}{unit} {_bounds(setting)}".rstrip()


def explanation(setting: Setting) -> str:
    """What the setting does; for a number also all that it takes."""
    if setting.kind not in ("real", "whole"):
        return _(setting.help)
    return f"{_(setting.help)}\n\n" + _("Takes {what}.").format(what=translate(setting.expected))


def _bounds(setting: Setting) -> str:
    """Nothing where the bound is what anyone would expect, or only keeps out nonsense."""
    low, high = setting.lower, setting.upper
    if high is not None and high <= 1:
        left, right = "[" if setting.lower_included else "(", "]" if setting.upper_included else ")"
        return f"{left}{low:g}, {high:g}{right}"
    if low is None or low < 0 or (setting.kind == "whole" and low <= 1):
        return ""
    return f"{'≥' if setting.lower_included else '>'} {low:g}"


def compact(value: Any) -> str:
    """A value as a person writes it in a run file.

    >>> compact(2e-4), compact(0.05), compact(32.0), compact(1024), compact("auto")
    ('2e-4', '0.05', '32', '1,024', 'auto')
    """
    if not isinstance(value, float):
        return f"{value:,}" if isinstance(value, int) else str(value)
    if value == 0 or abs(value) >= 1e-3:
        return f"{value:g}"
    mantissa, _e, exponent = f"{value:.3e}".partition("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"


def _draw_chips(setting: Setting, key: str, chips: Sequence[Any]) -> None:
    """A press takes a suggested value; the chip of the present value is highlighted."""
    chip_key = f"{key}~chip"
    options = [to_widget(setting, chip) for chip in chips]
    current = st.session_state[key]
    st.session_state[chip_key] = current if current in options else None

    def take() -> None:
        value = st.session_state[chip_key]
        if value is not None:
            pending_values.set_value(key, value)

    st.pills(_(setting.title), options, key=chip_key, format_func=compact, label_visibility="collapsed", on_change=take)


def _number(setting: Setting, key: str, context: FieldContext) -> None:
    """Bounds are not handed to the browser: it would refuse in its own words, and cannot say "greater than".

    Only a field that means something when it is empty can be emptied.
    """
    whole = setting.kind == "whole"
    typical = next((v for v in (setting.default, *context.chips) if isinstance(v, int | float) and v > 0), 0.01)
    fine = not whole and typical < 1e-3
    st.number_input(
        label(setting),
        key=key,
        value=None if setting.optional or setting.words else "min",
        step=1 if whole else 10.0 ** (math.floor(math.log10(typical)) - 1),
        format="%d" if whole else "%e" if fine else "%.6g",
        placeholder=_blank(setting, context),
        help=explanation(setting),
        persist_state="session",
    )


def _blank(setting: Setting, context: FieldContext) -> str:
    """What an empty field means."""
    if context.blank is not None:
        return context.blank
    if setting.words:
        return setting.words[0]
    return _("none") if setting.default is None else compact(setting.default)


def _choice(setting: Setting, key: str, context: FieldContext) -> None:
    words = setting.labels or {}
    st.selectbox(
        label(setting),
        setting.choices,
        key=key,
        format_func=lambda choice: _(words.get(str(choice), str(choice))),
        help=explanation(setting),
        persist_state="session",
    )


def _text(setting: Setting, key: str, context: FieldContext) -> None:
    """A select where there is something to offer; any other text can still be typed into it."""
    if context.offered is None:
        field = st.text_area if "\n" in (setting.default or "") else st.text_input
        field(
            label(setting),
            key=key,
            placeholder=_blank(setting, context),
            help=explanation(setting),
            persist_state="session",
        )
        return
    current = st.session_state[key]
    named = context.named or str
    st.selectbox(
        label(setting),
        list(dict.fromkeys([*([""] if setting.optional else []), *context.offered, current or ""])),
        key=key,
        format_func=lambda name: named(name) if name else _blank(setting, context),
        help=explanation(setting),
        accept_new_options=True,
        persist_state="session",
        on_change=context.changed,
    )


def _switch(setting: Setting, key: str, context: FieldContext) -> None:
    """A toggle; a select that can be left empty, where the setting can."""
    if not setting.optional:
        st.toggle(label(setting), key=key, help=explanation(setting), persist_state="session")
        return
    words = setting.labels or {}
    st.selectbox(
        label(setting),
        (True, False),
        key=key,
        index=None,
        format_func=lambda choice: _(words[str(choice).lower()]),
        placeholder=_blank(setting, context),
        help=explanation(setting),
        persist_state="session",
    )


def _list(setting: Setting, key: str, context: FieldContext) -> None:
    if setting.kinds:
        st.caption(label(setting), help=explanation(setting))
        reward_parts.show(setting, key, context, draw)
        return
    st.multiselect(
        label(setting),
        list(st.session_state[key]),
        key=key,
        placeholder=_blank(setting, context) if setting.words else _("Type one, then press Enter"),
        help=explanation(setting),
        accept_new_options=True,
        persist_state="session",
        select_all=False,  # or Enter takes all that match
    )


_WIDGETS: dict[str, Draw] = {
    "real": _number,
    "whole": _number,
    "choice": _choice,
    "text": _text,
    "switch": _switch,
    "list": _list,
}
