"""The result as a workbook: a sheet for each group with charts, the matrix in three readings,
every score in a row, the meaning of every field, and what was sealed.

Rows are streamed, so that a whole country needs no more memory than a province. No text of a user
becomes a formula or a link; a text longer than a cell takes goes on in a sheet of its own.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any, BinaryIO, Final

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from appraisal.workbooks.inert import FORMULA_STARTS, sheet_name
from appraisal.workbooks.result_rows import (
    AGENCIES,
    DICTIONARY,
    SCORES,
    STAGES,
    Field,
    Value,
    agency_rows,
    matrix,
    score_rows,
)
from appraisal.workbooks.values import clean_text

MOST_CHARACTERS: Final = 32_000
"""A cell holds 32,767; what is longer goes on in the sheet of long texts."""
CREATED: Final = datetime(2000, 1, 1)
"""The same result gives the same bytes: a workbook does not know when it was written."""
LONG: Final = "Văn bản dài"
MOST_KNOWN: Final = 10_000
BARS: Final = 40
TABLES: Final = {"agencies": "Kết quả", "scores": "Điểm từng tiêu chí"}


def results_workbook(sealed: Mapping[str, Any], fingerprint: str) -> bytes:
    """The workbook of a sealed result as XLSX bytes; the same result gives the same bytes."""
    buffer = BytesIO()
    write_results(buffer, sealed, fingerprint)
    return buffer.getvalue()


def write_results(target: BinaryIO, sealed: Mapping[str, Any], fingerprint: str) -> None:
    """Write the workbook to a file; memory does not grow with the number of scores."""
    with new_book(target) as book:
        writer = ResultBook(book)
        for group in sealed["groups"]:
            rows = list(agency_rows({**sealed, "groups": [group]}))
            writer.ranking(group["name"], rows, [b["name"] for b in sealed["round"]["bands"]])
        for reading, label in STAGES.items():
            for number, group in enumerate(sealed["groups"], 1):
                leaves = group["agencies"][0]["leaves"] if group["agencies"] else []
                writer.matrix(f"{label} {number} {group['name']}", leaves, matrix(group, reading))
        writer.table(TABLES["scores"], SCORES, score_rows(sealed))
        writer.dictionary()
        writer.about(sealed, fingerprint)
        writer.long_texts()


def new_book(target: BinaryIO) -> Any:
    """A workbook that streams its rows and turns no text into a formula, link or number."""
    book = xlsxwriter.Workbook(
        target,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "remove_timezone": True,
        },
    )
    book.set_properties({"title": "Kết quả Chỉ số cải cách hành chính", "created": CREATED})
    return book


class ResultBook:
    """Writes the sheets of one workbook, each from top to bottom, one after another."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self._names: set[str] = set()
        self._long: list[tuple[str, str]] = []
        self._known: dict[str, tuple[str, Any]] = {}
        base: dict[str, Any] = {
            "font_name": "Times New Roman", "font_size": 11, "valign": "top",
        }  # fmt: skip
        forms: dict[str, dict[str, Any]] = {
            "text": {},
            "wrapped": {"text_wrap": True},
            "quoted": {"quote_prefix": True},
            "title": {"bold": True, "font_size": 14},
            "header": {"bold": True, "text_wrap": True, "align": "center", "border": 1,
                       "valign": "vcenter", "bg_color": "#DCE6F1"},
            "number": {"num_format": "#,##0.00", "align": "right"},
            "count": {"num_format": "0", "align": "right"},
            "moment": {"num_format": "dd/mm/yyyy hh:mm", "align": "left"},
        }  # fmt: skip
        self.formats = {name: book.add_format({**base, **more}) for name, more in forms.items()}

    # --- Sheets ------------------------------------------------------------------------------
    def ranking(
        self, group: str, rows: Sequence[Mapping[str, Value]], grades: Sequence[str]
    ) -> None:
        """The ranked result of one group with its two charts."""
        sheet = self._sheet(f"Xếp hạng {group}")
        fields = AGENCIES[1:]
        self._header(sheet, [field.label for field in fields], [field.width for field in fields])
        sheet.set_column(len(fields) + 1, len(fields) + 1, 16)
        first, counted = 1, len(fields) + 1
        height = max(len(rows), len(grades))
        self.text(sheet, 0, counted, "Xếp loại", "header")
        self.text(sheet, 0, counted + 1, "Số cơ quan", "header")
        for place in range(height):
            if place < len(rows):
                for column, field in enumerate(fields):
                    self.value(sheet, first + place, column, rows[place][field.name])
            if place < len(grades):
                self.text(sheet, first + place, counted, grades[place])
                sheet.write_number(
                    first + place, counted + 1,
                    sum(row["grade"] == grades[place] for row in rows), self.formats["count"],
                )  # fmt: skip
        names = [field.name for field in fields]
        self._chart(
            sheet, "bar", "Chỉ số (%)", (first, names.index("name")),
            (first, names.index("index")), min(len(rows), BARS), (0, counted + 3), 24,
        )  # fmt: skip
        self._chart(
            sheet, "column", "Số cơ quan theo xếp loại", (first, counted), (first, counted + 1),
            len(grades), (26, counted + 3), 15,
        )  # fmt: skip

    def matrix(
        self, name: str, leaves: Sequence[Mapping[str, Any]], rows: Iterable[Sequence[Value]]
    ) -> None:
        """Agencies × leaves in one reading; KAD: not applicable."""
        sheet = self._sheet(name)
        headers = ["Mã cơ quan", "Cơ quan", *(leaf["code"] for leaf in leaves)]
        self._header(sheet, headers, [12, 44, *([9] * len(leaves))])
        sheet.freeze_panes(1, 2)
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                self.value(sheet, number, column, value)

    def table(self, name: str, fields: Sequence[Field], rows: Iterable[Mapping[str, Any]]) -> None:
        """One row for each mapping, the fields as columns, with a filter on the header."""
        sheet = self._sheet(name)
        self._header(sheet, [field.label for field in fields], [field.width for field in fields])
        figures = self.formats["number"]
        columns = [
            (column, field.name, field.type == "number", field.type == "text")
            for column, field in enumerate(fields)
        ]
        number = 0
        for number, row in enumerate(rows, 1):
            for column, name, is_figure, is_text in columns:
                value = row[name]
                if value is None or value == "":
                    continue
                if is_figure:
                    sheet.write_number(number, column, float(value), figures)
                elif is_text:
                    self.text(sheet, number, column, value)
                else:
                    self.value(sheet, number, column, value)
        sheet.autofilter(0, 0, number, len(fields) - 1)

    def dictionary(self) -> None:
        """What every field means."""
        sheet = self._sheet("Từ điển dữ liệu")
        self._header(
            sheet,
            ["Bảng", "Tên trường", "Tiêu đề", "Ý nghĩa", "Kiểu", "Đơn vị", "Ví dụ"],
            [20, 16, 24, 70, 10, 10, 26],
        )
        lines = [
            (TABLES[table], f.name, f.label, f.meaning, f.type, f.unit, f.example)
            for table, fields in DICTIONARY.items()
            for f in fields
        ]
        for number, line in enumerate(lines, 1):
            for column, text in enumerate(line):
                self.text(sheet, number, column, text, "wrapped")

    def about(self, sealed: Mapping[str, Any], fingerprint: str) -> None:
        """What was sealed, by which settings."""
        sheet = self._sheet("Thông tin")
        sheet.set_column(0, 0, 36)
        sheet.set_column(1, 1, 80)
        round = sealed["round"]
        lines = [
            ("Đợt", round["name"]),
            ("Năm đánh giá", str(round["year"])),
            ("Mã đối chiếu (SHA-256)", fingerprint),
            ("Số lần thẩm định", str(round["appraisals"])),
            ("Cách tính tiêu chí không áp dụng", round["not_applicable_method"]),
            ("Khi bằng điểm", round["tie_rule"]),
            ("Điểm thưởng tối đa", round["bonus_max"]),
            ("Điểm trừ tối đa", round["penalty_max"]),
            *(
                (f"Xếp loại {band['name']}",
                 f"{'từ' if band['inclusive'] else 'trên'} {band['from']}")
                for band in round["bands"]
            ),
            *((f"Bộ tiêu chí: {group['name']}", group["criteria"]["name"])
              for group in sealed["groups"]),
        ]  # fmt: skip
        for number, (label, text) in enumerate(lines):
            self.text(sheet, number, 0, label)
            self.text(sheet, number, 1, str(text), "wrapped")

    def long_texts(self) -> None:
        """The texts that no cell holds, in pieces, each with the cell that it belongs to."""
        if not self._long:
            return
        sheet = self._sheet(LONG)
        self._header(sheet, ["Ô", "Phần", "Nội dung"], [30, 8, 100])
        number = 1
        for place, text in self._long:
            for part, piece in enumerate(_pieces(text), 1):
                self.text(sheet, number, 0, place)
                sheet.write_number(number, 1, part)
                # Already cleaned; a blank at the cut is part of the text.
                sheet.write_string(number, 2, piece, self.formats["wrapped"])
                number += 1

    # --- Cells -------------------------------------------------------------------------------
    def value(self, sheet: Worksheet, row: int, column: int, value: Value) -> None:
        """A value as what it is; nothing is a formula."""
        if value is None or value == "":
            return
        if isinstance(value, bool):
            sheet.write_string(row, column, "Có" if value else "Không", self.formats["text"])
        elif isinstance(value, int):
            sheet.write_number(row, column, value, self.formats["count"])
        elif isinstance(value, Decimal):
            sheet.write_number(row, column, float(value), self.formats["number"])
        elif isinstance(value, datetime):
            sheet.write_datetime(row, column, value, self.formats["moment"])
        else:
            self.text(sheet, row, column, value)

    def text(self, sheet: Worksheet, row: int, column: int, text: str, form: str = "text") -> None:
        if form == "text" and (known := self._known.get(text)) is not None:
            sheet.write_string(row, column, *known)
            return
        given, text = text, clean_text(text)
        if len(text) > MOST_CHARACTERS:
            place = f"{sheet.get_name()}!{xlsxwriter.utility.xl_rowcol_to_cell(row, column)}"
            self._long.append((place, text))
            text = f"{text[:MOST_CHARACTERS]}… (xem tiếp ở trang “{LONG}”)"
        elif form == "text":
            if text.startswith(FORMULA_STARTS):
                form = "quoted"
            # Names and codes stand in thousands of rows; reasons mostly once.
            if len(given) < 100 and len(self._known) < MOST_KNOWN:
                self._known[given] = text, self.formats[form]
        sheet.write_string(row, column, text, self.formats[form])

    def _sheet(self, name: str) -> Worksheet:
        # A sheet's name is counted in UTF-16, where a letter beyond the first plane is two.
        wanted = sheet_name("".join(c for c in name if ord(c) < 0x10000), "Trang")
        kept, number = wanted, 1
        while kept.casefold() in self._names:
            number += 1
            kept = f"{wanted[: 31 - len(str(number)) - 1]} {number}"
        self._names.add(kept.casefold())
        sheet: Worksheet = self.book.add_worksheet(kept)
        return sheet

    def _header(self, sheet: Worksheet, labels: Sequence[str], widths: Sequence[int]) -> None:
        for column, (label, width) in enumerate(zip(labels, widths, strict=True)):
            sheet.set_column(column, column, width)
            self.text(sheet, 0, column, label, "header")
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)

    def _chart(
        self, sheet: Worksheet, kind: str, title: str, names: tuple[int, int],
        values: tuple[int, int], count: int, at: tuple[int, int], height: int,
    ) -> None:  # fmt: skip
        if not count:
            return
        chart = self.book.add_chart({"type": kind})
        page = sheet.get_name()
        chart.add_series(
            {
                "categories": [page, names[0], names[1], names[0] + count - 1, names[1]],
                "values": [page, values[0], values[1], values[0] + count - 1, values[1]],
                "fill": {"color": "#1F5FA8"},
                "data_labels": {"value": True, "num_format": "0.##"},
            }
        )
        chart.set_title({"name": title, "name_font": {"size": 12}})
        chart.set_legend({"none": True})
        if kind == "bar":
            chart.set_y_axis({"reverse": True})
        chart.set_size({"width": 640, "height": height * 20})
        sheet.insert_chart(at[0], at[1], chart)


def _pieces(text: str) -> Iterator[str]:
    for start in range(0, len(text), MOST_CHARACTERS):
        yield text[start : start + MOST_CHARACTERS]
