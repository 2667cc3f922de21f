"""Kinds of models that cannot be sampled or scored here."""

REFUSED: frozenset[str] = frozenset()
