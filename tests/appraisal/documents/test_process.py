"""How the course of a round is told, as far as it went."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appraisal.documents import process as course
from appraisal.documents.process import Explaining, Handing
from tests.appraisal.documents import round_2020
from tests.appraisal.documents.round_2020 import DEADLINE, handing, process


@pytest.mark.parametrize(
    ("given", "absent", "late"),
    [
        (handing(), False, False),
        (handing(submitted_at=None), True, False),
        (handing(submitted_at=DEADLINE + timedelta(days=3)), False, True),
        (handing(extended_to=None, submitted_at=DEADLINE + timedelta(seconds=1)), False, True),
        (handing(extended_to=None, submitted_at=DEADLINE), False, False),
    ],
)
def test_late_is_after_the_deadline_that_held_for_the_agency(
    given: Handing, absent: bool, late: bool
) -> None:
    assert (given.is_absent, given.is_late) == (absent, late)


def test_who_was_late_absent_or_given_time_is_named() -> None:
    said = course.self_assessment(
        process(
            handings=(
                handing("Sở Ngoại vụ"),
                handing("Sở Xây dựng", extended_to=None),
                handing("Sở Y tế", extended_to=None, submitted_at=None),
            )
        )
    )
    assert "Đã có 03/04 cơ quan, đơn vị gửi hồ sơ" in said
    assert "01 cơ quan, đơn vị được gia hạn: Sở Ngoại vụ." in said
    assert "01 cơ quan, đơn vị gửi hồ sơ sau thời hạn: Sở Xây dựng." in said
    assert "01 cơ quan, đơn vị không gửi hồ sơ: Sở Y tế." in said


def test_all_in_time_needs_no_names() -> None:
    said = course.self_assessment(process())
    assert "04/04" in said
    assert "gia hạn" not in said
    assert "1.479 lượt tiêu chí tự chấm và 1.391 lượt" in said


def test_a_step_without_a_window_has_no_days() -> None:
    assert "từ ngày" not in course.appraisal(process(appraisal=None))


def test_one_appraisal_has_no_second_look() -> None:
    said = course.explanation(process(appraisals=1))
    assert "thẩm định lần 2" not in said
    assert "Sau khi xem xét, trong số đã giải trình có 19 lượt được chấp nhận toàn bộ" in said


def test_nothing_asked_is_said_in_one_sentence() -> None:
    assert course.explanation(process(explaining=Explaining())) == (
        "Không có nội dung phải yêu cầu cơ quan, đơn vị giải trình."
    )


def test_two_meetings_are_both_told() -> None:
    first = round_2020.process().meetings[0]
    said = course.council(process(meetings=(first, first)))
    assert said.count("(04/05 thành viên có mặt; kết luận 03 nội dung") == 2


def test_steps_that_did_not_happen_leave_no_gap_in_the_numbers() -> None:
    told = course.told(process(surveyed=0, meetings=()))
    assert [item.lead.split(".")[0] for item in told] == ["1", "2", "3", "4", "5"]
    assert "Hội đồng không tổ chức họp" in told[3].text
