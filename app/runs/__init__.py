"""Overview, Runs and Run: what runs, waits and has ended, one run with its tabs, and its lineage."""
