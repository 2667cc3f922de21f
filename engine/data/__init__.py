"""From a frozen dataset version to batches: items, units, order, templates and truncation. Stores nothing."""
