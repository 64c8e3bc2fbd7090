"""Whose result of which year: through renaming and merging, from tables and from rounds."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from agencies.models import Agency, Jurisdiction
from appraisal.models import Consolidation, Dossier, PastResult, Result, Round
from appraisal.queries import past
from appraisal.states import RoundState
from tests.cast import Cast, moment


def published(cast: Cast, agency: Agency | None, index: str, year: int = 2019, **more: Any) -> None:
    more.setdefault("agency_name", agency.name if agency else "Cơ quan lạ")
    PastResult.objects.create(
        jurisdiction=cast.jurisdiction, year=year, agency=agency,
        total_points=Decimal(index), index=Decimal(index), **more,
    )  # fmt: skip


def gone(cast: Cast, code: str, successor: Agency | None, until: str = "2019-12-31") -> Agency:
    """An agency that lived until a day and became another one."""
    return Agency.objects.create(
        jurisdiction=cast.jurisdiction, group=cast.departments, code=code, name=f"Sở {code}",
        valid_from=date(2010, 1, 1), valid_to=date.fromisoformat(until), successor=successor,
    )  # fmt: skip


def counted(
    cast: Cast, indexes: dict[str, str], year: int = 2019,
    state: RoundState = RoundState.PUBLISHED, grade: str = "Tốt",
) -> Round:  # fmt: skip
    """A round of an earlier year with a consolidated result, agency's code to index."""
    round = Round.objects.create(
        jurisdiction=cast.jurisdiction, year=year, name=f"Chỉ số năm {year}", state=RoundState.OPEN,
        opened_at=moment("2019-11-01 08:00"), bonus_max=0, penalty_max=0,
    )  # fmt: skip
    made = Consolidation.objects.create(
        round=round, number=1, snapshot="{}", fingerprint="0" * 64, made_by=cast.secretary,
        made_at=moment("2020-01-15 09:00"),
    )  # fmt: skip
    for rank, (code, index) in enumerate(indexes.items(), 1):
        dossier = Dossier.objects.create(
            round=round, agency=cast.agencies[code], group=cast.departments
        )
        Result.objects.create(
            consolidation=made, dossier=dossier, appraised_points=0, survey_points=0, bonus=0,
            penalty=0, total_points=Decimal(index), maximum=100, index=Decimal(index), rank=rank,
            grade=grade,
        )  # fmt: skip
    Round.objects.filter(pk=round.pk).update(state=state)
    return round


# --- The year before -------------------------------------------------------------------------
def test_last_year_is_known_by_agency_and_no_other_year_counts(cast: Cast) -> None:
    health, justice = cast.agencies["SYT"], cast.agencies["STP"]
    published(cast, health, "84.5", rank=3, grade="Tốt", source="QĐ 35")
    published(cast, justice, "70", year=2018)
    published(cast, None, "60")
    found = past.last_year(cast.round)
    assert found == {health.pk: past.YearLine(2019, Decimal("84.5"), 3, "Tốt", "QĐ 35")}


def test_a_round_published_here_goes_before_a_table(cast: Cast) -> None:
    published(cast, cast.agencies["SYT"], "84.5")
    counted(cast, {"SYT": "91"})
    assert past.last_year(cast.round)[cast.agencies["SYT"].pk].index == 91


@pytest.mark.parametrize("state", [RoundState.CONSOLIDATED, RoundState.APPROVED])
def test_what_is_not_published_is_nobodys_last_year(cast: Cast, state: RoundState) -> None:
    counted(cast, {"SYT": "91"}, state=state)
    assert past.last_year(cast.round) == {}


def test_an_agency_has_the_result_of_the_one_it_was(cast: Cast) -> None:
    health = cast.agencies["SYT"]
    middle = gone(cast, "B", health)
    first = gone(cast, "A", middle, "2018-06-30")
    published(cast, first, "77", rank=2)
    line = past.last_year(cast.round)[health.pk]
    assert (line.index, line.agency) == (77, "Sở A")


