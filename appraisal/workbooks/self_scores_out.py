"""The workbook in which an agency scores itself without the network; read by `self_scores`.

Inputs follow the rule of each leaf, one a row; beside them stand the points that the rule proposes
and the sums of fields and of the whole, as formulas.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from appraisal import scoring
from appraisal.workbooks.formulas import proposal
from appraisal.workbooks.locked import YES, Stamp
from appraisal.workbooks.locked_out import LockedBook, at
from appraisal.workbooks.self_scores import (
    ASKED,
    CODE,
    COUNTED,
    FILES,
    HEADER_ROW,
    HEADERS,
    INPUT,
    KEY,
    MAXIMUM,
    POINTS,
    PROPOSED,
    REASON,
    SHEET,
    TITLE,
    UNIT,
    VALUE,
    VERSION,
    WAIVED,
    stamp,
)

WIDTHS: Final = {
    CODE: 8, TITLE: 52, MAXIMUM: 9, ASKED: 34, VALUE: 18, UNIT: 9, PROPOSED: 10, POINTS: 10,
    WAIVED: 10, REASON: 40, FILES: 32, COUNTED: 10,
}  # fmt: skip
SUM_ROW: Final = 4
DEEPEST: Final = 9

INSTRUCTIONS: Final = (
    "Chỉ các ô nền vàng điền được; phần còn lại khóa để tải lên đọc đúng.",
    "Cột “Giá trị”: chọn trong danh sách hoặc gõ số. Số thập phân dùng dấu phẩy hoặc dấu chấm.",
    "Cột “Điểm đề xuất” tự tính theo cách tính của tiêu chí. Để trống “Điểm tự chấm” thì lấy điểm"
    " đề xuất; gõ điểm khác thì ghi lý do ở cột “Giải trình, lý do”.",
    "Cột “Không áp dụng” chỉ chọn được ở tiêu chí cho phép và phải nêu lý do.",
    "Cột “Tệp tài liệu”: ghi tên tệp, mỗi dòng một tên (Alt+Enter để xuống dòng). Khi tải bảng lên,"
    " kèm một tệp ZIP chứa các tài liệu đó, hoặc dùng tên tài liệu đã có trong thư viện. Xóa tên ở"
    " đây không gỡ tài liệu đã dẫn.",
    "Tổng điểm tự tính không gồm điểm thưởng.",
    "Không đổi tên trang, không xóa dòng, không xóa cột ẩn.",
    "Tải lên ở trang hồ sơ, mục “Làm việc bằng Excel”. Hệ thống cho xem từng tiêu chí đã đổi trước"
    " khi ghi; nội dung người khác vừa sửa trên hệ thống không bị ghi đè.",
)


@dataclass(frozen=True)
class Heading:
    """A field or a criterion above leaves; `depth` is 0 for a field."""

    code: str
    title: str
    max_points: Decimal
    depth: int


@dataclass(frozen=True)
class LeafRow:
    """One leaf with what is stored of it; `version` is 0 where nothing is.

    A leaf outside the total (bonus) is not in the sum of the whole. `depth` is counted as that of
    a heading: a leaf belongs to the headings above it that are less deep.
    """

    code: str
    title: str
    rule: scoring.Rule
    rule_text: str
    evidence_text: str
    na_allowed: bool
    version: int = 0
    declared: Mapping[str, Any] | None = None
    points: Decimal | None = None
    not_applicable: bool = False
    reason: str = ""
    files: tuple[str, ...] = ()
    outside_total: bool = False
    depth: int = DEEPEST

    @property
    def proposed(self) -> Decimal | None:
        return scoring.propose(self.rule, self.declared or {}).points

    @property
    def counted(self) -> Decimal | None:
        """The points in the sums: the person's own, else the rule's."""
        if self.not_applicable:
            return None
        return scoring.settle(self.rule, self.declared or {}, self.points)

    @property
    def own_points(self) -> Decimal | None:
        """The points of a person, where they are not the rule's: figures changed change those."""
        return None if self.counted == self.proposed else self.points


@dataclass(frozen=True)
class SheetFacts:
    """Whose workbook it is and when it was taken; `owner` is the digest that ties it to that."""

    round_name: str
    agency: str
    owner: str
    taken_at: datetime


Rows = Sequence[Heading | LeafRow]


