"""Configuration only: settings, addresses, server entry points. Nothing in the apps imports it."""

from parc.celery import app as celery_app

__all__ = ["celery_app"]
