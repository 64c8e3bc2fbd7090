"""An appraiser's workbook: one row for each leaf of each agency; its layout, and what comes back.

A row belongs to its agency and leaf by the hidden key, so that sorting and filtering lose nothing.
Who may give which mark is not known here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from appraisal.files.refusal import Refused
from appraisal.files.refusal import gettext_noop as _
from appraisal.scoring.numbers import POINT_PLACES, rounded
from appraisal.workbooks.locked import Answers, Stamp, digest
from appraisal.workbooks.problems import Checked, Findings, Problem
from appraisal.workbooks.reading import read_table
from appraisal.workbooks.table import Cell, Kind, Row, Table
from appraisal.workbooks.values import FLOAT_NOISE, clean_text, shown, stored_number

FORM: Final = "PARC-THAM-DINH-1"
"""Says in a hidden cell that the workbook is ours, and of which form."""
SHEET: Final = "Thẩm định"

(
    AGENCY_CODE, AGENCY, CODE, TITLE, MAXIMUM, SELF, DECLARED, CLAIM, FILES, FIRST, POINTS, WAIVED,
    REASON,
) = range(1, 14)  # fmt: skip
KEY, STAGE, VERSION = 14, 15, 16
HEADERS: Final = {
    AGENCY_CODE: "Mã cơ quan",
    AGENCY: "Cơ quan",
    CODE: "Mã tiêu chí",
    TITLE: "Tiêu chí",
    MAXIMUM: "Điểm tối đa",
    SELF: "Điểm tự chấm",
    DECLARED: "Số liệu kê khai",
    CLAIM: "Giải trình của cơ quan",
    FILES: "Tài liệu kiểm chứng",
    FIRST: "Điểm thẩm định lần 1",
    POINTS: "Điểm thẩm định",
    WAIVED: "Không áp dụng",
    REASON: "Lý do, nhận xét",
}
HEADER_ROW: Final = 6
MOST_REASON: Final = 10_000
"""Characters, as in the form."""

NOT_OURS = _(
    "“%(name)s” không phải bảng thẩm định tải từ hệ thống, hoặc các cột ẩn đã bị xóa. Hãy tải lại"
    " bảng rồi điền."
)
OF_ANOTHER = _(
    "“%(name)s” là bảng thẩm định của người khác hoặc của đợt khác. Hãy tải bảng của chính"
    " ông/bà trong đợt này."
)
OTHER_STAGE = _(
    "“%(name)s” là bảng của lần thẩm định khác. Hãy tải lại bảng của lần thẩm định đang mở."
)


@dataclass(frozen=True)
class RowSpec:
    """What the reader has to know of a row. Points with more than two decimals are taken where
    they are the agency's (`own`) or stand already (`stored`)."""

    key: str
    stage: str
    max_points: Decimal
    na_allowed: bool
    own: Decimal | None = None
    stored: Decimal | None = None

    def to_json(self) -> list[Any]:
        points = [None if p is None else str(p) for p in (self.max_points, self.own, self.stored)]
        return [self.key, self.stage, self.na_allowed, *points]

    @classmethod
    def from_json(cls, data: Sequence[Any]) -> "RowSpec":
        key, stage, na_allowed, maximum, *points = data
        own, stored = (None if text is None else Decimal(text) for text in points)
        return cls(key, stage, Decimal(maximum), na_allowed, own, stored)


@dataclass(frozen=True)
class Said:
    """What the workbook says of a row. `version` is that of the mark it was taken with."""

    key: str
    stage: str
    version: int
    points: Decimal | None
    not_applicable: bool
    reason: str

    def to_json(self) -> list[Any]:
        points = None if self.points is None else str(self.points)
        return [self.key, self.stage, self.version, points, self.not_applicable, self.reason]

    @classmethod
    def from_json(cls, data: Sequence[Any]) -> "Said":
        key, stage, version, points, waived, reason = data
        return cls(key, stage, version, None if points is None else Decimal(points), waived, reason)