def test_of_several_merged_into_one_nobodys_result_is_taken(cast: Cast) -> None:
    health = cast.agencies["SYT"]
    published(cast, gone(cast, "A", health), "77")
    published(cast, gone(cast, "B", health), "88")
    assert past.last_year(cast.round) == {}
    published(cast, health, "80")
    assert past.last_year(cast.round)[health.pk].index == 80


def test_a_province_merged_into_this_one_brings_its_past(cast: Cast) -> None:
    other = Jurisdiction.objects.create(
        code="quang-ngai", name="Quảng Ngãi", place="Quảng Ngãi", committee="UBND", council="HĐ",
        successor=cast.jurisdiction,
    )  # fmt: skip
    old = gone(cast, "A", cast.agencies["SYT"])
    Agency.objects.filter(pk=old.pk).update(jurisdiction=other)
    PastResult.objects.create(
        jurisdiction=other, year=2019, agency=old, agency_name=old.name, total_points=66, index=66
    )
    assert past.last_year(cast.round)[cast.agencies["SYT"].pk].index == 66


# --- The years side by side ------------------------------------------------------------------
def rows(cast: Cast, *, seated: bool = True) -> dict[str, past.AgencyYears]:
    found = past.compare(cast.fresh(), seated=seated)
    return {row.agency: row for group in found.groups for row in group.rows}


def standing(cast: Cast, state: RoundState = RoundState.CONSOLIDATED) -> None:
    """This year's result: Sở Y tế 90 first and excellent, the others behind."""
    made = Consolidation.objects.create(
        round=cast.round, number=1, snapshot="{}", fingerprint="1" * 64, made_by=cast.secretary,
        made_at=moment("2021-01-15 10:00"),
    )  # fmt: skip
    lines = (("SYT", "90", "Xuất sắc"), ("SNV", "75.25", "Khá"), ("STP", "60", "Trung bình"))
    for rank, (code, index, grade) in enumerate(lines, 1):
        Result.objects.create(
            consolidation=made, dossier=cast.dossiers[code], appraised_points=0, survey_points=0,
            bonus=0, penalty=0, total_points=Decimal(index), maximum=100, index=Decimal(index),
            rank=rank, grade=grade,
        )  # fmt: skip
    cast.put(state)


@pytest.mark.parametrize(
    ("before", "fell", "far"),
    [("Xuất sắc", 2, True), ("tốt ", 1, False), ("KHÁ", 0, False), ("Yếu", -2, False),
     ("Hoàn thành", None, False), ("", None, False)],
)  # fmt: skip
def test_a_fall_of_two_grades_is_marked(
    cast: Cast, before: str, fell: int | None, far: bool
) -> None:
    standing(cast)
    published(cast, cast.agencies["SNV"], "95.5", rank=1, grade=before)
    row = rows(cast)["Sở Nội vụ"]
    assert (row.fell, row.fell_far) == (fell, far)
    assert (row.change, row.moved) == (Decimal("-20.25"), -1)


def test_change_is_against_the_year_before_and_no_other(cast: Cast) -> None:
    standing(cast)
    published(cast, cast.agencies["SNV"], "95", year=2018, rank=1, grade="Xuất sắc")
    row = rows(cast)["Sở Nội vụ"]
    assert (row.change, row.moved, row.fell) == (None, None, None)
    assert [line.index for line in row.years[2018]] == [95]


def test_rows_follow_this_years_rank(cast: Cast) -> None:
    standing(cast)
    assert list(rows(cast)) == ["Sở Y tế", "Sở Nội vụ", "Sở Tư pháp"]


def test_every_result_of_merged_agencies_is_shown_and_none_compared(cast: Cast) -> None:
    standing(cast)
    for code, index in (("A", "77"), ("B", "88")):
        published(cast, gone(cast, code, cast.agencies["SYT"]), index, grade="Tốt")
    row = rows(cast)["Sở Y tế"]
    assert [(line.agency, line.index) for line in row.years[2019]] == [("Sở A", 77), ("Sở B", 88)]
    assert row.change is None


