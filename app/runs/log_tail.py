"""The end of a run's log file, as the worker wrote it."""

from collections.abc import Mapping
from pathlib import Path

from markupsafe import Markup

from app import clients
from app.bridge.fragment import QUICK_SECONDS, Fragment
from app.translations import _
from storage import runs
from storage.records import ACTIVE

TAIL_BYTES = 64_000


def log(query: Mapping[str, str]) -> Fragment:
    """Follows the file while the run is active, and stays where the reader scrolled to."""
    run = runs.get(clients.database(), query["id"])
    text = tail(clients.workspace().log(run.id))
    if not text:
        words = (
            _("The log is empty: a worker writes to it as soon as it starts.")
            if run.origin == "local"
            else _("This run was not trained in this workspace: its log, if it kept one, is where it was trained.")
        )
        markup = Markup('<p class="al-soft">{}</p>').format(words)
    else:
        markup = Markup('<pre class="al-log" id="log" data-follow tabindex="0">{}</pre>').format(text)
    return Fragment(markup, every=QUICK_SECONDS if run.state in ACTIVE else None)


def tail(path: Path) -> str:
    """The last lines, at most TAIL_BYTES of them, the first one whole."""
    try:
        with path.open("rb") as file:
            end = file.seek(0, 2)
            file.seek(max(0, end - TAIL_BYTES))
            text = file.read().decode("utf-8", errors="replace")
    except FileNotFoundError:
        return ""
    return text if end <= TAIL_BYTES else text.partition("\n")[2]
