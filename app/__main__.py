"""Start the dashboard alone: `python -P -m app --workspace DIR --port N`. Left out: the engine (`alignlab up`)."""

import argparse
import os
import sys
from pathlib import Path

from app.guard import EXPOSED, is_loopback
from storage.parent_watch import exit_with_parent
from storage.workspace import locate


def main(arguments: list[str] | None = None) -> int:
    """Serve until stopped; 2 for an address that may not be served."""
    parser = argparse.ArgumentParser(prog="python -P -m app", description="The AlignLab dashboard, without an engine.")
    parser.add_argument("--workspace", type=Path, help="folder of runs and data (default: ALIGNLAB_HOME, or found)")
    parser.add_argument("--host", default="127.0.0.1", help="address of this machine to listen on")
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument("--parent", type=int, help="process that this one must not outlive")
    options = parser.parse_args(arguments)
    if options.parent is not None:
        exit_with_parent(options.parent)
    if not is_loopback(options.host):
        sys.stderr.write(EXPOSED.format(host=options.host) + "\n")
        return 2
    os.environ["ALIGNLAB_HOME"] = str(locate(options.workspace).root)
    # Streamlit obeys a config.toml of the current folder, in part even over what it is passed: in ours there is none.
    os.chdir(Path(__file__).parent)
    from app.main import run  # after the check: importing Streamlit takes a second

    run(options.host, options.port)
    return 0


if __name__ == "__main__":
    sys.exit(main())
