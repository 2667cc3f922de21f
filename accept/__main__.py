"""Run the acceptance scripts one after the other; those named on the command line, or all."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
NOT_A_CHECK = {"__init__", "__main__", "dashboard", "killed_runs", "report"}


def main(names: list[str]) -> int:
    """0 where every script passed."""
    chosen = names or sorted(path.stem for path in HERE.glob("*.py") if path.stem not in NOT_A_CHECK)
    missed = []
    for name in chosen:
        print(f"== {name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"accept.{name}"], cwd=HERE.parent, check=False).returncode:
            missed.append(name)
    print(f"missed: {', '.join(missed)}" if missed else f"all {len(chosen)} passed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
