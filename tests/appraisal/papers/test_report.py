"""The report tells where points were lost, and counts nothing otherwise than the snapshot."""

from __future__ import annotations

from decimal import Decimal

import pytest

from appraisal.documents.official import Official, Table
from appraisal.models import Extension, MemberReport
from appraisal.models.papers import PaperKind
from appraisal.states import Stage
from tests.appraisal.papers import stage
from tests.appraisal.papers.stage import Recount, comma
from tests.cast import Cast

CODES = ("SYT", "STP", "SNV")
FIELDS = ("1", "2", "3")


@pytest.fixture
def recount(cast: Cast) -> Recount:
    return Recount(stage.sealed(cast))


def report(cast: Cast) -> Official:
    return stage.paper(cast, PaperKind.REPORT)


def headed(official: Official, label: str) -> list[tuple[str, ...]]:
    """The rows of the one table of the main part that has such a column."""
    (found,) = [
        item
        for item in stage.tables(official)
        if any(column.label == label for column in item.columns)
    ]
    return [row.cells for row in found.rows]


def component(recount: Recount, code: str, field: str) -> Decimal:
    """The component index by hand: points over what could be reached."""
    reach = sum(
        Decimal(leaf["maximum"])
        for leaf in recount.leaves(code)
        if leaf["code"].startswith(field) and recount.final(leaf) is not None
    )
    return recount.achieved(code, field) * 100 / reach


def test_a_field_is_told_by_mean_best_and_worst_component_index(
    cast: Cast, recount: Recount
) -> None:
    rows = stage.table(report(cast), "Chỉ số thành phần theo lĩnh vực")
    for field in FIELDS:
        given = [component(recount, code, field) for code in CODES]
        assert rows[field][3:] == (
            comma(sum(given, Decimal(0)) / 3),
            comma(max(given)),
            comma(min(given)),
            _tally(sum(index == 100 for index in given)),
            _tally(sum(index < 50 for index in given)),
        )


def _tally(number: int) -> str:
    return f"{number:02d}" if number else "0"


def test_what_is_met_and_what_is_not_is_named_by_leaf(cast: Cast, recount: Recount) -> None:
    said = "\n".join(stage.texts(report(cast)))
    assert "Nội dung đạt: 0/04 tiêu chí" in said
    assert "03 tiêu chí không cơ quan, đơn vị nào đạt điểm tối đa (1.2, 2.1, 2.2)" in said


def test_the_deductions_are_the_points_short_of_the_maximum(cast: Cast, recount: Recount) -> None:
    rows = {row[0]: row for row in headed(report(cast), "Lý do thường gặp")}
    for code, row in rows.items():
        leaves = [
            leaf for agency in CODES for leaf in recount.leaves(agency) if leaf["code"] == code
        ]
        scored = [leaf for leaf in leaves if recount.final(leaf) is not None]
        lost = [Decimal(leaf["maximum"]) - (recount.final(leaf) or Decimal(0)) for leaf in scored]
        assert row[3] == f"{sum(bool(x) for x in lost):02d}/{len(scored):02d}"
        assert row[5] == comma(sum(lost, Decimal(0)))
    assert list(rows) == ["2.2", "2.1", "1.2", "1.1"]


def test_survey_bonus_and_what_does_not_apply_are_no_deduction(
    cast: Cast, recount: Recount
) -> None:
    rows = {row[0]: row for row in headed(report(cast), "Lý do thường gặp")}
    assert not {"3.1", "T", "P"} & set(rows)
    assert rows["1.2"][3] == "02/02"


def test_the_commonest_reasons_come_with_how_many_agencies_they_met(
    cast: Cast, recount: Recount
) -> None:
    rows = {row[0]: row for row in headed(report(cast), "Lý do thường gặp")}
    assert (
        rows["2.2"][6]
        == "Tự chấm chưa đạt điểm tối đa (03 cơ quan). Chưa có tài liệu (01 cơ quan)."
    )
    assert rows["1.1"][4:] == ("01", "6,00", "Kế hoạch chậm (01 cơ quan).")


