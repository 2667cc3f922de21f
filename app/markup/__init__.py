"""Escaped HTML: texts, tables, notices. Knows no Streamlit, so a route, a page and a report can all use it."""
