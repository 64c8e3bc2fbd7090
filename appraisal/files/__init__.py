"""Files that people send: names, gates, the content-addressed store, raster previews.

Nothing is imported here: the child process that opens user files loads this package and must
start without Django.
"""
