"""Survey points of a group: one row per agency, one column per survey leaf, both ways.

Points of a survey are entered by the secretariat and never self-scored. Nothing of the database.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from appraisal.files.refusal import Refused
from appraisal.files.refusal import gettext_noop as _
from appraisal.workbooks.columns import Header, find_header, note_unread, rows_below, unusable
from appraisal.workbooks.problems import Checked, Findings, Problem
from appraisal.workbooks.table import Cell, Kind, Row, Table
from appraisal.workbooks.values import (
    Unreadable,
    clean_text,
    code_key,
    code_text,
    compared,
    decimal_text,
    points,
)

AGENCY_CODE = "Mã cơ quan"
AGENCY_NAME = "Tên cơ quan"
# A space keeps these apart from the keys of leaf codes, which have none.
CODE_COLUMN = "agency code"
NAME_COLUMN = "agency name"

NO_LEAF = _("“%(name)s” không có cột nào mang mã tiêu chí khảo sát. Cần các cột: %(expected)s.")
NO_SURVEY = _("Bộ tiêu chí của nhóm này không có tiêu chí khảo sát nên không có điểm để nhập.")


@dataclass(frozen=True)
class SurveySheet(Checked):
    """Points by (agency code, leaf code); empty while a problem blocks: all or nothing."""

    points: Mapping[tuple[str, str], Decimal]
    problems: tuple[Problem, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "points": [[agency, leaf, str(value)] for (agency, leaf), value in self.points.items()],
            "problems": [problem.to_json() for problem in self.problems],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "SurveySheet":
        return cls(
            {(agency, leaf): Decimal(value) for agency, leaf, value in data["points"]},
            tuple(Problem.from_json(problem) for problem in data["problems"]),
        )


def parse_survey(
    table: Table,
    agencies: Mapping[str, str],
    leaves: Mapping[str, Decimal],
    name: str = "tệp gửi lên",
) -> SurveySheet:
    """Survey points of a sheet; `agencies` maps the group's codes to names, `leaves` to maxima.

    Raises Refused when the sheet is not one of survey points; everything else is a problem with
    its cell. A point that is missing is a warning, a wrong one blocks.
    """
    if not leaves:
        raise Refused(NO_SURVEY, "no_survey_leaf")
    leaf_of = {code_key(leaf): leaf for leaf in leaves}
    header = find_header(table, name, partial(_header_key, leaf_of), {CODE_COLUMN: AGENCY_CODE})
    if not leaf_of.keys() & header.columns.keys():
        expected = ", ".join(f"“{leaf}”" for leaf in leaves)
        raise Refused(NO_LEAF, "header", name=name, expected=expected)
    rows = rows_below(table, name, header)
    findings = Findings(table.sheet)
    note_unread(table, header, rows, findings)
    for key, leaf in leaf_of.items():
        if key not in header.columns:
            findings.warn("", f"Chưa có cột cho tiêu chí {leaf}; điểm của tiêu chí này không nhập.")
    reader = _Reader(header, agencies, leaves, leaf_of, findings)
    for row in rows:
        reader.read(row)
    for code, agency in agencies.items():
        if code not in reader.seen:
            findings.warn("", f"Chưa có dòng của {agency} ({code}); điểm không nhập.")
    return SurveySheet({} if findings.blocked else reader.points, findings.listed())


def _header_key(leaf_of: Mapping[str, str], cell: Cell) -> str | None:
    if cell.kind is Kind.TEXT and compared(cell.text) == compared(AGENCY_CODE):
        return CODE_COLUMN
    if cell.kind is Kind.TEXT and compared(cell.text) == compared(AGENCY_NAME):
        return NAME_COLUMN
    try:
        key = code_key(code_text(cell))
    except Unreadable:
        return None
    return key if key in leaf_of else None


class _Reader:
    """Reads the rows one by one into `points`; `seen` holds each agency's first cell."""

    def __init__(
        self,
        header: Header,
        agencies: Mapping[str, str],
        leaves: Mapping[str, Decimal],
        leaf_of: Mapping[str, str],
        findings: Findings,
    ) -> None:
        self._columns = header.columns
        self._agencies = agencies
        self._agency_of = {code_key(code): code for code in agencies}
        self._leaves = leaves
        self._leaf_of = leaf_of
        self._findings = findings
        self.points: dict[tuple[str, str], Decimal] = {}
        self.seen: dict[str, str] = {}

    def read(self, row: Row) -> None:
        agency = self._agency(row[self._columns[CODE_COLUMN]])
        if agency is not None and NAME_COLUMN in self._columns:
            self._check_name(row[self._columns[NAME_COLUMN]], agency)
        for key, leaf in self._leaf_of.items():
            if key in self._columns:
                value = self._point(row[self._columns[key]], leaf)
                if agency is not None and value is not None:
                    self.points[agency, leaf] = value

    def _agency(self, cell: Cell) -> str | None:
        if unusable(cell, self._findings):
            return None
        try:
            text = code_text(cell)
        except Unreadable as unreadable:
            self._findings.block(cell, str(unreadable))
            return None
        agency = self._agency_of.get(code_key(text))
        if agency is None:
            self._findings.block(cell, "Không có cơ quan mang mã này trong nhóm.")
        elif agency in self.seen:
            self._findings.block(cell, f"Cơ quan này đã có ở ô {self.seen[agency]}.")
        else:
            self.seen[agency] = cell.address
        return agency

    def _check_name(self, cell: Cell, agency: str) -> None:
        if unusable(cell, self._findings) or cell.is_blank:
            return
        expected = self._agencies[agency]
        if compared(clean_text(cell.text)) != compared(expected):
            self._findings.warn(cell, f"Tên khác danh mục: mã {agency} là {expected}.")

    def _point(self, cell: Cell, leaf: str) -> Decimal | None:
        if unusable(cell, self._findings):
            return None
        maximum = self._leaves[leaf]
        if cell.is_blank:
            self._findings.warn(cell, f"Chưa có điểm khảo sát của tiêu chí {leaf}.")
            return None
        try:
            value = points(cell)
        except Unreadable as unreadable:
            self._findings.block(cell, str(unreadable))
            return None
        if value > maximum:
            self._findings.block(
                cell, f"Điểm vượt điểm tối đa {decimal_text(maximum)} của tiêu chí {leaf}."
            )
            return None
        if cell.kind is Kind.PERCENT:
            self._findings.warn(
                cell, f"Ô định dạng phần trăm; điểm được đọc là {decimal_text(value)}."
            )
        return value
