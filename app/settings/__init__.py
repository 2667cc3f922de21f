"""What the page Settings shows of people: who may sign in, and who did what."""
