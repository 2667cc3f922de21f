"""What a page of the Data room says, dialogs included."""

import json
import re

from streamlit.testing.v1 import AppTest


def told(page: AppTest) -> str:
    """All markup of the page, dialogs included, without the marks that set a name apart from its sentence."""
    return re.sub("</?bdi>", "", "\n".join(element.proto.body for element in page.get("html")))


def live_parts(page: AppTest) -> str:
    """The first markup of all live parts, those of dialogs included."""
    return "\n".join(str(json.loads(part.proto.json).get("html", "")) for part in page.get("bidi_component"))
