"""Checks what must be true of the installation; see `appraisal.invariants`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from appraisal import invariants


class Command(BaseCommand):
    help = "Check the invariants; every break on stderr by its number, status 0 when all hold."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--only", nargs="+", choices=list(invariants.CHECKS), default=[], help="numbers"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        broken = invariants.broken(*options["only"])
        for number, sentences in broken.items():
            for sentence in sentences:
                self.stderr.write(f"{number}: {sentence}")
        if broken:
            raise CommandError(f"Không giữ được: {', '.join(broken)}.")
        checked = options["only"] or list(invariants.CHECKS)
        self.stdout.write(f"Mọi điều kiện đều giữ: {', '.join(checked)}.")
