"""Browser notifications when a run ends: the button that asks for one, and the watcher that every page has.

What is asked for is kept in the browser, so nobody else is told. Left out: what is told (`app.routes.run_ends`), and
the webhook of a run file, which needs no browser (`engine.runtime.engine.notifier`).
"""

import streamlit as st

from app.bridge import javascript
from app.translations import _, current_language
from storage.records import ACTIVE, Run

_watcher = st.components.v2.component(
    "alignlab_end_notices",
    html="<i></i>",
    js=javascript.component_script("runs/js/end_notices.js"),
    isolate_styles=False,
)
_tell_me = st.components.v2.component(
    "alignlab_tell_me",
    html='<div class="al-tell-me"></div>',
    js=javascript.component_script("runs/js/tell_me.js"),
    isolate_styles=False,
)


def watch() -> None:
    """Watch the runs that this browser waits for, from whatever page is open."""
    with st.container(key="end_watcher"):
        _watcher(key="end_notices", data={"language": current_language()})


def button(run: Run) -> None:
    """Offer to tell when the run ends, while it has not."""
    if run.state not in ACTIVE:
        return
    words = {
        "off": _("Tell me when it ends"),
        "on": _("You will be told when it ends"),
        "blocked": _("Your browser blocks notifications from this page: allow them in its settings, then press again."),
        "unsupported": _(
            "This browser shows notifications over https, or on the machine that runs AlignLab. A webhook in the run "
            "file needs no browser."
        ),
    }
    with st.container(key="tell_me"):
        _tell_me(key=f"tell_me_{run.id}", data={"run": run.id, "words": words})
