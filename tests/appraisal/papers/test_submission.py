"""The submission says what was sealed, and how it came about."""

from __future__ import annotations

from decimal import Decimal

import pytest

from appraisal.models import Meeting
from appraisal.models.papers import PaperKind
from tests.appraisal.papers import stage
from tests.appraisal.papers.stage import Recount, comma
from tests.cast import Cast

GROUP = "Các sở, ban, ngành"


@pytest.fixture
def recount(cast: Cast) -> Recount:
    return Recount(stage.sealed(cast))


def test_every_agency_has_the_figures_of_the_snapshot(cast: Cast, recount: Recount) -> None:
    rows = stage.annex_rows(stage.paper(cast, PaperKind.SUBMISSION), 0)
    codes = {agency["name"]: code for code, agency in recount.agencies.items()}
    assert [int(row[9]) for row in rows] == sorted(
        agency["rank"] for agency in recount.agencies.values()
    )
    for row in rows:
        code = codes[row[1]]
        own, appraised = recount.own(code), recount.figure(code, "appraised")
        balance = recount.figure(code, "bonus") - recount.figure(code, "penalty")
        assert row[2:9] == (
            comma(own),
            comma(appraised),
            _signed(appraised - own),
            comma(recount.figure(code, "survey")),
            _signed(balance),
            comma(recount.figure(code, "total")),
            comma(recount.figure(code, "index")),
        )
        assert row[10] == recount.agencies[code]["grade"]


def _signed(value: Decimal) -> str:
    return f"+{comma(value)}" if value > 0 else comma(value)


def test_the_means_are_those_of_the_unrounded_figures(cast: Cast, recount: Recount) -> None:
    caption = "Điểm bình quân theo nhóm (điểm đạt/điểm tối đa)"
    row = stage.table(stage.paper(cast, PaperKind.SUBMISSION), caption)[GROUP]
    own = sum((recount.own(code) for code in recount.agencies), Decimal(0)) / 3
    assert row[1:] == (
        "03",
        f"{comma(own)}/65",
        f"{comma(recount.mean('appraised'))}/65",
        comma(recount.mean("appraised") - own),
        f"{comma(recount.mean('survey'))}/35",
        comma(recount.mean("total")),
        comma(recount.mean("index")),
    )


def test_grades_are_counted_with_their_share(cast: Cast, recount: Recount) -> None:
    grades = stage.table(
        stage.paper(cast, PaperKind.SUBMISSION), "Số cơ quan, đơn vị theo xếp loại"
    )
    for name, row in grades.items():
        count = sum(agency["grade"] == name for agency in recount.agencies.values())
        if name != "Cộng":
            assert row[1:] == (f"{count:02d}" if count else "0", comma(Decimal(count * 100) / 3))
    assert grades["Cộng"] == ("Cộng", "03", "100,00")


def test_the_course_is_told_from_hand_in_to_seal(cast: Cast, recount: Recount) -> None:
    said = "\n".join(stage.texts(stage.paper(cast, PaperKind.SUBMISSION)))
    assert "từ ngày 01 tháng 12 năm 2020 đến ngày 20 tháng 12 năm 2020" in said
    assert "Đã có 02/03 cơ quan, đơn vị gửi hồ sơ với 13 lượt tiêu chí tự chấm và 03 lượt" in said
    assert "01 cơ quan, đơn vị được gia hạn: Sở Tư pháp." in said
    assert "01 cơ quan, đơn vị không gửi hồ sơ: Sở Nội vụ." in said
    assert "giảm điểm 03 lượt, tăng điểm 0 lượt" in said
    assert "chấp nhận không áp dụng 01 lượt tiêu chí trong 01 lượt được đề nghị" in said
    assert "yêu cầu giải trình 02 lượt tiêu chí của 02 cơ quan, đơn vị" in said
    assert "đã nhận giải trình 01 lượt, 01 lượt không được giải trình" in said
    assert "0 lượt được chấp nhận toàn bộ, 01 lượt được chấp nhận một phần" in said
    assert "ngày 15 tháng 01 năm 2021 (02/03 thành viên có mặt; kết luận 01 nội dung" in said


def test_the_best_and_the_last_are_named_with_their_index(cast: Cast, recount: Recount) -> None:
    ranked = sorted(recount.agencies.values(), key=lambda agency: agency["rank"])
    (sentence,) = [
        text for text in stage.texts(stage.paper(cast, PaperKind.SUBMISSION)) if "Cao nhất:" in text
    ]
    for word, agency in (("Cao nhất", ranked[0]), ("thấp nhất", ranked[-1])):
        assert f"{word}: {agency['name']} ({comma(Decimal(agency['index']))}%)" in sentence


def test_the_meeting_is_a_basis_and_its_minutes_are_attached(cast: Cast, recount: Recount) -> None:
    official = stage.paper(cast, PaperKind.SUBMISSION)
    council = cast.round.jurisdiction.council
    assert official.bases[-1] == f"Căn cứ Biên bản họp {council} ngày 15 tháng 01 năm 2021."
    assert "(3) Biên bản họp Hội đồng ngày 15 tháng 01 năm 2021;" in stage.texts(official)


def test_without_a_meeting_none_is_spoken_of(cast: Cast) -> None:
    stage.at_the_council(cast)
    cast.dossiers["STP"].rulings.all().delete()
    Meeting.objects.all().delete()
    stage.seal(cast)
    official = stage.paper(cast, PaperKind.SUBMISSION)
    assert not any("Biên bản" in basis for basis in official.bases)
    assert any("Hội đồng không tổ chức họp" in text for text in stage.texts(official))


def test_later_changes_of_the_marks_do_not_reach_the_paper(cast: Cast, recount: Recount) -> None:
    before = stage.paper(cast, PaperKind.SUBMISSION)
    stage.change(cast, "SYT", "2.2", "appraisal", points=1)
    assert stage.paper(cast, PaperKind.SUBMISSION) == before
