"""What compares runs, as pure functions on dataclasses of its own: no database, no torch, no markup. Callers convert."""
