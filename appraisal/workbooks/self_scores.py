"""One agency's self-score workbook: its layout, and what comes back in it.

The layout is shared with `self_scores_out`. A row belongs to a leaf by the hidden columns and not
by its place, so that hiding, moving or a saving by another program loses nothing. What is typed is
checked as the form checks it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from appraisal import scoring
from appraisal.workbooks.locked import Answers, Stamp, digest
from appraisal.workbooks.problems import Checked, Findings, Problem
from appraisal.workbooks.reading import read_table
from appraisal.workbooks.table import Row, Table
from appraisal.workbooks.values import clean_text

FORM: Final = "PARC-TU-CHAM-2"
"""Says in a hidden cell that the workbook is ours, and of which form."""
SHEET: Final = "Tự chấm"

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
MOST_FILES: Final = 10
MOST_REASON: Final = 10_000
"""Characters, as in the form."""
MOST_NAMES: Final = 3_000
"""Characters of all names of files under a leaf: ten of 255, with what parts them."""
MOST_CHARACTERS: Final = MOST_REASON + MOST_NAMES
"""Of a cell, as far as it is read; more than any of the two limits."""


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
class SelfScoreSheet(Checked):
    """A whole workbook as it came back."""

    said: tuple[Said, ...]
    problems: tuple[Problem, ...]

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


def stamp(owner: str, codes: Sequence[str]) -> Stamp:
    """What ties a workbook to its dossier (`owner`, a digest) and to its criteria."""
    return Stamp(FORM, owner, digest(codes))


def parse_file(path: str, context: Mapping[str, Any]) -> dict[str, Any]:
    """What the child runs: JSON in, JSON out. Raises Refused."""
    name = context["name"]
    table = read_table(path, name, sheet=SHEET, most_characters=MOST_CHARACTERS)
    leaves = [LeafSpec.from_json(leaf) for leaf in context["leaves"]]
    return parse_self_scores(table, context["owner"], leaves, name).to_json()


def parse_self_scores(
    table: Table, owner: str, leaves: Sequence[LeafSpec], name: str
) -> SelfScoreSheet:
    """What the workbook says of every leaf, with its problems by cell.

    Raises Refused for a workbook that is not ours, or of another dossier or other criteria.
    """
    stamp(owner, [leaf.code for leaf in leaves]).check(table, KEY, name)
    by_leaf: dict[str, list[Row]] = {}
    for row in table:
        code = clean_text(row[KEY].text)
        if row.number > HEADER_ROW and code:
            by_leaf.setdefault(code, []).append(row)
    findings = Findings(table.sheet)
    answers = Answers(findings)
    said = []
    for leaf in leaves:
        found = by_leaf.get(leaf.code)
        if not found:
            answers.wrong("", f"Thiếu dòng của tiêu chí {leaf.code}. Hãy tải lại bảng rồi điền.")
            continue
        one = _Leaf(leaf, found, answers).read()
        if one is not None:
            said.append(one)
    return SelfScoreSheet(tuple(said), findings.listed())


class _Leaf:
    """The rows of one leaf: the first carries points and reason, each carries one input."""

    def __init__(self, leaf: LeafSpec, rows: list[Row], answers: Answers) -> None:
        self.leaf, self.answers = leaf, answers
        self.inputs = {clean_text(row[INPUT].text): row for row in rows if row[INPUT].text.strip()}
        self.main = [row for row in rows if row[VERSION].text.strip()]

    def read(self) -> Said | None:
        if len(self.main) != 1:
            self.answers.wrong(
                "", f"Tiêu chí {self.leaf.code} phải có đúng một dòng chính. Hãy tải lại bảng."
            )
            return None
        (main,) = self.main
        before = self.answers.noted
        version = self.answers.version(main[VERSION])
        declared = self._declared()
        typed = self.answers.points(main[POINTS], self.leaf.max_points)
        waived = self.answers.yes_no(main[WAIVED]) is True
        reason = self.answers.text(main[REASON], MOST_REASON)
        files = self.answers.names(main[FILES], MOST_FILES, MOST_NAMES)
        if waived and not self.leaf.na_allowed:
            self.answers.wrong(main[WAIVED], "Tiêu chí này luôn áp dụng với mọi cơ quan.")
        elif waived and not reason:
            self.answers.wrong(main[REASON], "Đề nghị “không áp dụng” cần nêu lý do.")
        if version is None or self.answers.noted > before:
            return None
        try:
            # Also looks whether the declared values fit each other.
            settled = scoring.settle(self.leaf.rule, declared, typed)
        except scoring.BadValue as bad:
            self.answers.wrong(main[VALUE], bad.sentence)
            return None
        points = None if waived else settled
        return Said(self.leaf.code, version, declared, points, waived, reason, files)

    def _declared(self) -> dict[str, Any]:
        declared: dict[str, Any] = {}
        for asked in scoring.inputs(self.leaf.rule):
            value = self._items(asked) if asked.kind == "items" else self._input(asked)
            if value is not None:
                declared[asked.name] = value
        return declared

    def _items(self, asked: scoring.Input) -> list[str] | None:
        said = {}
        for choice in asked.choices:
            row = self.inputs.get(f"{asked.name}:{choice.value}")
            if row is not None:
                said[choice.value] = self.answers.yes_no(row[VALUE])
        if all(answer is None for answer in said.values()):
            return None
        return [value for value, answer in said.items() if answer]

    def _input(self, asked: scoring.Input) -> Any:
        row = self.inputs.get(asked.name)
        if row is None:
            return None
        cell = row[VALUE]
        if asked.kind == "yes_no":
            return self.answers.yes_no(cell)
        if asked.kind == "choice":
            return self.answers.choice(cell, {c.value: c.label for c in asked.choices})
        raw = self.answers.number(cell)
        try:
            return None if raw is None else scoring.parse_declared(asked, raw)
        except scoring.BadValue as bad:
            self.answers.wrong(cell, bad.sentence)
            return None
