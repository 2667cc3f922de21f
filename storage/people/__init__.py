"""People: accounts, the browsers that are signed in, invitations, and who did what.

Left out: who may do what (`app.actions`).
"""
