"""What carries a run through: loop, sources, recorder, checkpoints, worker, supervisor, preflight.

Left out: the losses (`engine.algorithms`) and their maths (`engine.maths`).
"""
