"""The only door for writes: each verb takes the database and a person, checks, writes, and returns a record.

Pages, routes and commands write through these alone (import-linter says so), so that what a person may do has one place
to be checked. No Streamlit here. Left out: reading, which pages do from `storage` themselves.
"""
