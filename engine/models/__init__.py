"""Language models: where they are, how they are loaded, adapted, scored and sampled, and what memory they take."""
