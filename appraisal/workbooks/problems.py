"""What is wrong with an imported sheet, cell by cell.

A blocking problem keeps the whole sheet out; a warning is imported only after a person accepted
the listed warnings. A file that cannot be read at all raises `Refused` instead.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from appraisal.workbooks.table import Cell
from appraisal.workbooks.values import shown

MAX_PROBLEMS = 200


@dataclass(frozen=True)
class Problem:
    """`cell` is an address such as D7 or A3:A4, "" for the whole sheet; `sentence` is the rule."""

    cell: str
    sheet: str
    value: str
    sentence: str
    blocking: bool

    @property
    def line(self) -> str:
        """All of it in one line: sheet, cell, the value as typed, the rule."""
        place = [f"Trang “{self.sheet}”"] if self.sheet else []
        place += [f"ô {self.cell}"] if self.cell else []
        place += [f"giá trị “{self.value}”"] if self.value else []
        where = ", ".join(place)
        return f"{where[:1].upper()}{where[1:]}: {self.sentence}" if where else self.sentence

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Problem":
        return cls(**data)


@dataclass
class Findings:
    """Collects the problems of one sheet, at most `MAX_PROBLEMS` of them.

    What is found later is only counted; it blocks, because nobody can accept what is not listed.
    """

    sheet: str
    found: list[Problem] = field(default_factory=list)
    unlisted: int = 0

    def block(self, cell: Cell | str, sentence: str, value: str | None = None) -> None:
        """A problem that keeps the sheet out."""
        self._add(cell, sentence, value, blocking=True)

    def warn(self, cell: Cell | str, sentence: str, value: str | None = None) -> None:
        """A problem that a person may accept."""
        self._add(cell, sentence, value, blocking=False)

    def _add(self, cell: Cell | str, sentence: str, value: str | None, *, blocking: bool) -> None:
        if len(self.found) >= MAX_PROBLEMS:
            self.unlisted += 1
            return
        address = cell if isinstance(cell, str) else cell.address
        if value is None:
            value = "" if isinstance(cell, str) else shown(cell)
        self.found.append(Problem(address, self.sheet, value, sentence, blocking))

    @property
    def blocked(self) -> bool:
        return bool(self.unlisted) or any(problem.blocking for problem in self.found)

    def listed(self) -> tuple[Problem, ...]:
        """The problems, and a last line when some are not listed."""
        if not self.unlisted:
            return tuple(self.found)
        rest = Problem(
            "",
            self.sheet,
            "",
            f"Còn {self.unlisted} vấn đề nữa không liệt kê. Hãy sửa các ô trên rồi nhập lại.",
            True,
        )
        return (*self.found, rest)


class Checked:
    """A table that was read, with what was found wrong in it."""

    problems: tuple[Problem, ...]

    @property
    def blocked(self) -> bool:
        return any(problem.blocking for problem in self.problems)
