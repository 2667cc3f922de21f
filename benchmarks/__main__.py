"""Run the benchmarks one after the other; those named on the command line, or all."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
SCRIPTS = {"__init__", "__main__", "fill_workspace", "own_steps", "works"}  # measure nothing


def main(names: list[str]) -> int:
    """0 where every benchmark reached what it wants."""
    benchmarks = names or sorted({path.stem for path in HERE.glob("*.py")} - SCRIPTS)
    statuses = [
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], cwd=HERE.parent, check=False).returncode
        for name in benchmarks
    ]
    return int(any(statuses))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
