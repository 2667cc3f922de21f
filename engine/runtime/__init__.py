"""What carries a run through: loop, sources, recorder, checkpoints, worker, supervisor, preflight. Knows no maths."""
