"""Judging: the task of one person with one round of questions, and where rounds are chosen and opened."""
