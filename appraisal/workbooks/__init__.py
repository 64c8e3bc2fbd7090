"""Workbooks in (criteria, survey points) and out; dataclasses in, dataclasses or bytes out.

Nothing here knows the database, and the reading half starts without Django: it runs in a child
process. The gates for archives live in `appraisal.files`.
"""
