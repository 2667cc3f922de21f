"""One file a page, run by `app.frame`. A page decides what to show; it neither computes nor queries by itself."""
