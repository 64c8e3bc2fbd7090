"""Corrections of the team's marks as a table: one line for each agency and leaf, with its reason.

Codes are those of the register and of the criteria. Which marks stand, and who may change them, is
not known here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from appraisal.workbooks.columns import Header, find_header, note_unread, rows_below, unusable
from appraisal.workbooks.locked import Answers
from appraisal.workbooks.problems import Checked, Findings, Problem
from appraisal.workbooks.reading import read_table
from appraisal.workbooks.table import Cell, Kind, Row, Table
from appraisal.workbooks.values import Unreadable, clean_text, code_key, code_text, compared

AGENCY, LEAF, POINTS, REASON = "agency", "leaf", "points", "reason"
HEADERS: Final = {
    AGENCY: "Mã cơ quan",
    LEAF: "Mã tiêu chí",
    POINTS: "Điểm",
    REASON: "Lý do",
}
WAIVED: Final = "Không áp dụng"
"""What stands in the column of points for a leaf that does not apply."""
MOST_REASON: Final = 2_000


@dataclass(frozen=True)
class LeafSpec:
    """What the reader has to know of a leaf."""

    max_points: Decimal
    na_allowed: bool


@dataclass(frozen=True)
class Known:
    """Codes of agencies with the keys of their groups, and for each group its leaves by code."""

    agencies: Mapping[str, str]
    leaves: Mapping[str, Mapping[str, LeafSpec]]

    def to_json(self) -> dict[str, Any]:
        return {
            "agencies": dict(self.agencies),
            "leaves": {
                group: {code: [str(leaf.max_points), leaf.na_allowed] for code, leaf in own.items()}
                for group, own in self.leaves.items()
            },
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Known":
        leaves = {
            group: {code: LeafSpec(Decimal(top), waives) for code, (top, waives) in own.items()}
            for group, own in data["leaves"].items()
        }
        return cls(data["agencies"], leaves)


@dataclass(frozen=True)
class CorrectionRow:
    """One line: new points, or None for "not applicable"."""

    agency: str
    leaf: str
    points: Decimal | None
    reason: str

    def to_json(self) -> list[str | None]:
        points = None if self.points is None else str(self.points)
        return [self.agency, self.leaf, points, self.reason]

    @classmethod
    def from_json(cls, data: Any) -> "CorrectionRow":
        agency, leaf, points, reason = data
        return cls(agency, leaf, None if points is None else Decimal(points), reason)


@dataclass(frozen=True)
class CorrectionSheet(Checked):
    """All lines; empty while a problem blocks: all or nothing."""

    rows: tuple[CorrectionRow, ...]
    problems: tuple[Problem, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "rows": [row.to_json() for row in self.rows],
            "problems": [problem.to_json() for problem in self.problems],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "CorrectionSheet":
        return cls(
            tuple(CorrectionRow.from_json(row) for row in data["rows"]),
            tuple(Problem.from_json(problem) for problem in data["problems"]),
        )


def parse_file(path: str, context: Mapping[str, Any]) -> dict[str, Any]:
    """What the child runs: JSON in, JSON out. Raises Refused."""
    name = context["name"]
    known = Known.from_json(context["known"])
    return parse_corrections(read_table(path, name), known, name).to_json()


def parse_corrections(table: Table, known: Known, name: str) -> CorrectionSheet:
    """The corrections of a sheet; what is wrong is told by cell. Raises Refused when it is not one
    of corrections."""
    header = find_header(table, name, _header_key, HEADERS)
    rows = rows_below(table, name, header)
    findings = Findings(table.sheet)
    note_unread(table, header, rows, findings)
    reader = _Reader(header, known, findings)
    found = [one for row in rows if (one := reader.read(row)) is not None]
    return CorrectionSheet(() if findings.blocked else tuple(found), findings.listed())


def _header_key(cell: Cell) -> str | None:
    if cell.kind is not Kind.TEXT:
        return None
    text = compared(clean_text(cell.text))
    return next((key for key, header in HEADERS.items() if text == compared(header)), None)


class _Reader:
    """Reads line by line; `seen` holds the first cell of each agency and leaf."""

    def __init__(self, header: Header, known: Known, findings: Findings) -> None:
        self.columns, self.known, self.findings = header.columns, known, findings
        self.answers = Answers(findings)
        self.agency_of = {code_key(code): code for code in known.agencies}
        self.leaf_of = {
            group: {code_key(code): code for code in own} for group, own in known.leaves.items()
        }
        self.seen: dict[tuple[str, str], str] = {}

    def read(self, row: Row) -> CorrectionRow | None:
        before = self.answers.noted
        reason = self._reason(row[self.columns[REASON]])
        agency = self._code(
            row[self.columns[AGENCY]], self.agency_of, "Không có cơ quan mang mã này trong đợt."
        )
        if agency is None:
            return None
        group = self.known.agencies[agency]
        cell = row[self.columns[LEAF]]
        leaf = self._code(
            cell, self.leaf_of.get(group, {}),
            "Bộ tiêu chí của cơ quan này không có tiêu chí do Tổ giúp việc chấm mang mã này.",
        )  # fmt: skip
        if leaf is None:
            return None
        if (agency, leaf) in self.seen:
            first = self.seen[agency, leaf]
            self.answers.wrong(cell, f"Cơ quan và tiêu chí này đã có ở ô {first}.")
            return None
        self.seen[agency, leaf] = cell.address
        points = self._points(row[self.columns[POINTS]], self.known.leaves[group][leaf])
        if self.answers.noted > before:
            return None
        return CorrectionRow(agency, leaf, points, reason)

    def _code(self, cell: Cell, codes: Mapping[str, str], sentence: str) -> str | None:
        if unusable(cell, self.findings):
            return None
        try:
            code = codes.get(code_key(code_text(cell)))
        except Unreadable as unreadable:
            self.answers.wrong(cell, str(unreadable))
            return None
        if code is None:
            self.answers.wrong(cell, sentence)
        return code

    def _points(self, cell: Cell, leaf: LeafSpec) -> Decimal | None:
        if cell.kind is Kind.TEXT and compared(clean_text(cell.text)) == compared(WAIVED):
            if not leaf.na_allowed:
                self.answers.wrong(cell, "Tiêu chí này luôn áp dụng với mọi cơ quan.")
            return None
        if cell.is_blank:
            self.answers.wrong(cell, f"Hãy gõ điểm mới, hoặc “{WAIVED}”.")
            return None
        return self.answers.points(cell, leaf.max_points)

    def _reason(self, cell: Cell) -> str:
        if cell.is_blank:
            self.answers.wrong(cell, "Mỗi điều chỉnh phải có lý do.")
            return ""
        return self.answers.text(cell, MOST_REASON)
