"""The workbook in which an appraiser works without the network; read by `appraisals`.

Rows can be filtered and sorted by the eye's filter; progress is counted by formulas. Whatever
agencies wrote goes in as text and is locked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from appraisal.workbooks.appraisals import (
    AGENCY,
    AGENCY_CODE,
    CLAIM,
    CODE,
    DECLARED,
    FILES,
    FIRST,
    HEADER_ROW,
    HEADERS,
    KEY,
    MAXIMUM,
    POINTS,
    REASON,
    SELF,
    SHEET,
    STAGE,
    TITLE,
    VERSION,
    WAIVED,
    stamp,
)
from appraisal.workbooks.locked import NO, YES
from appraisal.workbooks.locked_out import LockedBook, Page, at

WIDTHS: Final = {
    AGENCY_CODE: 9, AGENCY: 24, CODE: 9, TITLE: 36, MAXIMUM: 8, SELF: 8, DECLARED: 28, CLAIM: 32,
    FILES: 32, FIRST: 10, POINTS: 10, WAIVED: 10, REASON: 40,
}  # fmt: skip
PROGRESS_ROW: Final = 4
INSTRUCTIONS: Final = (
    "Chỉ các ô nền vàng điền được; phần còn lại khóa để tải lên đọc đúng.",
    "Mỗi dòng là một tiêu chí của một cơ quan. Dùng mũi tên lọc ở dòng tiêu đề để xem từng tiêu chí"
    " hoặc từng cơ quan.",
    "Cột “Điểm thẩm định”: gõ một số từ 0 đến điểm tối đa, tối đa 2 chữ số thập phân. Đồng ý với cơ"
    " quan thì gõ lại điểm tự chấm như đang hiển thị.",
    "Điểm khác điểm tự chấm thì phải ghi lý do; ô lý do còn thiếu được tô đỏ.",
    "Cột “Không áp dụng” chỉ chọn được ở tiêu chí cho phép; khi đó để trống điểm và ghi lý do.",
    "Dòng để trống là dòng chưa thẩm định; hệ thống không nhận gì từ dòng đó.",
    "Không đổi tên trang, không xóa cột ẩn.",
    "Tải lên ở trang thẩm định, mục “Làm việc bằng Excel”. Hệ thống cho xem từng dòng đã đổi trước"
    " khi ghi; nội dung vừa sửa trên hệ thống không bị ghi đè.",
)


@dataclass(frozen=True)
class ItemRow:
    """One leaf of one agency. `version` is 0 while it has no mark of this stage."""

    key: str
    stage: str
    agency_code: str
    agency: str
    code: str
    title: str
    max_points: Decimal
    na_allowed: bool
    self_points: Decimal | None = None
    self_waived: bool = False
    declared: str = ""
    claim: str = ""
    files: tuple[str, ...] = ()
    first: Decimal | None = None
    version: int = 0
    points: Decimal | None = None
    not_applicable: bool = False
    reason: str = ""

    @property
    def is_done(self) -> bool:
        return self.points is not None or self.not_applicable


@dataclass(frozen=True)
class BenchFacts:
    """Whose workbook it is, for which appraisal, and when it was taken."""

    round_name: str
    appraiser: str
    owner: str
    stage: str
    stage_label: str
    taken_at: datetime


def write_appraisals(facts: BenchFacts, rows: Sequence[ItemRow]) -> bytes:
    """The workbook as XLSX, rows in the order given."""
    book = LockedBook("Bảng thẩm định", facts.taken_at)
    page = book.page(SHEET, WIDTHS)
    taken = facts.taken_at.strftime("%H:%M ngày %d/%m/%Y")
    page.text(1, AGENCY_CODE, "BẢNG THẨM ĐỊNH CHỈ SỐ CẢI CÁCH HÀNH CHÍNH", "title")
    whose = f"{facts.appraiser} – {facts.stage_label} – {facts.round_name}"
    page.text(2, AGENCY_CODE, whose, "bare")
    page.text(3, AGENCY_CODE, f"Lấy từ hệ thống lúc {taken}. Chỉ điền các ô nền vàng.", "bare")
    page.header(HEADER_ROW, HEADERS)
    for number, row in enumerate(rows, HEADER_ROW + 1):
        _write(page, number, row)
    last = HEADER_ROW + max(len(rows), 1)
    _write_progress(page, rows, last)
    _offer(page, last)
    page.stamp(KEY, stamp(facts.owner, facts.stage))
    page.hide(KEY, VERSION)
    page.sheet.autofilter(HEADER_ROW - 1, 0, last - 1, REASON - 1)
    page.sheet.freeze_panes(HEADER_ROW, CODE)
    page.lock()
    page.sheet.protect(
        "", {"format_rows": True, "format_columns": True, "autofilter": True, "sort": True}
    )
    book.help("Cách điền bảng thẩm định", INSTRUCTIONS)
    about = (
        ("Người thẩm định", facts.appraiser),
        ("Đợt đánh giá", facts.round_name),
        ("Lần thẩm định", facts.stage_label),
        ("Lấy từ hệ thống lúc", taken),
        ("Số dòng", str(len(rows))),
    )
    book.about(about, stamp(facts.owner, facts.stage))
    return book.finished()


def _write(page: Page, at_row: int, row: ItemRow) -> None:
    page.text(at_row, AGENCY_CODE, row.agency_code, "text")
    page.text(at_row, AGENCY, row.agency, "text")
    page.text(at_row, CODE, row.code, "text")
    page.text(at_row, TITLE, row.title, "text")
    page.number(at_row, MAXIMUM, row.max_points, "number")
    if row.self_waived:
        page.text(at_row, SELF, "KAD", "text")
    else:
        _points(page, at_row, SELF, row.self_points, "number")
    page.text(at_row, DECLARED, row.declared, "text")
    page.text(at_row, CLAIM, row.claim, "text")
    page.text(at_row, FILES, "\n".join(row.files), "text")
    _points(page, at_row, FIRST, row.first, "number")
    _points(page, at_row, POINTS, row.points, "input_points")
    if row.na_allowed:
        page.typed(at_row, WAIVED, YES if row.not_applicable else "")
    else:
        page.blank(at_row, [WAIVED], "closed")
    page.typed(at_row, REASON, row.reason)
    page.text(at_row, KEY, row.key, "bare")
    page.text(at_row, STAGE, row.stage, "bare")
    page.number(at_row, VERSION, row.version, "bare")


def _points(page: Page, row: int, column: int, value: Decimal | None, style: str) -> None:
    if value is None:
        page.blank(row, [column], style)
    else:
        page.number(row, column, value, style)


def _write_progress(page: Page, rows: Sequence[ItemRow], last: int) -> None:
    done = sum(row.is_done for row in rows)
    marked, waived = (_column(column, last) for column in (POINTS, WAIVED))
    page.text(PROGRESS_ROW, AGENCY_CODE, "Đã chấm", "heading")
    page.formula(
        PROGRESS_ROW, AGENCY, f'COUNT({marked})+COUNTIF({waived},"{YES}")', "heading_count", done
    )
    page.text(PROGRESS_ROW, CODE, "trên", "heading")
    page.number(PROGRESS_ROW, TITLE, len(rows), "heading_count")
    # Of the rows that the filter leaves in sight: an agency's, or a leaf's.
    total = sum((row.points for row in rows if row.points is not None), Decimal(0))
    page.text(PROGRESS_ROW, FIRST, "Tổng đang lọc", "heading")
    page.formula(PROGRESS_ROW, POINTS, f"SUBTOTAL(109,{marked})", "heading_number", total)


def _offer(page: Page, last: int) -> None:
    """What the cells of a column offer and take, as one rule for the whole column; a reason that
    is missing turns red."""
    first = HEADER_ROW + 1
    sheet = page.sheet
    sheet.data_validation(
        first - 1, POINTS - 1, last - 1, POINTS - 1,
        {"validate": "decimal", "criteria": "between", "minimum": 0,
         "maximum": f"=${at(first, MAXIMUM)}", "ignore_blank": True, "error_title": "Điểm",
         "error_message": "Hãy gõ một số từ 0 đến điểm tối đa của tiêu chí."},
    )  # fmt: skip
    sheet.data_validation(
        first - 1, WAIVED - 1, last - 1, WAIVED - 1,
        {"validate": "list", "source": [YES, NO], "ignore_blank": True,
         "error_title": "Chọn trong danh sách", "error_message": f"Chọn {YES} hoặc {NO}."},
    )  # fmt: skip
    points, own, reason, waived = (f"${at(first, c)}" for c in (POINTS, SELF, REASON, WAIVED))
    # Points that look the same are the same: what the agency has of a quotient shows two places.
    differs = f"OR(ISTEXT({own}),ROUND({points}-N({own}),2)<>0)"
    missing = f'AND({reason}="",OR({waived}="{YES}",AND({points}<>"",{differs})))'
    sheet.conditional_format(
        first - 1, REASON - 1, last - 1, REASON - 1,
        {"type": "formula", "criteria": f"={missing}",
         "format": page.book.alarm()},
    )  # fmt: skip


def _column(column: int, last: int) -> str:
    return f"{at(HEADER_ROW + 1, column)}:{at(last, column)}"
