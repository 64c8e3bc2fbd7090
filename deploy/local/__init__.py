"""The production form on one machine without containers: the same processes, as children."""
