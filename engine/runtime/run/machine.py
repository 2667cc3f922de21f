"""This machine: its host and device as the slots of runs name them, and its processor. Loads no torch."""

import platform
import re
from pathlib import Path


def this_host() -> str:
    """The name of this machine as slots know it."""
    return platform.node() or "localhost"


def this_device() -> str:
    """What the slots of this machine are named after; told without loading torch."""
    return "cuda" if Path("/dev/nvidia0").exists() else "cpu"


def processor_name() -> str:
    """The processor as its maker calls it, else its architecture."""
    listed = Path("/proc/cpuinfo")
    text = listed.read_text(encoding="utf-8", errors="replace") if listed.exists() else ""
    named = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return named[1] if named else platform.processor() or platform.machine()
