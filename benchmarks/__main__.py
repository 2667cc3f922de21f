"""Run the benchmarks one after the other; those named on the command line, or all."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main(names: list[str]) -> int:
    """0 where every benchmark reached what it wants."""
    chosen = names or sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith("__"))
    done = [
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], cwd=HERE.parent, check=False) for name in chosen
    ]
    return int(any(one.returncode for one in done))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
