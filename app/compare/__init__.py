"""The Compare page: figures of several runs side by side, and what keeps them from being compared."""
