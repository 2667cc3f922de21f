"""Label Studio's own converter writes tasks as JSON and as JSON-MIN. One question on stdin: tasks, configuration."""

import json
import sys
from pathlib import Path

from label_studio_sdk.converter import Converter
from label_studio_sdk.converter.converter import Format

question = json.load(sys.stdin)
folder = Path(question["folder"])
tasks = folder / "tasks.json"
tasks.write_text(json.dumps(question["tasks"]), encoding="utf-8")
converter = Converter(question["config"], str(folder), download_resources=False)
found = {}
for name, form in (("json", Format.JSON), ("min", Format.JSON_MIN)):
    out = folder / name
    converter.convert(str(tasks), str(out), form, is_dir=False)
    found[name] = str(next(out.rglob("*.json")))
sys.stdout.write("\nrows: " + json.dumps(found) + "\n")
