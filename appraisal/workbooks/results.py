"""Results as lists and as JSON for other programs: every figure with all its digits, and inert.

A list is a CSV that a Vietnamese Excel opens with a double click. Both are written row by row.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any, Final

from appraisal.workbooks.result_rows import (
    DICTIONARY,
    TYPES,
    Field,
    Names,
    Row,
    Table,
    Value,
    rows_of,
)
from appraisal.workbooks.snapshot import Snapshot
from appraisal.workbooks.values import clean_text

BYTE_ORDER_MARK: Final = "\ufeff"
DELIMITER: Final = ";"
QUOTED_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
ROWS_AT_ONCE: Final = 500
FORM: Final = 1
"""The form of the JSON; a new one when a field of the dictionary goes or changes its meaning."""

Cell = Value | float | date


def results_csv(rows: Iterable[Sequence[Cell]], columns: Sequence[str]) -> bytes:
    """UTF-8 with byte order mark, semicolons, CRLF; numbers with a decimal comma, all digits kept.

    A text that a spreadsheet program could take for a formula gets a leading apostrophe; numbers
    are numbers, a negative one too.
    """
    return b"".join(_csv(rows, columns))


def table_csv(table: Table, snapshot: Snapshot, fingerprint: str, names: Names) -> Iterator[bytes]:
    """A table of the result as such a list, in parts."""
    worded = [field.words for field in table.fields]

    def rows() -> Iterator[list[Value]]:
        for row in rows_of(table, snapshot, fingerprint, names):
            yield [
                words.get(str(value), value) if words else value
                for words, value in zip(worded, row, strict=True)
            ]

    return _csv(rows(), [field.label for field in table.fields])


def _csv(rows: Iterable[Sequence[Cell]], columns: Sequence[str]) -> Iterator[bytes]:
    buffer = StringIO(newline="")
    buffer.write(BYTE_ORDER_MARK)
    writer = csv.writer(buffer, delimiter=DELIMITER, lineterminator="\r\n")
    writer.writerow([_field(column) for column in columns])
    for number, row in enumerate(rows, 1):
        writer.writerow([_field(value) for value in row])
        if number % ROWS_AT_ONCE == 0:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _field(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        # Judged before and after cleaning: what is stripped may hide what follows it.
        text = clean_text(value)
        return (
            f"'{text}"
            if value.startswith(QUOTED_STARTS) or text.startswith(QUOTED_STARTS)
            else text
        )
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if isinstance(value, datetime):
        return value.strftime("%d/%m/%Y %H:%M")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, float):
        value = Decimal(repr(value))
    return f"{value:f}".replace(".", ",") if isinstance(value, Decimal) else str(value)


# --- JSON ----------------------------------------------------------------------------------------
def data_json(snapshot: Snapshot, fingerprint: str, names: Names) -> Iterator[bytes]:
    """Every table of the result with its dictionary, as one JSON object in parts.

    Figures are texts, so that no program loses a digit of them; moments are ISO 8601 in Vietnam's
    time. Texts are as they were sealed.
    """
    yield f'{{"form": {FORM}, "fingerprint": {_json(fingerprint)},\n"dictionary": '.encode()
    yield _json({table.name: _explained(table) for table in DICTIONARY}).encode()
    for table in DICTIONARY:
        yield f",\n{_json(table.name)}: [".encode()
        keys = [f"{_json(field.name)}: " for field in table.fields]
        parts: list[str] = []
        separator = "\n"
        for row in rows_of(table, snapshot, fingerprint, names):
            parts.append(f"{separator}{{{_members(keys, row)}}}")
            separator = ",\n"
            if len(parts) == ROWS_AT_ONCE:
                yield "".join(parts).encode("utf-8", "backslashreplace")
                parts.clear()
        yield ("".join(parts) + "]").encode("utf-8", "backslashreplace")
    yield b"}\n"


def _explained(table: Table) -> dict[str, Any]:
    return {
        "title": table.title,
        "meaning": table.meaning,
        "fields": [_explained_field(field) for field in table.fields],
    }


def _explained_field(field: Field) -> dict[str, Any]:
    said = {
        "name": field.name, "label": field.label, "meaning": field.meaning,
        "type": TYPES[field.type], "unit": field.unit, "example": field.example,
    }  # fmt: skip
    return {**said, "words": dict(field.words)} if field.words else said


def _members(keys: Sequence[str], row: Row) -> str:
    return ", ".join([f"{key}{_json(_plain(value))}" for key, value in zip(keys, row, strict=True)])


def _plain(value: Value) -> str | int | bool | None:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, datetime) else value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