def write_self_scores(facts: SheetFacts, rows: Rows) -> bytes:
    """The workbook as XLSX; `rows` in reading order. Raises BadRule for a leaf without a rule."""
    book = LockedBook("Bảng tự chấm điểm", facts.taken_at)
    leaves = [row for row in rows if isinstance(row, LeafRow)]
    seal = stamp(facts.owner, [leaf.code for leaf in leaves])
    taken = facts.taken_at.strftime("%H:%M ngày %d/%m/%Y")
    page = _SelfScores(book, rows)
    page.write_head(facts, taken)
    page.write_rows()
    page.write_sums()
    page.finish(seal)
    book.help("Cách điền bảng tự chấm", INSTRUCTIONS)
    about = (
        ("Cơ quan", facts.agency),
        ("Đợt đánh giá", facts.round_name),
        ("Lấy từ hệ thống lúc", taken),
        ("Số tiêu chí tự chấm", str(len(leaves))),
    )
    book.about(about, seal)
    return book.finished()


class _SelfScores:
    """Writes the page that is filled in."""

    def __init__(self, book: LockedBook, rows: Rows) -> None:
        self.page = book.page(SHEET, WIDTHS)
        self.rows = rows
        self.first_of: dict[int, int] = {}  # place in `rows` to the row of the sheet
        self.next = HEADER_ROW + 1

    def write_head(self, facts: SheetFacts, taken: str) -> None:
        self.page.text(1, CODE, "BẢNG TỰ CHẤM ĐIỂM CHỈ SỐ CẢI CÁCH HÀNH CHÍNH", "title")
        self.page.text(2, CODE, f"{facts.agency} – {facts.round_name}", "bare")
        guide = f"Lấy từ hệ thống lúc {taken}. Chỉ điền các ô nền vàng; xem trang “Hướng dẫn”."
        self.page.text(3, CODE, guide, "bare")
        self.page.header(HEADER_ROW, HEADERS)

    def write_rows(self) -> None:
        for place, row in enumerate(self.rows):
            self.first_of[place] = self.next
            if isinstance(row, Heading):
                self._write_heading(self.next, row)
                self.next += 1
            else:
                self.next += self._write_leaf(self.next, row)

    def write_sums(self) -> None:
        """Sums of headings and of the whole. SUBTOTAL passes over other sums inside its range."""
        for place, row in enumerate(self.rows):
            if isinstance(row, Heading):
                self._write_sum_of(place, row)
        last = max(self.next - 1, HEADER_ROW + 1)
        counted, waived = (
            f"{at(HEADER_ROW + 1, column)}:{at(last, column)}" for column in (COUNTED, WAIVED)
        )
        inside = [row for row in _leaves(self.rows) if not row.outside_total]
        outside = [
            at(self.first_of[place], COUNTED)
            for place, row in enumerate(self.rows)
            if isinstance(row, LeafRow) and row.outside_total
        ]
        self.page.blank(SUM_ROW, HEADERS, "heading")
        self.page.text(SUM_ROW, CODE, "Tổng", "heading")
        self.page.text(SUM_ROW, TITLE, "Điểm tối đa và điểm tự chấm đang tính", "heading")
        most = sum((row.rule.max_points for row in inside), Decimal(0))
        self.page.number(SUM_ROW, MAXIMUM, most, "heading_number")
        self.page.text(SUM_ROW, ASKED, "Số tiêu chí đã điền", "heading")
        self.page.formula(
            SUM_ROW, VALUE,
            f'SUBTOTAL(2,{counted})+COUNTIF({waived},"{YES}")'
            + "".join(f"-COUNT({cell})" for cell in outside),
            "heading_count",
            sum(row.not_applicable or row.counted is not None for row in inside),
        )  # fmt: skip
        self.page.text(SUM_ROW, UNIT, f"/ {len(inside)}", "heading")
        self.page.formula(
            SUM_ROW, COUNTED,
            f"SUBTOTAL(9,{counted})" + "".join(f"-N({cell})" for cell in outside),
            "heading_number", _sum(inside),
        )  # fmt: skip

    def finish(self, seal: Stamp) -> None:
        self.page.stamp(KEY, seal)
        self.page.hide(KEY, INPUT)
        self.page.sheet.freeze_panes(HEADER_ROW, TITLE)
        self.page.lock()

    def _write_heading(self, row: int, heading: Heading) -> None:
        self.page.blank(row, HEADERS, "heading")
        self.page.text(row, CODE, heading.code, "heading")
        self.page.text(row, TITLE, heading.title, "heading")
        self.page.number(row, MAXIMUM, heading.max_points, "heading_number")
        self.page.fit(row, {TITLE: heading.title})

    def _write_sum_of(self, place: int, heading: Heading) -> None:
        below = []
        end = self.next
        for other in range(place + 1, len(self.rows)):
            row = self.rows[other]
            if row.depth <= heading.depth:
                end = self.first_of[other]
                break
            below.append(row)
        first = self.first_of[place]
        if end > first + 1:
            area = f"{at(first + 1, COUNTED)}:{at(end - 1, COUNTED)}"
            total = _sum(_leaves(below))
            self.page.formula(first, COUNTED, f"SUBTOTAL(9,{area})", "heading_number", total)

    def _write_leaf(self, row: int, leaf: LeafRow) -> int:
        """The leaf's rows; how many they are."""
        details = leaf.title
        if leaf.rule_text:
            details += f"\nCách tính: {leaf.rule_text}"
        if leaf.evidence_text:
            details += f"\nTài liệu: {leaf.evidence_text}"
        names = "\n".join(leaf.files)
        self.page.text(row, CODE, leaf.code, "text")
        self.page.text(row, TITLE, details, "text")
        self.page.number(row, MAXIMUM, leaf.rule.max_points, "number")
        cells, used, answers = self._write_inputs(row, leaf)
        formula = proposal(leaf.rule, cells, at(row, MAXIMUM, fixed=True), answers)
        if formula is None:
            self.page.blank(row, [PROPOSED], "closed")
        else:
            self.page.formula(row, PROPOSED, formula, "number", leaf.proposed)
        self.page.points(row, POINTS, leaf.own_points, leaf.rule.max_points)
        if leaf.na_allowed:
            self.page.answer(row, WAIVED, True if leaf.not_applicable else None)
        else:
            self.page.blank(row, [WAIVED], "closed")
        self.page.typed(row, REASON, leaf.reason)
        self.page.typed(row, FILES, names)
        waived, points = at(row, WAIVED), at(row, POINTS)
        otherwise = '""' if formula is None else at(row, PROPOSED)
        self.page.formula(
            row, COUNTED, f'IF({waived}="{YES}","",IF({points}<>"",{points},{otherwise}))',
            "number", leaf.counted,
        )  # fmt: skip
        self.page.text(row, KEY, leaf.code, "bare")
        self.page.number(row, VERSION, leaf.version, "bare")
        self.page.fit(row, {TITLE: details, REASON: leaf.reason, FILES: names})
        return used

    def _write_inputs(self, first: int, leaf: LeafRow) -> tuple[dict[str, str], int, str]:
        """The inputs of the rule, one a row; their addresses, how many rows, the answers' range."""
        declared = leaf.declared or {}
        cells: dict[str, str] = {}
        answers = ""
        row = first
        for asked in scoring.inputs(leaf.rule):
            value = declared.get(asked.name)
            if asked.kind == "items":
                for choice in asked.choices:
                    name = f"{asked.name}:{choice.value}"
                    cells[name] = self._begin(row, first, leaf.code, name, choice.label)
                    self.page.answer(row, VALUE, None if value is None else choice.value in value)
                    row += 1
                continue
            cells[asked.name] = self._begin(row, first, leaf.code, asked.name, asked.label)
            self.page.text(row, UNIT, asked.unit, "text")
            if asked.kind == "yes_no":
                self.page.answer(row, VALUE, value)
            elif asked.kind == "choice":
                labels = {choice.value: choice.label for choice in asked.choices}
                offered = [(choice.label, choice.points) for choice in asked.choices]
                chosen = labels.get(str(value), "")
                answers = self.page.choose(row, VALUE, offered, chosen)
                self.page.fit(row, {ASKED: asked.label, VALUE: chosen})
            else:
                number = None if value is None else Decimal(str(value))
                self.page.amount(
                    row, VALUE, number, whole=asked.kind == "count", maximum=asked.maximum
                )
            row += 1
        if row == first:
            self.page.blank(first, [ASKED, VALUE, UNIT], "closed")
            row += 1
        return cells, row - first, answers

    def _begin(self, row: int, first: int, code: str, name: str, label: str) -> str:
        """A row for one input; the address of its cell."""
        self.page.text(row, ASKED, label, "text")
        self.page.blank(row, [UNIT], "text")
        self.page.text(row, KEY, code, "bare")
        self.page.text(row, INPUT, name, "bare")
        if row != first:
            self.page.fit(row, {ASKED: label})
            self.page.blank(row, [c for c in HEADERS if c not in {ASKED, VALUE, UNIT}], "closed")
        return at(row, VALUE, fixed=True)


def _leaves(rows: Iterable[Heading | LeafRow]) -> list[LeafRow]:
    return [row for row in rows if isinstance(row, LeafRow)]


def _sum(leaves: Iterable[LeafRow]) -> Decimal:
    return sum((leaf.counted or Decimal(0) for leaf in leaves), Decimal(0))
