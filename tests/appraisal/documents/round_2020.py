"""The facts of a small invented round, for tests of the papers that tell it at length."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from appraisal import scoring
from appraisal.documents.decision import AgencyResult, GroupResult, ResultFacts
from appraisal.documents.outcome import AgencyPoints, FieldPoints, GroupPoints, Outcome
from appraisal.documents.process import Explaining, Handing, Met, Process
from appraisal.documents.sheet import Document, FieldBlock, GroupLine, LeafLine, Sheet, Sum
from appraisal.documents.words import House, Signing
from tests.appraisal.documents import kon_tum

VIETNAM = timezone(timedelta(hours=7))
SEALED_AT = datetime(2021, 1, 15, 11, 0, tzinfo=VIETNAM)
DEADLINE = datetime(2020, 12, 20, 17, 0, tzinfo=VIETNAM)
GRADES = ("Xuất sắc", "Tốt", "Khá", "Trung bình", "Yếu")
HOUSE = House(
    superior=("Ủy ban nhân dân tỉnh Kon Tum",),
    issuer=("Sở Nội vụ",),
    place="Kon Tum",
    symbol="TTr-SNV",
    signing=Signing("Giám đốc"),
    bases=("Căn cứ Luật Tổ chức chính quyền địa phương",),
)
COUNCIL = "Hội đồng kiểm tra, đánh giá, chấm điểm cải cách hành chính tỉnh Kon Tum"


def field(code: str, title: str, own: str | None, achieved: str, index: str | None) -> FieldPoints:
    settled = None if own is None else Decimal(achieved)
    return FieldPoints(
        code, title, Decimal(50), None if own is None else Decimal(own), settled,
        Decimal(achieved), None if index is None else Decimal(index),
    )  # fmt: skip


def agency(code: str, name: str, rank: int, total: str, **changes: Any) -> AgencyPoints:
    """An agency whose index is its total; it gave itself one point more than it got."""
    points = Decimal(total)
    grade = "Xuất sắc" if points >= 90 else "Tốt" if points >= 80 else "Khá"
    whole = AgencyPoints(
        code=code, agency=name, own=points - 29, appraised=points - 30, survey=Decimal(30),
        bonus_penalty=Decimal(0), total=points, maximum=Decimal(100), index=points, rank=rank,
        tied=False, grade=grade,
        fields=(
            field("1", "Chỉ đạo điều hành", str(points - 29), str(points - 30), total),
            field("2", "Điều tra xã hội học", None, "30", "85.714285"),
        ),
    )  # fmt: skip
    return replace(whole, **changes)


DEPARTMENTS = GroupPoints(
    "Sở, ban, ngành", Decimal(65), Decimal(35),
    (agency("SYT", "Sở Y tế", 1, "93.705"), agency("STP", "Sở Tư pháp", 2, "84.5"),
     agency("SXD", "Sở Xây dựng", 3, "71.25")),
)  # fmt: skip
DISTRICTS = GroupPoints(
    "Ủy ban nhân dân các huyện, thành phố", Decimal(65), Decimal(35),
    (agency("DHA", "Ủy ban nhân dân huyện Đăk Hà", 1, "88"),),
)  # fmt: skip


def results(*groups: GroupPoints, **changes: Any) -> ResultFacts:
    listed = tuple(
        GroupResult(
            group.name,
            tuple(
                AgencyResult(
                    item.agency, item.appraised, item.survey, item.bonus_penalty, item.total,
                    item.index, item.rank, item.grade,
                )
                for item in group.agencies
            ),
        )
        for group in groups
    )  # fmt: skip
    made = ResultFacts("Kon Tum", 2020, listed, SEALED_AT, kon_tum.FINGERPRINT)
    return replace(made, **changes)


def outcome(*groups: GroupPoints, **changes: Any) -> Outcome:
    chosen = groups or (DEPARTMENTS, DISTRICTS)
    return Outcome(results(*chosen, **changes), chosen, GRADES)


def handing(name: str = "Sở Ngoại vụ", **changes: Any) -> Handing:
    made = Handing(
        name, DEADLINE, DEADLINE + timedelta(days=2), "Có văn bản đề nghị",
        DEADLINE + timedelta(days=1),
    )  # fmt: skip
    return replace(made, **changes)


def process(**changes: Any) -> Process:
    made = Process(
        council=COUNCIL, appraisals=2,
        self_assessment=(date(2020, 12, 1), date(2020, 12, 20)),
        appraisal=(date(2020, 12, 21), date(2021, 1, 4)),
        explanation=(date(2021, 1, 5), date(2021, 1, 8)),
        reappraisal=(date(2021, 1, 9), date(2021, 1, 13)),
        agencies=4, handings=(), scored=1479, documents=1391, appraised=1496, lowered=101,
        raised=2, waived=25, claimed=28, explaining=Explaining(60, 53, 19, 7, 27),
        explaining_agencies=26, surveyed=4,
        meetings=(Met(date(2021, 1, 15), "Phòng họp", 4, 5, 3),),
        council_members=5, team_members=7, team_agencies=("Sở Nội vụ", "Sở Tư pháp"),
        sealed_at=SEALED_AT,
    )  # fmt: skip
    return replace(made, **changes)


# --- One agency's sheet --------------------------------------------------------------------------
def score(points: str) -> scoring.Score:
    return scoring.Score(Decimal(points))


WAIVED = scoring.Score(None, not_applicable=True)
PLAN = Document("Kế hoạch năm 2020", "34/KH-SYT", date(2020, 1, 10), "Sở Y tế", pages="2")


def leaf(code: str, **changes: Any) -> LeafLine:
    """A leaf of 10 points, scored 10 by the agency, 7,5 by the team."""
    made = LeafLine(
        code=code, title=f"Nội dung {code}", maximum=Decimal(10), part="appraised",
        is_self_scored=True, own=score("10"), first=score("7.5"), second=None, council=None,
        final=score("7.5"), own_reason="Đã thực hiện", declared=(("Đã ban hành", "Có"),),
        documents=(PLAN,), asked="", explained="", reasons=(("Thẩm định lần 1", "Thiếu mục 3"),),
    )  # fmt: skip
    return replace(made, **changes)


SURVEYED = leaf(
    "2.1", maximum=Decimal(35), part="survey", is_self_scored=False, own=None, first=None,
    final=score("30"), own_reason="", declared=(), documents=(), reasons=(),
)  # fmt: skip
BONUS = leaf("T", maximum=Decimal(2), part="bonus", own=score("1"), first=score("1"),
             final=score("1"), reasons=())  # fmt: skip


def sheet(*leaves: LeafLine, outside: tuple[LeafLine, ...] = ()) -> Sheet:
    """A sheet of one appraised field and one of the survey; sums as scoring would give them."""
    chosen = leaves or (leaf("1.1.1"),)
    nothing = Decimal(0)

    def added(name: str) -> Decimal:
        marks = [getattr(item, name) for item in chosen]
        return sum((mark.points or nothing for mark in marks if mark is not None), nothing)

    maximum = sum((item.maximum for item in chosen), nothing)
    removed = sum(
        (item.maximum for item in chosen if item.final and item.final.not_applicable), nothing
    )
    first = Sum(
        maximum, removed, added("own"), added("first"), added("final"),
        scoring.component_index(added("final"), maximum - removed), maximum,
    )  # fmt: skip
    survey = Sum(Decimal(35), nothing, nothing, nothing, Decimal(30), Decimal("85.714"), nothing)
    whole = Sum(maximum + 35, removed, first.own, first.first, first.final + 30, None, maximum)
    bonus = sum((item.final.points or nothing for item in outside if item.final), nothing)
    return Sheet(
        fields=(
            FieldBlock(
                "1", "Chỉ đạo điều hành", first,
                (GroupLine("1.1", "Kế hoạch", maximum), *chosen),
            ),
            FieldBlock("2", "Điều tra xã hội học", survey, (SURVEYED,)),
        ),
        outside=outside,
        total=whole,
        bonus=bonus,
        penalty=nothing,
        achieved=whole.final + bonus,
    )  # fmt: skip
