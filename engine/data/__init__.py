"""From a frozen dataset version to batches: items, examples, order, templates and truncation. Stores nothing."""
