"""Word templates with named places: what a file may hold, and how it is filled.

Runs in a child process for an office's own file, so nothing here knows Django or a paper: names
come as a schema, values as plain data.
"""
