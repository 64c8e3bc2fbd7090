"""The app's entry: system checks, the audit recorder of `agencies`, the database guards."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate


class AppraisalConfig(AppConfig):
    name = "appraisal"
    verbose_name = "Đánh giá, chấm điểm"

    def ready(self) -> None:
        from agencies import trail as accounts_trail
        from appraisal import checks, trail  # noqa: F401 - registers the system checks

        accounts_trail.use(trail.record_account)
        pre_migrate.connect(_before_migrate, sender=self)
        post_migrate.connect(_after_migrate, sender=self)


def _before_migrate(using: str, **kwargs: Any) -> None:
    """SQLite cannot rebuild a table that the trigger of another one names."""
    from appraisal.models import guards

    if connections[using].vendor == "sqlite":
        guards.remove(connections[using])


def _after_migrate(using: str, **kwargs: Any) -> None:
    from appraisal.models import guards

    if "appraisal_event" in connections[using].introspection.table_names():
        guards.install(connections[using])
