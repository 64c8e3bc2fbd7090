"""What `kon-tum-2020.json` says: agencies, groups, seats, windows, grades; and the demo moments."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from appraisal.clock import VIETNAM
from appraisal.states import Step
from appraisal.workbooks.criteria import CriteriaSheet
from appraisal.workbooks.demonstration import demonstration_sheet

FOLDER = Path(__file__).parent


def moment(text: str) -> datetime:
    """A moment in Vietnam from `2020-12-18 08:30`."""
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


STAGES: dict[str, datetime] = {
    "setup": moment("2020-11-27 09:00"),
    "self_assessment": moment("2020-12-18 08:30"),
    "appraisal": moment("2020-12-28 08:30"),
    "explanation": moment("2021-01-06 08:30"),
    "council": moment("2021-01-15 08:30"),
    "approved": moment("2021-01-15 16:00"),
    "published": moment("2021-01-28 09:00"),
}
"""At which moment each stage of the demonstration stands: the history up to then has happened."""

OPENS, CLOSES = "07:00", "17:00"


@dataclass(frozen=True)
class AgencyFact:
    code: str
    name: str
    group: str


@dataclass(frozen=True)
class SeatFact:
    """A place in the council or team; `agency` is where the person works."""

    role: str
    title: str
    agency: str


@dataclass(frozen=True)
class Province:
    name: str
    place: str
    year: int
    council: str
    committee: str
    standing_agency: str
    windows: Mapping[str, tuple[datetime, datetime]]
    grades: tuple[tuple[str, Decimal], ...]
    groups: tuple[tuple[str, str], ...]
    agencies: tuple[AgencyFact, ...]
    seats: tuple[SeatFact, ...]

    def agency(self, code: str) -> AgencyFact:
        return next(item for item in self.agencies if item.code == code)


@cache
def kon_tum() -> Province:
    """The province, as the file has it."""
    data = json.loads((FOLDER / "kon-tum-2020.json").read_text(encoding="utf-8"))
    days = dict(data["windows"])
    meeting = days.pop("council_meeting")
    days[Step.COUNCIL] = [meeting, meeting]
    return Province(
        name=data["province"],
        place=data["place"],
        year=data["year"],
        council=data["council"],
        committee=data["issuer"],
        standing_agency=data["standing_agency"],
        windows={
            Step(step): (moment(f"{first} {OPENS}"), moment(f"{last} {CLOSES}"))
            for step, (first, last) in days.items()
        },
        grades=tuple((grade["name"], Decimal(grade["from"])) for grade in data["grades"]),
        groups=tuple((group["code"], group["name"]) for group in data["groups"]),
        agencies=tuple(
            AgencyFact(item["code"], item["name"], item["group"]) for item in data["agencies"]
        ),
        seats=tuple(
            SeatFact(seat["role"], seat.get("title", ""), seat.get("agency", ""))
            for seat in data["seats"]
        ),
    )


@cache
def criteria(group: str) -> CriteriaSheet:
    """The demonstration set of a group, read by the rules of an import."""
    return demonstration_sheet(FOLDER / "criteria" / f"reconstructed-{group}.json")
