"""The workbook in which an agency scores itself without the network; read by `self_scores`.

Everything but the input cells is locked (a help, not a secret). Inputs follow the rule of each
leaf and offer their answers; proposed points and totals are formulas of ours, written with the
values that the server counted. No text of a user becomes a formula.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any, Final

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from appraisal import scoring
from appraisal.workbooks.formulas import NO, YES, proposal
from appraisal.workbooks.inert import FORMULA_STARTS
from appraisal.workbooks.self_scores import (
    ASKED,
    CODE,
    COUNTED,
    FILES,
    HEADER_ROW,
    HEADERS,
    INPUT,
    KEY,
    MARK,
    MAXIMUM,
    POINTS,
    PROPOSED,
    REASON,
    TITLE,
    UNIT,
    VALUE,
    VERSION,
    WAIVED,
    identity,
)
from appraisal.workbooks.values import clean_text

WIDTHS: Final = {
    CODE: 8, TITLE: 52, MAXIMUM: 9, ASKED: 34, VALUE: 16, UNIT: 9, PROPOSED: 10, POINTS: 10,
    WAIVED: 10, REASON: 40, FILES: 32, COUNTED: 10,
}  # fmt: skip
SHEET: Final = "Tự chấm"
LISTS: Final = "Danh mục"
HELP: Final = "Hướng dẫn"
INK: Final = "#1F2937"

INSTRUCTIONS: Final = (
    "Chỉ các ô nền vàng điền được; phần còn lại khóa để tải lên đọc đúng.",
    "Cột “Giá trị”: chọn trong danh sách hoặc gõ số. Số thập phân dùng dấu phẩy hoặc dấu chấm.",
    "Cột “Điểm đề xuất” tự tính theo cách tính của tiêu chí. Để trống “Điểm tự chấm” thì lấy điểm"
    " đề xuất; gõ điểm khác thì ghi lý do ở cột “Giải trình, lý do”.",
    "Cột “Không áp dụng” chỉ chọn được ở tiêu chí cho phép và phải nêu lý do.",
    "Cột “Tệp tài liệu”: ghi tên tệp, mỗi dòng một tên (Alt+Enter để xuống dòng). Khi tải bảng lên,"
    " kèm một tệp ZIP chứa các tài liệu đó, hoặc dùng tên tài liệu đã có trong thư viện. Xóa tên ở"
    " đây không gỡ tài liệu đã dẫn.",
    "Không đổi tên trang, không xóa dòng, không xóa cột ẩn.",
    "Tải lên ở trang hồ sơ, mục “Làm việc bằng Excel”. Hệ thống cho xem từng tiêu chí đã đổi trước"
    " khi ghi; nội dung người khác vừa sửa trên hệ thống không bị ghi đè.",
)


@dataclass(frozen=True)
class Heading:
    """A field or a criterion above leaves."""

    code: str
    title: str
    max_points: Decimal
    depth: int


@dataclass(frozen=True)
class LeafRow:
    """One leaf with what is stored of it; `version` is 0 where nothing is."""

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


@dataclass(frozen=True)
class SheetFacts:
    """Whose workbook it is and when it was taken."""

    round_name: str
    agency: str
    dossier: int
    taken_at: datetime


def write_self_scores(facts: SheetFacts, rows: Sequence[Heading | LeafRow]) -> bytes:
    """The workbook as XLSX; `rows` in reading order. Raises BadRule for a leaf without a rule."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(
        buffer,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties({"title": "Bảng tự chấm điểm", "created": facts.taken_at})
    _Writer(book, facts, rows).write()
    book.close()
    return buffer.getvalue()


