"""Run files to start from, as the Overview offers them."""

from typing import Any

PRESETS: dict[str, dict[str, Any]] = {
    "polite-dpo": {
        "name": "polite-dpo",
        "algorithm": "dpo",
        "model": {"name": "starter"},
        "data": {"dataset": "polite-weather"},
    },
    "polite-sft": {
        "name": "polite-sft",
        "algorithm": "sft",
        "model": {"name": "starter"},
        "data": {"dataset": "polite-weather"},
    },
}
