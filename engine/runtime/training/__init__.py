"""What a train run does: sources of batches, the loop, updates, and what they report."""
