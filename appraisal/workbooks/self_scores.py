"""One agency's self-score workbook: its layout, and what comes back in it.

The layout is shared with `self_scores_out`. A row belongs to a leaf by the hidden columns and not
by its place, so that sorting, hiding or a saving by another program loses nothing. What is locked
or a formula is ours and is not read; what a person types is checked as the form checks it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final

from appraisal import scoring
from appraisal.files.refusal import Refused
from appraisal.files.refusal import gettext_noop as _
from appraisal.workbooks.columns import unusable
from appraisal.workbooks.formulas import NO, YES
from appraisal.workbooks.problems import Findings, Problem
from appraisal.workbooks.table import MAX_CHARACTERS, Cell, Kind, Row, Table
from appraisal.workbooks.values import (
    Unreadable,
    clean_text,
    compared,
    decimal_text,
    points,
    stored_number,
)

MARK: Final = "PARC-TU-CHAM-1"
"""Says in a hidden cell that the workbook is ours, and of which form."""

CODE, TITLE, MAXIMUM, ASKED, VALUE, UNIT, PROPOSED, POINTS, WAIVED, REASON, FILES, COUNTED = range(
    1, 13
)
KEY, VERSION, INPUT = 13, 14, 15
HEADERS: Final = {
    CODE: "Mã",
    TITLE: "Nội dung, cách tính, tài liệu kiểm chứng",
    MAXIMUM: "Điểm tối đa",
    ASKED: "Số liệu kê khai",
    VALUE: "Giá trị",
    UNIT: "Đơn vị",
    PROPOSED: "Điểm đề xuất",
    POINTS: "Điểm tự chấm",
    WAIVED: "Không áp dụng",
    REASON: "Giải trình, lý do",
    FILES: "Tệp tài liệu (mỗi dòng một tên)",
    COUNTED: "Điểm tính",
}
HEADER_ROW: Final = 6
MAX_FILES: Final = 10

NOT_OURS = _(
    "“%(name)s” không phải bảng tự chấm tải từ hệ thống, hoặc các cột ẩn đã bị xóa. Hãy tải lại"
    " bảng rồi điền."
)
OF_ANOTHER = _("“%(name)s” là bảng của cơ quan hoặc đợt khác. Hãy tải bảng của đúng hồ sơ này.")
OLD_CRITERIA = _("“%(name)s” theo bộ tiêu chí đã thay đổi. Hãy tải lại bảng rồi chép số liệu sang.")


@dataclass(frozen=True)
class LeafSpec:
    """What the reader has to know of a leaf."""

    code: str
    kind: str
    max_points: Decimal
    params: Mapping[str, Any]
    na_allowed: bool

    @property
    def rule(self) -> scoring.Rule:
        return scoring.Rule(self.kind, self.max_points, self.params)

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code, "kind": self.kind, "max_points": str(self.max_points),
            "params": dict(self.params), "na_allowed": self.na_allowed,
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "LeafSpec":
        return cls(
            data["code"], data["kind"], Decimal(data["max_points"]), data["params"],
            data["na_allowed"],
        )  # fmt: skip


@dataclass(frozen=True)
class Said:
    """What the workbook says of a leaf. `version` is that of the mark it was exported with."""

    code: str
    version: int
    declared: Mapping[str, Any]
    points: Decimal | None
    not_applicable: bool
    reason: str
    files: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code, "version": self.version, "declared": dict(self.declared),
            "points": None if self.points is None else str(self.points),
            "not_applicable": self.not_applicable, "reason": self.reason,
            "files": list(self.files),
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Said":
        return cls(
            data["code"], data["version"], data["declared"],
            None if data["points"] is None else Decimal(data["points"]),
            data["not_applicable"], data["reason"], tuple(data["files"]),
        )  # fmt: skip


@dataclass(frozen=True)
class SelfScoreSheet:
    """A whole workbook as it came back."""

    said: tuple[Said, ...]
    problems: tuple[Problem, ...]

    @property
    def blocked(self) -> bool:
        return any(problem.blocking for problem in self.problems)

    def to_json(self) -> dict[str, Any]:
        return {
            "said": [item.to_json() for item in self.said],
            "problems": [problem.to_json() for problem in self.problems],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "SelfScoreSheet":
        return cls(
            tuple(Said.from_json(item) for item in data["said"]),
            tuple(Problem.from_json(item) for item in data["problems"]),
        )


def identity(dossier: int, codes: Sequence[str]) -> str:
    """What ties a workbook to its dossier and its criteria; no secret."""
    return sha256(f"{dossier}|{'|'.join(codes)}".encode()).hexdigest()[:16]


def parse_self_scores(
    table: Table, dossier: int, leaves: Sequence[LeafSpec], name: str
) -> SelfScoreSheet:
    """What the workbook says of every leaf, with its problems by cell.

    Raises Refused for a workbook that is not ours, or of another dossier or other criteria.
    """
    rows = {row.number: row for row in table}
    first = rows.get(1)
    if first is None or clean_text(first[KEY].text) != MARK:
        raise Refused(NOT_OURS, "not_ours", name=name)
    if clean_text(first[VERSION].text) != str(dossier):
        raise Refused(OF_ANOTHER, "of_another", name=name)
    if clean_text(first[INPUT].text) != identity(dossier, [leaf.code for leaf in leaves]):
        raise Refused(OLD_CRITERIA, "old_criteria", name=name)
    by_leaf: dict[str, list[Row]] = {}
    for row in table:
        code = clean_text(row[KEY].text)
        if row.number > HEADER_ROW and code:
            by_leaf.setdefault(code, []).append(row)
    findings = Findings(table.sheet)
    said = []
    for leaf in leaves:
        found = by_leaf.get(leaf.code)
        if not found:
            findings.block("", f"Thiếu dòng của tiêu chí {leaf.code}. Hãy tải lại bảng rồi điền.")
            continue
        one = _Leaf(leaf, found, findings).read()
        if one is not None:
            said.append(one)
    return SelfScoreSheet(tuple(said), findings.listed())


class _Leaf:
    """The rows of one leaf: the first carries points and reason, each carries one input."""

    def __init__(self, leaf: LeafSpec, rows: list[Row], findings: Findings) -> None:
        self.leaf, self.findings = leaf, findings
        self.inputs = {clean_text(row[INPUT].text): row for row in rows if row[INPUT].text.strip()}
        self.main = next((row for row in rows if row[VERSION].text.strip()), None)

    def read(self) -> Said | None:
        main = self.main
        if main is None:
            self.findings.block(
                "", f"Tiêu chí {self.leaf.code} thiếu dòng chính. Hãy tải lại bảng rồi điền."
            )
            return None
        version = stored_number(main[VERSION].text)
        if version is None or version != int(version) or not 0 <= version < 2**31:
            self.findings.block(main[VERSION], "Cột ẩn phiên bản đã bị sửa. Hãy tải lại bảng.")
            return None
        before = len(self.findings.found) + self.findings.unlisted
        declared = self._declared()
        typed = self._points(main[POINTS])
        waived = self._yes_no(main[WAIVED]) is True
        reason = self._text(main[REASON])
        files = self._files(main[FILES])
        if waived and not self.leaf.na_allowed:
            self.findings.block(main[WAIVED], "Tiêu chí này luôn áp dụng với mọi cơ quan.")
        elif waived and not reason:
            self.findings.block(main[REASON], "Đề nghị “không áp dụng” cần nêu lý do.")
        if len(self.findings.found) + self.findings.unlisted > before:
            return None
        try:
            settled = None if waived else scoring.settle(self.leaf.rule, declared, typed)
        except scoring.BadValue as bad:
            self.findings.block(main[VALUE], bad.sentence)
            return None
        return Said(self.leaf.code, int(version), declared, settled, waived, reason, files)

    def _declared(self) -> dict[str, Any]:
        declared: dict[str, Any] = {}
        for asked in scoring.inputs(self.leaf.rule):
            value = self._items(asked) if asked.kind == "items" else self._input(asked)
            if value is not None:
                declared[asked.name] = value
        return declared

    def _items(self, asked: scoring.Input) -> list[str] | None:
        answers = {}
        for choice in asked.choices:
            row = self.inputs.get(f"{asked.name}:{choice.value}")
            if row is not None:
                answers[choice.value] = self._yes_no(row[VALUE])
        if all(answer is None for answer in answers.values()):
            return None
        return [value for value, answer in answers.items() if answer]

    def _input(self, asked: scoring.Input) -> Any:
        row = self.inputs.get(asked.name)
        if row is None:
            return None
        cell = row[VALUE]
        if asked.kind == "yes_no":
            return self._yes_no(cell)
        if cell.is_blank or unusable(cell, self.findings):
            return None
        raw = self._chosen(asked, cell) if asked.kind == "choice" else self._number(cell)
        if raw is None:
            return None
        try:
            return scoring.parse_declared(asked, raw)
        except scoring.BadValue as bad:
            self.findings.block(cell, bad.sentence)
            return None

    def _chosen(self, asked: scoring.Input, cell: Cell) -> str | None:
        text = compared(clean_text(cell.text))
        for choice in asked.choices:
            if text in {compared(choice.label), compared(choice.value)}:
                return choice.value
        labels = ", ".join(f"“{choice.label}”" for choice in asked.choices)
        self.findings.block(cell, f"Hãy chọn một trong: {labels}.")
        return None

    def _number(self, cell: Cell) -> str | None:
        if cell.kind is Kind.TEXT:
            return clean_text(cell.text)
        if cell.kind in {Kind.NUMBER, Kind.PERCENT}:
            number = stored_number(cell.text)
            if number is not None and number.adjusted() < 15:
                # A spreadsheet keeps doubles; ten decimals are more than anybody typed.
                return f"{round(number, 10).normalize():f}"
        self.findings.block(cell, "Hãy gõ một số, ví dụ 12 hoặc 12,5.")
        return None

    def _yes_no(self, cell: Cell) -> bool | None:
        if cell.is_blank or unusable(cell, self.findings):
            return None
        text = compared(clean_text(cell.text))
        if cell.kind is Kind.BOOLEAN:
            return text in {"1", "true"}
        if text in {compared(YES), "x"}:
            return True
        if text == compared(NO):
            return False
        self.findings.block(cell, f"Hãy chọn “{YES}” hoặc “{NO}”.")
        return None

    def _points(self, cell: Cell) -> Decimal | None:
        if cell.is_blank:
            return None
        try:
            value = points(cell)
        except Unreadable as unreadable:
            self.findings.block(cell, str(unreadable))
            return None
        if value > self.leaf.max_points:
            self.findings.block(
                cell, f"Điểm vượt điểm tối đa {decimal_text(self.leaf.max_points)}."
            )
            return None
        return value

    def _text(self, cell: Cell) -> str:
        if cell.kind is Kind.FORMULA:
            unusable(cell, self.findings)
            return ""
        # A text above the reader's limit comes cut; whoever merges knows whether it is the old one.
        return clean_text(cell.text)[: MAX_CHARACTERS + 1]

    def _files(self, cell: Cell) -> tuple[str, ...]:
        if cell.is_blank or unusable(cell, self.findings):
            return ()
        names = [clean_text(part) for part in cell.text.replace(";", "\n").splitlines()]
        kept = tuple(dict.fromkeys(part for part in names if part))
        if len(kept) > MAX_FILES:
            self.findings.block(cell, f"Mỗi tiêu chí không quá {MAX_FILES} tệp.")
        return kept
