"""Judging: what rounds ask of whom, verdicts, and the preferences that follow from them.

Left out: the files of verdicts (`storage.judgement_rows`), and what is sampled and trained
around them (`storage.judging_loop`).
"""
