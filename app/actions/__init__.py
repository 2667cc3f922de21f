"""The only door for writes: each verb checks, writes, and returns a record. Used by pages, routes and commands."""
