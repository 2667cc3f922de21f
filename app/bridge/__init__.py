"""All that exists because Streamlit runs a whole page again: ADR 0010 lists what each module answers."""
