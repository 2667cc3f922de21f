"""Records the example that a newcomer opens: four methods on equal terms, trained by the product itself.

`python -P -m engine.starter.record` trains the runs of the preset "fair-quartet" and writes them beside this file, as
the study that `engine.starter.install --example` brings into a workspace. Minutes on two cores.
"""

import sys
import tempfile
import time
from pathlib import Path

from engine.spec import PRESET_GROUPS
from engine.starter import install
from engine.starter.sweep import trained
from storage import study_archive, study_writes
from storage.database import connect
from storage.workspace import Workspace

QUARTET = "fair-quartet"


def main() -> int:
    """Train, pack, write."""
    with tempfile.TemporaryDirectory() as folder:
        db = connect(Workspace(Path(folder)).create())
        install.samples(db)
        study = study_writes.create(db, name=QUARTET, spec={"preset": QUARTET}, now=time.time())
        for file in PRESET_GROUPS[QUARTET].files.values():
            run = trained(db, file, study.id)
            sys.stdout.write(f"{run.name}: {run.step} steps\n")
            sys.stdout.flush()
        install.EXAMPLE.write_bytes(study_archive.pack(db, study.id))
        db.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
