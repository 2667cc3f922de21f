"""What TRL makes of exported files: `datasets` loads them, then TRL's own steps before training, in their order."""

import json
import sys
from typing import Any

from datasets import load_dataset
from tokenizers import Tokenizer, models
from transformers import PreTrainedTokenizerFast
from trl.data_utils import maybe_apply_chat_template, maybe_extract_prompt, maybe_unpair_preference_dataset


def without_nulls(value: Any) -> Any:
    """The value without the nulls that Arrow puts where a message lacks a field that another one has."""
    if isinstance(value, dict):
        return {name: without_nulls(part) for name, part in value.items() if part is not None}
    return [without_nulls(part) for part in value] if isinstance(value, list) else value


def read(path: str, template: str) -> dict[str, Any]:
    """The rows as they stand, as TRL's chat template step writes them, and as labelled answers."""
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.BPE()))
    tokenizer.chat_template = template
    rows = load_dataset("json", data_files=path, split="train").map(maybe_extract_prompt)
    plain = [without_nulls(row) for row in rows]
    rendered = [maybe_apply_chat_template(row, tokenizer, tools=row.get("tools")) for row in plain]
    unpaired = maybe_unpair_preference_dataset(rows) if "chosen" in rows.column_names else []
    return {"rows": plain, "rendered": rendered, "unpaired": [without_nulls(row) for row in unpaired]}


question = json.load(sys.stdin)
found = {name: read(path, question["template"]) for name, path in question["files"].items()}
sys.stdout.write("\nrows: " + json.dumps(found) + "\n")
