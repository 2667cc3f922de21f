"""The acceptance lists as scripts: `python -m accept [NAME ...]` runs some or all; figures go to accept/*.json."""
