"""Studies as they are shown: how far they are, what their search chose, what each method came to and paid."""
