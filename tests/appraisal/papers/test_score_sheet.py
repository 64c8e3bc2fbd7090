"""The detailed score sheet: sealed where a result stands, else as the marks are now."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from appraisal.documents.official import Facts, Official, Table
from appraisal.models.papers import PaperKind
from appraisal.states import Stage
from tests.appraisal.papers import stage
from tests.appraisal.papers.stage import Recount, comma
from tests.cast import COUNCIL, Cast

CODES = ("SYT", "STP", "SNV")


@pytest.fixture(autouse=True)
def _at_the_council(clock: Any) -> None:
    clock.set(COUNCIL)


def sheet(cast: Cast, agency: str) -> Official:
    return stage.paper(cast, PaperKind.SCORE_SHEET, agency)


def rows(official: Official) -> dict[str, tuple[str, ...]]:
    """The lines of the sheet by code, the sums by their words."""
    return {row[0] or row[1]: row for row in stage.annex_rows(official, 0)}


@pytest.mark.parametrize("agency", CODES)
def test_every_line_is_the_snapshots(cast: Cast, agency: str) -> None:
    recount = Recount(stage.sealed(cast))
    lines = rows(sheet(cast, agency))
    for leaf in recount.leaves(agency):
        line, marks = lines[leaf["code"]], leaf["marks"]
        expected = [_said(marks.get(name)) for name in ("self", "appraisal", "reappraisal")]
        assert [*line[3:6], line[6]] == [*expected, _said(marks.get("council"))]
        final = recount.final(leaf)
        if leaf["kind"] in {"bonus", "penalty"}:
            assert line[7] == "–"
        elif final is not None:
            assert line[7:9] == (comma(Decimal(leaf["maximum"]) - final), comma(final))


def _said(mark: dict[str, Any] | None) -> str:
    if mark is None:
        return "–"
    return "KAD" if mark["not_applicable"] else comma(Decimal(mark["points"]))


@pytest.mark.parametrize("agency", CODES)
def test_the_sums_are_the_snapshots(cast: Cast, agency: str) -> None:
    recount = Recount(stage.sealed(cast))
    lines = rows(sheet(cast, agency))
    for field in ("1", "2"):
        assert lines[field][3] == comma(recount.own(agency, field))
        assert lines[field][4] == comma(_first(recount, agency, field))
        assert lines[field][8] == comma(recount.achieved(agency, field))
    assert lines["3"][3] == "–"
    both = recount.figure(agency, "appraised") + recount.figure(agency, "survey")
    assert lines["Cộng"][8] == comma(both)
    lost = recount.figure(agency, "maximum") - both
    assert lines["Cộng"][7] == comma(lost)
    assert lines["Tổng điểm"][8] == comma(recount.figure(agency, "total"))


def _first(recount: Recount, agency: str, field: str) -> Decimal:
    """What the first appraisal gave, whatever came after it."""
    given = [
        leaf["marks"]["appraisal"]["points"]
        for leaf in recount.leaves(agency)
        if leaf["code"].startswith(field)
    ]
    return sum((Decimal(points or 0) for points in given), Decimal(0))


def test_maximum_is_lost_and_kept_points_and_what_does_not_apply(cast: Cast) -> None:
    stage.sealed(cast)
    lines = rows(sheet(cast, "STP"))
    assert lines["1.2"][3:9] == ("KAD", "KAD", "–", "–", "–", "KAD")
    assert lines["1"][2:4] == ("40", "10,00")
    assert lines["1"][7:9] == ("6,00", "4,00")
    official = sheet(cast, "STP")
    assert any("KAD: tiêu chí không áp dụng" in text for text in _notes(official))


def _notes(official: Official) -> list[str]:
    return [
        f"{block.lead} {block.text}"
        for block in official.annexes[0].blocks
        if not isinstance(block, Table | Facts)
    ]


def test_reasons_and_explanations_stand_beside_the_points(cast: Cast) -> None:
    stage.sealed(cast)
    line = rows(sheet(cast, "SYT"))["1.2"]
    assert line[9] == (
        "Hoàn thành toàn bộ nhiệm vụ. Giải trình: Đã bổ sung công văn. Tài liệu: 99/CV-SYT ngày"
        " 05/03/2020 - bổ sung."
    )
    assert line[10] == "Thẩm định lần 1: Thiếu tài liệu. Thẩm định lần 2: Ghi nhận một phần."
    assert rows(sheet(cast, "SNV"))["2.2"][9] == "Không giải trình."


def test_bonus_and_penalty_carry_their_sign_and_come_after_the_whole(cast: Cast) -> None:
    stage.sealed(cast)
    lines = rows(sheet(cast, "SYT"))
    assert lines["T"][8] == "+1,00"
    assert list(lines)[-4:] == ["Cộng", "T", "P", "Tổng điểm"]
    assert rows(sheet(cast, "SNV"))["P"][8] == "-0,50"


def test_rank_and_grade_are_there_only_once_sealed(cast: Cast) -> None:
    stage.at_the_council(cast)
    before = sheet(cast, "SYT")
    assert before.seal is None
    assert dict(before.facts)["xep_hang"] == ""
    assert any("Số liệu tạm tính" in text for text in stage.texts(before))
    assert "xếp hạng" not in _head(before)["Kết quả:"]
    made = stage.seal(cast)
    recount, after = Recount(made), sheet(cast, "SYT")
    agency = recount.agencies["SYT"]
    assert _head(after)["Kết quả:"] == (
        f"{comma(recount.figure('SYT', 'total'))}/100 điểm; Chỉ số"
        f" {comma(recount.figure('SYT', 'index'))}%; xếp hạng 0{agency['rank']}/03; xếp loại"
        f" {agency['grade']}"
    )
    assert after.seal is not None
    assert rows(before) == rows(after)


def _head(official: Official) -> dict[str, str]:
    (facts,) = [block for block in official.blocks if isinstance(block, Facts)]
    return dict(facts.pairs)


def test_before_the_seal_a_changed_mark_shows_and_after_it_does_not(cast: Cast) -> None:
    stage.at_the_council(cast)
    stage.change(cast, "SYT", "2.2", Stage.APPRAISAL, points=12)
    assert rows(sheet(cast, "SYT"))["2.2"][8] == "12,00"
    stage.seal(cast)
    stage.change(cast, "SYT", "2.2", Stage.APPRAISAL, points=3)
    assert rows(sheet(cast, "SYT"))["2.2"][8] == "12,00"


def test_a_round_of_one_appraisal_has_one_column_for_it(cast: Cast) -> None:
    cast.round.appraisals = 1
    cast.round.save()
    stage.at_the_council(cast)
    labels = [column.label for column in sheet(cast, "STP").annexes[0].blocks[0].columns]
    assert labels[3:6] == ["Tự chấm", "Thẩm định", "Hội đồng"]
    assert rows(sheet(cast, "STP"))["1.1"][3:6] == ("10,00", "10,00", "4,00")


def test_nobody_of_the_team_is_named_but_the_secretary_who_signs(cast: Cast) -> None:
    stage.sealed(cast)
    official = sheet(cast, "SYT")
    said = stage.whole(official)
    for person in (cast.member, cast.lead, cast.second_member, cast.chair):
        assert person.full_name not in said
    assert official.signatures[0].name == "Lê Thị Thư"


def test_long_texts_stand_whole_in_notes_below_the_sheet(cast: Cast) -> None:
    stage.at_the_council(cast)
    reason, answer = "Thiếu. " * 1400, "Nộp.\n" * 2000
    stage.change(cast, "SYT", "1.2", Stage.APPRAISAL, reason=reason.strip())
    stage.change(cast, "SYT", "1.2", Stage.SELF, reason=answer.strip())
    line = rows(sheet(cast, "SYT"))["1.2"]
    assert line[9:] == ("Xem ghi chú 1 dưới bảng.", "Xem ghi chú 2 dưới bảng.")
    said = " ".join(_notes(sheet(cast, "SYT")))
    assert (said.count("Thiếu."), said.count("Nộp.")) == (1400, 2000)
