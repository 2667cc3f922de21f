"""What exists because Streamlit runs a whole page again, and nothing else: ADR 0010 lists what each module answers."""
