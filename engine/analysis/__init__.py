"""Numpy and scipy on arrays: curves, agreement, intervals and comparisons. Never torch, never a database."""
