"""The run file beside the form: shown, copied, downloaded, and read back in from text or a file.

A file of stages does not fill the form: `launch.stages` shows and launches it.
"""

import re

import streamlit as st

from app.launch import draft, form_state, stages
from app.markup import notices
from app.translations import N_, _
from engine.spec import SpecError, Train, is_chain, parse, read_yaml, to_yaml
from words import Text

PASTED = "launch.pasted"
UPLOADED = "launch.uploaded"
OPENED = "launch.opened"
SHOWN = 12  # characters of a version's hash
ANSWER = "launch.answer"  # the sentences about the last one that was opened, and their tone


def panel(spec: Train | None) -> None:
    """The text with a button that copies it, where there is a run; then the buttons to download and to open one."""
    if spec is not None:
        st.code(_with_short_hashes(to_yaml(spec)), language="yaml", wrap_lines=True)
    with st.container(horizontal=True):
        if spec is not None:
            _download(spec)
        _open()
        draft.start_over_button()
    if ANSWER in st.session_state and not _has_mistakes():
        st.html(notices.sentences(*st.session_state[ANSWER]))


def _with_short_hashes(text: str) -> str:
    """The text as people read it, and as a run file takes it too: the beginning of a version's hash names it."""
    return re.sub(rf"\b([0-9a-f]{{{SHOWN}}})[0-9a-f]{{{64 - SHOWN}}}\b", r"\1", text)


def _download(spec: Train) -> None:
    st.download_button(
        _("Download"),
        to_yaml(spec),
        file_name=f"{spec.name or f'{spec.algorithm}-{spec.data.dataset}'}.yaml",
        mime="application/yaml",
        icon=":material/download:",
        on_click="ignore",
    )


def _open() -> None:
    """A run file pasted or chosen fills the form, or shows its stages; one with mistakes changes nothing.

    It stays open only where there are mistakes to put right.
    """
    with st.popover(_("Open a run file"), icon=":material/upload_file:", key=OPENED, on_change="rerun"):
        st.text_area(_("Paste it here"), key=PASTED, height=180, placeholder="algorithm: dpo\ndata: {dataset: ...}")
        st.file_uploader(_("or choose a file"), key=UPLOADED)  # of any type: the parser says what is wrong
        st.button(_("Open it"), key="launch.read", on_click=_read)
        if _has_mistakes():
            st.html(notices.sentences(*st.session_state[ANSWER]))


def _has_mistakes() -> bool:
    return bool(st.session_state.get(ANSWER, ((), "good"))[1] == "bad")


def _read() -> None:
    upload = st.session_state[UPLOADED]
    try:
        answer = _apply(upload.getvalue().decode("utf-8") if upload else st.session_state[PASTED]), "good"
    except UnicodeDecodeError:
        answer = [(N_("This file is not text in UTF-8."), {})], "bad"
    except SpecError as error:
        answer = [problem.text for problem in error.problems], "bad"
    st.session_state[ANSWER] = answer
    st.session_state[OPENED] = _has_mistakes()


def _apply(text: str) -> list[Text]:
    """Fill the form, or show stages; returns what was done. Raises SpecError."""
    data = read_yaml(text)
    if is_chain(data):
        stages.hold(text)
        return [(N_("Its stages stand above the form."), {})]
    spec = parse(data)
    draft.before_filling()
    form_state.fill(spec)
    draft.after_filling()
    return [(N_("The form now holds this run file."), {})]
