"""The engine process: claims runs, starts their workers, and requeues runs whose worker died."""
