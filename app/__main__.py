"""Start the dashboard alone: `python -P -m app --workspace DIR --port N`. Left out: the engine (`alignlab up`)."""

import argparse
import os
import sys
from pathlib import Path

from app import clients, served_address
from app.guard import EXPOSED, is_loopback
from app.public_address import PUBLIC_URL, BadPublicUrl, public_url
from storage.errors import StorageError
from storage.parent_watch import exit_with_parent
from storage.people import users
from storage.workspace import locate


def main(arguments: list[str] | None = None) -> int:
    """Serve until stopped; 2 for an address that may not be served."""
    parser = argparse.ArgumentParser(prog="python -P -m app", description="The AlignLab dashboard, without an engine.")
    parser.add_argument("--workspace", type=Path, help="folder of runs and data (default: ALIGNLAB_HOME, or found)")
    parser.add_argument("--host", default="127.0.0.1", help="address of this machine to listen on")
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument("--public-url", help="address at which a proxy before it serves it to others")
    parser.add_argument("--parent", type=int, help="process that this one must not outlive")
    options = parser.parse_args(arguments)
    if options.parent is not None:
        exit_with_parent(options.parent)
    if options.public_url is not None:
        os.environ[PUBLIC_URL] = options.public_url
    os.environ["ALIGNLAB_HOME"] = str(locate(options.workspace).root)
    refusal = _refusal(options.host)
    if refusal:
        sys.stderr.write(refusal + "\n")
        return 2
    # uvicorn believes X-Forwarded-* from these addresses; without a proxy nobody is believed
    os.environ["FORWARDED_ALLOW_IPS"] = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1") if public_url() else ""
    # Streamlit obeys a config.toml of the current folder, in part even over what it is passed: in ours there is none.
    os.chdir(Path(__file__).parent)
    served_address.keep(options.host, options.port)
    from app.main import run  # after the check: importing Streamlit takes a second

    run(options.host, options.port)
    return 0


def _refusal(host: str) -> str:
    """Why the dashboard may not be served there; empty where it may."""
    try:
        public = public_url()
    except BadPublicUrl as error:
        return str(error)
    if public is None and is_loopback(host):
        return ""
    try:
        return "" if users.exist(clients.database()) else EXPOSED.format(host=public.geturl() if public else host)
    except StorageError as error:
        return str(error)


if __name__ == "__main__":
    sys.exit(main())
