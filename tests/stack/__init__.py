"""The production form itself: the processes of deploy/local, asked over HTTPS."""
