"""What compares runs: pure functions on dataclasses of its own, without database, torch or markup. Callers convert."""
