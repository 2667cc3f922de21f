"""Rewards: each scores the answers to one prompt, component by component."""
