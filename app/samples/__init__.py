"""What a run's model answers: the samples of each evaluation, one prompt across steps, pass rates, training groups."""
