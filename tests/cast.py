"""The cast: a small province with one person for every role, and a round at a known moment.

`cast` builds the round in state OPEN with its windows in December 2020 and January 2021 (Kon
Tum's own). Tests say which moment it is with the `clock` fixture: `clock.set("2020-12-10 09:00")`.
Nothing here calls the workflow; a test that needs a state reached by moves makes the moves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from agencies.models import Agency, AgencyGroup, Capacity, Jurisdiction, User
from appraisal.models import (
    Assignment,
    CriteriaSet,
    Criterion,
    Dossier,
    GradeBand,
    Mark,
    Round,
    Seat,
    Window,
)
from appraisal.states import DossierState, RoundState, SeatRole, Stage, Step

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
PASSWORD = "Cải-cách-2020!"

# Moments inside each window, for `clock.set`.
SELF_ASSESSMENT = "2020-12-10 09:00"
APPRAISAL = "2020-12-28 09:00"
EXPLANATION = "2021-01-06 09:00"
REAPPRAISAL = "2021-01-11 09:00"
COUNCIL = "2021-01-15 09:00"
AFTER = "2021-01-20 09:00"

WINDOWS = {
    Step.SELF_ASSESSMENT: ("2020-12-01 07:00", "2020-12-20 17:00"),
    Step.APPRAISAL: ("2020-12-21 07:00", "2021-01-04 17:00"),
    Step.EXPLANATION: ("2021-01-05 07:00", "2021-01-08 17:00"),
    Step.REAPPRAISAL: ("2021-01-09 07:00", "2021-01-13 17:00"),
    Step.COUNCIL: ("2021-01-15 07:00", "2021-01-15 17:00"),
}

# code, parent, maximum, kind, params, not applicable allowed; the whole is 100 with the survey
TREE: list[tuple[str, str, str, str, dict[str, Any], bool]] = [
    ("1", "", "40", "group", {}, False),
    ("1.1", "1", "10", "boolean", {"yes": 10, "no": 0}, False),
    (
        "1.2",
        "1",
        "30",
        "proportional",
        {
            "numerator": "nhiệm vụ đã hoàn thành",
            "denominator": "tổng nhiệm vụ",
            "zero_below": 0.8,
            "if_denominator_zero": "not_applicable",
        },
        True,
    ),
    ("2", "", "25", "group", {}, False),
    (
        "2.1",
        "2",
        "5",
        "deduction",
        {"per_occurrence": {"late": 0.25, "missing": 0.5}, "floor": 0},
        False,
    ),
    ("2.2", "2", "20", "manual", {}, False),
    ("3", "", "35", "group", {}, False),
    ("3.1", "3", "35", "survey", {"self_scored": False}, False),
    ("T", "", "2", "bonus", {}, False),
    ("P", "", "2", "penalty", {}, False),
]


def moment(text: str) -> datetime:
    """A Vietnam moment from `2020-12-10 09:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


@dataclass
class Cast:
    """One round and everybody in it."""

    jurisdiction: Jurisdiction
    round: Round
    departments: AgencyGroup
    districts: AgencyGroup
    agencies: dict[str, Agency] = field(default_factory=dict)
    criteria: dict[str, Criterion] = field(default_factory=dict)
    dossiers: dict[str, Dossier] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)

    def __getattr__(self, name: str) -> User:
        try:
            people: dict[str, User] = self.__dict__["people"]
            return people[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def dossier(self) -> Dossier:
        """The dossier of Sở Y tế, which nobody in the team belongs to."""
        return self.dossiers["SYT"]

    def leaf(self, code: str) -> Criterion:
        return self.criteria[code]

    def fresh(self) -> Round:
        self.round = Round.objects.get(pk=self.round.pk)
        return self.round

    def mark(
        self,
        code: str,
        points: str | None,
        stage: str = Stage.SELF,
        dossier: Dossier | None = None,
        **fields: Any,
    ) -> Mark:
        """A mark straight into the database, past the workflow."""
        fields.setdefault("author", self.people["officer"])
        fields.setdefault("saved_at", moment(SELF_ASSESSMENT))
        return Mark.objects.create(
            dossier=dossier or self.dossier,
            criterion=self.criteria[code],
            stage=stage,
            points=None if points is None else Decimal(points),
            **fields,
        )

    def submit(self, dossier: Dossier | None = None) -> Dossier:
        """Put a dossier into state SUBMITTED, past the workflow."""
        dossier = dossier or self.dossier
        dossier.state = DossierState.SUBMITTED
        dossier.submitted_at = moment("2020-12-18 16:00")
        dossier.submitted_by = self.people["head"]
        dossier.save()
        return dossier

    def fill(self) -> None:
        """Every dossier marked and every survey point there: ready for the council."""
        for dossier in self.dossiers.values():
            self.submit(dossier)
            for code, points in (("1.1", "10"), ("1.2", "27"), ("2.1", "4.5"), ("2.2", "15")):
                if self.criteria[code].criteria_set.group_id != dossier.group_id:
                    continue
                self.mark(code, points, Stage.SELF, dossier)
                self.mark(
                    code, points, Stage.APPRAISAL, dossier, author=self.people["member"],
                    saved_at=moment(APPRAISAL),
                )  # fmt: skip
            if self.criteria["3.1"].criteria_set.group_id == dossier.group_id:
                self.mark("3.1", "30", Stage.SURVEY, dossier, author=self.people["secretary"])

    def put(self, state: RoundState) -> Round:
        """Put the round into a state, past the workflow."""
        Round.objects.filter(pk=self.round.pk).update(state=state)
        return self.fresh()


def build(agencies: int = 3) -> Cast:
    """A province whose one ranked group has `agencies` departments and one empty district group."""
    jurisdiction = Jurisdiction.objects.create(
        code="kon-tum",
        name="Kon Tum",
        place="Kon Tum",
        committee="Ủy ban nhân dân tỉnh Kon Tum",
        council="Hội đồng kiểm tra, đánh giá, chấm điểm cải cách hành chính nhà nước tỉnh Kon Tum",
    )
    departments = AgencyGroup.objects.create(
        jurisdiction=jurisdiction, code="department", name="Sở, ban, ngành", position=1
    )
    districts = AgencyGroup.objects.create(
        jurisdiction=jurisdiction, code="district", name="UBND các huyện, thành phố", position=2
    )
    round = Round.objects.create(
        jurisdiction=jurisdiction,
        year=2020,
        name="Chỉ số CCHC năm 2020",
        state=RoundState.OPEN,
        opened_at=moment("2020-11-25 08:00"),
        bonus_max=Decimal("2"),
        penalty_max=Decimal("2"),
    )
    cast = Cast(jurisdiction, round, departments, districts)

    names = [("SNV", "Sở Nội vụ"), ("SYT", "Sở Y tế"), ("STP", "Sở Tư pháp")]
    names += [(f"CQ{number:02}", f"Cơ quan số {number}") for number in range(4, agencies + 1)]
    for code, name in names[: max(agencies, 3)]:
        cast.agencies[code] = Agency.objects.create(
            jurisdiction=jurisdiction, group=departments, code=code, name=name,
            valid_from=date(2015, 1, 1),
        )  # fmt: skip
    jurisdiction.standing_agency = cast.agencies["SNV"]
    jurisdiction.save()

    for step, (opens, closes) in WINDOWS.items():
        Window.objects.create(
            round=round, step=step, opens_at=moment(opens), closes_at=moment(closes)
        )
    for name, bound in (("Xuất sắc", 90), ("Tốt", 80), ("Khá", 70), ("Trung bình", 50), ("Yếu", 0)):
        GradeBand.objects.create(round=round, name=name, lower_bound=bound)

    def person(key: str, name: str, agency: str | None = None, **fields: Any) -> User:
        user = User.objects.create_user(
            f"{key.replace('_', '-')}@kontum.example.vn",
            PASSWORD,
            full_name=name,
            jurisdiction=jurisdiction,
            agency=cast.agencies[agency] if agency else None,
            **fields,
        )
        cast.people[key] = user
        return user

    person("officer", "Y Blin", "SYT", capacity=Capacity.OFFICER)
    person("head", "Nguyễn Thị Vân", "SYT", capacity=Capacity.HEAD)
    person("other_officer", "A Thui", "STP", capacity=Capacity.OFFICER)
    person("other_head", "Trần Văn Hùng", "STP", capacity=Capacity.HEAD)
    person("secretary", "Lê Thị Thư", "SNV", is_secretariat=True)
    person("lead", "Phạm Văn Trưởng", "SNV")
    person("member", "Đỗ Minh Tâm", "SNV")
    person("second_member", "Hoàng Thị Nga", "STP")
    person("chair", "Nguyễn Văn Chủ")
    person("vice_chair", "Bùi Thị Phó", "SNV")
    person("council_member", "Ka Ba Thành")
    person("auditor", "Vũ Giám Sát")
    person("administrator", "Quản Trị Viên", is_administrator=True)
    person("nobody", "Người Ngoài Cuộc", "SYT")

    seats = {
        "secretary": SeatRole.SECRETARY,
        "lead": SeatRole.TEAM_LEAD,
        "member": SeatRole.TEAM_MEMBER,
        "second_member": SeatRole.TEAM_MEMBER,
        "chair": SeatRole.CHAIR,
        "vice_chair": SeatRole.VICE_CHAIR,
        "council_member": SeatRole.COUNCIL_MEMBER,
        "auditor": SeatRole.AUDITOR,
    }
    held = {
        key: Seat.objects.create(round=round, user=cast.people[key], role=role)
        for key, role in seats.items()
    }

    criteria_set = CriteriaSet.objects.create(
        round=round, group=departments, name="Bộ tiêu chí minh họa", is_illustrative=True
    )
    parents = {row[1] for row in TREE}
    for position, (code, parent, maximum, kind, params, na_allowed) in enumerate(TREE):
        above = cast.criteria.get(parent)
        cast.criteria[code] = Criterion.objects.create(
            criteria_set=criteria_set,
            parent=above,
            field=(above.field or above) if above else None,
            position=position,
            depth=code.count("."),
            code=code,
            title=f"Tiêu chí {code}",
            max_points=Decimal(maximum),
            kind=kind,
            params=params,
            na_allowed=na_allowed,
            is_leaf=code not in parents,
            outside_total=kind in {"bonus", "penalty"},
            appraiser=cast.agencies["SNV"],
        )
    criteria_set.sha256 = "0" * 64
    criteria_set.frozen_at = round.opened_at
    criteria_set.save()

    # The member takes fields 1, 3 and the rows outside the total; the other member takes field 2.
    for code in ("1", "3", "T", "P"):
        Assignment.objects.create(seat=held["member"], criterion=cast.criteria[code])
        Assignment.objects.create(
            seat=held["second_member"], criterion=cast.criteria[code], is_second=True
        )
    Assignment.objects.create(seat=held["second_member"], criterion=cast.criteria["2"])
    Assignment.objects.create(seat=held["member"], criterion=cast.criteria["2"], is_second=True)

    for code, agency in cast.agencies.items():
        cast.dossiers[code] = Dossier.objects.create(round=round, agency=agency, group=departments)
    return cast


@pytest.fixture
def cast(db: None) -> Cast:
    return build()
