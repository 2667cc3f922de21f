"""Records the example that a newcomer opens: four methods on equal terms, trained by the product itself.

`python -P -m engine.starter.record` carries out the study "fair-quartet" and writes it beside this file, for
`engine.starter.install --example` to bring into a workspace. Minutes on two cores.
"""

import sys
import tempfile
import time
from pathlib import Path

from engine import studies
from engine.runtime.engine import single_study
from engine.spec import STUDIES, parse_study
from engine.starter import install
from storage import study_archive
from storage.database import connect
from storage.workspace import Workspace

QUARTET = "fair-quartet"


def main() -> int:
    """Train, pack, write."""
    with tempfile.TemporaryDirectory() as folder:
        db = connect(Workspace(Path(folder)).create())
        install.samples(db)
        study = studies.launch(db, parse_study(STUDIES[QUARTET]), requested_by=None, now=time.time())
        if single_study.serve(db, study.id) != single_study.SUCCEEDED:
            sys.stderr.write(f"The study {study.id} did not succeed.\n")
            return 1
        install.EXAMPLE.write_bytes(study_archive.pack(db, study.id))
        db.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
