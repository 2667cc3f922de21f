"""Runs that another trainer or tracker has written, read as points and settings; and one form they are written in.

Left out: putting them into the database (`storage.run_import_writes`).
"""
