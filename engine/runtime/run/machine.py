"""This machine as the slots of runs name it: host and device. Loads no torch."""

import platform
from pathlib import Path


def this_host() -> str:
    """The name of this machine as slots know it."""
    return platform.node() or "localhost"


def this_device() -> str:
    """What the slots of this machine are named after; told without loading torch."""
    return "cuda" if Path("/dev/nvidia0").exists() else "cpu"
