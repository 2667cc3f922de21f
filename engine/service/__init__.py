"""Loopback HTTP of the engine process: is it alive, what would a run cost, how is an example cut. Starts no run."""
