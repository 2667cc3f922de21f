"""One attempt of one run: its process, lease, checkpoints, resolved settings and failures. Knows no training loop."""
