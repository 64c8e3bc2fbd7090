"""The decision draft of the last consolidation of a round, written to a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from appraisal.documents import pdf
from appraisal.files.refusal import Refused
from appraisal.models import Consolidation
from appraisal.models.papers import PaperKind
from appraisal.papers.basis import Subject
from appraisal.papers.building import build


class Command(BaseCommand):
    help = "Renders the decision draft as PDF; the same result gives the same bytes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--round", type=int, required=True, help="id of the round")
        parser.add_argument("--output", type=Path, required=True, help="file to write")

    def handle(self, *args: Any, **options: Any) -> None:
        consolidation = (
            Consolidation.objects.filter(round=options["round"])
            .select_related("round__jurisdiction__standing_agency")
            .first()
        )
        if consolidation is None:
            raise CommandError(f"round {options['round']} has no consolidated result")
        try:
            subject = Subject(PaperKind.DECISION, consolidation.round, consolidation)
            options["output"].write_bytes(pdf.render(build(subject)[0]))
        except Refused as refused:
            raise CommandError(refused.sentence) from None
        except OSError as error:
            raise CommandError(f"{options['output']}: {error.strerror}") from None
