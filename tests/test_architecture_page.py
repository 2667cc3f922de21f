"""docs/architecture.md: its paths exist, its walks never come back to a file, and its picture is current."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
MOST_FILES = 25


def walk(title: str) -> list[str]:
    """The files of a section's numbered list, in order."""
    section = PAGE.partition(f"## One {title}")[2].partition("\n## ")[0]
    return re.findall(r"^\d+\. `([\w./]+)`", section, re.MULTILINE)


def test_every_path_of_the_page_exists():
    paths = re.findall(r"`((?:app|engine|storage|words|docs|tests)/[\w./]*)`", PAGE)
    assert len(paths) > 60
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("title", ["setting", "metric"])
def test_a_walk_is_short_and_takes_no_step_back(title: str):
    files = walk(title)
    assert 10 < len(files) <= MOST_FILES
    assert len(set(files)) == len(files)


@pytest.mark.parametrize("script", ["draw_rooms.py", "write_commands.py"])
def test_what_is_written_from_the_code_is_current(script: str):
    done = subprocess.run([sys.executable, ROOT / "docs" / script, "--check"], check=False)
    assert done.returncode == 0, f"the code has changed: python docs/{script}"
