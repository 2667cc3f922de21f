"""Answers sampled for people to judge: the dialog that starts such a run, and what its page shows."""
