"""Our own speed, reproducible by anyone: `python -m benchmarks`, or one of the modules here."""
