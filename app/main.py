"""The dashboard as one ASGI application: the script of the pages, our own routes, the guard, and all options.

Every option that matters for safety is passed here, also where it equals Streamlit's default: what is passed wins over
a config.toml of the person's own. Left out: the command line's words and the current folder (`__main__`), the pages
(`frame`).
"""

from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware

from app import public_address, theme
from app.bridge import script_errors
from app.guard import Guard, is_loopback, own_hosts
from app.routes import ROUTES
from app.sign_in.gate import Gate

UPLOAD_MEGABYTES = 200


def application(host: str) -> st.App:
    """The dashboard that answers to the names of `host`, of this machine's loopback, and of a proxy before it."""
    public = public_address.public_url()
    exposed = public is not None or not is_loopback(host)
    return st.App(
        Path(__file__).with_name("frame.py"),
        routes=ROUTES,
        middleware=[
            Middleware(Guard, hosts=served_hosts(host), public_origin=public_address.public_origin()),
            Middleware(Gate, exposed=exposed),
        ],
        on_script_error=script_errors.show_error,
    )


def served_hosts(host: str) -> list[str]:
    """The names that the header Host may hold."""
    public = public_address.public_url()
    return sorted({*own_hosts(host), *([public.hostname] if public and public.hostname else [])})


def run(host: str, port: int) -> None:
    """Serve until stopped."""
    application(host).run(config=options(host, port))


def options(host: str, port: int) -> dict[str, Any]:
    """Streamlit's options, complete where a stray file could weaken or disfigure the product."""
    return {
        "server.address": host,
        "server.port": port,
        "server.headless": True,
        "server.allowedHosts": served_hosts(host),
        "server.enableCORS": True,
        "server.corsAllowedOrigins": [origin] if (origin := public_address.public_origin()) else [],
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
