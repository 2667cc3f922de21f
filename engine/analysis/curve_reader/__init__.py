"""Reads the curves of a run as an experienced person would: named patterns, each with its evidence and a remedy.

`curve` is what a pattern is told; `preferences`, `policies` and `every_run` are the patterns; `read` asks all of them.
"""
