"""The only door for writes: each verb takes the database and a person, writes, and returns a record.

Pages, routes and commands write through these alone (import-linter says so). What a person may do will be checked here
once there are roles; today every verb lets everybody do everything. No Streamlit here. Left out: reading, which pages
do from `storage` themselves.
"""
