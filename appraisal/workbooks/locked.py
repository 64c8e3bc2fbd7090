"""A workbook that is filled off line and comes back: how it is known again, how its cells are read.

Shared by every such workbook; which columns one has is in `self_scores` and its like, the writing
in `locked_out`. What is locked or a formula is ours and is not read; what a person types is held to
the rules of the form.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Final

from appraisal.files.refusal import Refused
from appraisal.files.refusal import gettext_noop as _
from appraisal.workbooks.problems import Findings
from appraisal.workbooks.table import Cell, Kind, Table
from appraisal.workbooks.values import (
    NO_FORMULA,
    Unreadable,
    clean_text,
    compared,
    decimal_text,
    points,
    stored_number,
)

YES: Final = "Có"
NO: Final = "Không"
MOST_VERSIONS: Final = 2**31 - 1
DOUBLE_PLACES: Final = 10
"""A spreadsheet keeps doubles; so many decimals are more than anybody typed."""
# What no field of a form takes: marks that turn the writing direction, separators of another kind.
_UNSEEN: Final = re.compile("[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")

NOT_OURS = _(
    "“%(name)s” không phải bảng tải từ trang này của hệ thống, hoặc các cột ẩn đã bị xóa. Hãy tải"
    " lại bảng rồi điền."
)
OF_ANOTHER = _("“%(name)s” là bảng của cơ quan hoặc đợt khác. Hãy tải bảng của đúng hồ sơ này.")
OLD_CRITERIA = _("“%(name)s” theo bộ tiêu chí đã thay đổi. Hãy tải lại bảng rồi chép số liệu sang.")
PERCENT = "Ô đang ở dạng phần trăm. Hãy định dạng ô thành Số rồi gõ lại, ví dụ 12,5."


def digest(parts: Iterable[object]) -> str:
    """A short fingerprint of what a workbook belongs to; a check, no secret."""
    return sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Stamp:
    """What three hidden cells of the first row say: which form of workbook, whose, by which
    criteria (both as `digest`)."""

    form: str
    owner: str
    criteria: str

    def check(self, table: Table, column: int, name: str) -> None:
        """Raise Refused unless the cells from `column` on say the same."""
        first = next((row for row in table if row.number == 1), None)
        found = [clean_text(first[column + n].text) for n in range(3)] if first else ["", "", ""]
        if found[0] != self.form:
            raise Refused(NOT_OURS, "not_ours", name=name)
        if found[1] != self.owner:
            raise Refused(OF_ANOTHER, "of_another", name=name)
        if found[2] != self.criteria:
            raise Refused(OLD_CRITERIA, "old_criteria", name=name)


class Answers:
    """Reads the cells that a person filled in; what is wrong is noted at the cell's address.

    Each function gives None (a text: "") for an empty cell and for a wrong one; `noted` tells them
    apart.
    """

    def __init__(self, findings: Findings) -> None:
        self._findings = findings

    @property
    def noted(self) -> int:
        """How many problems there are so far."""
        return len(self._findings.found) + self._findings.unlisted

    def wrong(self, cell: Cell | str, sentence: str) -> None:
        self._findings.block(cell, sentence)

    def version(self, cell: Cell) -> int | None:
        """The version of what was stored when the workbook was taken; 0: nothing."""
        number = stored_number(cell.text)
        if number is None or number != int(number) or not 0 <= number <= MOST_VERSIONS:
            self.wrong(cell, "Cột ẩn phiên bản đã bị sửa. Hãy tải lại bảng.")
            return None
        return int(number)

    def yes_no(self, cell: Cell) -> bool | None:
        if not self._is_filled(cell):
            return None
        text = compared(clean_text(cell.text))
        if cell.kind is Kind.BOOLEAN:
            return text in {"1", "true"}
        if text in {compared(YES), "x"}:
            return True
        if text == compared(NO):
            return False
        self.wrong(cell, f"Hãy chọn “{YES}” hoặc “{NO}”.")
        return None

    def choice(self, cell: Cell, labels: dict[str, str]) -> str | None:
        """The value whose label stands in the cell; `labels` maps values to labels."""
        if not self._is_filled(cell):
            return None
        text = compared(clean_text(cell.text))
        for value, label in labels.items():
            if text in {compared(label), compared(value)}:
                return value
        named = ", ".join(f"“{label}”" for label in labels.values())
        self.wrong(cell, f"Hãy chọn một trong: {named}.")
        return None

    def number(self, cell: Cell) -> str | None:
        """The number as a text with a dot, for the grammar of declared values to judge."""
        if not self._is_filled(cell):
            return None
        if cell.kind is Kind.TEXT:
            return clean_text(cell.text)
        if cell.kind is Kind.PERCENT:
            self.wrong(cell, PERCENT)
            return None
        number = stored_number(cell.text) if cell.kind is Kind.NUMBER else None
        if number is None or number.adjusted() > 14:
            self.wrong(cell, "Hãy gõ một số, ví dụ 12 hoặc 12,5.")
            return None
        return plain(round(number, DOUBLE_PLACES))

    def points(self, cell: Cell, maximum: Decimal) -> Decimal | None:
        """Points from 0 to `maximum` with two decimals."""
        if cell.is_blank:
            return None
        if cell.kind is Kind.PERCENT:
            self.wrong(cell, PERCENT)
            return None
        try:
            value = points(cell)
        except Unreadable as unreadable:
            self.wrong(cell, str(unreadable))
            return None
        if value > maximum:
            self.wrong(cell, f"Điểm vượt điểm tối đa {decimal_text(maximum)}.")
            return None
        return value

    def text(self, cell: Cell, limit: int) -> str:
        """A text of several lines of at most `limit` characters."""
        if not self._is_filled(cell):
            return ""
        text = clean_text(cell.text)
        if len(text) > limit:
            self.wrong(cell, f"Ô dài hơn {limit} ký tự. Hãy rút gọn.")
        elif _UNSEEN.search(text):
            self.wrong(cell, "Ô có ký tự ẩn đổi chiều chữ. Hãy xóa nội dung ô rồi gõ lại.")
        else:
            return text
        return ""

    def names(self, cell: Cell, most: int, limit: int) -> tuple[str, ...]:
        """Names of files, one a line, each once; who knows the files parts lines at semicolons."""
        parts = (part.strip() for part in self.text(cell, limit).splitlines())
        found = tuple(dict.fromkeys(part for part in parts if part))
        if len(found) > most:
            self.wrong(cell, f"Mỗi tiêu chí không quá {most} tệp.")
            return ()
        return found

    def _is_filled(self, cell: Cell) -> bool:
        if cell.kind is Kind.FORMULA:
            self.wrong(cell, NO_FORMULA)
        return cell.kind is not Kind.FORMULA and not cell.is_blank


def plain(number: Decimal) -> str:
    """A number without idle zeros and without an exponent, with a dot."""
    return f"{number.normalize():f}" if number else "0"
