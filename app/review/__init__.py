"""Review: what several people said of the same pairs, how far they agree, and deciding where they do not."""
