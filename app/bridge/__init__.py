"""All that exists because Streamlit runs a whole page again: buttons, dialogs, address, live fragments (ADR 0010)."""
