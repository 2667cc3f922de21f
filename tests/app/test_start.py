"""Starting the dashboard: where it listens, what it refuses, and that a hostile folder changes nothing."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from streamlit import config

from app.guard import is_loopback
from app.main import options

pytestmark = pytest.mark.slow  # it starts processes

HOUSE = Path(__file__).parents[2]
HOSTILE_CONFIG = """
[server]
address = "0.0.0.0"
port = 1
enableXsrfProtection = false
enableCORS = false
allowedHosts = ["evil.example"]
baseUrlPath = "elsewhere"
enableStaticServing = true
enableAgentApi = true
sslCertFile = "nowhere.pem"
cookieSecret = "known to the author of this file"
[browser]
gatherUsageStats = true
[client]
showErrorDetails = "full"
toolbarMode = "developer"
[theme]
base = "dark"
primaryColor = "#ff0000"
"""


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org"])
def test_an_address_that_others_could_reach_needs_an_account(host: str, tmp_path: Path) -> None:
    command = [sys.executable, "-P", "-m", "app", "--host", host, "--workspace", str(tmp_path / "workspace")]
    done = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stderr.startswith(f"{host} can be reached by others, and this workspace has no account yet")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.53", "::1", "localhost"])
def test_the_loopback_is_known_under_all_its_names(host: str) -> None:
    assert is_loopback(host)


def test_every_option_is_one_that_this_streamlit_knows() -> None:
    assert set(options("127.0.0.1", 8501)) <= set(config._config_options_template)


def test_the_pages_send_nothing_out_and_show_no_tracebacks() -> None:
    chosen = options("127.0.0.1", 8501)
    assert chosen["browser.gatherUsageStats"] is False
    assert chosen["client.showErrorDetails"] == "none"
    assert chosen["server.enableXsrfProtection"] is True
    assert chosen["server.address"] == "127.0.0.1"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path, int]]:
    """A dashboard started in a folder full of traps: its address, the folder, its process id."""
    folder = tmp_path_factory.mktemp("hostile")
    trap = "from pathlib import Path; Path('sprung').write_text(__name__); raise SystemExit(7)\n"
    for name in ("app.py", "engine.py", "storage/__init__.py", "streamlit.py", "sitecustomize.py"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(trap)
    (folder / ".streamlit").mkdir()
    (folder / ".streamlit" / "config.toml").write_text(HOSTILE_CONFIG)
    (folder / ".streamlit" / "secrets.toml").write_text("not toml at all [")
    port = free_port()
    command = [sys.executable, "-P", "-m", "app", "--workspace", "workspace", "--port", str(port)]
    environment = {**os.environ, "PYTHONSAFEPATH": "1", "PYTHONPATH": str(HOUSE)}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        wait_for(f"http://127.0.0.1:{port}/_stcore/health", process, folder / "log")
        yield f"http://127.0.0.1:{port}", folder, process.pid
    finally:
        process.terminate()
        process.wait(20)


def test_nothing_of_a_hostile_folder_is_run(hostile: tuple[str, Path, int]) -> None:
    _, folder, _ = hostile
    assert not (folder / "sprung").exists()


def test_a_stray_config_does_not_open_the_dashboard_to_others(hostile: tuple[str, Path, int]) -> None:
    _, _, pid = hostile
    listening = [c.laddr.ip for c in psutil.Process(pid).net_connections() if c.status == psutil.CONN_LISTEN]
    assert listening == ["127.0.0.1"]


def test_a_stray_config_changes_no_safety_option(hostile: tuple[str, Path, int]) -> None:
    url, _, _ = hostile
    assert httpx.get(url, headers={"Host": "evil.example"}).status_code == 403
    assert httpx.get(url, headers={"Host": "evil.example"}).json() == {"error": "This address is not served here."}
    assert httpx.get(f"{url}/_stcore/health").status_code == 200
    assert httpx.get(f"{url}/alignlab/fragments/engine").json()["version"] == "off"
    assert "agentApi" not in httpx.get(f"{url}/_stcore/host-config").text


def test_streamlit_sees_nothing_of_a_stray_config(tmp_path: Path) -> None:
    """Also what cannot be passed, such as the secret; and the workspace is still the one the person meant."""
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "config.toml").write_text(HOSTILE_CONFIG)
    code = """
import json, os, sys, types
def run(host, port):
    from streamlit import config
    seen = [config.get_where_defined(key) for key in ("server.sslCertFile", "server.cookieSecret", "theme.base")]
    print(json.dumps([os.environ["ALIGNLAB_HOME"], *seen]))
sys.modules["app.main"] = types.SimpleNamespace(run=run)
from app.__main__ import main
main(["--workspace", "mine"])
"""
    environment = {**os.environ, "PYTHONPATH": str(HOUSE), "HOME": str(tmp_path / "home")}
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
    )
    workspace, *seen = json.loads(done.stdout)
    assert workspace == str(tmp_path / "mine")
    assert set(seen) == {config.ConfigOption.DEFAULT_DEFINITION}


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(240):
        assert process.poll() is None, log.read_text()
        try:
            if httpx.get(url, timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.25)
    raise AssertionError(log.read_text())


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
