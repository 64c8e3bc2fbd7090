"""A cast whose round has something of everything that papers tell; sealed, or still at the council.

Sở Y tế: a self-score lowered, explained and partly restored; documents; a bonus. Sở Tư pháp: a leaf
that does not apply, a ruling, a dossier handed in after an extension. Sở Nội vụ: a leaf lowered and
never explained, a penalty, no dossier handed in. Everything is written past the workflow.
"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

from appraisal.documents.official import Official, Paragraph, Table
from appraisal.models import (
    Attendance,
    Citation,
    Consolidation,
    Dossier,
    Evidence,
    Explanation,
    ExplanationRequest,
    Extension,
    Mark,
    Meeting,
    MemberReport,
    Ruling,
    Seat,
)
from appraisal.papers.basis import subject_of
from appraisal.papers.building import build
from appraisal.queries import results
from appraisal.states import DossierState, RoundState, Stage
from tests.cast import APPRAISAL, COUNCIL, EXPLANATION, REAPPRAISAL, Cast, moment

CONCLUSION = "Hội đồng thống nhất kết quả.\nGiao Sở Nội vụ trình phê duyệt."


def at_the_council(cast: Cast) -> Cast:
    """The round with everything up to the meeting, in state COUNCIL."""
    cast.fill()
    _health(cast)
    _justice(cast)
    _home_affairs(cast)
    _meet(cast)
    cast.put(RoundState.COUNCIL)
    return cast


def sealed(cast: Cast) -> Consolidation:
    """The same, consolidated."""
    at_the_council(cast)
    return seal(cast)


def seal(cast: Cast, number: int = 1) -> Consolidation:
    found = results.seal(cast.fresh())
    made = Consolidation.objects.create(
        round=cast.round, number=number, snapshot=found.text, fingerprint=found.fingerprint,
        made_by=cast.secretary, made_at=moment("2021-01-15 11:00"),
    )  # fmt: skip
    cast.put(RoundState.CONSOLIDATED)
    return made


def change(cast: Cast, agency: str, code: str, stage: str, **fields: Any) -> None:
    """Change a mark in place."""
    Mark.objects.filter(
        dossier=cast.dossiers[agency], criterion=cast.leaf(code), stage=stage
    ).update(**fields)


def _health(cast: Cast) -> None:
    dossier = cast.dossiers["SYT"]
    change(cast, "SYT", "1.2", Stage.SELF, points=30, declared={"total": "50", "done": "50"},
           reason="Hoàn thành toàn bộ nhiệm vụ")  # fmt: skip
    change(cast, "SYT", "1.2", Stage.APPRAISAL, reason="Thiếu tài liệu")
    ask(cast, dossier, "1.2", answer="Đã bổ sung công văn")
    cast.mark("1.2", "28.5", Stage.REAPPRAISAL, dossier, author=cast.member,
              reason="Ghi nhận một phần", saved_at=moment(REAPPRAISAL))  # fmt: skip
    cast.mark("T", "1", Stage.SELF, dossier, reason="Sáng kiến cấp tỉnh")
    cast.mark("T", "1", Stage.APPRAISAL, dossier, author=cast.member)
    plan = document(cast, "34/KH-SYT", "Kế hoạch cải cách hành chính")
    for code in ("1.1", "2.2"):
        cite(cast, dossier, code, plan, pages="2")
    more = document(cast, "99/CV-SYT", "Công văn giải trình")
    cite(cast, dossier, "1.2", more, is_supplementary=True)


def _justice(cast: Cast) -> None:
    dossier = cast.dossiers["STP"]
    for stage in (Stage.SELF, Stage.APPRAISAL):
        change(cast, "STP", "1.2", stage, points=None, not_applicable=True,
               reason="Không phát sinh nhiệm vụ")  # fmt: skip
    cast.mark("1.1", "4", Stage.COUNCIL, dossier, author=cast.secretary, reason="Kế hoạch chậm",
              saved_at=moment(COUNCIL))  # fmt: skip
    Extension.objects.create(
        dossier=dossier, step="self_assessment", closes_at=moment("2020-12-22 17:00"),
        reason="Có văn bản đề nghị", granted_by=cast.secretary,
        granted_at=moment("2020-12-19 09:00"),
    )  # fmt: skip
    Dossier.objects.filter(pk=dossier.pk).update(submitted_at=moment("2020-12-21 10:00"))


def _home_affairs(cast: Cast) -> None:
    dossier = cast.dossiers["SNV"]
    change(cast, "SNV", "2.2", Stage.APPRAISAL, points=10, reason="Chưa có tài liệu")
    ask(cast, dossier, "2.2")
    cast.mark("P", "0.5", Stage.APPRAISAL, dossier, author=cast.member, reason="Gửi chậm")
    Dossier.objects.filter(pk=dossier.pk).update(
        state=DossierState.DRAFT, submitted_at=None, submitted_by=None
    )


def ask(cast: Cast, dossier: Dossier, code: str, answer: str = "") -> None:
    request = ExplanationRequest.objects.create(
        dossier=dossier, criterion=cast.leaf(code), text="Đề nghị giải trình chênh lệch",
        asked_by=cast.member, asked_at=moment(APPRAISAL),
    )  # fmt: skip
    if answer:
        Explanation.objects.create(
            request=request, text=answer, author=cast.officer, saved_at=moment(EXPLANATION)
        )


def document(cast: Cast, number: str, title: str, agency: str = "SYT") -> Evidence:
    return Evidence.objects.create(
        agency=cast.agencies[agency], sha256=f"{Evidence.objects.count():064x}", size=1,
        content_type="application/pdf", file_name="a.pdf", title=title, number=number,
        issued_on=date(2020, 3, 5), issuer="Sở Y tế", uploaded_by=cast.officer,
        uploaded_at=moment(APPRAISAL),
    )  # fmt: skip


def cite(cast: Cast, dossier: Dossier, code: str, evidence: Evidence, **fields: Any) -> Citation:
    return Citation.objects.create(
        dossier=dossier, criterion=cast.leaf(code), evidence=evidence, cited_by=cast.officer,
        cited_at=moment(APPRAISAL), **fields,
    )  # fmt: skip


def _meet(cast: Cast) -> None:
    seats = {seat.user_id: seat for seat in Seat.objects.filter(round=cast.round)}
    for person, position in (
        (cast.chair, "Phó Chủ tịch Ủy ban nhân dân tỉnh"), (cast.member, "Chuyên viên Sở Nội vụ"),
    ):  # fmt: skip
        person.position = position
        person.save()
    meeting = Meeting.objects.create(
        round=cast.round, held_at=moment("2021-01-15 08:00"), place="Phòng họp Sở Nội vụ",
        chaired_by=seats[cast.chair.pk], conclusion=CONCLUSION,
    )  # fmt: skip
    for seat in seats.values():
        here = seat.user_id != cast.council_member.pk
        Attendance.objects.create(
            meeting=meeting, seat=seat, present=here, note="" if here else "Đi công tác"
        )
    Ruling.objects.create(
        meeting=meeting, dossier=cast.dossiers["STP"], criterion=cast.leaf("1.1"),
        points=Decimal(4), reason="Kế hoạch chậm", votes_for=2, votes_against=0, votes_abstain=1,
        recorded_by=cast.secretary, recorded_at=moment("2021-01-15 08:30"),
    )  # fmt: skip
    for person, difficulties in ((cast.member, "Thiếu số liệu\nTài liệu cũ"), (cast.lead, "")):
        MemberReport.objects.create(
            round=cast.round, author=person, tasks_done="Đã thẩm định các tiêu chí được giao",
            difficulties=difficulties, proposals="Đề nghị có mẫu chung",
            saved_at=moment("2021-01-14 15:00"),
        )  # fmt: skip


# --- Reading a paper ---------------------------------------------------------------------------
def papers(cast: Cast, kind: str, agency: str = "") -> tuple[Official, ...]:
    """What is built now, of a round or of one dossier."""
    dossier = None
    if agency:
        dossier = Dossier.objects.select_related("agency", "submitted_by").get(
            pk=cast.dossiers[agency].pk
        )
    return build(subject_of(cast.fresh(), kind, dossier))


def paper(cast: Cast, kind: str, agency: str = "") -> Official:
    (only,) = papers(cast, kind, agency)
    return only


def texts(official: Official) -> list[str]:
    """Every paragraph of the main part with its lead."""
    return [
        f"{block.lead} {block.text}".strip()
        for block in official.blocks
        if isinstance(block, Paragraph)
    ]


def whole(official: Official) -> str:
    """Everything the paper says in its blocks and annexes, one text a line."""
    parts = list(texts(official))
    for blocks in (official.blocks, *(annex.blocks for annex in official.annexes)):
        for block in blocks:
            if isinstance(block, Table):
                parts += [block.caption, *(column.label for column in block.columns)]
                parts += [cell for row in block.rows for cell in row.cells]
    for annex in official.annexes:
        parts += [annex.title, annex.subtitle]
        parts += [block.text for block in annex.blocks if isinstance(block, Paragraph)]
    return "\n".join(parts)


def tables(official: Official) -> list[Table]:
    return [block for block in official.blocks if isinstance(block, Table)]


def table(official: Official, caption: str) -> dict[str, tuple[str, ...]]:
    """The rows of the table with that caption, by their first cell."""
    (found,) = [item for item in tables(official) if item.caption == caption]
    return {row.cells[0]: row.cells for row in found.rows}


def annex_rows(official: Official, place: int) -> list[tuple[str, ...]]:
    (found,) = [block for block in official.annexes[place].blocks if isinstance(block, Table)]
    return [row.cells for row in found.rows]


# --- Counting the snapshot by hand -------------------------------------------------------------
class Recount:
    """The sealed JSON counted again with nothing of the product's arithmetic."""

    def __init__(self, consolidation: Consolidation) -> None:
        snapshot = json.loads(consolidation.snapshot)
        self.agencies = {
            agency["code"]: agency for group in snapshot["groups"] for agency in group["agencies"]
        }

    def leaves(self, agency: str) -> list[dict[str, Any]]:
        return list(self.agencies[agency]["leaves"])

    def final(self, leaf: dict[str, Any]) -> Decimal | None:
        """The points that count; None where the leaf does not apply or was never decided."""
        if not leaf["effective"]:
            return None
        points = leaf["marks"][leaf["effective"]]["points"]
        return None if points is None else Decimal(points)

    def own(self, agency: str, field: str = "") -> Decimal:
        """The self-scored points of what lies inside the whole."""
        return sum(
            (
                Decimal(leaf["marks"]["self"]["points"] or 0)
                for leaf in self.leaves(agency)
                if "self" in leaf["marks"]
                and leaf["kind"] not in {"bonus", "penalty"}
                and leaf["code"].startswith(field)
            ),
            Decimal(0),
        )

    def achieved(self, agency: str, field: str = "", *, survey: bool = True) -> Decimal:
        return sum(
            (
                self.final(leaf) or Decimal(0)
                for leaf in self.leaves(agency)
                if leaf["kind"] not in {"bonus", "penalty"}
                and (survey or leaf["kind"] != "survey")
                and leaf["code"].startswith(field)
            ),
            Decimal(0),
        )

    def figure(self, agency: str, name: str) -> Decimal:
        return Decimal(self.agencies[agency][name])

    def mean(self, name: str) -> Decimal:
        values = [Decimal(agency[name]) for agency in self.agencies.values()]
        return sum(values, Decimal(0)) / len(values)


def comma(value: Decimal, places: int = 2) -> str:
    """A number as papers write it, rounded half up, by whole numbers alone."""
    scaled = (int(abs(value) * 10**places * 2) + 1) // 2
    digits = f"{scaled:0{places + 1}d}"
    sign = "-" if value < 0 and scaled else ""
    return f"{sign}{digits[:-places]},{digits[-places:]}"
