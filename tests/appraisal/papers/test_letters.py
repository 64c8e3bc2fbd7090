"""One letter to each agency: its own result, nobody else's name."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from agencies.models import Agency
from appraisal.documents.official import Official
from appraisal.models import Decision, Issue, Paper, PastResult, Result, Round
from appraisal.models.papers import PaperKind
from appraisal.states import RoundState
from tests.appraisal.papers import stage
from tests.appraisal.papers.stage import Recount, comma
from tests.cast import COUNCIL, Cast, moment


@pytest.fixture
def recount(cast: Cast) -> Recount:
    return Recount(stage.sealed(cast))


def letters(cast: Cast) -> dict[str, Official]:
    """The letters by the agency's code, in their order."""
    return {
        dict(official.facts)["ten_tep"]: official
        for official in stage.papers(cast, PaperKind.LETTERS)
    }


def test_every_agency_gets_one_in_the_order_of_its_rank(cast: Cast, recount: Recount) -> None:
    assert list(letters(cast)) == list(recount.agencies)
    for code, official in letters(cast).items():
        assert official.form == "letter"
        assert official.addressees == (f"{recount.agencies[code]['name']}.",)


def test_the_figures_are_the_snapshots(cast: Cast, recount: Recount) -> None:
    for code, official in letters(cast).items():
        agency, facts = recount.agencies[code], dict(official.facts)
        assert facts["chi_so"] == f"{comma(recount.figure(code, 'index'))}%"
        assert facts["tong_diem"] == comma(recount.figure(code, "total"))
        assert facts["diem_tham_dinh"] == comma(recount.figure(code, "appraised"))
        assert facts["diem_dieu_tra"] == comma(recount.figure(code, "survey"))
        said = "\n".join(stage.texts(official))
        assert f"Chỉ số CCHC đạt {facts['chi_so']}; xếp hạng 0{agency['rank']}/03" in said
        assert f"xếp loại {agency['grade']}" in said
        assert f"Chỉ số bình quân của nhóm là {comma(recount.mean('index'))}%" in said
        assert f"cơ quan tự chấm {comma(recount.own(code))}" in said


def test_the_fields_are_shown_beside_the_mean_of_the_group(cast: Cast, recount: Recount) -> None:
    fields, _lost = stage.tables(letters(cast)["STP"])
    rows = {row.cells[0]: row.cells for row in fields.rows}
    assert rows["1"] == ("1", "Tiêu chí 1", "40", "10,00", "4,00", "40,00", "76,25")
    assert rows["3"][3:] == ("–", "30,00", "85,71", "85,71")


def test_what_to_mend_is_what_cost_most_with_its_reason(cast: Cast, recount: Recount) -> None:
    _fields, lost = stage.tables(letters(cast)["SNV"])
    assert [(row.cells[0], row.cells[4], row.cells[5]) for row in lost.rows] == [
        ("2.2", "10,00", "Chưa có tài liệu."),
        ("1.2", "3,00", "Cơ quan tự chấm chưa đạt điểm tối đa."),
        ("2.1", "0,50", "Cơ quan tự chấm chưa đạt điểm tối đa."),
    ]
    assert "Cơ quan bị trừ điểm ở 03 tiêu chí, nhiều nhất là:" in stage.texts(letters(cast)["SNV"])


def test_no_reason_is_made_up_where_none_was_given(cast: Cast) -> None:
    stage.at_the_council(cast)
    stage.change(cast, "SNV", "2.2", "appraisal", reason="")
    stage.seal(cast)
    _fields, lost = stage.tables(letters(cast)["SNV"])
    assert lost.rows[0].cells[5] == ""


def test_an_agency_that_lost_nothing_reads_so(cast: Cast) -> None:
    stage.at_the_council(cast)
    for code, points in (("1.2", 30), ("2.1", 5), ("2.2", 20)):
        for of in ("self", "appraisal", "reappraisal"):
            stage.change(cast, "SYT", code, of, points=points)
    stage.seal(cast)
    assert "Cơ quan không bị trừ điểm ở tiêu chí nào." in stage.texts(letters(cast)["SYT"])


def test_what_does_not_apply_is_named(cast: Cast, recount: Recount) -> None:
    said = "\n".join(stage.texts(letters(cast)["STP"]))
    assert "không tính vào điểm tối đa: 1.2." in said
    assert "/70 điểm" in said


def test_no_other_agency_and_nobody_of_the_team_is_named(cast: Cast, recount: Recount) -> None:
    for code, official in letters(cast).items():
        said = stage.whole(official)
        for other, agency in recount.agencies.items():
            # The standing agency writes the letters.
            if other not in {code, "SNV"}:
                assert agency["name"] not in said
        for person in (cast.member, cast.lead, cast.secretary, cast.chair):
            assert person.full_name not in said