def test_figures_of_this_year_before_consolidation_are_the_councils_and_provisional(
    cast: Cast,
) -> None:
    cast.fill()
    assert past.compare(cast.put(RoundState.OPEN), seated=True).years == ()
    found = past.compare(cast.put(RoundState.COUNCIL), seated=True)
    assert (found.years, found.is_provisional) == ((2020,), True)
    assert found.groups[0].rows[0].years[2020][0].index == Decimal("86.5")
    assert past.compare(cast.round, seated=False).years == ()


@pytest.mark.parametrize("state", [RoundState.CONSOLIDATED, RoundState.APPROVED])
def test_agencies_see_no_result_of_any_year_that_is_not_published(
    cast: Cast, state: RoundState
) -> None:
    counted(cast, {"SYT": "91"}, state=state)
    standing(cast)
    assert past.compare(cast.round, seated=False).years == ()
    (line,) = rows(cast)["Sở Y tế"].years[2019]
    assert (line.index, line.is_public) == (91, False)


def test_only_the_latest_years_stand_side_by_side(cast: Cast) -> None:
    standing(cast)
    for year in range(2008, 2020):
        published(cast, cast.agencies["SYT"], "80", year=year)
    found = past.compare(cast.round, seated=True)
    assert found.years == (2020, 2019, 2018, 2017, 2016, 2015)


def test_lines_of_nobody_are_counted_by_year(cast: Cast) -> None:
    for number in range(3):
        published(cast, None, "80", agency_name=f"Cơ quan {number}")
    assert past.compare(cast.round, seated=True).unknown == {2019: 3}


# --- Whose line it is --------------------------------------------------------------------------
@pytest.fixture
def register(cast: Cast) -> past.Register:
    return past.Register(cast.jurisdiction)


@pytest.mark.parametrize(
    ("code", "name", "by"),
    [("syt", "tên nào cũng được", "code"), ("", "SỞ  Y TẾ", "name"), ("X", "so y te", "name"),
     ("", "Sở Y tế tỉnh Kon Tum", "name"), ("", "Sở Y-tế,", "name")],
)  # fmt: skip
def test_an_agency_is_found_by_code_else_by_name(
    cast: Cast, register: past.Register, code: str, name: str, by: str
) -> None:
    assert register.find(code, name, 2019) == past.Match(cast.agencies["SYT"], by)


@pytest.mark.parametrize(
    ("stored", "published"),
    [("UBND huyện Đăk Hà", "Huyện Đăk Hà"), ("Huyện Đăk Hà", "Ủy ban nhân dân huyện Đăk Hà"),
     ("Sở Văn hóa, Thể thao và Du lịch", "Sở Văn hoá, Thể thao & Du lịch"),
     ("Sở Lao động - Thương binh và Xã hội", "Sở Lao động – Thương binh và Xã hội")],
)  # fmt: skip
def test_a_name_is_known_as_every_table_writes_it(cast: Cast, stored: str, published: str) -> None:
    agency = cast.agencies["SYT"]
    agency.name = stored
    agency.save()
    assert past.Register(cast.jurisdiction).find("", published, 2019).agency == agency


def test_a_strange_name_is_nobodys(register: past.Register) -> None:
    assert register.find("", "Sở Y", 2019) == past.Match(None)
    assert register.find("", "", 2019) == past.Match(None)


def test_of_several_lives_the_one_of_the_year_is_meant(cast: Cast) -> None:
    now = cast.agencies["SYT"]
    before = gone(cast, "SYT", now, "2014-12-31")
    register = past.Register(cast.jurisdiction)
    assert register.find("SYT", "", 2013).agency == before
    assert register.find("SYT", "", 2014).agency == before
    assert register.find("SYT", "", 2019).agency == now


def test_two_that_live_at_once_under_one_name_are_left_to_a_person(cast: Cast) -> None:
    Agency.objects.create(
        jurisdiction=cast.jurisdiction, group=cast.districts, code="YT2", name="Sở Y tế",
        valid_from=date(2015, 1, 1),
    )  # fmt: skip
    assert past.Register(cast.jurisdiction).find("", "Sở Y tế", 2019) == past.Match(None)
