"""Tells the browser ahead which of our scripts a page with charts asks for: they come while Streamlit starts.

Without it they come one import after another when the page is drawn, which takes a third of a second. Left out: the
modules and their addresses (`javascript`), and serving them (`app.routes.scripts`).
"""

from functools import cache

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.bridge import javascript

PAGES = ("/run", "/compare")
ROOMS = ("bridge/js/", "charts/js/")


class Preloads:
    """ASGI middleware: a header Link on the pages that draw charts."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_links(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Link"] = links()
            await send(message)

        has_charts = scope["type"] == "http" and scope["path"] in PAGES
        await self.app(scope, receive, send_with_links if has_charts else send)


@cache
def links() -> str:
    """Plotly's script, which is no module, and our modules of charts and pages."""
    modules = [path for path in javascript.modules() if path.startswith(ROOMS) and "/vendor/plotly" not in path]
    plotly = [path for path in javascript.modules() if path.startswith("charts/js/vendor/")]
    return ", ".join(
        [f"</{javascript.address(path)}>; rel=preload; as=script" for path in plotly]
        + [f"</{javascript.address(path)}>; rel=modulepreload" for path in modules]
    )
