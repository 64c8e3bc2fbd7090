"""Writes a workbook that is filled off line: locked but for its inputs, which offer their answers.

The lock is a help and no secret. Formulas are ours alone and come with the values that the server
counted; no text of a user becomes a formula, a link or a piece of the sheet's XML. `locked` reads.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from math import ceil
from typing import Any, Final

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from appraisal.workbooks.inert import FORMULA_STARTS
from appraisal.workbooks.locked import NO, YES, Stamp
from appraisal.workbooks.values import clean_text
from appraisal.workbooks.writing import fits, pieces, write_text

LISTS: Final = "Danh mục"
HELP: Final = "Hướng dẫn"
ABOUT: Final = "Thông tin"
INK: Final = "#1F2937"
LINE_HEIGHT: Final = 16.5
"""Of a line of Times New Roman 12, in points."""
MOST_HEIGHT: Final = 400
CHOOSE: Final = "Chọn trong danh sách"

_BASE: Final = {
    "font_name": "Times New Roman", "font_size": 12, "font_color": INK, "valign": "top",
}  # fmt: skip
_FRAME: Final = {"border": 1, "border_color": "#B8C2CC"}
_TYPED: Final = {"bg_color": "#FFF9DB", "locked": False, **_FRAME}
_NUMBER: Final = {"num_format": "#,##0.00##", "align": "right"}
_HEADING: Final = {"bold": True, "bg_color": "#EEF2F7", **_FRAME}
FORMATS: Final[Mapping[str, Mapping[str, Any]]] = {
    "bare": {},
    "plain": {"text_wrap": True},
    "title": {"bold": True, "font_size": 14},
    "header": {"bold": True, "text_wrap": True, "align": "center", "valign": "vcenter",
               "bg_color": "#DCE6F1", **_FRAME},
    "heading": {"text_wrap": True, **_HEADING},
    "heading_number": {**_NUMBER, **_HEADING},
    "heading_count": {"num_format": "0", "align": "right", **_HEADING},
    "text": {"text_wrap": True, **_FRAME},
    "number": {**_NUMBER, **_FRAME},
    "closed": {"bg_color": "#F3F4F6", **_FRAME},
    "input": {**_TYPED, "text_wrap": True, "num_format": "@"},
    "input_number": {**_TYPED, "num_format": "General", "align": "right"},
    "input_points": {**_TYPED, **_NUMBER},
}  # fmt: skip


def at(row: int, column: int, *, fixed: bool = False) -> str:
    """The address of a cell, counted from 1; `fixed` with dollar signs."""
    return str(xl_rowcol_to_cell(row - 1, column - 1, row_abs=fixed, col_abs=fixed))


class LockedBook:
    """One workbook; the page that is filled in is the first one made."""

    def __init__(self, title: str, created: datetime) -> None:
        self._buffer = BytesIO()
        self._book = xlsxwriter.Workbook(
            self._buffer,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self._book.set_properties({"title": title, "created": created})
        self._formats = {
            (name, quoted): self._book.add_format(
                {**_BASE, **more, **({"quote_prefix": True} if quoted else {})}
            )
            for name, more in FORMATS.items()
            for quoted in (False, True)
        }
        self._lists: list[tuple[str, Decimal] | None] = []

    def page(self, name: str, widths: Mapping[int, float]) -> "Page":
        """A new page; `widths` are those of its columns, in characters."""
        sheet = self._book.add_worksheet(name)
        for column, width in widths.items():
            sheet.set_column(column - 1, column - 1, width)
        return Page(self, sheet, widths)

    def style(self, name: str, *, quoted: bool = False) -> Any:
        return self._formats[name, quoted]

    def alarm(self) -> Any:
        """How a cell looks that a condition finds wanting."""
        return self._book.add_format({"bg_color": "#F8C9C4"})

    def offer(self, choices: Iterable[tuple[str, Decimal]]) -> str:
        """Put named answers with their points into the hidden page; the range of both columns."""
        first = len(self._lists) + 1
        self._lists += choices
        last = len(self._lists)
        self._lists.append(None)
        return f"'{LISTS}'!$A${first}:$B${last}"

    def about(self, facts: Iterable[tuple[str, str]], stamp: Stamp) -> None:
        """A page that says whose workbook this is and when it was taken."""
        page = self.page(ABOUT, {1: 30, 2: 80})
        page.text(1, 1, "Thông tin về bảng", "title")
        code = f"{stamp.form} {stamp.owner} {stamp.criteria}"
        for row, (label, value) in enumerate([*facts, ("Mã kiểm tra", code)], 3):
            page.text(row, 1, label, "text")
            page.text(row, 2, value, "text")
            page.fit(row, {2: value})
        page.lock()

    def help(self, title: str, lines: Iterable[str]) -> None:
        """A page of instructions, numbered."""
        page = self.page(HELP, {1: 110})
        page.text(1, 1, title, "title")
        for row, line in enumerate(lines, 2):
            page.text(row, 1, f"{row - 1}. {line}", "plain")
            page.fit(row, {1: line})
        page.lock()

    def finished(self) -> bytes:
        """The workbook as XLSX; nothing may be written afterwards."""
        if self._lists:
            page = self.page(LISTS, {})
            for row, choice in enumerate(self._lists, 1):
                if choice is not None:
                    page.text(row, 1, choice[0], "bare")
                    page.number(row, 2, choice[1], "bare")
            page.lock()
            page.sheet.hide()
        self._book.close()
        return self._buffer.getvalue()


class Page:
    """One page; rows and columns are counted from 1, as in the layouts."""

    def __init__(self, book: LockedBook, sheet: Worksheet, widths: Mapping[int, float]) -> None:
        self.book, self.sheet, self._widths = book, sheet, widths

    # --- What is locked ----------------------------------------------------------------------
    def text(self, row: int, column: int, text: str, style: str) -> None:
        """A text of ours or of somebody's; what is longer than a cell is cut, with a sign."""
        text = clean_text(text)
        if not fits(text):
            text = f"{next(pieces(text, 32_000))}…"
        self._write(row, column, text, style)

    def number(self, row: int, column: int, value: Decimal | float, style: str) -> None:
        self.sheet.write_number(row - 1, column - 1, float(value), self.book.style(style))

    def formula(
        self, row: int, column: int, formula: str, style: str, value: Decimal | int | None
    ) -> None:
        """A formula of ours without "=", with the value that the server counted; None: empty."""
        shown = "" if value is None else float(value)
        self.sheet.write_formula(row - 1, column - 1, f"={formula}", self.book.style(style), shown)

    def blank(self, row: int, columns: Iterable[int], style: str) -> None:
        for column in columns:
            self.sheet.write_blank(row - 1, column - 1, None, self.book.style(style))

    def stamp(self, column: int, stamp: Stamp) -> None:
        """Say whose the workbook is in the first row, where `Stamp.check` looks."""
        for place, word in enumerate((stamp.form, stamp.owner, stamp.criteria)):
            self.text(1, column + place, word, "bare")

    # --- What is filled in -------------------------------------------------------------------
    def typed(self, row: int, column: int, text: str) -> None:
        """A cell for a text, with the text that is stored. ValueError when it does not fit."""
        text = clean_text(text)
        if text:
            self._write(row, column, text, "input")
        else:
            self.blank(row, [column], "input")

    def answer(self, row: int, column: int, said: bool | None) -> None:
        """A cell for yes or no, with both offered."""
        self.typed(row, column, "" if said is None else YES if said else NO)
        self._validate(
            row, column, CHOOSE, f"Chọn {YES} hoặc {NO}.", {"validate": "list", "source": [YES, NO]}
        )

    def choose(
        self, row: int, column: int, choices: Sequence[tuple[str, Decimal]], said: str
    ) -> str:
        """A cell for one of named answers; the range of the answers and their points."""
        area = self.book.offer(choices)
        self.typed(row, column, said)
        self._validate(
            row, column, CHOOSE, "Hãy chọn một mức trong danh sách.",
            {"validate": "list", "source": f"={area.replace('$B$', '$A$')}"},
        )  # fmt: skip
        return area

    def amount(
        self, row: int, column: int, value: Decimal | None, *, whole: bool, maximum: int | None
    ) -> None:
        """A cell for a number that is not negative."""
        self._fill(row, column, value, "input_number")
        bounds: dict[str, Any] = {"criteria": ">=", "value": 0}
        if maximum is not None:
            bounds = {"criteria": "between", "minimum": 0, "maximum": maximum}
        sentence = "Hãy gõ một số nguyên từ 0." if whole else "Hãy gõ một số từ 0."
        kind = "integer" if whole else "decimal"
        self._validate(row, column, "Số liệu", sentence, {"validate": kind, **bounds})

    def points(self, row: int, column: int, value: Decimal | None, maximum: Decimal) -> None:
        """A cell for points from 0 to a maximum."""
        self._fill(row, column, value, "input_points")
        self._validate(
            row, column, "Điểm", "Hãy gõ một số từ 0 đến điểm tối đa của tiêu chí.",
            {"validate": "decimal", "criteria": "between", "minimum": 0,
             "maximum": float(maximum)},
        )  # fmt: skip

    # --- The page as a whole -----------------------------------------------------------------
    def header(self, row: int, labels: Mapping[int, str]) -> None:
        """The row of column heads; it and what is above stay in sight and on every printed page."""
        for column, label in labels.items():
            self.text(row, column, label, "header")
        self.fit(row, labels, least=2)
        self.sheet.repeat_rows(row - 1)

    def fit(self, row: int, texts: Mapping[int, str], *, least: int = 1) -> None:
        """As high as the longest text needs; a row of one line is left to grow by itself."""
        needed = max((lines(text, self._widths[c]) for c, text in texts.items()), default=1)
        if max(needed, least) > 1:
            self.sheet.set_row(row - 1, min(max(needed, least) * LINE_HEIGHT, MOST_HEIGHT))

    def hide(self, first: int, last: int) -> None:
        self.sheet.set_column(first - 1, last - 1, None, None, {"hidden": True})

    def lock(self) -> None:
        """Lock what is no input; heights and widths may be changed."""
        self.sheet.protect("", {"format_rows": True, "format_columns": True})
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)

    def _fill(self, row: int, column: int, value: Decimal | None, style: str) -> None:
        if value is None:
            self.blank(row, [column], style)
        else:
            self.number(row, column, value, style)

    def _write(self, row: int, column: int, text: str, style: str) -> None:
        quoted = text.startswith(FORMULA_STARTS)
        write_text(self.sheet, row - 1, column - 1, text, self.book.style(style, quoted=quoted))

    def _validate(
        self, row: int, column: int, title: str, sentence: str, rule: Mapping[str, Any]
    ) -> None:
        self.sheet.data_validation(
            row - 1, column - 1, row - 1, column - 1,
            {**rule, "ignore_blank": True, "error_title": title, "error_message": sentence},
        )  # fmt: skip


def lines(text: str, width: float) -> int:
    """How many lines a text takes in a column of so many characters, about."""
    return sum(max(1, ceil(len(part) / width)) for part in clean_text(text).split("\n"))
