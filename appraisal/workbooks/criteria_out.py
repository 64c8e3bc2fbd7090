"""Criteria as a workbook that imports back identically.

All texts are inert (see `inert`). What the columns mean on the way in is in `criteria`.
"""

from collections.abc import Sequence

from appraisal.workbooks.criteria import HEADERS, KIND_NAMES, NA_NAMES, CriterionRow
from appraisal.workbooks.inert import (
    FRAME,
    cell_at,
    new_sheet,
    offer,
    print_on_width,
    put_header,
    put_points,
    put_text,
    saved,
    sheet_name,
)
from appraisal.workbooks.params import write_params
from appraisal.workbooks.table import address, letters

SHEET = "Bộ tiêu chí"
TITLE_ROW = 1
HEADER_ROW = 2
WIDTHS = {
    "code": 12,
    "parent": 10,
    "title": 60,
    "max_points": 11,
    "kind": 18,
    "params": 44,
    "rule_text": 44,
    "evidence": 40,
    "appraiser": 14,
    "na_allowed": 14,
    "note": 30,
}


def write_criteria(rows: Sequence[CriterionRow], title: str) -> bytes:
    """The criteria, in their order, as XLSX; importing it gives the same rows.

    What the tree says (depth, leaf, outside the total) is not written but found again.
    """
    workbook, sheet = new_sheet(sheet_name(title, SHEET))
    workbook.properties.title = sheet.title
    put_text(cell_at(sheet, TITLE_ROW, 1), title, bold=True, wrap=False)
    columns = {key: number for number, key in enumerate(HEADERS, start=1)}
    for key, column in columns.items():
        put_header(cell_at(sheet, HEADER_ROW, column), HEADERS[key])
        sheet.column_dimensions[letters(column)].width = WIDTHS[key]
    for number, row in enumerate(rows, start=HEADER_ROW + 1):
        bold = not row.is_leaf
        for key, text in _texts(row).items():
            cell = cell_at(sheet, number, columns[key])
            put_text(cell, text, bold=bold)
            cell.border = FRAME
        put_points(cell_at(sheet, number, columns["max_points"]), row.max_points, bold=bold)
    offer(sheet, columns["kind"], list(KIND_NAMES.values()), first_row=HEADER_ROW + 1)
    offer(sheet, columns["na_allowed"], list(NA_NAMES.values()), first_row=HEADER_ROW + 1)
    sheet.freeze_panes = address(HEADER_ROW + 1, columns["parent"])
    print_on_width(sheet, HEADER_ROW)
    return saved(workbook)


def _texts(row: CriterionRow) -> dict[str, str]:
    return {
        "code": row.code,
        "parent": row.parent_code or "",
        "title": row.title,
        "kind": KIND_NAMES[row.kind],
        "params": write_params(row.params),
        "rule_text": row.rule_text,
        "evidence": "\n".join(row.evidence),
        "appraiser": row.appraiser_code or "",
        "na_allowed": NA_NAMES[row.na_allowed],
        "note": row.note,
    }
