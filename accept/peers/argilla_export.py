"""Argilla's own records, exported without a server: nested and flattened. One question on stdin: records."""

import json
import sys
from pathlib import Path
from uuid import UUID

import argilla as rg
from argilla.records._io import GenericIO

question = json.load(sys.stdin)
records = [
    rg.Record(
        id=str(number),
        fields=each["fields"],
        metadata={"source": "invented"},
        responses=[
            rg.Response(name, value, user_id=UUID(int=user), status="submitted") for user, name, value in each["said"]
        ],
        suggestions=[rg.Suggestion(name, value, agent="judge") for name, value in each["suggested"]],
    )
    for number, each in enumerate(question["records"])
]
found = {}
for name, flatten in (("nested", False), ("flat", True)):
    path = Path(question["folder"], f"argilla_{name}.json")
    path.write_text(json.dumps(GenericIO.to_list(records, flatten=flatten)), encoding="utf-8")
    found[name] = str(path)
sys.stdout.write("\nrows: " + json.dumps(found) + "\n")
