"""Every paper of a round as PDF and Word, written to a folder; nothing is kept in the database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from appraisal.documents.producing import produce
from appraisal.files.refusal import Refused
from appraisal.files.store import evidence_store
from appraisal.models import Dossier, Round
from appraisal.models.papers import DOSSIER_KINDS, PaperKind
from appraisal.papers.basis import FROM_RESULT, Subject, subject_of
from appraisal.papers.building import build

NAMES: Final[dict[str, str]] = {
    PaperKind.DECISION: "quyet-dinh",
    PaperKind.SUBMISSION: "to-trinh",
    PaperKind.REPORT: "bao-cao-tham-dinh",
    PaperKind.MINUTES: "bien-ban",
    PaperKind.SCORE_SHEET: "bang-diem",
    PaperKind.SELF_REPORT: "bao-cao-tu-danh-gia",
    PaperKind.LETTERS: "thong-bao",
    PaperKind.DERIVATION: "dien-giai",
}
"""What the file of a kind is called; of papers about one agency, the folder."""


class Command(BaseCommand):
    help = "Writes the papers of a round to a folder, as they would be made now."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--round", type=int, required=True, help="id of the round")
        parser.add_argument("--output", type=Path, required=True, help="folder to write to")
        parser.add_argument(
            "--kind", action="append", choices=PaperKind.values, help="only this kind; repeatable"
        )
        parser.add_argument(
            "--agency", action="append", metavar="CODE",
            help="papers about one agency only of this one; repeatable",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        round = (
            Round.objects.filter(pk=options["round"])
            .select_related("jurisdiction__standing_agency")
            .first()
        )
        if round is None:
            raise CommandError(f"round {options['round']} does not exist")
        for kind in options["kind"] or PaperKind.values:
            for name, subject in _subjects(round, kind, options["agency"]):
                try:
                    self._write(options["output"] / name, subject)
                except Refused as refused:
                    self.stderr.write(f"{name}: {refused.sentence}")
                except OSError as error:
                    raise CommandError(f"{options['output'] / name}: {error.strerror}") from None

    def _write(self, path: Path, subject: Subject) -> None:
        if subject.kind in FROM_RESULT and subject.consolidation is None:
            self.stderr.write(f"{path.name}: chưa có kết quả tổng hợp nên chưa lập được.")
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        for suffix, content in produce(build(subject), _template(subject), _unheard).items():
            file = path.with_name(f"{path.name}.{suffix}")
            file.write_bytes(content)
            self.stdout.write(str(file))


def _subjects(
    round: Round, kind: str, agencies: list[str] | None
) -> Iterator[tuple[Path, Subject]]:
    """The papers of a kind, each with its path without the ending."""
    if kind not in DOSSIER_KINDS:
        yield Path(NAMES[kind]), subject_of(round, kind)
        return
    dossiers = Dossier.objects.filter(round=round).select_related("agency", "submitted_by")
    if agencies:
        dossiers = dossiers.filter(agency__code__in=agencies)
    for dossier in dossiers.order_by("group__position", "agency__code"):
        dossier.round = round
        yield Path(NAMES[kind]) / dossier.agency.code, subject_of(round, kind, dossier)


def _template(subject: Subject) -> bytes | None:
    if subject.template is None:
        return None
    with evidence_store().open(subject.template.sha256) as kept:
        return kept.read()


def _unheard(percent: int) -> None:
    """Nobody waits for the percentages here."""
