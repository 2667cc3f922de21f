"""HH-RLHF: every imported pair equals a plain parse; a broken line is named by number and imports nothing."""

import gzip
import json
import re
import sys
import tempfile
from pathlib import Path

from accept.report import SHARED_DATA, alignlab, answer, conclude
from storage import datasets
from storage.database import connect
from storage.workspace import Workspace

FILE = SHARED_DATA / "hh_harmless_dev.jsonl.gz"
TURN = re.compile(r"\n\n(Human|Assistant): ?")
Dialogue = tuple[tuple[str, str], ...]


def main() -> int:
    """Import, compare, break, import again."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "workspace"
        report = answer(alignlab("data", "import", str(FILE), "--name", "hh", "--json", workspace=workspace))
        with gzip.open(FILE, "rt", encoding="utf-8") as file:
            lines = file.read().splitlines()
        equal = sum(a == b for a, b in zip(stored(workspace), map(plain, lines), strict=True))
        broken = Path(folder) / "broken.jsonl"
        broken.write_text("\n".join([*lines[:499], lines[499][:-20], *lines[500:]]) + "\n", encoding="utf-8")
        refused = alignlab("data", "import", str(broken), "--name", "broken", workspace=workspace)
        names = [row["name"] for row in answer(alignlab("data", "list", "--json", workspace=workspace))]
    figures = {"rows": len(lines), "equal": equal, "report": report, "refusal": refused.stderr.strip()}
    wanted = {
        "every pair equals the plain parse": equal == len(lines) == report["imported"],
        "empty responses are flagged": report["flagged"].get("empty_response", 0) > 0,
        "the broken line 500 is named": refused.returncode == 2 and "line 500" in refused.stderr,
        "nothing of the broken file is imported": "broken" not in names,
    }
    return conclude("hh_rlhf", figures, wanted)


def plain(line: str) -> tuple[Dialogue, Dialogue]:
    """Chosen and rejected dialogue of a row: (role, text) turns."""
    row = json.loads(line)
    return dialogue(row["chosen"]), dialogue(row["rejected"])


def dialogue(text: str) -> Dialogue:
    """The turns of one HH-RLHF string."""
    pieces = TURN.split(text)[1:]
    return tuple(zip(pieces[::2], (piece.strip() for piece in pieces[1::2]), strict=True))


def stored(workspace: Path) -> list[tuple[Dialogue, Dialogue]]:
    """The same of what was imported, in the order of the file."""
    items, _ = datasets.items(connect(Workspace(workspace)), "hh", offset=0, limit=10_000)
    pairs = []
    for item in items:
        prompt = tuple((NAMES[turn["role"]], turn["content"].strip()) for turn in item.messages)
        texts = {response.id: response.text.strip() for response in item.responses}
        best = item.preferences[0]
        pairs.append(((*prompt, ("Assistant", texts[best.chosen])), (*prompt, ("Assistant", texts[best.rejected]))))
    return pairs


NAMES = {"user": "Human", "assistant": "Assistant"}


if __name__ == "__main__":
    sys.exit(main())
