"""What a page of the Data room says, dialogs included."""

from streamlit.testing.v1 import AppTest


def told(page: AppTest) -> str:
    """All markup of the page, dialogs included."""
    return "\n".join(element.proto.body for element in page.get("html"))
