"""The only door for writes: each verb takes the database and a person, writes, and returns a record.

Pages, routes and commands write through these alone (import-linter says so). Each begins by asking whether the
person's role allows it (`app.actions.permissions`) and ends by noting in the audit what was done. No Streamlit here.
Left out: reading, which pages do from `storage` themselves.
"""
