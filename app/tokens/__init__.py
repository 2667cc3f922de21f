"""What each token of an answer was worth: the lens of a run's tab Tokens, what it reads, and its JavaScript."""
