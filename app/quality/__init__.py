"""Data quality of stored datasets: items as analysis takes them, reports that are kept, measuring in the background.

No Streamlit here: the command line uses it too. Left out: how it is measured (`engine.analysis.quality`), and how the
page of a dataset shows it (`app.datasets`).
"""