def test_a_reason_given_once_gives_way_to_one_given_twice(cast: Cast) -> None:
    stage.at_the_council(cast)
    for agency in ("SYT", "STP"):
        stage.change(cast, agency, "2.1", Stage.APPRAISAL, points=3, reason="Báo cáo trễ")
    stage.change(cast, "SNV", "2.1", Stage.APPRAISAL, points=2, reason="Thiếu báo cáo")
    stage.seal(cast)
    rows = {row[0]: row for row in headed(report(cast), "Lý do thường gặp")}
    assert rows["2.1"][6].endswith("điểm tối đa (03 cơ quan). Báo cáo trễ (02 cơ quan).")


def test_late_and_absent_dossiers_are_listed_with_their_deadlines(
    cast: Cast, recount: Recount
) -> None:
    rows = {row[1]: row for row in headed(report(cast), "Thời hạn chung")}
    assert rows["Sở Tư pháp"][2:] == (
        "17:00 20/12/2020", "17:00 22/12/2020", "10:00 21/12/2020",
        "Gửi trong thời hạn được gia hạn. Có văn bản đề nghị",
    )  # fmt: skip
    assert rows["Sở Nội vụ"][4:] == ("Không gửi", "Không gửi hồ sơ.")
    assert "Sở Y tế" not in rows


def test_after_its_extension_a_dossier_is_late(cast: Cast) -> None:
    stage.at_the_council(cast)
    Extension.objects.create(
        dossier=cast.dossiers["SYT"], step="self_assessment",
        closes_at=stage.moment("2020-12-18 15:00"), reason="Đề nghị", granted_by=cast.secretary,
        granted_at=stage.moment("2020-12-17 09:00"),
    )  # fmt: skip
    stage.seal(cast)
    rows = {row[1]: row for row in headed(report(cast), "Thời hạn chung")}
    assert rows["Sở Y tế"][5].startswith("Gửi sau thời hạn.")


def test_points_without_a_document_are_counted_by_agency(cast: Cast, recount: Recount) -> None:
    rows = {row[1]: row for row in headed(report(cast), "Không được công nhận đủ")}
    for code in CODES:
        without = [
            leaf
            for leaf in recount.leaves(code)
            if Decimal(leaf["marks"].get("self", {}).get("points") or 0) and not leaf["evidence"]
        ]
        row = rows[recount.agencies[code]["name"]]
        own = sum((Decimal(leaf["marks"]["self"]["points"]) for leaf in without), Decimal(0))
        refused = sum(
            (recount.final(leaf) or Decimal(0)) < Decimal(leaf["marks"]["self"]["points"])
            for leaf in without
        )
        assert row[2:] == (
            f"{len(without):02d}",
            comma(own),
            _tally(refused),
            ", ".join(leaf["code"] for leaf in without),
        )


def test_changes_are_the_self_score_against_what_counts(cast: Cast, recount: Recount) -> None:
    caption = "Điểm bình quân theo lĩnh vực, không kể điều tra xã hội học"
    rows = stage.table(report(cast), caption)
    assert "3" not in rows
    for field in ("1", "2"):
        own = [recount.own(code, field) for code in CODES]
        final = [recount.achieved(code, field, survey=False) for code in CODES]
        before, after = sum(own, Decimal(0)) / 3, sum(final, Decimal(0)) / 3
        assert rows[field][2:5] == (comma(before), comma(after), comma(after - before))


def test_the_largest_single_changes_come_first_with_their_reason(
    cast: Cast, recount: Recount
) -> None:
    rows = list(stage.table(report(cast), "Những tiêu chí thay đổi điểm nhiều nhất").values())
    assert [(row[1], row[2], row[5], row[6]) for row in rows] == [
        ("Sở Tư pháp", "1.1. Tiêu chí 1.1", "-6,00", "Kế hoạch chậm"),
        ("Sở Nội vụ", "2.2. Tiêu chí 2.2", "-5,00", "Chưa có tài liệu"),
        ("Sở Y tế", "1.2. Tiêu chí 1.2", "-1,50", "Ghi nhận một phần"),
    ]


