"""The acceptance lists as scripts: `python -m accept [NAME ...]` runs them, all or some; figures go to accept/*.json."""
