"""The Launch page: the form and its state, presets, stages, the run file, and what the engine foresees."""
