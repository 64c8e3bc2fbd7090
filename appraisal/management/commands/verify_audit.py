"""Checks the audit trail, whole: hashes, links, numbers, heads kept by consolidations."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from appraisal import trail
from appraisal.models import Event


class Command(BaseCommand):
    help = "Verify the audit trail; every break on stderr, status 0 when there is none."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = 0
        for sentence in trail.breaks():
            broken += 1
            self.stderr.write(sentence)
        if broken:
            raise CommandError(f"Nhật ký không toàn vẹn: {broken} chỗ sai.")
        self.stdout.write(f"Nhật ký toàn vẹn: {Event.objects.count()} sự kiện.")
