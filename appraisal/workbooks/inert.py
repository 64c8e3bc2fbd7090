"""Cells that stay what they are: no text of a user becomes a formula, a link or broken XML.

Used by every workbook and list that goes out. Layout that several workbooks share is here too.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from appraisal.workbooks.table import MAX_ROWS, address
from appraisal.workbooks.values import clean_text

# What a spreadsheet program takes for the start of a formula, full-width forms included.
FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
ESCAPE_LOOKALIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
FORBIDDEN_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\<>\x00-\x1f]")
MAX_SHEET_NAME = 31

INK = "1F2937"
FONTS = {
    bold: Font(name="Times New Roman", size=12, bold=bold, color=INK) for bold in (True, False)
}
TEXT_ALIGNMENTS = {wrap: Alignment(vertical="top", wrap_text=wrap) for wrap in (True, False)}
POINTS_ALIGNMENT = Alignment(vertical="top", horizontal="right")
HEADER_ALIGNMENT = Alignment(vertical="center", horizontal="center", wrap_text=True)
HEADER_FILL = PatternFill("solid", fgColor="DCE6F1")
LINE = Side(style="thin", color="B8C2CC")
FRAME = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
TEXT_FORMAT = "@"
POINTS_FORMAT = "#,##0.00"
A4 = 9


def cell_at(sheet: Worksheet, row: int, column: int) -> Cell:
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    return cell


def put_text(cell: Cell, text: str, *, bold: bool = False, wrap: bool = True) -> None:
    """Writes a text as text, whatever it starts with and whatever it contains."""
    text = clean_text(text)
    if text:
        # What looks like an escape of the format is escaped itself, so that it reads back as typed.
        cell.value = ESCAPE_LOOKALIKE.sub("_x005F_", text)
        cell.data_type = "s"
        cell.quotePrefix = text.lstrip().startswith(FORMULA_STARTS)
    cell.number_format = TEXT_FORMAT
    cell.font = FONTS[bold]
    cell.alignment = TEXT_ALIGNMENTS[wrap]


def put_header(cell: Cell, text: str) -> None:
    put_text(cell, text, bold=True)
    cell.fill = HEADER_FILL
    cell.border = FRAME
    cell.alignment = HEADER_ALIGNMENT


def put_points(cell: Cell, value: Decimal, *, bold: bool = False) -> None:
    """Writes a number; the reader's spreadsheet program shows the decimal comma."""
    cell.value = value
    cell.number_format = POINTS_FORMAT
    cell.font = FONTS[bold]
    cell.alignment = POINTS_ALIGNMENT
    cell.border = FRAME


def offer(sheet: Worksheet, column: int, choices: Sequence[str], *, first_row: int) -> None:
    """Offers the choices in the column's cells, also in rows to be added."""
    validation = DataValidation("list", formula1=f'"{",".join(choices)}"', allow_blank=True)
    validation.add(f"{address(first_row, column)}:{address(MAX_ROWS, column)}")
    sheet.add_data_validation(validation)


def print_on_width(sheet: Worksheet, header_row: int) -> None:
    """A4 landscape, as wide as the page, the header on every page."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{header_row}:{header_row}"


def sheet_name(text: str, otherwise: str) -> str:
    """A name that the import takes, too: allowed characters, at most 31."""
    name = FORBIDDEN_IN_SHEET_NAME.sub(" ", clean_text(text))
    name = " ".join(name.split()).strip("'").lstrip("'=+-@＝＋－＠ ")
    return name[:MAX_SHEET_NAME].strip("' ") or otherwise


def new_sheet(name: str) -> tuple[Workbook, Worksheet]:
    workbook = Workbook()
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    sheet.title = name
    return workbook, sheet


def saved(workbook: Workbook) -> bytes:
    buffer = BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()
