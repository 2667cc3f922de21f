"""The dashboard as one ASGI application: the script of the pages, our own routes, the guard, and all options.

Every option that matters for safety is passed here, also where it equals Streamlit's default: what is passed wins over
a config.toml of the person's own. Left out: the command line's words and the current folder (`__main__`), the pages
(`frame`).
"""

from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware

from app import theme
from app.bridge import script_errors
from app.guard import LOOPBACK, Guard
from app.routes import ROUTES

UPLOAD_MEGABYTES = 200


def application(host: str) -> st.App:
    """The dashboard that answers to `host` and to the names of this machine's loopback."""
    return st.App(
        Path(__file__).with_name("frame.py"),
        routes=ROUTES,
        middleware=[Middleware(Guard, hosts=(*LOOPBACK, host))],
        on_script_error=script_errors.show_error,
    )


def run(host: str, port: int) -> None:
    """Serve until stopped."""
    application(host).run(config=options(host, port))


def options(host: str, port: int) -> dict[str, Any]:
    """Streamlit's options, complete where a stray file could weaken or disfigure the product."""
    return {
        "server.address": host,
        "server.port": port,
        "server.headless": True,
        "server.allowedHosts": sorted({*LOOPBACK, host}),
        "server.enableCORS": True,
        "server.corsAllowedOrigins": [],
        "server.enableXsrfProtection": True,
        "server.trustedUserHeaders": {},
        "server.enableStaticServing": False,
        "server.enableAgentApi": False,
        "server.scriptHealthCheckEnabled": False,
        "server.fileWatcherType": "none",
        "server.runOnSave": False,
        "server.baseUrlPath": "",
        "server.maxUploadSize": UPLOAD_MEGABYTES,
        "server.maxMessageSize": 200,
        "server.disconnectedSessionTTL": 120,
        "browser.gatherUsageStats": False,
        "browser.serverAddress": host,
        "browser.serverPort": port,
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "none",
        "client.showErrorLinks": False,
        "client.showSidebarNavigation": True,
        "client.allowedOrigins": [],
        "runner.magicEnabled": False,
        "runner.fastReruns": False,  # or two runs of one page overlap, and a press between them is lost
        "runner.enforceSerializableSessionState": False,
        "global.developmentMode": False,
        "global.disableWidgetStateDuplicationWarning": True,  # filters send the reader back to page 1
        "logger.level": "warning",
        "logger.hideWelcomeMessage": True,
        "secrets.files": [],
        "ui.hideTopBar": False,
        **theme.streamlit_options(),
    }
