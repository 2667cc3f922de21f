"""What makes a browser load its page anew, said over Streamlit's websocket: the message by which Streamlit itself leads
to a sign-in page. It works before a page is drawn, and where no script of ours is on it.
"""

from functools import cache

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg


@cache
def message() -> bytes:
    """The message. Its empty address is that of the page that is open."""
    forward = ForwardMsg()
    forward.auth_redirect.url = ""
    forward.auth_redirect.SetInParent()
    return bytes(forward.SerializeToString())
