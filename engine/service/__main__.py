"""The engine process: supervisor and loopback service. `python -P -m engine.service --workspace DIR`.

It loads no torch: it is alive in a second or two, and stays small beside the workers that do.
"""

import argparse
import logging
import secrets
import signal
import socket
import sys
import threading
from pathlib import Path

import uvicorn

from engine.runtime.engine.supervisor import Supervisor
from engine.runtime.run.machine import this_device, this_host
from engine.service.address import AlreadyRunning, only_engine, published
from engine.service.routes import Service
from engine.starter import install
from storage import outages
from storage.database import Database, connect
from storage.parent_watch import exit_with_parent
from storage.workspace import Workspace

log = logging.getLogger(__name__)


def serve(db: Database) -> int:
    """Supervise and answer until a signal ends it (0); workers save and give their runs back first.

    An engine that only answers would look alive and train nothing, so the end of its supervisor ends it too (1).
    """
    supervisor = Supervisor(db, this_host(), this_device())
    service = Service(db, supervisor, secrets.token_urlsafe(32), this_host(), this_device())
    closing = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn raises the signal that ended it again: by then it must not end the process before the workers left.
        signal.signal(number, lambda *_: closing.set())
    server = uvicorn.Server(uvicorn.Config(service.application(), log_level="warning", access_log=False))
    failed = threading.Event()

    def supervise() -> None:
        try:
            supervisor.serve(closing)
        except Exception:
            log.exception("The supervisor met an error that AlignLab did not expect, so the engine ends")
            failed.set()
            server.should_exit = True

    # Workers die with the thread that started them, so one thread starts them all and lives as long as the engine.
    threads = [
        threading.Thread(target=supervise, name="supervisor"),
        threading.Thread(target=install.samples, args=(db,), name="samples", daemon=True),
    ]
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        published(db.workspace, listener.getsockname()[1], service.token),
    ):
        for thread in threads:
            thread.start()
        log.info("engine of %s, process ready", db.workspace.root)
        try:
            server.run(sockets=[listener])
        finally:
            closing.set()
            threads[0].join()
    return 1 if failed.is_set() else 0


def main() -> int:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="engine.service")
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--parent", type=int, help="process that this one must not outlive")
    options = parser.parse_args()
    if options.parent is not None:
        exit_with_parent(options.parent)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    workspace = Workspace(options.workspace.resolve()).create()
    try:
        with only_engine(workspace):
            return serve(connect(workspace))
    except AlreadyRunning as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(outages.in_words(main))