class _Writer:
    """Writes one workbook; rows and columns are counted from 1, as in the layout."""

    def __init__(self, book: Any, facts: SheetFacts, rows: Sequence[Heading | LeafRow]) -> None:
        self.book, self.facts, self.rows = book, facts, rows
        self.sheet: Worksheet = book.add_worksheet(SHEET)
        self.help: Worksheet = book.add_worksheet(HELP)
        self.lists: Worksheet = book.add_worksheet(LISTS)
        self.next_list = 1
        base = {"font_name": "Times New Roman", "font_size": 12, "font_color": INK,
                "valign": "top"}  # fmt: skip
        frame = {"border": 1, "border_color": "#B8C2CC"}
        typed = {"bg_color": "#FFF9DB", "locked": False, **frame}
        number = {"num_format": "#,##0.00##", "align": "right"}
        self.formats = {
            name: book.add_format({**base, **more})
            for name, more in {
                "plain": {"text_wrap": True},
                "title": {"bold": True, "font_size": 14},
                "header": {"bold": True, "text_wrap": True, "align": "center",
                           "valign": "vcenter", "bg_color": "#DCE6F1", **frame},
                "heading": {"bold": True, "text_wrap": True, "bg_color": "#EEF2F7", **frame},
                "text": {"text_wrap": True, **frame},
                "quoted": {"text_wrap": True, "quote_prefix": True, **frame},
                "number": {**number, **frame},
                "heading_number": {**number, "bold": True, "bg_color": "#EEF2F7", **frame},
                "input": {**typed, "text_wrap": True, "num_format": "@"},
                "input_quoted": {**typed, "text_wrap": True, "num_format": "@",
                                 "quote_prefix": True},
                "input_number": {**typed, "num_format": "General", "align": "right"},
                "input_points": {**typed, **number},
                "locked_input": {"bg_color": "#F3F4F6", **frame},
            }.items()
        }  # fmt: skip

    def write(self) -> None:
        leaves = [row for row in self.rows if isinstance(row, LeafRow)]
        self._write_top(leaves)
        for column, header in HEADERS.items():
            self._text(HEADER_ROW, column, header, "header")
            self.sheet.set_column(column - 1, column - 1, WIDTHS[column])
        at = HEADER_ROW + 1
        for row in self.rows:
            at += (
                self._write_heading(at, row)
                if isinstance(row, Heading)
                else self._write_leaf(at, row)
            )
        last = at - 1
        counted = f"{_at(HEADER_ROW + 1, COUNTED)}:{_at(last, COUNTED)}"
        total = sum((_counted(leaf) or Decimal(0) for leaf in leaves), Decimal(0))
        scored = sum(_counted(leaf) is not None for leaf in leaves)
        self._formula(4, MAXIMUM, f"SUM({counted})", "heading_number", float(total))
        self._formula(4, VALUE, f"COUNT({counted})", "heading_number", scored)
        self.sheet.freeze_panes(HEADER_ROW, TITLE)
        self.sheet.set_column(KEY - 1, INPUT - 1, None, None, {"hidden": True})
        self.sheet.protect("", {"format_rows": True, "format_columns": True})
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.repeat_rows(HEADER_ROW - 1)
        self._write_help()
        self.lists.protect()
        self.lists.hide()

    def _write_top(self, leaves: list[LeafRow]) -> None:
        codes = [leaf.code for leaf in leaves]
        self._text(1, CODE, "BẢNG TỰ CHẤM ĐIỂM CHỈ SỐ CẢI CÁCH HÀNH CHÍNH", "title")
        self._text(2, CODE, f"{self.facts.agency} – {self.facts.round_name}", "plain", wrap=False)
        taken = self.facts.taken_at.strftime("%H:%M ngày %d/%m/%Y")
        self._text(3, CODE, f"Lấy từ hệ thống lúc {taken}. Chỉ điền các ô nền vàng.", "plain",
                   wrap=False)  # fmt: skip
        self._text(4, CODE, "Tổng", "heading")
        self._text(4, TITLE, "điểm tự chấm đang tính", "heading")
        self._text(4, ASKED, f"tiêu chí đã có điểm, trên {len(leaves)}", "heading")
        self._text(1, KEY, MARK, "plain")
        self._text(1, VERSION, str(self.facts.dossier), "plain")
        self._text(1, INPUT, identity(self.facts.dossier, codes), "plain")

    def _write_heading(self, at: int, row: Heading) -> int:
        self._text(at, CODE, row.code, "heading")
        self._text(at, TITLE, row.title, "heading")
        self._number(at, MAXIMUM, row.max_points, "heading_number")
        for column in range(ASKED, COUNTED + 1):
            self.sheet.write_blank(at - 1, column - 1, None, self.formats["heading"])
        return 1

    def _write_leaf(self, at: int, leaf: LeafRow) -> int:
        self._text(at, CODE, leaf.code, "text")
        details = [leaf.title]
        if leaf.rule_text:
            details.append(f"Cách tính: {leaf.rule_text}")
        if leaf.evidence_text:
            details.append(f"Tài liệu: {leaf.evidence_text}")
        self._text(at, TITLE, "\n".join(details), "text")
        self._number(at, MAXIMUM, leaf.rule.max_points, "number")
        cells, used, answers = self._write_inputs(at, leaf)
        maximum = _at(at, MAXIMUM, fixed=True)
        formula = proposal(leaf.rule, cells, maximum, answers)
        proposed = scoring.propose(leaf.rule, leaf.declared or {}).points
        if formula is None:
            self.sheet.write_blank(at - 1, PROPOSED - 1, None, self.formats["number"])
        else:
            self._formula(at, PROPOSED, formula, "number", _value(proposed))
        own = leaf.points
        if (
            own is not None
            and proposed is not None
            and scoring.settle(leaf.rule, leaf.declared or {}, own) == proposed
        ):
            own = None  # the rule's own points stay the rule's: figures changed change them
        self._write_points(at, leaf, own)
        waived, points = _at(at, WAIVED), _at(at, POINTS)
        otherwise = _at(at, PROPOSED)
        self._formula(
            at, COUNTED,
            f'IF({waived}="{YES}","",IF({points}<>"",{points},{otherwise}))',
            "number", _value(_counted(leaf)),
        )  # fmt: skip
        self._text(at, KEY, leaf.code, "plain")
        self.sheet.write_number(at - 1, VERSION - 1, leaf.version)
        return used

    def _write_points(self, at: int, leaf: LeafRow, own: Decimal | None) -> None:
        row, maximum = at - 1, float(leaf.rule.max_points)
        if own is None:
            self.sheet.write_blank(row, POINTS - 1, None, self.formats["input_points"])
        else:
            self._number(at, POINTS, own, "input_points")
        self.sheet.data_validation(
            row, POINTS - 1, row, POINTS - 1,
            {
                "validate": "decimal", "criteria": "between", "minimum": 0, "maximum": maximum,
                "ignore_blank": True, "error_title": "Điểm tự chấm",
                "error_message": "Hãy gõ một số từ 0 đến điểm tối đa của tiêu chí.",
            },
        )  # fmt: skip
        if leaf.na_allowed:
            self._answer(at, WAIVED, YES if leaf.not_applicable else "")
        else:
            self.sheet.write_blank(row, WAIVED - 1, None, self.formats["locked_input"])
        self._typed(at, REASON, leaf.reason)
        self._typed(at, FILES, "\n".join(leaf.files))

    def _write_inputs(self, at: int, leaf: LeafRow) -> tuple[dict[str, str], int, str]:
        """The inputs of the rule, one a row; their addresses, how many rows, the answers' range."""
        declared = leaf.declared or {}
        cells: dict[str, str] = {}
        answers = ""
        row = at
        for asked in scoring.inputs(leaf.rule):
            if asked.kind == "items":
                ticked = declared.get(asked.name)
                for choice in asked.choices:
                    self._begin(row, at, leaf.code, f"{asked.name}:{choice.value}", choice.label)
                    said = "" if ticked is None else (YES if choice.value in ticked else NO)
                    self._answer(row, VALUE, said)
                    cells[f"{asked.name}:{choice.value}"] = _at(row, VALUE, fixed=True)
                    row += 1
                continue
            self._begin(row, at, leaf.code, asked.name, asked.label)
            cells[asked.name] = _at(row, VALUE, fixed=True)
            value = declared.get(asked.name)
            if asked.kind == "yes_no":
                self._answer(row, VALUE, "" if value is None else (YES if value else NO))
            elif asked.kind == "choice":
                answers = self._offer_choices(row, asked, value)
            else:
                self._amount(row, asked, value)
            if asked.unit:
                self._text(row, UNIT, asked.unit, "text")
            row += 1
        if row == at:
            for column in (ASKED, VALUE, UNIT):
                self.sheet.write_blank(at - 1, column - 1, None, self.formats["locked_input"])
            row += 1
        return cells, row - at, answers

    def _begin(self, row: int, first: int, code: str, name: str, label: str) -> None:
        self._text(row, ASKED, label, "text")
        self.sheet.write_blank(row - 1, UNIT - 1, None, self.formats["text"])
        self._text(row, KEY, code, "plain")
        self._text(row, INPUT, name, "plain")
        if row != first:
            for column in (CODE, TITLE, MAXIMUM, PROPOSED, POINTS, WAIVED, REASON, FILES, COUNTED):
                self.sheet.write_blank(row - 1, column - 1, None, self.formats["locked_input"])

    def _answer(self, row: int, column: int, said: str) -> None:
        """A cell for yes or no, with both offered."""
        self._typed(row, column, said)
        self.sheet.data_validation(
            row - 1, column - 1, row - 1, column - 1,
            {"validate": "list", "source": [YES, NO], "ignore_blank": True,
             "error_title": "Chọn trong danh sách", "error_message": f"Chọn {YES} hoặc {NO}."},
        )  # fmt: skip

    def _offer_choices(self, row: int, asked: scoring.Input, value: Any) -> str:
        """A cell for one of named answers; the names stand in the sheet of lists."""
        first = self.next_list
        labels = {}
        for choice in asked.choices:
            labels[choice.value] = choice.label
            self.lists.write_string(self.next_list - 1, 0, clean_text(choice.label))
            self.lists.write_number(self.next_list - 1, 1, float(choice.points))
            self.next_list += 1
        last = self.next_list - 1
        self.next_list += 1
        self._typed(row, VALUE, labels.get(str(value), "") if value is not None else "")
        self.sheet.data_validation(
            row - 1, VALUE - 1, row - 1, VALUE - 1,
            {"validate": "list", "source": f"='{LISTS}'!$A${first}:$A${last}",
             "ignore_blank": True, "error_title": "Chọn trong danh sách",
             "error_message": "Hãy chọn một mức trong danh sách."},
        )  # fmt: skip
        return f"'{LISTS}'!$A${first}:$B${last}"

    def _amount(self, row: int, asked: scoring.Input, value: Any) -> None:
        if value is None:
            self.sheet.write_blank(row - 1, VALUE - 1, None, self.formats["input_number"])
        else:
            self._number(row, VALUE, Decimal(str(value)), "input_number")
        whole = asked.kind == "count"
        rule: dict[str, Any] = {
            "validate": "integer" if whole else "decimal", "criteria": ">=", "value": 0,
            "ignore_blank": True, "error_title": "Số liệu kê khai",
            "error_message": "Hãy gõ một số nguyên từ 0." if whole else "Hãy gõ một số từ 0.",
        }  # fmt: skip
        if asked.maximum is not None:
            rule |= {"criteria": "between", "minimum": 0, "maximum": asked.maximum}
            del rule["value"]
        self.sheet.data_validation(row - 1, VALUE - 1, row - 1, VALUE - 1, rule)

    def _write_help(self) -> None:
        self.help.set_column(0, 0, 110)
        self.help.write_string(0, 0, "Cách điền bảng tự chấm", self.formats["title"])
        for number, line in enumerate(INSTRUCTIONS, 1):
            self.help.write_string(number, 0, f"{number}. {line}", self.formats["plain"])
        self.help.protect()

    # --- Cells -------------------------------------------------------------------------------
    def _text(self, row: int, column: int, text: str, form: str, *, wrap: bool = True) -> None:
        text = clean_text(text)
        if form == "text" and text.lstrip().startswith(FORMULA_STARTS):
            form = "quoted"
        style = None if form == "plain" and not wrap else self.formats[form]
        self.sheet.write_string(row - 1, column - 1, text, style)

    def _typed(self, row: int, column: int, text: str) -> None:
        text = clean_text(text)
        if not text:
            self.sheet.write_blank(row - 1, column - 1, None, self.formats["input"])
            return
        starts = text.lstrip().startswith(FORMULA_STARTS)
        style = self.formats["input_quoted" if starts else "input"]
        self.sheet.write_string(row - 1, column - 1, text, style)

    def _number(self, row: int, column: int, value: Decimal, form: str) -> None:
        self.sheet.write_number(row - 1, column - 1, float(value), self.formats[form])

    def _formula(self, row: int, column: int, formula: str, form: str, value: Any) -> None:
        self.sheet.write_formula(row - 1, column - 1, f"={formula}", self.formats[form], value)


def _at(row: int, column: int, *, fixed: bool = False) -> str:
    return str(xl_rowcol_to_cell(row - 1, column - 1, row_abs=fixed, col_abs=fixed))


def _value(points: Decimal | None) -> float | str:
    return "" if points is None else float(points)


def _counted(leaf: LeafRow) -> Decimal | None:
    if leaf.not_applicable:
        return None
    return scoring.settle(leaf.rule, leaf.declared or {}, leaf.points)
