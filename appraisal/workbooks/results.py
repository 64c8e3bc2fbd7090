"""Results as a CSV that a Vietnamese Excel opens with a double click, and that stays inert."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import StringIO

from appraisal.workbooks.values import clean_text

BYTE_ORDER_MARK = "\ufeff"
DELIMITER = ";"
QUOTED_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")

Value = str | int | float | Decimal | date | None


def results_csv(rows: Iterable[Sequence[Value]], columns: Sequence[str]) -> bytes:
    """UTF-8 with byte order mark, semicolons, CRLF; numbers with a decimal comma, all digits kept.

    A text that a spreadsheet program could take for a formula gets a leading apostrophe; numbers
    are numbers, a negative one too.
    """
    buffer = StringIO(newline="")
    writer = csv.writer(buffer, delimiter=DELIMITER, lineterminator="\r\n")
    writer.writerow([_field(column) for column in columns])
    for row in rows:
        writer.writerow([_field(value) for value in row])
    return (BYTE_ORDER_MARK + buffer.getvalue()).encode()


def _field(value: Value) -> str:
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
