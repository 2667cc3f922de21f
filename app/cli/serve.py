"""`alignlab up`, `engine` and `dashboard`: the commands that keep running.

`engine` and `dashboard` replace themselves with the process they start; `up` starts both as children and stops both.
"""

import os
import signal
import socket
import sys
import time
import webbrowser
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from app.cli import child_processes
from app.cli.kept_process import KeptProcess
from app.cli.options import Json, WorkspaceOption, opened, workspace_at
from app.cli.output import Failure, Refusal, note, write_json
from app.public_address import local_url

FIRST_PORT = 8501
READY_SECONDS = 60.0
LOOK_SECONDS = 0.25
LEAVE_SECONDS = 10.0
WORKSPACE_PATH = "/alignlab/workspace"
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # Ctrl-C too: a shell's background jobs start with it ignored

Host = Annotated[str, typer.Option("--host", help="Address of this machine to serve on.")]
Port = Annotated[
    int | None,
    typer.Option("--port", min=1, max=65535, show_default="8501, or the next that is free", help="Port to serve on."),
]
PublicUrl = Annotated[
    str | None,
    typer.Option(
        "--public-url",
        metavar="URL",
        help="Address at which a proxy before it serves it to others, https://HOST/; else ALIGNLAB_PUBLIC_URL.",
    ),
]


def engine(workspace: WorkspaceOption = None) -> None:
    """Run the engine alone: it trains what is in the line."""
    child_processes.exec_module("engine.service", "--workspace", str(opened(workspace).workspace.root))


def dashboard(
    host: Host = "127.0.0.1", port: Port = None, public_url: PublicUrl = None, workspace: WorkspaceOption = None
) -> None:
    """Run the dashboard alone. Where others can reach it, they sign in: alignlab users add."""
    chosen = _free_port(host, port, workspace)
    _require_accounts(host, public_url, workspace)
    home = opened(workspace).workspace
    note(f"AlignLab is at {local_url(host, chosen)} (workspace {home.root})")
    child_processes.exec_module("app", "--workspace", str(home.root), "--host", host, "--port", str(chosen))


def up(
    host: Host = "127.0.0.1",
    port: Port = None,
    public_url: PublicUrl = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Open no browser.")] = False,
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Run dashboard and engine together, and open the browser. Ctrl-C ends both; runs go on at the next start.

    Either is started again when it dies. Both end with this process, however it ends. Where others can reach the
    dashboard, they sign in: alignlab users add.
    """
    from app import clients
    from app.cli.engine_process import EngineProcess

    chosen = _free_port(host, port, workspace)
    _require_accounts(host, public_url, workspace)
    home = opened(workspace).workspace
    for ending in ENDINGS:
        signal.signal(ending, _interrupt)
    options = ("--workspace", str(home.root), "--host", host, "--port", str(chosen))
    page = KeptProcess("The dashboard", "app", *options)
    engine_process = EngineProcess(clients.engine())
    try:
        page.start(time.monotonic())
        _wait_until_served(local_url(host, chosen), page)
        _announce(local_url(host, chosen), str(home.root), no_browser, as_json)
        while not page.given_up:
            if page.poll(time.monotonic()):
                page.start(time.monotonic())
            engine_process.poll(time.monotonic())
            time.sleep(LOOK_SECONDS)
        raise Failure("AlignLab stops, since its dashboard does not stay alive.")
    except KeyboardInterrupt:
        note("Stopping. A run in training is saved and goes on at the next start.")
    finally:
        for ending in ENDINGS:
            signal.signal(ending, signal.SIG_IGN)
        page.end(LEAVE_SECONDS)
        engine_process.end()


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _announce(address: str, root: str, no_browser: bool, as_json: bool) -> None:
    if as_json:
        write_json({"url": address, "workspace": root, "pid": os.getpid()})
        sys.stdout.flush()
    note(f"AlignLab is at {address} (workspace {root}; Ctrl-C stops it)")
    # without a desktop Python would open a text browser in this very terminal
    if not no_browser and (sys.platform != "linux" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        webbrowser.open(address)


def _wait_until_served(address: str, page: KeptProcess) -> None:
    import httpx

    until = time.monotonic() + READY_SECONDS
    with httpx.Client(trust_env=False, timeout=1.0) as http:
        while time.monotonic() < until:
            if (status := page.exit_status) is not None and status >= 0:
                raise typer.Exit(status or 1)  # it has said why
            if page.poll(time.monotonic()):  # a signal ended it
                page.start(time.monotonic())
            try:
                if http.get(f"{address}/_stcore/health").is_success:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
    raise Failure(f"The dashboard did not answer at {address} within {READY_SECONDS:.0f} s.")


def _free_port(host: str, requested: int | None, workspace: Path | None) -> int:
    """The port to serve on. One that is taken is refused, and so is a second dashboard that nobody insists on."""
    root = str(workspace_at(workspace).root)
    candidates = range(FIRST_PORT, FIRST_PORT + 100) if requested is None else [requested]
    for port in candidates:
        if _is_free(host, port):
            return port
        address = local_url(host, port)
        served = served_workspace(address, root)
        if served is not None and (requested is not None or served == root):
            other = "another port" if requested is not None else "a port"
            ours = (
                f"An AlignLab for {f'the workspace {served}' if served else 'another workspace'} is served at {address}"
            )
            raise Refusal(f"{ours}: open it, or choose {other} with --port.")
    raise Refusal(f"Port {candidates[0]} of {host} is taken: choose another one with --port.")


def served_workspace(address: str, root: str) -> str | None:
    """The workspace of the dashboard at the address, empty where it does not name it and it is not `root`.

    None where something else answers, or nothing.
    """
    import httpx

    from app.routes.served_workspace import digest

    try:
        with httpx.Client(trust_env=False, timeout=1.0) as http:
            answer = http.get(address + WORKSPACE_PATH).raise_for_status().json()
        return root if answer.get("digest") == digest(root) else str(answer.get("workspace", ""))
    except (httpx.HTTPError, ValueError, AttributeError):
        return None


def _require_accounts(host: str, public_url: str | None, workspace: Path | None) -> None:
    """Refuse to serve others before anybody has an account. `public_url` goes to the dashboard by the environment."""
    from app import public_address
    from app.guard import EXPOSED, is_loopback
    from storage.people import users

    if public_url is not None:
        os.environ[public_address.PUBLIC_URL] = public_url
    try:
        public = public_address.public_url()
    except public_address.BadPublicUrl as error:
        raise Refusal(str(error)) from error
    exposed = public is not None or not is_loopback(host)
    if exposed and not (workspace_at(workspace).root.exists() and users.exist(opened(workspace))):
        raise Refusal(EXPOSED.format(host=public.geturl() if public else host))


def _is_free(host: str, port: int) -> bool:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise Refusal(f"{host} is not an address of this machine.") from error
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError:
            return False
    return True
