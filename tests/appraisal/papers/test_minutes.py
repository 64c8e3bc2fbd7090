"""The minutes tell what was recorded of the meetings, before and after the result is sealed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from appraisal.documents.official import Official
from appraisal.files.refusal import Refused
from appraisal.models import Attendance, Meeting, MemberReport, Ruling, Seat
from appraisal.models.papers import PaperKind
from tests.appraisal.papers import stage
from tests.cast import COUNCIL, Cast, moment


@pytest.fixture(autouse=True)
def _at_the_council(clock: Any) -> None:
    clock.set(COUNCIL)


def minutes(cast: Cast) -> Official:
    return stage.paper(cast, PaperKind.MINUTES)


def test_they_are_written_while_the_council_sits_and_carry_no_seal(cast: Cast) -> None:
    stage.at_the_council(cast)
    official = minutes(cast)
    assert official.seal is None
    assert official.title == "BIÊN BẢN"


def test_once_sealed_they_say_the_same_and_carry_the_seal(cast: Cast) -> None:
    stage.at_the_council(cast)
    before = minutes(cast)
    made = stage.seal(cast)
    after = minutes(cast)
    assert after.seal is not None
    assert after.seal.fingerprint == made.fingerprint
    assert (after.blocks, after.annexes) == (before.blocks, before.annexes)


def test_time_and_place_are_those_of_the_meeting_and_date_the_paper(cast: Cast) -> None:
    stage.at_the_council(cast)
    official = minutes(cast)
    said = stage.texts(official)
    assert "Thời gian bắt đầu: 08 giờ 00 phút, ngày 15 tháng 01 năm 2021." in said
    assert "Địa điểm: Phòng họp Sở Nội vụ." in said
    assert official.letterhead.date_line == "Kon Tum, ngày 15 tháng 01 năm 2021"


def test_who_is_there_and_who_is_not_by_name_and_role(cast: Cast) -> None:
    stage.at_the_council(cast)
    official = minutes(cast)
    rows = [row.cells for row in stage.tables(official)[0].rows]
    assert [(row[1], row[3], row[4], row[5]) for row in rows] == [
        ("Nguyễn Văn Chủ", "Chủ tịch Hội đồng", "Có mặt", ""),
        ("Bùi Thị Phó", "Phó Chủ tịch Hội đồng", "Có mặt", ""),
        ("Ka Ba Thành", "Ủy viên Hội đồng", "Vắng", "Đi công tác"),
        ("Lê Thị Thư", "Thư ký Hội đồng", "Có mặt", ""),
        ("Phạm Văn Trưởng", "Tổ trưởng Tổ giúp việc", "Có mặt", ""),
        ("Đỗ Minh Tâm", "Thành viên Tổ giúp việc", "Có mặt", ""),
        ("Hoàng Thị Nga", "Thành viên Tổ giúp việc", "Có mặt", ""),
        ("Vũ Giám Sát", "Người giám sát", "Có mặt", ""),
    ]
    assert rows[0][2] == "Phó Chủ tịch Ủy ban nhân dân tỉnh"
    assert rows[5][2] == "Chuyên viên Sở Nội vụ"


@pytest.mark.parametrize(
    ("there", "sentence"),
    [
        (3, "03/03 thành viên, quá nửa số thành viên Hội đồng; cuộc họp đủ điều kiện tiến hành."),
        (2, "02/03 thành viên, quá nửa số thành viên Hội đồng; cuộc họp đủ điều kiện tiến hành."),
        (1, "01/03 thành viên, chưa quá nửa số thành viên Hội đồng."),
    ],
)
def test_the_quorum_counts_the_council_alone(cast: Cast, there: int, sentence: str) -> None:
    stage.at_the_council(cast)
    council = [cast.chair, cast.vice_chair, cast.council_member]
    for place, person in enumerate(council):
        Attendance.objects.filter(seat__user=person).update(present=place < there)
    assert f"Hội đồng có mặt {sentence}" in stage.texts(minutes(cast))


def test_a_ruling_is_told_with_the_points_before_reason_and_vote(cast: Cast) -> None:
    stage.at_the_council(cast)
    said = stage.texts(minutes(cast))
    place = next(n for n, text in enumerate(said) if text.startswith("(1) Sở Tư pháp"))
    assert said[place : place + 3] == [
        "(1) Sở Tư pháp, tiêu chí 1.1. Tiêu chí 1.1 (tối đa 10 điểm) - tự chấm: 10,00 điểm; thẩm"
        " định: 10,00 điểm; Hội đồng kết luận: 4,00 điểm.",
        "Lý do: Kế hoạch chậm",
        "Biểu quyết: 02 tán thành, 0 không tán thành, 01 ý kiến khác.",
    ]
    (row,) = stage.annex_rows(minutes(cast), 0)
    assert row[1:] == (
        "Sở Tư pháp", "1.1. Tiêu chí 1.1", "10", "10,00", "10,00", "–", "4,00", "Kế hoạch chậm",
        "02", "0", "01",
    )  # fmt: skip


def test_a_ruling_that_was_replaced_says_so_and_one_on_what_does_not_apply_has_no_points(
    cast: Cast,
) -> None:
    stage.at_the_council(cast)
    Ruling.objects.create(
        meeting=Meeting.objects.get(), dossier=cast.dossiers["STP"], criterion=cast.leaf("1.1"),
        points=None, not_applicable=True, reason="Xem xét lại", recorded_by=cast.secretary,
        recorded_at=moment("2021-01-15 09:30"),
    )  # fmt: skip
    said = stage.texts(minutes(cast))
    assert said.count("Nội dung này được Hội đồng kết luận lại sau đó.") == 1
    assert said.index("Nội dung này được Hội đồng kết luận lại sau đó.") < said.index(
        "Lý do: Xem xét lại"
    )
    assert any("Hội đồng kết luận: không áp dụng." in text for text in said)
    assert "Biểu quyết: không ghi số ý kiến biểu quyết." in said


def test_a_meeting_without_rulings_says_so(cast: Cast) -> None:
    stage.at_the_council(cast)
    Ruling.objects.all().delete()
    official = minutes(cast)
    assert "Không có nội dung nào phải kết luận riêng." in stage.texts(official)
    assert official.annexes == ()


def test_the_conclusion_keeps_its_lines_and_the_end_is_left_to_the_pen(cast: Cast) -> None:
    stage.at_the_council(cast)
    said = stage.texts(minutes(cast))
    for line in stage.CONCLUSION.splitlines():
        assert line in said
    assert said[-1].startswith("Cuộc họp kết thúc vào hồi\N{NO-BREAK SPACE}")


def test_secretary_and_chair_sign_side_by_side(cast: Cast) -> None:
    stage.at_the_council(cast)
    secretary, chair = minutes(cast).signatures
    assert (secretary.lines, secretary.name) == (("THƯ KÝ",), "Lê Thị Thư")
    assert (chair.lines, chair.name) == (("CHỦ TRÌ",), "Nguyễn Văn Chủ")


def test_the_teams_work_opens_the_reports(cast: Cast) -> None:
    stage.at_the_council(cast)
    said = stage.texts(minutes(cast))
    assert (
        "Có 02/03 cơ quan, đơn vị gửi hồ sơ tự chấm điểm. Tổ giúp việc đã thẩm định 14 lượt tiêu"
        " chí; yêu cầu giải trình 02 lượt, nhận được giải trình 01 lượt; thẩm định lần 2 đối với"
        " 01 lượt." in said
    )
    assert "Phạm Văn Trưởng, Sở Nội vụ (Tổ trưởng Tổ giúp việc) báo cáo:" in said
    assert "3.1. Đỗ Minh Tâm, Chuyên viên Sở Nội vụ (Thành viên Tổ giúp việc)" in said


def test_each_meeting_has_its_part_and_hears_the_reports_that_were_there(cast: Cast) -> None:
    stage.at_the_council(cast)
    MemberReport.objects.filter(author=cast.member).update(saved_at=moment("2021-01-15 14:00"))
    Meeting.objects.create(
        round=cast.round, held_at=moment("2021-01-16 08:00"), place="Hội trường lớn",
        chaired_by=Seat.objects.get(user=cast.vice_chair),
    )  # fmt: skip
    official = minutes(cast)
    said = stage.texts(official)
    first = said.index("CUỘC HỌP THỨ 1, NGÀY 15 THÁNG 01 NĂM 2021")
    second = said.index("CUỘC HỌP THỨ 2, NGÀY 16 THÁNG 01 NĂM 2021")
    assert (
        first < said.index("Phạm Văn Trưởng, Sở Nội vụ (Tổ trưởng Tổ giúp việc) báo cáo:") < second
    )
    assert second < said.index(
        "Đỗ Minh Tâm, Chuyên viên Sở Nội vụ (Thành viên Tổ giúp việc) báo cáo:"
    )
    (ruling,) = [n for n, text in enumerate(said) if text.startswith("(1) Sở Tư pháp, tiêu chí")]
    assert ruling < second
    assert "Danh sách có mặt, vắng mặt chưa được ghi." in said[second:]
    assert "Hội đồng chưa ghi kết luận cuộc họp." in said[second:]
    assert official.letterhead.date_line.endswith("ngày 16 tháng 01 năm 2021")
    assert official.signatures[1].name == "Bùi Thị Phó"


def test_without_a_meeting_there_are_no_minutes(cast: Cast) -> None:
    stage.at_the_council(cast)
    Ruling.objects.all().delete()
    Meeting.objects.all().delete()
    with pytest.raises(Refused) as refused:
        minutes(cast)
    assert refused.value.code == "no_meeting"


def test_the_chairs_name_is_the_provinces_choice_where_it_made_one(cast: Cast) -> None:
    stage.at_the_council(cast)
    cast.jurisdiction.paper_settings.create(
        kind=PaperKind.MINUTES, issuer="council", head_title="Chủ tọa", signer_name="Trần Văn Tọa"
    )
    chair = minutes(cast).signatures[1]
    assert (chair.lines, chair.name) == (("CHỦ TỌA",), "Trần Văn Tọa")


def test_a_meeting_with_no_vote_for_what_is_not_scored(cast: Cast) -> None:
    """The stages that gave nothing are not told as zero."""
    stage.at_the_council(cast)
    Ruling.objects.create(
        meeting=Meeting.objects.get(), dossier=cast.dossiers["SNV"], criterion=cast.leaf("P"),
        points=Decimal("0.25"), reason="Giảm mức phạt", votes_for=3, recorded_by=cast.secretary,
        recorded_at=moment("2021-01-15 09:45"),
    )  # fmt: skip
    assert any(
        text.endswith("- thẩm định: 0,50 điểm; Hội đồng kết luận: 0,25 điểm.")
        for text in stage.texts(minutes(cast))
    )
