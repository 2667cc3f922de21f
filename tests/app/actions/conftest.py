"""The time at which actions happen."""

NOW = 1_800_000_000.0
