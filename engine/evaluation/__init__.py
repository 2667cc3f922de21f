"""What a model is worth on prompts it was not trained on."""
