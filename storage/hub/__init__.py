"""Datasets of the Hugging Face hub: which files a name stands for, and how they come here. No code of theirs is run."""
