"""A sheet of criteria becomes a checked tree of rows; nothing of files or of the database.

The rules are those of the import: unique codes, known parents, no cycle, five levels, strict
points, parent = sum of children, known appraisers, parameters that fit their kind of rule.
"""

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from appraisal.scoring import Rule, check_params
from appraisal.workbooks.columns import Header, find_header, note_unread, rows_below, unusable
from appraisal.workbooks.params import in_words, read_params
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
    shown,
)

REQUIRED = {
    "code": "Mã tiêu chí",
    "parent": "Mã cha",
    "title": "Nội dung tiêu chí",
    "max_points": "Điểm tối đa",
}
OPTIONAL = {
    "kind": "Cách tính",
    "params": "Tham số",
    "rule_text": "Diễn giải cách tính",
    "evidence": "Tài liệu kiểm chứng",
    "appraiser": "Cơ quan thẩm định",
    "na_allowed": "Cho phép không áp dụng",
    "note": "Ghi chú",
}
HEADERS = REQUIRED | OPTIONAL
HEADER_KEYS = {compared(text): key for key, text in HEADERS.items()}
KIND_NAMES = {
    "group": "Nhóm",
    "boolean": "Đạt/không đạt",
    "checklist": "Danh mục",
    "tiers": "Bậc",
    "levels": "Mức độ",
    "proportional": "Tỷ lệ",
    "deduction": "Trừ dần",
    "manual": "Chuyên gia chấm",
    "survey": "Khảo sát",
    "bonus": "Điểm thưởng",
    "penalty": "Điểm trừ",
}
KIND_KEYS = {compared(name).replace(" ", ""): kind for kind, name in KIND_NAMES.items()} | {
    kind: kind for kind in KIND_NAMES
}
OUTSIDE_KINDS = frozenset({"bonus", "penalty"})
YES = frozenset({"có", "co", "x", "yes", "true", "1", "được"})
NO = frozenset({"", "không", "khong", "no", "false", "0"})
NA_NAMES = {True: "Có", False: "Không"}
MAX_CODE = 20
CODE_PUNCTUATION = frozenset(".-/_()")
MAX_DEPTH = 5
WHOLE = Decimal(100)
LISTED_AGENCIES = 12


@dataclass(frozen=True)
class CriterionRow:
    """One criterion. `position` counts the rows of the sheet from 1, `depth` the levels from 1.

    `outside_total`: bonus and penalty, and groups of nothing else. `cell` is the code's address.
    """

    code: str
    parent_code: str | None
    title: str
    max_points: Decimal
    kind: str
    params: dict[str, Any]
    rule_text: str
    evidence: tuple[str, ...]
    appraiser_code: str | None
    na_allowed: bool
    note: str
    depth: int
    position: int
    is_leaf: bool
    outside_total: bool
    cell: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"max_points": str(self.max_points), "evidence": list(self.evidence)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "CriterionRow":
        read = {"max_points": Decimal(data["max_points"]), "evidence": tuple(data["evidence"])}
        return cls(**(dict(data) | read))


