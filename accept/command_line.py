"""Twelve bad run files, and the folder of hostile modules: what the command line refuses, and what it does not run."""

import sys

from accept.report import conclude, pytest


def main() -> int:
    """Run the tests as they stand."""
    bad, bad_seconds, bad_line = pytest("tests/app/cli/test_bad_run_files.py")
    hostile, hostile_seconds, hostile_line = pytest("tests/app/cli/test_hostile_folder.py")
    figures = {
        "bad_run_files": {"seconds": bad_seconds, "pytest": bad_line},
        "hostile_folder": {"seconds": hostile_seconds, "pytest": hostile_line},
    }
    wanted = {
        "twelve bad run files: one sentence, exit 2, no row": bad,
        "doctor and train run no stray module": hostile,
    }
    return conclude("command_line", figures, wanted)


if __name__ == "__main__":
    sys.exit(main())
