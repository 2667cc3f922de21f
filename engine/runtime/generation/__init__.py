"""Generate runs: models answer prompts, and the answers become items of a dataset for people to judge."""
