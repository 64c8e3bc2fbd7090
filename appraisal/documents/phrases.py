"""How the papers that tell at length put things: counts, moments, names, texts that people wrote.

Texts of people are never cut. One too long for a cell of a table moves whole into a numbered note
below it (`Notes`), so that no row grows beyond its page; line breaks become paragraphs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from appraisal.documents.official import Paragraph, Role
from appraisal.documents.words import count, date_words, points

NOTHING: Final = "–"
"""A cell that has nothing to say: not scored, not asked. Never a zero."""

NOT_APPLICABLE: Final = "KAD"
"""A mark that says "not applicable"; explained under the table (`NOT_APPLICABLE_NOTE`)."""
NOT_APPLICABLE_NOTE: Final = (
    "KAD: tiêu chí không áp dụng đối với cơ quan, không tính vào điểm tối đa của cơ quan."
)

LONGEST: Final = 5_000
"""Characters of one paragraph; a line that somebody wrote longer becomes several."""

WIDE_CELL: Final = 600
"""Characters that a cell of a wide column (45 mm and more) holds; more goes into a note."""


def tally(number: int) -> str:
    """A count of things: "0", "07", "30", "1.496"."""
    return f"{number:02d}" if 0 < number < 10 else count(number)


def percent(value: Decimal, decimals: int) -> str:
    return f"{points(value, decimals)}%"


def difference(value: Decimal, decimals: int) -> str:
    """A difference with its sign, rounded as it is shown; one that rounds to 0 has none."""
    shown = points(abs(value), decimals)
    if not shown.strip("0,"):
        return shown
    return f"{'+' if value > 0 else '-'}{shown}"


def day_words(day: date) -> str:
    """ "ngày 05 tháng 02 năm 2021"."""
    return date_words(day, day.year)


def short_day(day: date) -> str:
    """ "05/02/2021", for tables."""
    return day.strftime("%d/%m/%Y")


def short_moment(moment: datetime) -> str:
    """ "17:00 05/02/2021", for tables; `moment` is in the province's time."""
    return moment.strftime("%H:%M %d/%m/%Y")


def moment_words(moment: datetime) -> str:
    """ "08 giờ 30 phút, ngày 15 tháng 01 năm 2021"; `moment` is in the province's time."""
    return f"{moment.hour:02d} giờ {moment.minute:02d} phút, {day_words(moment.date())}"


def span_words(first: date, last: date) -> str:
    return f"từ {day_words(first)} đến {day_words(last)}"


def together(names: Sequence[str]) -> str:
    """Names in one sentence, the last after "và"; semicolons keep apart those that hold a comma."""
    if any("," in name for name in names):
        return "; ".join(names)
    return " và ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def agencies(number: int) -> str:
    """ "07 cơ quan, đơn vị"; "không có cơ quan, đơn vị nào"."""
    return f"{tally(number)} cơ quan, đơn vị" if number else "không có cơ quan, đơn vị nào"


def one_line(text: str) -> str:
    return " ".join(text.split())


def field_name(code: str, title: str) -> str:
    """A field in a cell: its title, or its number where the title would fill the page."""
    return title if len(title) <= WIDE_CELL else f"Lĩnh vực {code}"


def paragraphs(
    text: str, role: Role = "body", *, lead: str = "", missing: str = ""
) -> tuple[Paragraph, ...]:
    """What a person wrote, one paragraph for each of its lines; `missing` where it is empty."""
    lines = [line for line in map(one_line, text.splitlines()) if line] or [missing]
    first, *rest = [piece for line in lines for piece in _pieces(line)]
    return (Paragraph(first, role, lead), *(Paragraph(piece, role) for piece in rest))


def _pieces(line: str) -> list[str]:
    """The line, parted between words where it is longer than a paragraph may be."""
    found = []
    while len(line) > LONGEST:
        end = line.rfind(" ", 1, LONGEST + 1)
        end = end if end > 0 else LONGEST
        found.append(line[:end])
        line = line[end:].lstrip()
    return [*found, line]


def stopped(text: str) -> str:
    """The text as one line that ends in a stop."""
    line = one_line(text)
    return line if not line or line[-1] in ".!?…" else f"{line}."


class Notes:
    """The texts of one table that are too long for their cells, told below it under numbers."""

    def __init__(self, limit: int = WIDE_CELL) -> None:
        self._limit = limit
        self._kept: list[tuple[str, ...]] = []

    def cell(self, *texts: str) -> str:
        """What the cell says: the texts one after the other, or which note has them."""
        said = tuple(text for text in texts if text.strip())
        whole = " ".join(one_line(text) for text in said)
        if len(whole) <= self._limit:
            return whole
        self._kept.append(said)
        return f"Xem ghi chú {len(self._kept)} dưới bảng."

    def blocks(self) -> tuple[Paragraph, ...]:
        """The notes in the order of their numbers, as paragraphs below the table."""
        return tuple(_notes(self._kept))


def _notes(kept: Iterable[tuple[str, ...]]) -> Iterable[Paragraph]:
    for number, texts in enumerate(kept, 1):
        lead = f"Ghi chú {number}."
        for text in texts:
            yield from paragraphs(text, lead=lead)
            lead = ""
