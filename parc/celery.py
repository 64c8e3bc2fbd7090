"""The Celery application: only its name and where its settings are."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parc.settings")

app = Celery("parc")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["agencies", "appraisal"])
