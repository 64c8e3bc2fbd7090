"""Small tables and workbooks for the tests of this package."""

from collections.abc import Mapping, Sequence
from io import BytesIO

from openpyxl import Workbook

from appraisal.workbooks.criteria import CriteriaSheet, parse_criteria
from appraisal.workbooks.table import Cell, Kind, Row, Table

AGENCIES = {"SNV": "Sở Nội vụ", "STP": "Sở Tư pháp"}
HEADER = ("Mã tiêu chí", "Mã cha", "Nội dung tiêu chí", "Điểm tối đa")

Value = str | tuple[str, Kind]


def table(*rows: Sequence[Value], sheet: str = "Bộ tiêu chí") -> Table:
    """Rows of texts, or of (text, kind), from A1 on."""
    return Table(sheet, tuple(_row(number, row) for number, row in enumerate(rows, start=1)))


def _row(number: int, values: Sequence[Value]) -> Row:
    cells = {}
    for column, value in enumerate(values, start=1):
        text, kind = (value, Kind.TEXT) if isinstance(value, str) else value
        if text:
            cells[column] = Cell(number, column, text, kind)
    return Row(number, cells)


def criteria(
    *rows: Sequence[Value],
    header: Sequence[str] = HEADER,
    agencies: Mapping[str, str] = AGENCIES,
) -> CriteriaSheet:
    return parse_criteria(table(header, *rows), agencies)


def found(sheet: CriteriaSheet, *, blocking: bool) -> list[str]:
    """Addresses of the problems, in order."""
    return [problem.cell for problem in sheet.problems if problem.blocking is blocking]


def workbook(*rows: Sequence[object]) -> bytes:
    """An XLSX as a library writes it."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()
