"""Keys of a form's widgets, renewed whenever the form is filled.

While the page is being drawn the browser may still send the values of the fields before it. Under new keys they do not
count.
"""

import streamlit as st


def key(form: str, name: str) -> str:
    """The session's present key of a value of the form."""
    return f"{form}{_count(form)}.{name}"


def renew(form: str) -> None:
    """Give the fields new keys and copy their values; the buttons and chips beside them (with ~) are not copied.

    The keys before them stay until the next call, since the browser may still send values under them.
    """
    names, old_prefix, count = [str(name) for name in st.session_state], key(form, ""), _count(form)
    st.session_state[_counter(form)] = count + 1
    for name in names:
        if name.startswith(old_prefix) and "~" not in name:
            st.session_state[key(form, name.removeprefix(old_prefix))] = st.session_state[name]
        elif name.startswith(f"{form}{count - 1}."):
            del st.session_state[name]


def _count(form: str) -> int:
    return int(st.session_state.get(_counter(form), 0))


def _counter(form: str) -> str:
    return f"renewed.{form}"
