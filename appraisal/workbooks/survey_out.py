"""The workbook in which the secretariat fills in survey points; read back by `survey`."""

from collections.abc import Mapping
from decimal import Decimal

from openpyxl.worksheet.datavalidation import DataValidation

from appraisal.workbooks.inert import (
    FRAME,
    POINTS_FORMAT,
    cell_at,
    new_sheet,
    print_on_width,
    put_header,
    put_points,
    put_text,
    saved,
)
from appraisal.workbooks.survey import AGENCY_CODE, AGENCY_NAME
from appraisal.workbooks.table import address, letters

SHEET = "Điểm khảo sát"
MAXIMUM_ROW = 1
HEADER_ROW = 2
CODE_COLUMN, NAME_COLUMN, FIRST_LEAF_COLUMN = 1, 2, 3
WIDTHS = {CODE_COLUMN: 16, NAME_COLUMN: 60}
LEAF_WIDTH = 12


def write_survey_template(agencies: Mapping[str, str], leaves: Mapping[str, Decimal]) -> bytes:
    """An empty matrix as XLSX: `agencies` (code to name) as rows, `leaves` (to maxima) as columns.

    A leaf's maximum stands above its header, and its cells accept no other points.
    """
    workbook, sheet = new_sheet(SHEET)
    put_text(cell_at(sheet, MAXIMUM_ROW, NAME_COLUMN), "Điểm tối đa", bold=True)
    put_header(cell_at(sheet, HEADER_ROW, CODE_COLUMN), AGENCY_CODE)
    put_header(cell_at(sheet, HEADER_ROW, NAME_COLUMN), AGENCY_NAME)
    for number, (code, name) in enumerate(agencies.items(), start=HEADER_ROW + 1):
        for column, text in ((CODE_COLUMN, code), (NAME_COLUMN, name)):
            put_text(cell_at(sheet, number, column), text)
            sheet.cell(number, column).border = FRAME
    last_row = HEADER_ROW + len(agencies)
    for column, (leaf, maximum) in enumerate(leaves.items(), start=FIRST_LEAF_COLUMN):
        put_points(cell_at(sheet, MAXIMUM_ROW, column), maximum, bold=True)
        put_header(cell_at(sheet, HEADER_ROW, column), leaf)
        allowed = DataValidation(
            "decimal",
            operator="between",
            formula1="0",
            formula2=str(maximum),
            allow_blank=True,
            showErrorMessage=True,
            errorTitle="Điểm khảo sát",
            error="Hãy gõ một số từ 0 đến điểm tối đa của tiêu chí.",
        )
        for number in range(HEADER_ROW + 1, last_row + 1):
            cell = sheet.cell(number, column)
            cell.number_format = POINTS_FORMAT
            cell.border = FRAME
            allowed.add(cell.coordinate)
        sheet.add_data_validation(allowed)
    for column in range(CODE_COLUMN, FIRST_LEAF_COLUMN + len(leaves)):
        sheet.column_dimensions[letters(column)].width = WIDTHS.get(column, LEAF_WIDTH)
    sheet.freeze_panes = address(HEADER_ROW + 1, FIRST_LEAF_COLUMN)
    print_on_width(sheet, HEADER_ROW)
    return saved(workbook)
