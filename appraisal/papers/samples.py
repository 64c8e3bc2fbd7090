"""A paper to try a Word template on: a real one of the province's last rounds, or an invented one.

What a person may not have made is not shown to them as a sample either.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from agencies.models import Agency, Jurisdiction, User
from appraisal import clock, rules
from appraisal.documents import decision, words
from appraisal.documents.decision import AgencyResult, GroupResult, ResultFacts
from appraisal.documents.docx import placeholders
from appraisal.documents.official import Annex, Column, Facts, Official, Paragraph, Row, Table
from appraisal.models import Dossier, Round
from appraisal.models.papers import DOSSIER_KINDS, PaperKind
from appraisal.papers.basis import FROM_RESULT, Subject, subject_of
from appraisal.papers.building import build
from appraisal.papers.house import house_of, issuer_of

ROUNDS: Final = 3
"""So many of the province's last rounds are looked at."""
FINGERPRINT: Final = "0" * 64
AGENCIES: Final = ("Cơ quan thứ nhất", "Cơ quan thứ hai", "Cơ quan thứ ba")
TITLES: Final = {
    PaperKind.SUBMISSION: "TỜ TRÌNH",
    PaperKind.REPORT: "BÁO CÁO",
    PaperKind.MINUTES: "BIÊN BẢN",
    PaperKind.SCORE_SHEET: "BẢNG ĐIỂM CHI TIẾT",
    PaperKind.SELF_REPORT: "BÁO CÁO",
    PaperKind.LETTERS: "CÔNG VĂN",
    PaperKind.DERIVATION: "DIỄN GIẢI KẾT QUẢ",
}
ADDRESSEES: Final[dict[str, tuple[str, ...]]] = {
    PaperKind.SUBMISSION: ("Ủy ban nhân dân tỉnh.",),
    PaperKind.SELF_REPORT: ("Hội đồng;", "Cơ quan thường trực."),
    PaperKind.LETTERS: (f"{AGENCIES[0]}.",),
}
SEALED: Final = FROM_RESULT | {PaperKind.MINUTES, PaperKind.SCORE_SHEET}
SCORES: Final = (Column("TT", 1), Column("Nội dung", 6, "left"), Column("Điểm", 2))


@dataclass(frozen=True)
class Sample:
    """A paper, and the name of the round it is of; none: invented."""

    paper: Official
    round: str = ""


def sample_of(user: User, kind: str) -> Sample:
    """What a template of that kind is tried on, and shown with, for this person."""
    for round, subject in _subjects(user, kind):
        return Sample(build(subject)[0], round.name)
    return Sample(_invented(user.jurisdiction, kind))


def _subjects(user: User, kind: str) -> Iterator[tuple[Round, Subject]]:
    """What the person could have made of that kind now, in the last round first."""
    at = clock.now()
    rounds = Round.objects.filter(jurisdiction=user.jurisdiction_id).select_related(
        "jurisdiction__standing_agency"
    )
    for round in rounds.order_by("-year", "-pk")[:ROUNDS]:
        dossier = None
        if kind in DOSSIER_KINDS:
            of = Dossier.objects.filter(round=round).select_related("agency", "round", "group")
            if (dossier := of.order_by("pk").first()) is None:
                continue
        if not rules.can_make_paper(user, round, kind, dossier, at=at):
            continue
        subject = subject_of(round, kind, dossier)
        if kind not in FROM_RESULT or subject.consolidation is not None:
            yield round, subject


def _invented(jurisdiction: Jurisdiction, kind: str) -> Official:
    """A paper of that kind with the province's own head and foot, and nothing true in it."""
    now = clock.now().astimezone(clock.VIETNAM).replace(microsecond=0)
    agency = Agency.objects.filter(jurisdiction=jurisdiction).in_force(now.date()).first()
    house = house_of(jurisdiction, kind, now.date(), agency)
    results = _results(jurisdiction, now)
    if kind == PaperKind.DECISION:
        return decision.decision(
            decision.DecisionFacts(results, house, issuer_of(jurisdiction, kind))
        )
    subtitle = f"(Kèm theo văn bản số …/{house.symbol})"
    return Official(
        kind=kind,
        form="letter" if kind == PaperKind.LETTERS else "named",
        letterhead=words.letterhead(house, now.year),
        title=TITLES[PaperKind(kind)],
        summary="V/v trích yếu của văn bản mẫu",
        addressees=ADDRESSEES.get(kind, ()),
        bases=words.listed(house.bases),
        blocks=(
            Paragraph("I. NỘI DUNG DO PHẦN MỀM LẬP", "heading"),
            Paragraph("Đoạn này đứng ở chỗ toàn bộ nội dung của văn bản thật./."),
            Facts((("Tên gọi", "giá trị"),)),
            Table(SCORES, (Row(("1", "Dòng mẫu", "1,00")),), "Bảng mẫu"),
        ),
        signatures=(words.signature(house.signing),) * (2 if kind == PaperKind.MINUTES else 1),
        recipients=words.listed(house.recipients or ("Như trên", "Lưu: VT")),
        annexes=_annexes(kind, results, subtitle),
        seal=words.seal(FINGERPRINT) if kind in SEALED else None,
        facts=tuple((item.name, f"({item.meaning})") for item in placeholders(kind, own=True)),
        created=now,
    )


def _annexes(kind: str, results: ResultFacts, subtitle: str) -> tuple[Annex, ...]:
    if kind == PaperKind.LETTERS:
        return ()
    if kind in {PaperKind.SUBMISSION, PaperKind.REPORT}:
        return decision.result_annexes(results, subtitle)
    table = Table(SCORES, (Row(("1", "Dòng mẫu của phụ lục", "1,00")),))
    return (Annex("", "PHỤ LỤC CỦA VĂN BẢN MẪU", subtitle, (table,)),)


def _results(jurisdiction: Jurisdiction, at: datetime) -> ResultFacts:
    points = [Decimal(90) - place for place in range(len(AGENCIES))]
    return ResultFacts(
        province=jurisdiction.name,
        kind=jurisdiction.kind,
        year=at.year,
        groups=(
            GroupResult(
                "Nhóm cơ quan mẫu",
                tuple(
                    AgencyResult(name, total, None, Decimal(0), total, total, rank, "Tốt")
                    for rank, (name, total) in enumerate(zip(AGENCIES, points, strict=True), 1)
                ),
            ),
        ),
        sealed_at=at,
        fingerprint=FINGERPRINT,
    )
