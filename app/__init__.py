"""What a person touches: Streamlit pages, charts and the `alignlab` command line. Trains nothing, holds no SQL."""
