"""The last consolidated result of a round in one of the forms of `papers.exports`."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from appraisal.models import Consolidation
from appraisal.papers.exports import EXPORTS


class Command(BaseCommand):
    help = "Writes the last consolidation; the sha256 of the JSON is the fingerprint."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--round", type=int, required=True, help="id of the round")
        parser.add_argument("--format", choices=list(EXPORTS), required=True)
        parser.add_argument("--output", type=Path, help="file to write; default: stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        consolidation = (
            Consolidation.objects.filter(round=options["round"]).select_related("round").first()
        )
        if consolidation is None:
            raise CommandError(f"round {options['round']} has no consolidated result")
        chosen = EXPORTS[options["format"]]
        if options["output"] is None and chosen.extension == "xlsx":
            raise CommandError("a workbook needs --output FILE")
        with chosen.open(consolidation) as file:
            if options["output"] is None:
                self.stdout.write(file.read().decode(), ending="")
                return
            try:
                with options["output"].open("wb") as target:
                    shutil.copyfileobj(file, target)
            except OSError as error:
                raise CommandError(f"{options['output']}: {error.strerror}") from None
