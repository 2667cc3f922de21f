"""Held-out evaluation: responses to unseen prompts, and the loss on unseen data."""
