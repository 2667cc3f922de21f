"""Generated input that nobody means well with: run files, YAML, rows, files and requests, each from a number alone."""
