"""kill -9 of the worker at three moments and of the engine once: the run ends bit for bit as an undisturbed one."""

import sys

from accept.report import conclude, pytest


def main() -> int:
    """Run the fault tests as they stand."""
    passed, seconds, line = pytest("tests/faults")
    return conclude("faults", {"seconds": seconds, "pytest": line}, {"the fault tests pass": passed})


if __name__ == "__main__":
    sys.exit(main())
