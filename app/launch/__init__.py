"""The Launch page: the form and its state, presets, stages, the run file, and the engine's estimate."""
