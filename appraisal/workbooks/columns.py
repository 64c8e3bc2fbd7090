"""Finds the header row and the columns of a sheet, and says what of the sheet is not read.

Shared by criteria and survey points; knows headers only as keys to look for.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from appraisal.files.refusal import Refused
from appraisal.files.refusal import gettext_noop as _
from appraisal.workbooks.problems import Findings
from appraisal.workbooks.table import MAX_CHARACTERS, Cell, Kind, Row, Table, letters
from appraisal.workbooks.values import NO_FORMULA, shown

# A title and a few lines about the document may stand above the header.
HEADER_WITHIN_ROWS = 10
LISTED_HEADERS = 12

NO_HEADER = _(
    "“%(name)s”: không tìm thấy dòng tiêu đề. Cần các cột: %(expected)s."
    " Dòng %(row)s có: %(found)s."
)
DOUBLE_HEADER = _(
    "“%(name)s”: ô %(cell)s lặp lại tiêu đề “%(header)s”. Mỗi cột chỉ được có một;"
    " hãy xóa cột thừa."
)
MERGED_HEADER = _(
    "“%(name)s”: dòng tiêu đề có ô gộp %(cell)s. Hãy bỏ gộp ô, mỗi cột một tiêu đề, rồi nhập lại."
)
EMPTY_SHEET = _("“%(name)s” không có dòng dữ liệu nào. Hãy chọn lại tệp.")


@dataclass(frozen=True)
class Header:
    """Where the header stands: `columns` maps each key that was looked for to its column."""

    row: int
    columns: Mapping[str, int]


def find_header(
    table: Table,
    name: str,
    key_of: Callable[[Cell], str | None],
    required: Mapping[str, str],
) -> Header:
    """The first of the upper rows that holds every required header.

    `key_of` answers the key of a header cell or None; `required` maps keys to header texts.
    Raises Refused with the expected and the found headers, for doubles and for merged headers.
    """
    upper = [row for row in table if row.number <= HEADER_WITHIN_ROWS]
    if not upper:
        raise Refused(EMPTY_SHEET, "empty_sheet", name=name)
    nearest, most = upper[0], -1
    for row in upper:
        keys = [key for cell in row.cells.values() if (key := key_of(cell)) is not None]
        if len(keys) > most:
            nearest, most = row, len(keys)
    for merge in table.merges:
        if merge.top <= nearest.number <= merge.bottom:
            raise Refused(MERGED_HEADER, "merged_header", name=name, cell=merge.address)
    columns: dict[str, int] = {}
    for column, cell in sorted(nearest.cells.items()):
        key = key_of(cell)
        if key is None:
            continue
        if key in columns:
            raise Refused(
                DOUBLE_HEADER, "double_header", name=name, cell=cell.address, header=shown(cell)
            )
        columns[key] = column
    if any(key not in columns for key in required):
        found = [shown(cell) for cell in nearest.cells.values() if not cell.is_blank]
        raise Refused(
            NO_HEADER,
            "header",
            name=name,
            expected=", ".join(f"“{text}”" for text in required.values()),
            row=nearest.number,
            found=", ".join(f"“{text}”" for text in found[:LISTED_HEADERS]),
        )
    return Header(nearest.number, columns)


def rows_below(table: Table, name: str, header: Header) -> list[Row]:
    """The rows under the header that hold something in a column that is read; at least one."""
    used = header.columns.values()
    rows = [
        row
        for row in table
        if row.number > header.row and any(not row[column].is_blank for column in used)
    ]
    if not rows:
        raise Refused(EMPTY_SHEET, "empty_sheet", name=name)
    return rows


def note_unread(table: Table, header: Header, rows: Collection[Row], findings: Findings) -> None:
    """Warn of what is hidden, ignored or elsewhere; block merged cells in the columns read."""
    if table.hidden_sheets:
        findings.warn(
            "",
            f"Có trang tính ẩn không được đọc; chỉ đọc trang “{table.sheet}”.",
            ", ".join(table.hidden_sheets),
        )
    if table.other_sheets:
        findings.warn(
            "",
            f"Có trang tính khác chứa dữ liệu không được đọc; chỉ đọc trang “{table.sheet}”.",
            ", ".join(table.other_sheets),
        )
    used = set(header.columns.values())
    ignored = sorted({column for row in table for column in row.cells if row.number >= header.row})
    header_row = next(row for row in table if row.number == header.row)
    for column in ignored:
        if column not in used and any(not row[column].is_blank for row in rows):
            findings.warn(header_row[column], "Cột này không được đọc vì tiêu đề không thuộc mẫu.")
    for column in sorted(used & table.hidden_columns):
        findings.warn(f"{letters(column)}{header.row}", "Cột này đang ẩn nhưng vẫn được đọc.")
    for row in rows:
        if row.hidden:
            first = next(row[column] for column in sorted(used) if not row[column].is_blank)
            findings.warn(first, "Dòng này đang ẩn nhưng vẫn được đọc.")
    for merge in table.merges:
        if merge.bottom > header.row and not used.isdisjoint(range(merge.left, merge.right + 1)):
            findings.block(merge.address, "Không được gộp ô. Hãy bỏ gộp và gõ đủ từng ô.")


def unusable(cell: Cell, findings: Findings) -> bool:
    """Whether the cell breaks a rule that holds for every column; if so it is noted."""
    if cell.kind is Kind.FORMULA:
        findings.block(cell, NO_FORMULA)
    elif len(cell.text) > MAX_CHARACTERS:
        findings.block(cell, f"Ô dài hơn {MAX_CHARACTERS} ký tự. Hãy rút gọn.")
    else:
        return False
    return True
