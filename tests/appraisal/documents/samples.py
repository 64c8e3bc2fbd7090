"""Papers of every make for tests of the printers: what they say is invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from appraisal.documents import words
from appraisal.documents.decision import AgencyResult, decision
from appraisal.documents.official import (
    Annex,
    Attachment,
    Column,
    Facts,
    Official,
    Paragraph,
    Row,
    Signature,
    Table,
)
from tests.appraisal.documents import kon_tum

CREATED = datetime(2021, 1, 15, 16, 30, tzinfo=timezone(timedelta(hours=7)))
SCORES = (
    Column("TT", 8),
    Column("Lĩnh vực, tiêu chí", 40, "left"),
    Column("Điểm tối đa", 10, "right"),
    Column("Điểm thẩm định", 12, "right"),
    Column("Lý do", 30, "left"),
)
DEPARTMENT = words.House(
    superior=("Ủy ban nhân dân tỉnh Kon Tum",),
    issuer=("Sở Nội vụ",),
    place="Kon Tum",
    symbol="SNV-CCHC",
    signing=words.Signing("Giám đốc", "deputy", signer_title="Phó Giám đốc", name="Lê Thị Bình"),
    number="5",
    issued_on=CREATED.date(),
)


def of_two_agencies() -> Official:
    """The decision with two agencies in one annex: enough to hold every kind of text."""
    group = kon_tum.RESULTS.groups[0]
    return decision(kon_tum.facts(groups=(replace(group, results=group.results[:2]),)))


def of_many(count: int) -> Official:
    """The decision on one group of so many agencies."""
    first = kon_tum.RESULTS.groups[0]
    results = tuple(
        AgencyResult(
            f"Đơn vị sự nghiệp công lập số {place}", result.appraised, result.survey,
            result.bonus_penalty, result.total, result.index, place, result.grade,
        )
        for place in range(1, count + 1)
        for result in (first.results[place % len(first.results)],)
    )  # fmt: skip
    return decision(kon_tum.facts(groups=(replace(first, results=results),)))


def letter(*addressees: str) -> Official:
    """A letter of the standing agency to one agency or several, signed by a deputy."""
    return Official(
        kind="letters",
        form="letter",
        letterhead=words.letterhead(DEPARTMENT, 2021),
        title="CÔNG VĂN",
        summary="V/v thông báo kết quả Chỉ số cải cách hành chính năm 2020",
        addressees=addressees or ("Sở Y tế tỉnh Kon Tum.",),
        blocks=(
            Paragraph(
                "Thực hiện Quyết định của Chủ tịch Ủy ban nhân dân tỉnh về việc phê duyệt kết quả"
                " xác định Chỉ số cải cách hành chính năm 2020, Sở Nội vụ thông báo kết quả của cơ"
                " quan, đơn vị như sau:"
            ),
            Facts((("Tổng điểm", "93,73/100 điểm"), ("Xếp hạng", "01/20"), ("Xếp loại", "Tốt"))),
            Paragraph("Những nội dung bị trừ điểm nhiều nhất:"),
            Paragraph("a) Ban hành kế hoạch chậm so với thời hạn quy định tại Điều 5;", "point"),
            Paragraph("b) Thiếu tài liệu kiểm chứng của 02 tiêu chí.", "point"),
            Paragraph("Đề nghị cơ quan, đơn vị nghiên cứu, khắc phục./."),
        ),
        recipients=words.listed(("Như trên", "Ủy ban nhân dân tỉnh (để báo cáo)", "Lưu: VT, CCHC")),
        signatures=(words.signature(DEPARTMENT.signing),),
        seal=words.seal(kon_tum.FINGERPRINT),
        created=CREATED,
        draft=False,
    )


def minutes() -> Official:
    """Minutes with two signatures side by side, headings, facts and a table in the text."""
    house = replace(DEPARTMENT, issuer=("Hội đồng thẩm định",), symbol="BB-HĐ", number="")
    return Official(
        kind="minutes",
        letterhead=words.letterhead(house, 2021),
        title="BIÊN BẢN",
        summary="Họp Hội đồng thẩm định Chỉ số cải cách hành chính năm 2020",
        bases=words.listed(("Căn cứ Quyết định số 15/QĐ-UBND ngày 08 tháng 01 năm 2021",)),
        blocks=(
            Paragraph("I. THỜI GIAN, ĐỊA ĐIỂM", "heading"),
            Facts((("Thời gian", "Ngày 15 tháng 01 năm 2021"), ("Địa điểm", "Sở Nội vụ"))),
            Paragraph("II. NỘI DUNG", "heading"),
            Paragraph("1. Các nội dung Hội đồng quyết định", "subheading"),
            Paragraph(
                "Hội đồng thảo luận từng nội dung còn ý kiến khác nhau và biểu quyết công khai; kết"
                " quả biểu quyết được ghi tại bảng dưới đây, lý do theo ý kiến của đa số."
            ),
            scores(6, caption="Kết quả biểu quyết"),
            Paragraph("Ý kiến bảo lưu được gửi kèm biên bản này.", "note"),
            Paragraph("KẾT LUẬN", "centred"),
            Paragraph("Hội đồng thống nhất kết quả thẩm định với 05/05 phiếu tán thành."),
            Paragraph("Cuộc họp kết thúc lúc 11 giờ 30 cùng ngày./."),
        ),
        recipients=words.listed(("Thành viên Hội đồng", "Lưu: HĐ")),
        signatures=(
            Signature(("THƯ KÝ",), "Phạm Văn Dũng"),
            Signature(("CHỦ TRÌ", "CHỦ TỊCH HỘI ĐỒNG"), "Nguyễn Văn An"),
        ),
        created=CREATED,
    )


def sheet(rows: int = 60) -> Official:
    """A score sheet: a long table in an upright annex, with titles of fields and a total."""
    annex = Annex(
        "",
        "BẢNG ĐIỂM CHI TIẾT CỦA SỞ Y TẾ",
        "(Kèm theo Biên bản)",
        (scores(rows),),
        landscape=False,
    )
    return replace(minutes(), annexes=(annex,), seal=words.seal(kon_tum.FINGERPRINT))


def with_files() -> Official:
    """A letter that carries a file."""
    sealed = Attachment("ket-qua-2020.json", b"{}", "application/json", "Bản niêm phong kết quả")
    return replace(letter(), attachments=(sealed,))


def scores(count: int, caption: str = "") -> Table:
    """So many rows: every fifth one the title of a field, the last the total."""
    rows = [
        Row((str(place // 5 + 1), f"Lĩnh vực số {place // 5 + 1}", "", "", ""), "field")
        if place % 5 == 0
        else Row(
            (
                f"{place // 5 + 1}.{place % 5}",
                f"Tiêu chí thành phần số {place} về thực hiện kế hoạch cải cách hành chính",
                "1,50", "1,25", "Báo cáo quý gửi chậm so với thời hạn" if place % 3 == 0 else "",
            )
        )
        for place in range(count)
    ]  # fmt: skip
    return Table(SCORES, (*rows, Row(("", "Tổng cộng", "90,00", "81,25", ""), "total")), caption)
