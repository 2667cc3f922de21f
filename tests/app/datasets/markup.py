"""What a page of the Data room says, dialogs included."""

import re

from streamlit.testing.v1 import AppTest


def told(page: AppTest) -> str:
    """All markup of the page, dialogs included, without the marks that set a name apart from its sentence."""
    return re.sub("</?bdi>", "", "\n".join(element.proto.body for element in page.get("html")))
