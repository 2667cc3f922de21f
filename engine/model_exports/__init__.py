"""Exported models: a checkpoint as a folder in the form of Hugging Face, compared with the checkpoint, with a card."""
