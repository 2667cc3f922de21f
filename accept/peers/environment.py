"""Where TRL is installed: environments of their own, since their packages are none of ours.

Each is made once in the system's temporary folder (about 1.5 GB, minutes). ALIGNLAB_TRL_ENV names another.
"""

import os
import subprocess
import tempfile
import venv
from pathlib import Path

import torch

TRL, TRL_WITH_PPO = "1.16.0", "1.12.0"
PEERS = Path(__file__).parent


def environment() -> Path:
    """The Python of an environment that holds TRL. torch first, so that TRL does not fetch its largest build."""
    given = os.environ.get("ALIGNLAB_TRL_ENV")
    folder = Path(given) if given else Path(tempfile.gettempdir()) / f"alignlab-trl-{TRL}"
    python = folder / "bin" / "python"
    if not has_trl(python):
        venv.create(folder, with_pip=True)
        for package in (f"torch=={torch.__version__.partition('+')[0]}", f"trl=={TRL}"):
            subprocess.run([str(python), "-m", "pip", "install", "--quiet", package], check=True)
    return python


def has_trl(python: Path) -> bool:
    """Whether this Python is there and can import it."""
    return python.exists() and subprocess.run([str(python), "-c", "import trl"], check=False).returncode == 0


def with_ppo() -> Path:
    """A folder that holds the TRL that still has PPO, and nothing else: the rest comes from the environment."""
    folder = Path(tempfile.gettempdir()) / f"alignlab-trl-{TRL_WITH_PPO}"
    if not (folder / "trl" / "experimental" / "ppo").is_dir():
        command = [str(environment()), "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder)]
        subprocess.run([*command, f"trl=={TRL_WITH_PPO}"], check=True)
    return folder


def around() -> dict[str, str]:
    """The environment variables of such a Python: none that would lead it to this project's own packages."""
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONSAFEPATH")}