@dataclass(frozen=True)
class AppraisalSheet(Checked):
    """A whole workbook as it came back; `strange` names rows that the person does not appraise."""

    said: tuple[Said, ...]
    strange: tuple[str, ...]
    problems: tuple[Problem, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "said": [item.to_json() for item in self.said],
            "strange": list(self.strange),
            "problems": [problem.to_json() for problem in self.problems],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "AppraisalSheet":
        return cls(
            tuple(Said.from_json(item) for item in data["said"]),
            tuple(data["strange"]),
            tuple(Problem.from_json(item) for item in data["problems"]),
        )


def owner(round: int, user: int) -> str:
    """What ties a workbook to its round and its appraiser."""
    return digest([round, user])


def stamp(owner: str, stage: str) -> Stamp:
    """The three hidden cells of the first row: form, whose, of which appraisal."""
    return Stamp(FORM, owner, stage)


def parse_file(path: str, context: Mapping[str, Any]) -> dict[str, Any]:
    """What the child runs: JSON in, JSON out. Raises Refused."""
    name = context["name"]
    table = read_table(path, name, sheet=SHEET, most_characters=MOST_REASON)
    specs = [RowSpec.from_json(row) for row in context["rows"]]
    return parse_appraisals(table, context["owner"], context["stage"], specs, name).to_json()


def parse_appraisals(
    table: Table, owner: str, stage: str, specs: Sequence[RowSpec], name: str
) -> AppraisalSheet:
    """What the workbook says of every row in it, with its problems by cell.

    Rows that were deleted say nothing. Raises Refused for a workbook that is not ours, of another
    person or round, or of another appraisal than `stage`.
    """
    first = next((row for row in table if row.number == 1), None)
    form, whose, when = (clean_text(first[KEY + n].text) if first else "" for n in range(3))
    if form != FORM:
        raise Refused(NOT_OURS, "not_ours", name=name)
    if whose != owner:
        raise Refused(OF_ANOTHER, "of_another", name=name)
    if when != stage:
        raise Refused(OTHER_STAGE, "other_stage", name=name)
    findings = Findings(table.sheet)
    answers = Answers(findings)
    known = {spec.key: spec for spec in specs}
    seen: dict[str, int] = {}
    said: list[Said] = []
    strange: list[str] = []
    for row in table:
        key = clean_text(row[KEY].text)
        if row.number <= HEADER_ROW or not key:
            continue
        if key in seen:
            answers.wrong(row[CODE], f"Dòng này lặp lại dòng {seen[key]}. Hãy xóa một dòng.")
            continue
        seen[key] = row.number
        spec = known.get(key)
        if spec is None or clean_text(row[STAGE].text) != spec.stage:
            strange.append(f"{shown(row[AGENCY_CODE])} – {shown(row[CODE])}")
            continue
        one = _read(row, spec, answers)
        if one is not None:
            said.append(one)
    return AppraisalSheet(tuple(said), tuple(strange), findings.listed())


def _read(row: Row, spec: RowSpec, answers: Answers) -> Said | None:
    before = answers.noted
    version = answers.version(row[VERSION])
    exact = _exact(row[POINTS], spec)
    points = exact if exact is not None else answers.points(row[POINTS], spec.max_points)
    waived = answers.yes_no(row[WAIVED]) is True
    reason = answers.text(row[REASON], MOST_REASON)
    if waived and not spec.na_allowed:
        answers.wrong(row[WAIVED], "Tiêu chí này luôn áp dụng với mọi cơ quan.")
    elif waived and points is not None:
        answers.wrong(row[POINTS], "Đã chọn “không áp dụng” thì để trống điểm.")
    if version is None or answers.noted > before:
        return None
    return Said(spec.key, spec.stage, version, points, waived, reason)


def _exact(cell: Cell, spec: RowSpec) -> Decimal | None:
    """The points that stand already or the agency's own, with every digit: typed as they are shown,
    rounded to two places or more, the agency's points are agreed with."""
    number = stored_number(cell.text) if cell.kind is Kind.NUMBER else None
    if number is None:
        return None
    for known in (spec.stored, spec.own):
        if known is not None and abs(known - number) < FLOAT_NOISE:
            return known
    own = spec.own
    if own is not None and any(
        abs(rounded(own, places) - number) < FLOAT_NOISE for places in range(2, POINT_PLACES)
    ):
        return own
    return None
