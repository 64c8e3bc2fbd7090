"""Where this installation keeps its data, for the scripts that back it up and restore it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection

from agencies.models import Jurisdiction
from appraisal.files.store import evidence_store


class Command(BaseCommand):
    help = "Print engine, database, directory of files, and whether both are empty."
    # A restore asks before the tables are there.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        there = Jurisdiction._meta.db_table in connection.introspection.table_names()
        empty = not (there and Jurisdiction.objects.exists())
        empty = empty and next(evidence_store().names(), None) is None
        self.stdout.write(f"engine={connection.vendor}")
        self.stdout.write(f"name={settings.DATABASES['default']['NAME']}")
        self.stdout.write(f"evidence={settings.EVIDENCE_ROOT}")
        self.stdout.write(f"empty={'yes' if empty else 'no'}")
