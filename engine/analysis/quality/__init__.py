"""Data quality: three parts with their ingredients, and the rows with a defect. Loads its heavy packages when used.

The definition is written down in docs/guide/data_quality.md. Left out: datasets as they are stored; callers convert.
"""