def test_explanations_are_counted_by_what_became_of_them(cast: Cast, recount: Recount) -> None:
    rows = stage.table(report(cast), "Số lượt tiêu chí yêu cầu giải trình")
    assert rows["Cộng"][1:] == ("02", "01", "0", "01", "0", "01")
    assert "còn nội dung không giải trình: Sở Nội vụ." in "\n".join(stage.texts(report(cast)))


@pytest.mark.parametrize(
    ("points", "counted"), [("30", ("01", "0", "0")), ("27", ("0", "0", "01"))]
)
def test_an_explanation_is_accepted_or_kept_by_the_points_that_count(
    cast: Cast, points: str, counted: tuple[str, ...]
) -> None:
    stage.at_the_council(cast)
    stage.change(cast, "SYT", "1.2", Stage.REAPPRAISAL, points=Decimal(points))
    stage.seal(cast)
    rows = stage.table(report(cast), "Số lượt tiêu chí yêu cầu giải trình")
    assert rows["Cộng"][3:6] == counted


def test_each_member_is_named_with_agency_and_every_line_that_was_written(
    cast: Cast, recount: Recount
) -> None:
    said = stage.texts(report(cast))
    lead = said.index("1. Phạm Văn Trưởng, Sở Nội vụ (Tổ trưởng Tổ giúp việc)")
    member = said.index("2. Đỗ Minh Tâm, Chuyên viên Sở Nội vụ (Thành viên Tổ giúp việc)")
    assert said[lead + 2] == "b) Khó khăn, vướng mắc: Không có ý kiến."
    assert said[member + 2 : member + 5] == [
        "b) Khó khăn, vướng mắc: Thiếu số liệu",
        "Tài liệu cũ",
        "c) Đề xuất, kiến nghị: Đề nghị có mẫu chung",
    ]


def test_the_matrix_has_the_component_index_of_every_agency_and_field(
    cast: Cast, recount: Recount
) -> None:
    rows = stage.annex_rows(report(cast), 1)
    codes = {agency["name"]: code for code, agency in recount.agencies.items()}
    for row in rows[:-1]:
        code = codes[row[1]]
        assert row[2:5] == tuple(comma(component(recount, code, field)) for field in FIELDS)
        assert row[5] == comma(recount.figure(code, "index"))
    assert rows[-1][1] == "Bình quân"
    assert rows[-1][5] == comma(recount.mean("index"))


def test_every_leaf_stands_in_the_last_annex_under_its_field(cast: Cast, recount: Recount) -> None:
    official = report(cast)
    assert [row[0] for row in stage.annex_rows(official, 2)] == [
        "1", "1.1", "1.2", "2", "2.1", "2.2",
    ]  # fmt: skip
    (table,) = [block for block in official.annexes[2].blocks if isinstance(block, Table)]
    assert [row.role for row in table.rows].count("field") == 2


def test_annexes_are_landscape_and_numbered(cast: Cast, recount: Recount) -> None:
    official = report(cast)
    assert [annex.heading for annex in official.annexes] == [
        "Phụ lục I", "Phụ lục II", "Phụ lục III",
    ]  # fmt: skip
    assert all(annex.landscape for annex in official.annexes)


def test_a_long_reason_stands_whole_below_its_table(cast: Cast) -> None:
    stage.at_the_council(cast)
    stage.change(cast, "SNV", "2.2", Stage.APPRAISAL, reason=("Khuyết. " * 1200).strip())
    stage.seal(cast)
    official = report(cast)
    row = {row[0]: row for row in headed(official, "Lý do thường gặp")}["2.2"]
    assert row[6] == "Xem ghi chú 1 dưới bảng."
    # Once below the deductions, once below the changes.
    assert "\n".join(stage.texts(official)).count("Khuyết") == 2 * 1200


def test_no_report_of_a_member_is_said_so(cast: Cast) -> None:
    stage.at_the_council(cast)
    MemberReport.objects.all().delete()
    stage.seal(cast)
    assert "Thành viên Tổ giúp việc không có báo cáo riêng." in stage.texts(report(cast))
