"""A sheet as it was typed: cells with addresses, raw text and kind; no meaning yet.

XLSX and CSV both become a `Table`; what the columns mean is in `criteria` and `survey`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

MAX_ROWS = 5000
MAX_COLUMNS = 50
MAX_CHARACTERS = 5000


class Kind(StrEnum):
    """What a cell holds, as its program stored it."""

    TEXT = "text"
    NUMBER = "number"
    PERCENT = "percent"  # a number that the screen shows as a percentage
    DATE = "date"
    BOOLEAN = "boolean"
    ERROR = "error"
    FORMULA = "formula"


@dataclass(frozen=True)
class Cell:
    """One cell: `text` is the stored text, for a number its digits exactly as in the file.

    A text above `MAX_CHARACTERS` is cut one character after that limit, so that it is seen as
    too long and yet costs nothing.
    """

    row: int
    column: int
    text: str = ""
    kind: Kind = Kind.TEXT

    @property
    def address(self) -> str:
        return address(self.row, self.column)

    @property
    def is_blank(self) -> bool:
        return self.kind is Kind.TEXT and not self.text.strip()


@dataclass(frozen=True)
class Row:
    """The cells of one row that hold something, by column number from 1."""

    number: int
    cells: Mapping[int, Cell]
    hidden: bool = False

    def __getitem__(self, column: int) -> Cell:
        return self.cells.get(column) or Cell(self.number, column)


@dataclass(frozen=True)
class Merge:
    """A merged range, rows and columns inclusive."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def address(self) -> str:
        return f"{address(self.top, self.left)}:{address(self.bottom, self.right)}"


@dataclass(frozen=True)
class Table:
    """The one sheet that is read, and what of the workbook a reader would otherwise not see.

    `hidden_sheets` and `other_sheets` (visible, with content) are not read. `sheet` is "" for CSV.
    """

    sheet: str
    rows: tuple[Row, ...]
    merges: tuple[Merge, ...] = ()
    hidden_columns: frozenset[int] = field(default_factory=frozenset)
    hidden_sheets: tuple[str, ...] = ()
    other_sheets: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)


def letters(column: int) -> str:
    """Column number from 1 to its letters: 1 is A, 27 is AA."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def address(row: int, column: int) -> str:
    return f"{letters(column)}{row}"
