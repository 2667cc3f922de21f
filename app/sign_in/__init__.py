"""Signing in: who a request comes from, the gate before all pages, and the pages that need no Streamlit."""
