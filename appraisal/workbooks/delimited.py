"""Reads a CSV into a table: UTF-8 only, comma, semicolon or tab between the fields."""

import csv
import io
from pathlib import Path

from appraisal.files.refusal import Refused
from appraisal.files.refusal import gettext_noop as _
from appraisal.workbooks.table import MAX_CHARACTERS, MAX_COLUMNS, MAX_ROWS, Cell, Row, Table

DELIMITERS = ";,\t"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
LINES_FOR_DELIMITER = 10

NOT_UTF8 = _(
    "“%(name)s” không phải CSV UTF-8 nên chữ tiếng Việt sẽ hỏng. Hãy mở bằng Excel và lưu lại dạng"
    " “CSV UTF-8”, hoặc lưu lại thành .xlsx."
)
BROKEN = _(
    "“%(name)s”: từ dòng %(line)s có dấu ngoặc kép mở mà không đóng, hoặc một ô dài quá mức."
    " Hãy sửa dòng đó rồi nhập lại."
)
TOO_MANY_ROWS = _("“%(name)s” có hơn %(most)s dòng. Hãy xóa các dòng thừa rồi lưu lại.")
TOO_MANY_COLUMNS = _(
    "“%(name)s”: dòng %(line)s có hơn %(most)s cột. Hãy xóa các cột thừa rồi lưu lại."
)


def read_csv(path: Path, name: str) -> Table:
    """The records of the file as text cells; raises Refused.

    A row's number counts records, as a spreadsheet program shows them.
    """
    content = path.read_bytes()
    if content.startswith(UTF16_MARKS) or b"\x00" in content:
        raise Refused(NOT_UTF8, "not_utf8", name=name)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(NOT_UTF8, "not_utf8", name=name) from None
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[Row] = []
    line = 1
    number = 0
    while True:
        line = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return Table(sheet="", rows=tuple(rows))
        except csv.Error:
            raise Refused(BROKEN, "broken_csv", name=name, line=line) from None
        number += 1
        if number > MAX_ROWS:
            raise Refused(TOO_MANY_ROWS, "too_many_rows", name=name, most=MAX_ROWS)
        cells = {
            column: Cell(number, column, field[: MAX_CHARACTERS + 1])
            for column, field in enumerate(record, start=1)
            if field
        }
        if cells and max(cells) > MAX_COLUMNS:
            raise Refused(
                TOO_MANY_COLUMNS, "too_many_columns", name=name, most=MAX_COLUMNS, line=line
            )
        if cells:
            rows.append(Row(number, cells))


def _delimiter(text: str) -> str:
    """The separator that one of the first lines (the header) holds most often."""
    lines = text[: LINES_FOR_DELIMITER * MAX_CHARACTERS].splitlines()[:LINES_FOR_DELIMITER]
    return max(DELIMITERS, key=lambda mark: max((line.count(mark) for line in lines), default=0))
