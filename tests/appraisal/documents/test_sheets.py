"""The score sheet and the self-assessment report of leaves given by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from appraisal.documents.official import Official, Paragraph, Table
from appraisal.documents.score_sheet import Ranked, ScoreSheetFacts, score_sheet
from appraisal.documents.self_report import SelfReportFacts, head_signing, self_report
from appraisal.documents.sheet import Document, LeafLine, Sheet
from appraisal.documents.words import Signing, signature
from tests.appraisal.documents import kon_tum
from tests.appraisal.documents.round_2020 import (
    BONUS,
    COUNCIL,
    HOUSE,
    PLAN,
    SEALED_AT,
    WAIVED,
    leaf,
    score,
    sheet,
)


def scored(given: Sheet, **changes: object) -> Official:
    made = ScoreSheetFacts(
        province="Kon Tum", year=2020, agency="Sở Y tế", code="SYT", group="Sở, ban, ngành",
        set_name="Bộ tiêu chí 2020", appraisals=2, decimals=2, submitted_at=SEALED_AT, sheet=given,
        house=HOUSE, created=SEALED_AT, appraised=Decimal("7.5"), survey=Decimal(30),
    )  # fmt: skip
    return score_sheet(replace(made, **changes))


def lines(official: Official) -> dict[str, tuple[str, ...]]:
    (table,) = [block for block in official.annexes[0].blocks if isinstance(block, Table)]
    return {row.cells[0] or row.cells[1]: row.cells for row in table.rows}


def paragraphs(official: Official) -> list[str]:
    return [block.text for block in official.blocks if isinstance(block, Paragraph)]


# --- Score sheet -------------------------------------------------------------------------------
def test_a_line_goes_from_the_maximum_to_what_is_left() -> None:
    row = lines(scored(sheet()))["1.1.1"]
    assert row[2:9] == ("10", "10,00", "7,50", "–", "–", "2,50", "7,50")
    assert row[9] == "Đã thực hiện. Tài liệu: 34/KH-SYT ngày 10/01/2020 (trang 2)."
    assert row[10] == "Thiếu mục 3."


def test_nobody_decided_yet_is_a_dash_and_never_zero() -> None:
    row = lines(scored(sheet(leaf("1.1.1", first=None, final=None, reasons=()))))["1.1.1"]
    assert row[3:9] == ("10,00", "–", "–", "–", "–", "–")


def test_zero_points_are_a_zero() -> None:
    row = lines(scored(sheet(leaf("1.1.1", first=score("0"), final=score("0")))))["1.1.1"]
    assert row[7:9] == ("10,00", "0,00")


def test_that_a_question_was_not_answered_is_said() -> None:
    assert "Không giải trình." in lines(scored(sheet(leaf("1.1.1", asked="Vì sao?"))))["1.1.1"][9]
    assert "Không giải trình." not in lines(scored(sheet()))["1.1.1"][9]
    answered = leaf("1.1.1", asked="Vì sao?", explained="Vì thiếu người")
    assert "Giải trình: Vì thiếu người." in lines(scored(sheet(answered)))["1.1.1"][9]


def test_a_criterion_above_its_leaves_has_only_its_maximum() -> None:
    row = lines(scored(sheet()))["1.1"]
    assert row[:3] == ("1.1", "Kế hoạch", "10")
    assert set(row[3:]) == {""}


def test_the_note_on_what_does_not_apply_is_there_when_something_does_not() -> None:
    without, with_one = scored(sheet()), scored(sheet(leaf("1.1.1", final=WAIVED, first=WAIVED)))

    def notes(official: Official) -> str:
        blocks = official.annexes[0].blocks
        return " ".join(block.text for block in blocks if isinstance(block, Paragraph))

    assert "KAD:" not in notes(without)
    assert "KAD:" in notes(with_one)
    assert lines(with_one)["1.1.1"][7:9] == ("–", "KAD")


def test_bonus_and_penalty_are_told_only_where_there_are_any() -> None:
    assert "Tổng điểm" not in lines(scored(sheet()))
    official = scored(sheet(outside=(BONUS,)))
    assert lines(official)["T"][7:9] == ("–", "+1,00")
    assert lines(official)["Tổng điểm"][8] == "38,50"
    assert "Điểm thưởng được tính: 1,00; điểm phạt được tính: 0,00. Tổng điểm: 38,50." in (
        paragraphs(official)
    )


def test_a_shared_rank_is_marked() -> None:
    ranked = Ranked(Decimal("83.333"), 2, True, 20, "Tốt", kon_tum.FINGERPRINT, "")
    official = scored(sheet(), ranked=ranked)
    assert dict(official.blocks[0].pairs)["Kết quả:"] == (
        "37,50/45 điểm; Chỉ số 83,33%; xếp hạng 02/20 (đồng hạng); xếp loại Tốt"
    )


def test_who_handed_nothing_in_reads_so() -> None:
    pairs = dict(scored(sheet(), submitted_at=None).blocks[0].pairs)
    assert pairs["Thời điểm gửi hồ sơ:"] == "không gửi hồ sơ tự chấm điểm"


# --- Documents ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changes", "short"),
    [
        ({}, "34/KH-SYT ngày 10/01/2020 (trang 2)"),
        ({"number": "", "pages": ""}, "Kế hoạch năm 2020 ngày 10/01/2020"),
        ({"issued_on": None, "pages": "", "is_supplementary": True}, "34/KH-SYT - bổ sung"),
    ],
)
def test_a_document_is_named_by_what_it_has(changes: dict[str, object], short: str) -> None:
    assert replace(PLAN, **changes).short == short


# --- Self-assessment report --------------------------------------------------------------------
def reported(
    *leaves: LeafLine, documents: tuple[Document, ...] = (), **changes: object
) -> Official:
    made = SelfReportFacts(
        province="Kon Tum", year=2020, agency="Sở Y tế", code="SYT", group="Sở, ban, ngành",
        set_name="Bộ tiêu chí 2020", council=COUNCIL, standing_agency="Sở Nội vụ", decimals=2,
        is_submitted=False, submitted_at=None, sheet=sheet(*leaves, outside=(BONUS,)),
        documents=documents, house=replace(HOUSE, symbol="BC-SYT"),
        created=datetime(2020, 12, 18, 16, 0),
    )  # fmt: skip
    return self_report(replace(made, **changes))


def test_the_survey_and_what_others_gave_are_not_in_the_report() -> None:
    official = reported()
    assert "2" not in lines(official)
    assert "2.1" not in lines(official)
    assert lines(official)["1.1.1"] == (
        "1.1.1", "Nội dung 1.1.1", "10", "10,00", "Đã ban hành: Có.", "Đã thực hiện",
        "34/KH-SYT ngày 10/01/2020 (trang 2)",
    )  # fmt: skip


def test_a_dossier_handed_in_says_when_and_no_longer_how_far_it_is() -> None:
    official = reported(is_submitted=True, submitted_at=datetime(2020, 12, 18, 16, 5))
    assert "đã được gửi trên hệ thống lúc 16 giờ 05 phút, ngày 18 tháng 12 năm 2020." in (
        " ".join(paragraphs(official))
    )
    assert "Hồ sơ đang được hoàn thiện" not in " ".join(paragraphs(official))


def test_a_bonus_is_asked_for_outside_the_sums() -> None:
    official = reported()
    assert "Nội dung T: đề nghị 1,00/2 điểm." in paragraphs(official)
    assert any("Tổng điểm tự chấm: 10,00/10 điểm" in text for text in paragraphs(official))


def test_what_the_system_does_not_know_is_left_to_the_pen() -> None:
    said = paragraphs(reported())
    place = said.index("1. Khó khăn, vướng mắc:")
    assert set(said[place + 1]) == {"…"}


def test_the_date_line_has_the_year_of_the_agencys_work() -> None:
    assert reported().letterhead.date_line.endswith("năm 2020")


@pytest.mark.parametrize(
    ("position", "lines"),
    [
        ("Giám đốc", ("GIÁM ĐỐC",)),
        ("Chánh Thanh tra", ("CHÁNH THANH TRA",)),
        ("Phó Giám đốc", ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC")),
        ("Phó Chánh Văn phòng", ("KT. CHÁNH VĂN PHÒNG", "PHÓ CHÁNH VĂN PHÒNG")),
        ("", ("THỦ TRƯỞNG CƠ QUAN",)),
    ],
)
def test_the_office_of_who_signs_gives_the_lines(position: str, lines: tuple[str, ...]) -> None:
    signing = head_signing(Signing("Thủ trưởng cơ quan"), position, "Lê Văn Định")
    assert signature(signing).lines == lines
    assert signing.name == "Lê Văn Định"


def test_a_committees_vice_chairman_signs_for_it_and_for_the_chairman() -> None:
    signing = head_signing(
        Signing("Thủ trưởng cơ quan", body="Ủy ban nhân dân"),
        "Phó Chủ tịch Ủy ban nhân dân huyện Đăk Hà", "A Thiu",
    )  # fmt: skip
    assert signature(signing).lines == ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")
