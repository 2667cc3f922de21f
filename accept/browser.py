"""The main job in a real browser, from importing 300 Chinese pairs to a run that was stopped, resumed and succeeded."""

import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

from accept.report import conclude, pytest


def main() -> int:
    """Run the browser tests and read the times they took down."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "junit.xml"
        passed, seconds, line = pytest("tests/e2e", f"--junit-xml={report}")
        noted = {note.get("name"): note.get("value") for note in ElementTree.parse(report).iter("property")}
    return conclude("browser", {"seconds": seconds, "pytest": line, **noted}, {"the browser tests pass": passed})


if __name__ == "__main__":
    sys.exit(main())
