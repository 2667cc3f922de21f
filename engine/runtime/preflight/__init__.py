"""Before a run is launched: what is wrong with it, what to know about it, and what it will cost. No torch."""
