"""The agency's own report: what it gave itself, at any time, and nothing that others said."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from agencies.models import User
from appraisal.documents.official import Official
from appraisal.models import Dossier, Mark
from appraisal.models.papers import PaperKind
from appraisal.queries.dossiers import sheet
from appraisal.states import Stage
from tests.appraisal.papers import stage
from tests.cast import SELF_ASSESSMENT, Cast, moment


@pytest.fixture(autouse=True)
def _while_they_score(clock: Any) -> None:
    clock.set(SELF_ASSESSMENT)


def report(cast: Cast, agency: str = "SYT") -> Official:
    return stage.paper(cast, PaperKind.SELF_REPORT, agency)


def test_a_dossier_that_is_being_filled_says_how_far_it_is(cast: Cast) -> None:
    cast.mark("1.1", "10")
    cast.mark("2.2", None)
    official = report(cast)
    said = stage.texts(official)
    assert any("Hồ sơ đang được hoàn thiện: đã chấm 01/04 tiêu chí" in text for text in said)
    assert any("Tổng điểm tự chấm: 10,00/65 điểm, đạt 15,38%" in text for text in said)
    assert official.seal is None


def test_an_empty_dossier_has_a_report_of_zero_points(cast: Cast) -> None:
    said = stage.texts(report(cast))
    assert any("Tổng điểm tự chấm: 0,00/65 điểm" in text for text in said)
    rows = {row[0] or row[1]: row for row in stage.annex_rows(report(cast), 0)}
    assert rows["1.1"][3] == "–"


def test_the_sums_are_those_of_the_agencys_page(cast: Cast) -> None:
    cast.mark("1.1", "10")
    cast.mark("1.2", "27.333333", declared={"total": "60", "done": "54"})
    cast.mark("2.1", "4.5")
    page = sheet(Dossier.objects.get(pk=cast.dossier.pk), shows_requests=False)
    rows = stage.table(report(cast), "Điểm tự chấm theo lĩnh vực")
    for field in page.fields:
        assert rows[field.code][3] == field.maximum
        assert Decimal(rows[field.code][4].replace(",", ".")) == round(
            Decimal(field.achieved.replace(",", ".")), 2
        )


def test_declared_values_are_told_with_their_labels(cast: Cast) -> None:
    cast.mark("1.2", "27", declared={"total": "60", "done": "54"})
    rows = {row[0]: row for row in stage.annex_rows(report(cast), 0)}
    assert rows["1.2"][4] == "Tổng nhiệm vụ: 60. Nhiệm vụ đã hoàn thành: 54."


def test_what_has_no_document_is_explained_and_what_does_not_apply_is_asked(cast: Cast) -> None:
    cast.mark("1.1", "10", reason="Lồng ghép trong kế hoạch chung\nKhông có văn bản riêng")
    cast.mark("2.2", "15", reason="Có tài liệu")
    cast.mark("1.2", None, not_applicable=True, reason="Không phát sinh")
    stage.cite(cast, cast.dossier, "2.2", stage.document(cast, "1/BC-SYT", "Báo cáo"))
    said = stage.texts(report(cast))
    proof = said.index("III. GIẢI TRÌNH NỘI DUNG KHÔNG CÓ TÀI LIỆU KIỂM CHỨNG")
    waived = said.index("II. NỘI DUNG ĐỀ NGHỊ KHÔNG ÁP DỤNG")
    assert said[waived + 1 : waived + 3] == [
        "1. Tiêu chí 1.2. Tiêu chí 1.2.", "Giải trình: Không phát sinh",
    ]  # fmt: skip
    assert said[proof + 1 : proof + 4] == [
        "1. Tiêu chí 1.1. Tiêu chí 1.1 (tự chấm 10,00/10 điểm).",
        "Giải trình: Lồng ghép trong kế hoạch chung",
        "Không có văn bản riêng",
    ]
    assert not any("2.2" in text for text in said[proof:])


def test_a_document_is_listed_once_with_every_leaf_that_cites_it(cast: Cast) -> None:
    plan = stage.document(cast, "34/KH-SYT", "Kế hoạch")
    stage.cite(cast, cast.dossier, "2.2", plan, pages="3")
    stage.cite(cast, cast.dossier, "1.1", plan, pages="2")
    official = report(cast)
    (row,) = stage.annex_rows(official, 1)
    assert row == ("1", "34/KH-SYT", "05/03/2020", "Sở Y tế", "Kế hoạch", "1.1, 2.2")
    rows = {row[0]: row for row in stage.annex_rows(official, 0)}
    assert rows["1.1"][6] == "34/KH-SYT ngày 05/03/2020 (trang 2)"


def test_without_documents_the_annex_says_so(cast: Cast) -> None:
    assert "Cơ quan chưa viện dẫn tài liệu kiểm chứng nào." in stage.whole(report(cast))


def test_what_the_team_did_later_is_not_in_it(cast: Cast) -> None:
    """Neither marks nor supplements nor the seal change a word of it."""
    cast.fill()
    before = report(cast)
    Mark.objects.exclude(stage=Stage.SELF).update(reason="Ghi của Tổ giúp việc")
    stage.cite(cast, cast.dossier, "1.2", stage.document(cast, "9/CV", "Bổ sung"),
               is_supplementary=True)  # fmt: skip
    stage.seal(cast)
    assert report(cast) == before
    assert "Hồ sơ tự chấm điểm đã được gửi trên hệ thống lúc 16 giờ 00 phút, ngày 18 tháng 12" in (
        "\n".join(stage.texts(before))
    )


def test_it_is_dated_by_the_agencys_own_last_word(cast: Cast) -> None:
    cast.mark("1.1", "10", saved_at=moment("2020-12-09 10:00"))
    cast.mark("1.1", "8", Stage.APPRAISAL, saved_at=moment("2020-12-28 10:00"), reason="Thiếu")
    assert report(cast).created == moment("2020-12-09 10:00")


# --- Who signs --------------------------------------------------------------------------------
def _position(person: User, position: str) -> None:
    person.position = position
    person.save()


def test_the_head_signs_with_the_own_office(cast: Cast) -> None:
    _position(cast.head, "Giám đốc")
    (signature,) = report(cast).signatures
    assert (signature.lines, signature.name) == (("GIÁM ĐỐC",), "Nguyễn Thị Vân")


def test_a_deputy_signs_for_the_head(cast: Cast) -> None:
    _position(cast.head, "Phó Giám đốc")
    assert report(cast).signatures[0].lines == ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC")


def test_a_peoples_committee_heads_its_own_paper_and_signs_as_one(cast: Cast) -> None:
    agency = cast.agencies["SYT"]
    agency.name = "Ủy ban nhân dân huyện Đăk Hà"
    agency.save()
    _position(cast.head, "Chủ tịch Ủy ban nhân dân")
    official = report(cast)
    assert official.letterhead.superior == ()
    assert official.letterhead.issuer == ("ỦY BAN NHÂN DÂN", "HUYỆN ĐĂK HÀ")
    assert official.signatures[0].lines == ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")


def test_who_handed_it_in_signs_before_whoever_heads_it_now(cast: Cast) -> None:
    _position(cast.other_head, "Giám đốc")
    cast.submit(cast.dossiers["STP"])
    assert report(cast, "STP").signatures[0].name == "Nguyễn Thị Vân"


def test_the_provinces_choice_of_signer_stands(cast: Cast) -> None:
    cast.jurisdiction.paper_settings.create(
        kind=PaperKind.SELF_REPORT, issuer="agency", symbol="BC", head_title="Thủ trưởng",
        signer_name="Lê Văn Định",
    )  # fmt: skip
    (signature,) = report(cast).signatures
    assert (signature.lines, signature.name) == (("THỦ TRƯỞNG",), "Lê Văn Định")


def test_long_texts_stand_whole_in_notes_below_the_sheet(cast: Cast) -> None:
    text = "Xong. " * 1600
    cast.mark("1.1", "10", reason=text.strip())
    official = report(cast)
    rows = {row[0]: row for row in stage.annex_rows(official, 0)}
    assert rows["1.1"][5] == "Xem ghi chú 1 dưới bảng."
    assert stage.whole(official).count("Xong.") == 2 * 1600
