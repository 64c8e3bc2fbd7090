"""What the submission, the report and the letters say of results given by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from appraisal.documents.letter import Before, DecisionRef, LetterFacts, LostLeaf, letter
from appraisal.documents.official import Official, Paragraph, Table
from appraisal.documents.outcome import GroupPoints, Outcome
from appraisal.documents.process import Explaining
from appraisal.documents.report import (
    GroupReport,
    LeafStanding,
    MemberSaid,
    ReportFacts,
    most_lost,
    report,
)
from appraisal.documents.submission import SubmissionFacts, submission
from tests.appraisal.documents.round_2020 import (
    DEPARTMENTS,
    DISTRICTS,
    HOUSE,
    agency,
    outcome,
    process,
)


def texts(official: Official) -> list[str]:
    return [
        f"{block.lead} {block.text}".strip()
        for block in official.blocks
        if isinstance(block, Paragraph)
    ]


def submitted(*groups: GroupPoints) -> Official:
    return submission(SubmissionFacts(outcome(*groups), process(), HOUSE))


# --- Submission --------------------------------------------------------------------------------
def test_it_goes_to_the_committee_in_the_name_of_who_issues_it() -> None:
    official = submitted()
    assert official.addressees == ("Ủy ban nhân dân tỉnh Kon Tum.",)
    said = texts(official)
    assert said[0].startswith("Sở Nội vụ kính trình Ủy ban nhân dân tỉnh Kon Tum xem xét")
    assert said[-1].endswith("xem xét, quyết định./.")
    council = replace(HOUSE, issuer=("Hội đồng",))
    official = submission(SubmissionFacts(outcome(), process(), council))
    assert texts(official)[0].startswith("Hội đồng kính trình")


def test_its_number_and_day_stand_in_the_annexes() -> None:
    house = replace(HOUSE, number="9", issued_on=date(2021, 1, 20))
    official = submission(SubmissionFacts(outcome(), process(), house))
    assert official.letterhead.number_line == "Số: 09/TTr-SNV"
    assert official.annexes[1].subtitle == (
        "(Kèm theo Tờ trình số 09/TTr-SNV ngày 20 tháng 01 năm 2021 của Sở Nội vụ)"
    )


def test_two_groups_are_summed_and_one_is_not() -> None:
    grades = next(
        block
        for block in submitted().blocks
        if isinstance(block, Table) and block.caption == "Số cơ quan, đơn vị theo xếp loại"
    )
    assert [column.label for column in grades.columns][-2:] == ["Tổng số", "Tỷ lệ (%)"]
    assert grades.rows[1].cells == ("Tốt", "01", "33,33", "01", "100,00", "02", "50,00")
    assert grades.rows[-1].cells == ("Cộng", "03", "100,00", "01", "100,00", "04", "100,00")
    (alone,) = [
        block
        for block in submitted(DEPARTMENTS).blocks
        if isinstance(block, Table) and block.caption == "Số cơ quan, đơn vị theo xếp loại"
    ]
    assert len(alone.columns) == 3
    assert submitted(DEPARTMENTS).annexes[0].heading == "Phụ lục"


def test_figures_are_rounded_half_up_with_a_comma() -> None:
    row = submitted().annexes[0].blocks[0].rows[0].cells
    assert row[1:9] == (
        "Sở Y tế", "64,71", "63,71", "-1,00", "30,00", "0,00", "93,71", "93,71",
    )  # fmt: skip


def test_agencies_of_a_shared_rank_are_named_together() -> None:
    tied = replace(
        DEPARTMENTS,
        agencies=(
            agency("A", "Sở A", 1, "91", tied=True),
            agency("B", "Sở B", 1, "91", tied=True),
            agency("C", "Sở C", 3, "71"),
        ),
    )
    assert any(
        "Cao nhất: Sở A (91,00%); Sở B (91,00%); thấp nhất: Sở C (71,00%)" in text
        for text in texts(submitted(tied))
    )


def test_no_agency_above_its_self_score_is_said_in_words() -> None:
    assert any(
        "Có 03 cơ quan, đơn vị có điểm thẩm định thấp hơn điểm tự chấm, không có cơ quan, đơn vị"
        " nào có điểm thẩm định cao hơn điểm tự chấm." in text
        for text in texts(submitted())
    )


def test_a_round_without_survey_shows_dashes() -> None:
    group = GroupPoints(
        "Sở, ban, ngành", Decimal(100), Decimal(0), (agency("A", "Sở A", 1, "91", survey=None),)
    )
    official = submitted(group)
    assert official.annexes[0].blocks[0].rows[0].cells[5] == "–"
    assert not any("điều tra xã hội học bình quân" in text for text in texts(official))


# --- Report ------------------------------------------------------------------------------------
def standing(code: str, lost: str, agencies: int = 1) -> LeafStanding:
    return LeafStanding(
        code, f"Nội dung {code}", "1", "Chỉ đạo điều hành", Decimal(2), 3, 3 - agencies, agencies,
        0, Decimal(lost), 0, 0, (),
    )  # fmt: skip


def reported(leaves: tuple[LeafStanding, ...] = (), **changes: object) -> Official:
    made = ReportFacts(
        outcome=outcome(DEPARTMENTS),
        process=process(),
        house=HOUSE,
        chair="Y Hoa Sâm, Phó Chủ tịch Ủy ban nhân dân tỉnh",
        groups=(GroupReport(DEPARTMENTS, leaves, (), Explaining(60, 53, 19, 7, 27)),),
        unproven=(),
        silent=(),
        members=(),
    )
    return report(replace(made, **changes))


def test_the_frequent_deductions_are_by_agencies_then_by_points() -> None:
    leaves = (standing("1.1", "9"), standing("1.2", "2", 3), standing("1.3", "4", 3))
    assert [leaf.code for leaf in most_lost(leaves)] == ["1.3", "1.2", "1.1"]
    many = tuple(standing(f"1.{n}", "1") for n in range(1, 20))
    assert len(most_lost(many)) == 10


def test_a_group_that_lost_nothing_reads_so() -> None:
    assert "Không có tiêu chí nào bị trừ điểm." in texts(reported((standing("1.1", "0", 0),)))


def test_what_did_not_happen_is_said_in_a_sentence() -> None:
    said = texts(reported(process=process(explaining=Explaining())))
    for sentence in (
        "Tất cả cơ quan, đơn vị gửi hồ sơ trong thời hạn chung.",
        "Mọi tiêu chí có điểm tự chấm đều viện dẫn tài liệu kiểm chứng.",
        "Không có nội dung phải yêu cầu cơ quan, đơn vị giải trình.",
        "Thành viên Tổ giúp việc không có báo cáo riêng.",
    ):
        assert sentence in said


@pytest.mark.parametrize(
    ("position", "office", "shown"),
    [
        ("Chuyên viên Sở Tư pháp", "Sở Tư pháp", "A, Chuyên viên Sở Tư pháp (Tổ trưởng)"),
        ("Chuyên viên", "Sở Tư pháp", "A, Chuyên viên, Sở Tư pháp (Tổ trưởng)"),
        ("", "Sở Tư pháp", "A, Sở Tư pháp (Tổ trưởng)"),
        ("", "", "A (Tổ trưởng)"),
    ],
)
def test_a_member_is_presented_with_the_agency_once(position: str, office: str, shown: str) -> None:
    assert MemberSaid("A", position, office, "Tổ trưởng", "", "", "").presented == shown


def test_the_sections_are_numbered_in_roman() -> None:
    heads = [
        block.text.split(".")[0]
        for block in reported().blocks
        if isinstance(block, Paragraph) and block.role == "heading"
    ]
    assert heads == ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"]


# --- Letters -----------------------------------------------------------------------------------
def written(before: Before | None = None, **changes: object) -> Official:
    whole: Outcome = outcome()
    made = LetterFacts(
        outcome=whole, group=DEPARTMENTS, agency=DEPARTMENTS.agencies[0], lost=(), waived=(),
        before=before, decision=DecisionRef("QĐ-UBND", "Chủ tịch Ủy ban nhân dân tỉnh Kon Tum"),
        house=HOUSE,
    )  # fmt: skip
    return letter(replace(made, **changes))


@pytest.mark.parametrize(
    ("before", "told"),
    [
        (
            Before(2019, Decimal("92.46"), 5, "Xuất sắc"),
            "Chỉ số tăng 1,25 điểm phần trăm; xếp hạng tăng 04 bậc; xếp loại giữ nguyên.",
        ),
        (
            Before(2019, Decimal("71"), 1, "Khá"),
            "Chỉ số tăng 22,71 điểm phần trăm; xếp hạng giữ nguyên; xếp loại tăng 02 mức.",
        ),
        (Before(2019, Decimal("93.7051"), None, ""), "Chỉ số không thay đổi."),
    ],
)
def test_last_year_is_compared_as_far_as_it_is_known(before: Before, told: str) -> None:
    (said,) = [text for text in texts(written(before)) if text.startswith("So với năm 2019")]
    assert said.endswith(told)


def test_the_dearest_leaves_are_named_first_and_no_more_than_five() -> None:
    lost = tuple(
        LostLeaf(f"1.{n}", f"Nội dung {n}", Decimal(10), Decimal(10 - n), "") for n in range(8)
    )
    official = written(lost=lost)
    table = [block for block in official.blocks if isinstance(block, Table)][-1]
    assert [row.cells[0] for row in table.rows] == ["1.7", "1.6", "1.5", "1.4", "1.3"]
    assert "Cơ quan bị trừ điểm ở 07 tiêu chí, nhiều nhất là:" in texts(official)


def test_the_subject_of_a_letter_stands_under_its_number() -> None:
    official = written()
    assert official.form == "letter"
    assert official.summary == "V/v thông báo kết quả Chỉ số cải cách hành chính năm 2020"
    assert dict(official.facts)["ten_tep"] == "SYT"


def test_two_groups_keep_their_own_means() -> None:
    official = written(group=DISTRICTS, agency=DISTRICTS.agencies[0])
    assert any("Chỉ số bình quân của nhóm là 88,00%" in text for text in texts(official))