@dataclass(frozen=True)
class CriteriaSheet(Checked):
    """The outcome of an import. `rows` is empty while a problem blocks: all or nothing.

    `notes` are remarks that ask for nothing, such as a whole that is not 100.
    """

    rows: tuple[CriterionRow, ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()

    @property
    def total(self) -> Decimal:
        """Points of the top level inside the scale."""
        return whole(self.rows)

    def to_json(self) -> dict[str, Any]:
        return {
            "rows": [row.to_json() for row in self.rows],
            "problems": [problem.to_json() for problem in self.problems],
            "notes": list(self.notes),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "CriteriaSheet":
        return cls(
            tuple(CriterionRow.from_json(row) for row in data["rows"]),
            tuple(Problem.from_json(problem) for problem in data["problems"]),
            tuple(data["notes"]),
        )


def whole(rows: Sequence[CriterionRow]) -> Decimal:
    """Points of the top level, bonus and penalty left out."""
    inside = (row for row in rows if row.parent_code is None and not row.outside_total)
    return sum((row.max_points for row in inside), Decimal(0))


def parse_criteria(
    table: Table, agencies: Mapping[str, str], name: str = "tệp gửi lên"
) -> CriteriaSheet:
    """The criteria of a sheet; `agencies` maps the codes that may appraise to their names.

    Raises Refused when the sheet is not a sheet of criteria; everything else is a problem with its
    cell.
    """
    header = find_header(table, name, _header_key, REQUIRED)
    rows = rows_below(table, name, header)
    findings = Findings(table.sheet)
    note_unread(table, header, rows, findings)
    reader = _Reader(header, agencies, findings)
    drafts = [reader.draft(row) for row in rows]
    _check_codes(drafts, findings)
    criteria = _tree(drafts, findings)
    if findings.blocked:
        return CriteriaSheet((), findings.listed())
    notes = []
    if (total := whole(criteria)) != WHOLE:
        notes.append(
            f"Tổng điểm tối đa của các lĩnh vực là {decimal_text(total)}, chưa bằng 100."
            " Bộ tiêu chí thường đủ 100 điểm; hãy kiểm tra trước khi mở đợt đánh giá."
        )
    return CriteriaSheet(criteria, findings.listed(), tuple(notes))


def _header_key(cell: Cell) -> str | None:
    return HEADER_KEYS.get(compared(cell.text)) if cell.kind is Kind.TEXT else None


@dataclass(frozen=True)
class _Draft:
    """One row read by itself; None and "" where a problem was noted. Cells for later problems."""

    code_cell: Cell
    parent_cell: Cell
    points_cell: Cell
    kind_cell: Cell
    params_cell: Cell
    code: str
    parent: str
    key: str
    parent_key: str
    title: str
    max_points: Decimal | None
    kind: str | None
    params: dict[str, Any] | None
    rule_text: str
    evidence: tuple[str, ...]
    appraiser_code: str | None
    na_allowed: bool
    note: str


class _Reader:
    """Reads each row's cells, one by one."""

    def __init__(self, header: Header, agencies: Mapping[str, str], findings: Findings) -> None:
        self._columns = header.columns
        self._findings = findings
        self._agencies = {compared(name): code for code, name in agencies.items()} | {
            code_key(code): code for code in agencies
        }
        self._agency_codes = ", ".join(list(agencies)[:LISTED_AGENCIES])

    def draft(self, row: Row) -> _Draft:
        cell = {key: self._cell(row, key) for key in HEADERS}
        broken = {key for key, one in cell.items() if unusable(one, self._findings)}

        def text(key: str) -> str:
            return "" if key in broken else self._text(cell[key])

        code = "" if "code" in broken else self._code(cell["code"], needed=True)
        parent = "" if "parent" in broken else self._code(cell["parent"], needed=False)
        title = text("title")
        if not title and "title" not in broken and cell["title"].kind is not Kind.ERROR:
            self._findings.block(cell["title"], "Chưa có nội dung tiêu chí.")
        return _Draft(
            code_cell=cell["code"],
            parent_cell=cell["parent"],
            points_cell=cell["max_points"],
            kind_cell=cell["kind"],
            params_cell=cell["params"],
            code=code,
            parent=parent,
            key=code_key(code),
            parent_key=code_key(parent),
            title=title,
            max_points=None if "max_points" in broken else self._points(cell["max_points"]),
            kind=None if "kind" in broken else self._kind(cell["kind"]),
            params=None if "params" in broken else self._params(cell["params"]),
            rule_text=text("rule_text"),
            evidence=tuple(filter(None, map(str.strip, text("evidence").split("\n")))),
            appraiser_code=None if "appraiser" in broken else self._appraiser(cell["appraiser"]),
            na_allowed="na_allowed" not in broken and self._truth(cell["na_allowed"]),
            note=text("note"),
        )

    def _cell(self, row: Row, key: str) -> Cell:
        """The cell of a column; a blank one where the sheet has no such column."""
        column = self._columns.get(key)
        return row[column] if column else Cell(row.number, self._columns["code"])

    def _text(self, cell: Cell) -> str:
        if cell.kind is Kind.ERROR:
            self._findings.block(cell, "Ô là lỗi của bảng tính. Hãy gõ lại.")
            return ""
        return clean_text(cell.text) if cell.kind is Kind.TEXT else shown(cell)

    def _code(self, cell: Cell, *, needed: bool) -> str:
        try:
            code = code_text(cell)
        except Unreadable as unreadable:
            self._findings.block(cell, str(unreadable))
            return ""
        if not code:
            if needed:
                self._findings.block(
                    cell, "Dòng này chưa có mã tiêu chí. Hãy ghi mã hoặc xóa dòng."
                )
            return ""
        if (
            len(code) > MAX_CODE
            or not code[0].isalnum()
            or not all(c.isalnum() or c in CODE_PUNCTUATION for c in code)
        ):
            self._findings.block(
                cell,
                f"Mã gồm tối đa {MAX_CODE} chữ cái, chữ số và . - / _ ( ), không có dấu cách hay ký"
                " tự ẩn, bắt đầu bằng chữ hoặc số.",
            )
            return ""
        return code

    def _points(self, cell: Cell) -> Decimal | None:
        try:
            value = points(cell)
        except Unreadable as unreadable:
            self._findings.block(cell, str(unreadable))
            return None
        if not value:
            self._findings.block(cell, "Điểm tối đa phải lớn hơn 0.")
            return None
        if cell.kind is Kind.PERCENT:
            self._findings.warn(
                cell, f"Ô định dạng phần trăm; điểm được đọc là {decimal_text(value)}."
            )
        return value

    def _kind(self, cell: Cell) -> str | None:
        """The kind of rule; "" where none is given, None where it is not known."""
        text = self._text(cell)
        if not text:
            return ""
        kind = KIND_KEYS.get(compared(text).replace(" ", ""))
        if kind is None:
            self._findings.block(
                cell, f"Cách tính phải là một trong: {', '.join(KIND_NAMES.values())}."
            )
        return kind

    def _params(self, cell: Cell) -> dict[str, Any] | None:
        try:
            return read_params(self._text(cell))
        except Unreadable as unreadable:
            self._findings.block(cell, str(unreadable))
            return None

    def _appraiser(self, cell: Cell) -> str | None:
        text = self._text(cell)
        if not text:
            return None
        code = self._agencies.get(code_key(text)) or self._agencies.get(compared(text))
        if code is None:
            known = f" Các mã: {self._agency_codes}…" if self._agency_codes else ""
            self._findings.block(cell, f"Không có cơ quan này trong danh mục.{known}")
        return code

    def _truth(self, cell: Cell) -> bool:
        text = compared(cell.text)
        if text not in YES and text not in NO:
            self._findings.block(cell, "Hãy ghi “Có” hoặc “Không”.")
        return text in YES


def _check_codes(drafts: Sequence[_Draft], findings: Findings) -> None:
    """Codes are unique; fractional codes stored as numbers may have lost a zero."""
    first: dict[str, _Draft] = {}
    numeric = [d.code_cell for d in drafts if d.code_cell.kind is Kind.NUMBER and "." in d.code]
    for draft in drafts:
        if not draft.code:
            continue
        twin = first.setdefault(draft.key, draft)
        if twin is draft:
            continue
        sentence = f"Mã “{draft.code}” đã có ở ô {twin.code_cell.address}."
        if Kind.NUMBER in (draft.code_cell.kind, twin.code_cell.kind):
            sentence += (
                " Mã gõ dạng số thì 1.10 thành 1.1: hãy định dạng cột mã thành Văn bản rồi gõ lại."
            )
        findings.block(draft.code_cell, sentence)
    if numeric:
        findings.warn(
            numeric[0],
            f"{len(numeric)} mã lưu dạng số nên có thể mất số 0 ở cuối (1.10 thành 1.1)."
            " Hãy kiểm tra, nên định dạng cột mã thành Văn bản.",
        )


def _tree(drafts: Sequence[_Draft], findings: Findings) -> tuple[CriterionRow, ...]:
    """Places the rows in the tree and checks it; the rows count only if nothing blocks."""
    by_key: dict[str, _Draft] = {}
    for draft in drafts:
        if draft.code:
            by_key.setdefault(draft.key, draft)
    children: dict[str, list[_Draft]] = {}
    roots = []
    for draft in by_key.values():
        if not draft.parent_key:
            if draft.parent_cell.is_blank:
                roots.append(draft)
        elif draft.parent_key == draft.key:
            findings.block(draft.parent_cell, "Tiêu chí không thể là cha của chính nó.")
        elif draft.parent_key not in by_key:
            findings.block(draft.parent_cell, f"Không có tiêu chí cha mang mã “{draft.parent}”.")
        else:
            children.setdefault(draft.parent_key, []).append(draft)
    depth = _depths(roots, children)
    cycles = _cycles(by_key, depth)
    for draft in by_key.values():
        if depth.get(draft.key, 0) > MAX_DEPTH:
            findings.block(
                draft.code_cell,
                f"Tiêu chí ở cấp {depth[draft.key]}; bộ tiêu chí có tối đa {MAX_DEPTH} cấp.",
            )
        elif draft.key in cycles:
            findings.block(draft.parent_cell, "Các mã cha tạo thành vòng. Hãy sửa mã cha.")
    # Deepest first, so that a group is judged after all that is below it.
    outside: dict[str, bool] = {}
    for key in reversed(depth):
        outside[key] = _is_outside(by_key[key], children.get(key, []), outside, findings)
    for key, below in children.items():
        _check_sum(by_key[key], below, findings)
    rows = []
    for position, draft in enumerate(drafts, start=1):
        is_leaf = draft.key not in children
        kind = _checked_kind(draft, findings, is_leaf=is_leaf)
        if kind is None or draft.max_points is None or draft.params is None:
            continue
        parent = by_key.get(draft.parent_key)
        rows.append(
            CriterionRow(
                code=draft.code,
                parent_code=parent.code if parent else None,
                title=draft.title,
                max_points=draft.max_points,
                kind=kind,
                params=draft.params,
                rule_text=draft.rule_text,
                evidence=draft.evidence,
                appraiser_code=draft.appraiser_code,
                na_allowed=draft.na_allowed,
                note=draft.note,
                depth=depth.get(draft.key, 0),
                position=position,
                is_leaf=is_leaf,
                outside_total=outside.get(draft.key, False),
                cell=draft.code_cell.address,
            )
        )
    return tuple(rows)


def _depths(roots: Sequence[_Draft], children: Mapping[str, Sequence[_Draft]]) -> dict[str, int]:
    """Level of every row that hangs on a root, level by level."""
    depth = {root.key: 1 for root in roots}
    waiting = deque(depth)
    while waiting:
        key = waiting.popleft()
        for child in children.get(key, []):
            depth[child.key] = depth[key] + 1
            waiting.append(child.key)
    return depth


def _cycles(by_key: Mapping[str, _Draft], depth: Mapping[str, int]) -> set[str]:
    """Rows that are their own ancestors: what is left once childless rows are taken away."""
    left = {key: draft.parent_key for key, draft in by_key.items() if key not in depth}
    # A row whose parent is missing, or itself, has its own problem and is no cycle here.
    left = {key: parent for key, parent in left.items() if parent != key}
    below = Counter(parent for parent in left.values() if parent in left)
    childless = [key for key in left if not below[key]]
    while childless:
        parent = left.pop(childless.pop())
        below[parent] -= 1
        if parent in left and not below[parent]:
            childless.append(parent)
    return set(left)


def _is_outside(
    draft: _Draft, below: Sequence[_Draft], outside: Mapping[str, bool], findings: Findings
) -> bool:
    """Whether a row lies outside the 100: bonus, penalty, or a group of nothing else."""
    if not below:
        return draft.kind in OUTSIDE_KINDS
    kinds = {outside[child.key] for child in below}
    if len(kinds) == 2:
        findings.block(
            draft.code_cell,
            "Điểm thưởng, điểm trừ nằm ngoài thang 100 nên phải ở nhóm riêng, không chung với tiêu"
            " chí khác.",
        )
    return kinds == {True}


def _check_sum(parent: _Draft, below: Sequence[_Draft], findings: Findings) -> None:
    values = [child.max_points for child in below]
    known = [value for value in values if value is not None]
    if parent.max_points is None or len(known) < len(values):
        return
    total = sum(known, Decimal(0))
    if total != parent.max_points:
        findings.warn(
            parent.points_cell,
            f"Tổng điểm tối đa của {len(below)} tiêu chí con là {decimal_text(total)}, khác điểm"
            f" của “{parent.code}” là {decimal_text(parent.max_points)}.",
        )


def _checked_kind(draft: _Draft, findings: Findings, *, is_leaf: bool) -> str | None:
    """The kind that counts, with the default where none is given; None after a problem."""
    kind = draft.kind
    if kind is None:
        return None
    if not is_leaf:
        if kind not in ("", "group"):
            findings.block(
                draft.kind_cell, "Tiêu chí có tiêu chí con thì cách tính phải là “Nhóm”."
            )
            return None
        kind = "group"
    elif kind == "group":
        findings.block(draft.kind_cell, "Cách tính “Nhóm” chỉ dùng cho tiêu chí có tiêu chí con.")
        return None
    kind = kind or "manual"
    if draft.max_points is None or draft.params is None:
        return None
    problems = check_params(Rule(kind=kind, max_points=draft.max_points, params=draft.params))
    for problem in problems:
        findings.block(draft.params_cell, in_words(problem))
    return None if problems else kind
