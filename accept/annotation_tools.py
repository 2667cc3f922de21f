"""What label-studio-sdk and argilla write themselves is imported, with the verdict of each annotator.

Each has an environment of its own, made once in the system's temporary folder; ALIGNLAB_LABEL_STUDIO_ENV and
ALIGNLAB_ARGILLA_ENV name others.
"""

import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

from accept.report import alignlab, answer, conclude
from storage import datasets
from storage.database import connect
from storage.judging import judgements
from storage.workspace import Workspace

PEERS = Path(__file__).parent / "peers"
CONFIG = """<View><Text name="prompt" value="$prompt"/><Pairwise name="pw" toName="answer1,answer2"/>
<Text name="answer1" value="$answer1"/><Text name="answer2" value="$answer2"/></View>"""
SAID = (("left", "left", "right"), ("right", "right"), ("left", "right"))
"""What annotators say of each item: the first two have a majority."""
PREFERRED = ["1", "2", None]


def main() -> int:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        tasks = {"folder": temporary, "config": CONFIG, "tasks": [task(*each) for each in enumerate(SAID, 1)]}
        files = written("label-studio-sdk==2.1.2", "LABEL_STUDIO", "label_studio_export.py", tasks)
        records = {"folder": temporary, "records": [record(*each) for each in enumerate(SAID, 1)]}
        files |= written("argilla==2.8.0", "ARGILLA", "argilla_export.py", records)
        read = {name: imported(folder / "workspace", name, path) for name, path in files.items()}
    each_said = sorted("ab"[side == "right"] for said in SAID for side in said)
    wanted = {f"{name}: every verdict is there": read[name]["verdicts"] == each_said for name in files}
    for name in ("json", "nested", "flat"):
        wanted[f"{name}: the preference is that of the majority"] = read[name]["preferred"] == PREFERRED
    return conclude("annotation_tools", read, wanted)


def task(number: int, said: tuple[str, ...]) -> dict[str, Any]:
    """A task as Label Studio keeps it."""
    annotations = [
        {
            "id": 10 * number + person,
            "completed_by": person,
            "was_cancelled": False,
            "lead_time": 3.5,
            "created_at": "2026-01-01T00:00:00Z",
            "updated_at": "2026-01-01T00:00:00Z",
            "result": [
                {
                    "id": "x",
                    "from_name": "pw",
                    "to_name": "answer1,answer2",
                    "type": "pairwise",
                    "value": {"selected": side},
                }
            ],
        }
        for person, side in enumerate(said, 1)
    ]
    return {"id": number, "data": data(number), "annotations": annotations, "predictions": []}


def data(number: int) -> dict[str, str]:
    return {"prompt": f"天气 {number}?", "answer1": f"{number}: 1", "answer2": f"{number}: 2"}


def record(number: int, said: tuple[str, ...]) -> dict[str, Any]:
    """The same as a record of Argilla; the second as rankings."""
    answers = {"left": "answer1", "right": "answer2"}
    values = {side: ["answer2", "answer1"] if number == 2 else answers[side] for side in said}
    return {
        "fields": data(number),
        "said": [[person, "preference", values[side]] for person, side in enumerate(said, 1)],
        "suggested": [],
    }


def imported(workspace: Path, name: str, path: str) -> dict[str, Any]:
    """What is in the dataset that the file became."""
    answer(alignlab("data", "import", path, "--name", name, "--json", workspace=workspace))
    db = connect(Workspace(workspace))
    items = datasets.items(db, name)[0]
    texts = [{each.id: each.text for each in item.responses} for item in items]
    preferred = [
        own[item.preferences[0].chosen].partition(": ")[2] if item.preferences else None
        for item, own in zip(items, texts, strict=True)
    ]
    return {"preferred": preferred, "verdicts": sorted(own.verdict for own in judgements.listing(db, name))}


def written(package: str, variable: str, peer: str, question: dict[str, Any]) -> dict[str, str]:
    """name -> file that the peer wrote."""
    python = environment(package, variable)
    around = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONSAFEPATH")}
    command = [str(python), str(PEERS / peer)]
    done = subprocess.run(command, input=json.dumps(question), capture_output=True, text=True, check=False, env=around)
    if done.returncode:
        raise SystemExit(f"{peer} failed: {done.stderr[-2000:]}")
    files: dict[str, str] = json.loads(done.stdout.rpartition("\nrows: ")[2])
    return files


def environment(package: str, variable: str) -> Path:
    """The Python of an environment that holds the package, and requests, which argilla lacks."""
    given = os.environ.get(f"ALIGNLAB_{variable}_ENV")
    folder = Path(given) if given else Path(tempfile.gettempdir()) / f"alignlab-{package.replace('==', '-')}"
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", package, "requests"], check=True)
    return python


if __name__ == "__main__":
    sys.exit(main())
