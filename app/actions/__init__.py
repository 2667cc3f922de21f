"""The actions that write: each takes the database and the person who asks, writes, and returns a record.

Pages, routes and commands write through these alone (import-linter says so), so that what a person may do
will be checked in one place once there are roles. No Streamlit here. Left out: reading, which pages do from `storage`
themselves.
"""
