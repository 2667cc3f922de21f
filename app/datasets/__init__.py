"""The Datasets page: the list, one dataset, its rows, editing, import and export."""