def test_the_number_of_the_decision_stays_blank_until_it_is_issued(
    cast: Cast, recount: Recount
) -> None:
    official = letters(cast)["SYT"]
    blank = "\N{NO-BREAK SPACE}" * 6
    assert stage.texts(official)[0].startswith(f"Thực hiện Quyết định số {blank}/QĐ-UBND")
    made = cast.round.consolidations.get()
    paper = Paper.objects.create(
        round=cast.round, consolidation=made, kind=PaperKind.DECISION, basis="b" * 64,
        asked_by=cast.secretary, asked_at=moment(COUNCIL),
    )  # fmt: skip
    Issue.objects.create(
        paper=paper, number="7", issued_on=date(2021, 1, 27), recorded_by=cast.secretary,
        recorded_at=moment(COUNCIL),
    )  # fmt: skip
    assert stage.texts(letters(cast)["SYT"])[0].startswith(
        "Thực hiện Quyết định số 07/QĐ-UBND ngày 27 tháng 01 năm 2021 của Chủ tịch Ủy ban nhân"
        " dân tỉnh Kon Tum phê duyệt"
    )


# --- The year before ---------------------------------------------------------------------------
def past(cast: Cast, agency: Agency, **fields: object) -> PastResult:
    values = {"total_points": Decimal(95), "index": Decimal(95), "rank": 1, "grade": "Xuất sắc"}
    return PastResult.objects.create(
        jurisdiction=cast.jurisdiction, year=2019, agency_name=agency.name, agency=agency,
        **{**values, **fields},
    )  # fmt: skip


def compared(official: Official) -> str:
    return next((text for text in stage.texts(official) if text.startswith("So với năm")), "")


def test_a_fall_against_last_year_is_told_in_percent_ranks_and_grades(
    cast: Cast, recount: Recount
) -> None:
    past(cast, cast.agencies["STP"])
    index = recount.figure("STP", "index")
    assert compared(letters(cast)["STP"]) == (
        "So với năm 2019 (Chỉ số 95,00%, xếp hạng 01, xếp loại Xuất sắc): Chỉ số giảm"
        f" {comma(95 - index)} điểm phần trăm; xếp hạng giảm 02 bậc; xếp loại giảm 02 mức."
    )
    assert compared(letters(cast)["SYT"]) == ""


def test_what_last_years_table_did_not_say_is_not_compared(cast: Cast, recount: Recount) -> None:
    index = recount.figure("SYT", "index")
    past(cast, cast.agencies["SYT"], index=index, rank=None, grade="Loại A")
    assert compared(letters(cast)["SYT"]) == (
        f"So với năm 2019 (Chỉ số {comma(index)}%, xếp loại Loại A): Chỉ số không thay đổi."
    )


def test_a_round_published_here_goes_before_a_table_brought_in(
    cast: Cast, recount: Recount
) -> None:
    past(cast, cast.agencies["SYT"])
    _published_last_year(cast, index=Decimal(80), rank=2, grade="Tốt")
    assert compared(letters(cast)["SYT"]).startswith(
        "So với năm 2019 (Chỉ số 80,00%, xếp hạng 02, xếp loại Tốt): Chỉ số tăng"
    )


def _published_last_year(cast: Cast, **figures: object) -> None:
    now = cast.round
    before = Round.objects.create(
        jurisdiction=cast.jurisdiction, year=2019, name="Chỉ số CCHC năm 2019",
        state=RoundState.OPEN, opened_at=moment("2019-11-25 08:00"), bonus_max=0, penalty_max=0,
    )  # fmt: skip
    dossier = before.dossiers.create(agency=cast.agencies["SYT"], group=cast.departments)
    made = before.consolidations.create(
        number=1, snapshot="{}", fingerprint="c" * 64, made_by=cast.secretary,
        made_at=moment("2020-01-15 09:00"),
    )  # fmt: skip
    nothing = dict.fromkeys(
        ("appraised_points", "survey_points", "bonus", "penalty", "total_points", "maximum"), 0
    )
    Result.objects.create(consolidation=made, dossier=dossier, **nothing, **figures)
    Decision.objects.create(
        round=before, consolidation=made, fingerprint="c" * 64, approved_by=cast.chair,
        approved_at=moment("2020-01-15 10:00"), role="chair",
    )  # fmt: skip
    Round.objects.filter(pk=before.pk).update(state=RoundState.PUBLISHED)
    cast.round = now


def test_a_renamed_agency_is_compared_with_what_it_was(cast: Cast, recount: Recount) -> None:
    old = Agency.objects.create(
        jurisdiction=cast.jurisdiction, group=cast.departments, code="CU", name="Sở cũ",
        valid_from=date(2015, 1, 1), valid_to=date(2019, 12, 31), successor=cast.agencies["SYT"],
    )  # fmt: skip
    past(cast, old)
    assert compared(letters(cast)["SYT"]).startswith("So với năm 2019 (Chỉ số 95,00%")


def test_an_agency_merged_from_two_is_compared_with_neither(cast: Cast, recount: Recount) -> None:
    for code in ("CU1", "CU2"):
        old = Agency.objects.create(
            jurisdiction=cast.jurisdiction, group=cast.departments, code=code, name=f"Sở {code}",
            valid_from=date(2015, 1, 1), valid_to=date(2019, 12, 31),
            successor=cast.agencies["SYT"],
        )  # fmt: skip
        past(cast, old)
    assert compared(letters(cast)["SYT"]) == ""
