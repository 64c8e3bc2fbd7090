"""A past year's published table that comes in: agencies with points, index, rank and grade.

Headers are known in Vietnamese and in English; columns may stand in any order. What was published
is taken as it was published: where figures contradict one another a person is warned, and nothing
is corrected. Which agency of the register a line belongs to is not decided here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from decimal import ROUND_HALF_UP, Decimal
from re import compile as pattern
from typing import Any, Final

from appraisal.files.refusal import Refused
from appraisal.files.refusal import gettext_noop as _
from appraisal.workbooks.columns import Header, find_header, note_unread, rows_below, unusable
from appraisal.workbooks.problems import Checked, Findings, Problem
from appraisal.workbooks.table import Cell, Kind, Row, Table
from appraisal.workbooks.values import (
    FLOAT_NOISE,
    NO_FORMULA,
    Unreadable,
    clean_text,
    code_key,
    code_text,
    compared,
    decimal_text,
    stored_number,
)

HEADERS: Final[Mapping[str, tuple[str, ...]]] = {
    "number": ("STT", "TT", "Số thứ tự", "no"),
    "province": ("Tỉnh", "Tỉnh, thành phố", "province"),
    "year": ("Năm", "Năm đánh giá", "year"),
    "group": ("Nhóm", "Nhóm cơ quan", "Nhóm đơn vị", "group"),
    "rank": ("Xếp hạng", "Hạng", "Thứ hạng", "rank"),
    "code": ("Mã cơ quan", "Mã đơn vị", "Mã", "code", "agency code"),
    "name": ("Cơ quan", "Tên cơ quan", "Đơn vị", "Tên đơn vị", "Cơ quan, đơn vị", "unit", "agency",
             "name"),
    "appraised": ("Điểm thẩm định", "Thẩm định", "appraisal points", "appraised points",
                  "appraised"),
    "appraised_maximum": ("Điểm thẩm định tối đa", "Điểm tối đa thẩm định", "appraisal max",
                          "appraised maximum"),
    "survey": ("Điểm điều tra xã hội học", "Điều tra xã hội học", "Điểm điều tra",
               "Điểm khảo sát", "survey points", "survey"),
    "survey_maximum": ("Điểm điều tra xã hội học tối đa", "Điểm điều tra tối đa",
                       "Điểm tối đa điều tra", "survey max", "survey maximum"),
    "bonus": ("Điểm thưởng", "Điểm cộng", "bonus"),
    "penalty": ("Điểm trừ", "Điểm phạt", "penalty"),
    "total": ("Tổng điểm", "Điểm tổng", "Điểm đạt được", "total points", "total"),
    "maximum": ("Điểm tối đa", "Tổng điểm tối đa", "total max", "maximum"),
    "index": ("Chỉ số", "Chỉ số CCHC", "Chỉ số cải cách hành chính", "index percent", "index"),
    "grade": ("Xếp loại", "grade"),
    "decision": ("Văn bản công bố", "Quyết định", "decision"),
    "address": ("Nguồn", "source url", "source"),
    "note": ("Ghi chú", "note"),
}  # fmt: skip
"""The headers that are read, in the form they are compared in: no case, no unit in brackets."""

PLACES: Final = 6
SMALLEST: Final = Decimal(1).scaleb(-PLACES)
MAX_FIGURE: Final = Decimal(1000)
FIRST_YEAR: Final = 2000
MAX_RANK: Final = 9999
LIMITS: Final = {"name": 250, "group": 200, "grade": 50, "source": 300}
ROUNDING: Final = Decimal("0.01")
"""Published figures are rounded to two decimals, so a sum of them may be this far off."""
WHOLE: Final = Decimal(100)

FIGURE_TEXT = pattern(r"([0-9]{1,4})(?:[.,]([0-9]{1,30}))?(\s?%)?")
WHOLE_TEXT = pattern(r"[0-9]{1,4}")

NO_FIGURES = _("“%(name)s” không có cột “Tổng điểm” và cũng không có cột “Chỉ số”.")
NO_YEAR = _(
    "“%(name)s” không có cột “Năm”. Hãy chọn năm của bảng khi tải lên, hoặc thêm cột “Năm”."
)


@dataclass(frozen=True)
class PastRow:
    """One agency's line of a published table; `cell` is the address of its name.

    `maximum` is 100 where the table does not say; total and index are each counted from the other
    where the table has only one of them.
    """

    cell: str
    year: int
    group: str
    code: str
    name: str
    appraised: Decimal | None
    survey: Decimal | None
    total: Decimal
    maximum: Decimal
    index: Decimal
    rank: int | None
    grade: str
    source: str

    def to_json(self) -> dict[str, Any]:
        return {
            name: str(value) if isinstance(value, Decimal) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "PastRow":
        figures = ("appraised", "survey", "total", "maximum", "index")
        said = {
            field.name: None if data[field.name] is None else Decimal(data[field.name])
            for field in fields(cls)
            if field.name in figures
        }
        return cls(**{**data, **said})


@dataclass(frozen=True)
class PastSheet(Checked):
    """The lines of a table; none while a problem blocks: all or nothing."""

    rows: tuple[PastRow, ...]
    problems: tuple[Problem, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "rows": [row.to_json() for row in self.rows],
            "problems": [problem.to_json() for problem in self.problems],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "PastSheet":
        return cls(
            tuple(PastRow.from_json(row) for row in data["rows"]),
            tuple(Problem.from_json(problem) for problem in data["problems"]),
        )


@dataclass(frozen=True)
class Known:
    """What is known beside the table: its year and group where it does not say them itself, the
    first year that is not past, the province, and the names of the province's groups by code."""

    before: int
    province: str
    groups: Mapping[str, str]
    year: int | None = None
    group: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def parse_past(table: Table, known: Known, name: str = "tệp gửi lên") -> PastSheet:
    """The lines of a published table, with every problem at its cell.

    Raises Refused when the sheet has no agencies, no figures or no year at all.
    """
    header = find_header(table, name, _header_key, {"name": "Cơ quan"})
    if not {"total", "index"} & header.columns.keys():
        raise Refused(NO_FIGURES, "header", name=name)
    if "year" not in header.columns and known.year is None:
        raise Refused(NO_YEAR, "no_year", name=name)
    rows = rows_below(table, name, header)
    findings = Findings(table.sheet)
    note_unread(table, header, rows, findings)
    _note_derived(header, findings)
    reader = _Reader(header, known, findings)
    read = [line for row in rows if (line := reader.read(row)) is not None]
    _check_ranks(read, findings)
    return PastSheet(() if findings.blocked else tuple(read), findings.listed())


def _header_key(cell: Cell) -> str | None:
    if cell.kind is not Kind.TEXT:
        return None
    return _KEYS.get(_plain(cell.text))


def _plain(header: str) -> str:
    """A header without case, underscores and the unit in brackets behind it."""
    return compared(header.replace("_", " ").partition("(")[0])


_KEYS: Final = {_plain(name): key for key, names in HEADERS.items() for name in names}


def _note_derived(header: Header, findings: Findings) -> None:
    if "total" not in header.columns:
        findings.warn("", "Không có cột “Tổng điểm”; tổng điểm được tính từ chỉ số.")
    if "index" not in header.columns:
        findings.warn("", "Không có cột “Chỉ số”; chỉ số được tính từ tổng điểm và điểm tối đa.")


class _Reader:
    """Reads the rows one by one; `seen` holds the first cell of every agency of a year's group."""

    def __init__(self, header: Header, known: Known, findings: Findings) -> None:
        self._columns = header.columns
        self._known = known
        self._findings = findings
        self._groups = {
            compared(said): name for code, name in known.groups.items() for said in (code, name)
        }
        self._seen: dict[tuple[int, str, str], str] = {}
        self._strange: set[str] = set()

    def read(self, row: Row) -> PastRow | None:
        """The line of a row, or None when something in it blocks."""
        problems = len(self._findings.found), self._findings.unlisted
        year, group = self._year(row), self._group(row)
        code, name = self._code(row), self._text(row, "name", "Tên cơ quan")
        if not name:
            self._block(row, "name", "Dòng này thiếu tên cơ quan.")
        appraised, survey = self._figure(row, "appraised"), self._figure(row, "survey")
        bonus, penalty = self._figure(row, "bonus"), self._figure(row, "penalty")
        total, index = self._figure(row, "total"), self._figure(row, "index")
        maximum = self._figure(row, "maximum")
        rank = self._whole(row, "rank", "Xếp hạng", 1, MAX_RANK)
        grade, source = self._text(row, "grade", "Xếp loại"), self._source(row)
        self._note_province(row)
        if maximum is not None and not maximum:
            self._block(row, "maximum", "Điểm tối đa phải lớn hơn 0.")
            return None
        total, index = _completed(total, index, maximum or WHOLE)
        if total is None or index is None:
            if self._unchanged(problems):
                self._block(row, "name", "Dòng này không có tổng điểm và chỉ số.")
            return None
        if year is None or not name or not self._unchanged(problems):
            return None
        line = PastRow(
            cell=row[self._columns["name"]].address, year=year, group=group, code=code, name=name,
            appraised=appraised, survey=survey, total=total, maximum=maximum or WHOLE, index=index,
            rank=rank, grade=grade, source=source,
        )  # fmt: skip
        self._check_once(row, line)
        self._check_sums(row, line, (bonus or Decimal(0)) - (penalty or Decimal(0)))
        return line

    # --- Cells -------------------------------------------------------------------------------
    def _cell(self, row: Row, key: str) -> Cell | None:
        """The cell of a column that the table has, if it holds something that may be read."""
        if key not in self._columns:
            return None
        cell = row[self._columns[key]]
        return None if cell.is_blank or unusable(cell, self._findings) else cell

    def _block(self, row: Row, key: str, sentence: str) -> None:
        self._findings.block(row[self._columns[key]], sentence)

    def _unchanged(self, before: tuple[int, int]) -> bool:
        """Whether nothing that blocks was found since then."""
        count, unlisted = before
        return unlisted == self._findings.unlisted and not any(
            problem.blocking for problem in self._findings.found[count:]
        )

    def _text(self, row: Row, key: str, what: str) -> str:
        cell = self._cell(row, key)
        if cell is None:
            return ""
        if cell.kind is not Kind.TEXT:
            self._findings.block(cell, f"{what} phải là chữ. Hãy định dạng ô thành Văn bản.")
            return ""
        text = " ".join(clean_text(cell.text).split())
        if len(text) > LIMITS[key]:
            self._findings.block(cell, f"{what} dài hơn {LIMITS[key]} ký tự. Hãy rút gọn.")
        return text

    def _code(self, row: Row) -> str:
        cell = self._cell(row, "code")
        if cell is None:
            return ""
        try:
            return code_text(cell)
        except Unreadable as unreadable:
            self._findings.block(cell, str(unreadable))
            return ""

    def _group(self, row: Row) -> str:
        text = self._text(row, "group", "Nhóm") or self._known.group
        return self._groups.get(compared(text), text)

    def _year(self, row: Row) -> int | None:
        year = self._whole(row, "year", "Năm", FIRST_YEAR, self._known.before - 1)
        if year is None and self._known.year is None:
            if self._cell(row, "year") is None:
                self._block(row, "year", "Dòng này thiếu năm.")
            return None
        return year if year is not None else self._known.year

    def _whole(self, row: Row, key: str, what: str, least: int, most: int) -> int | None:
        cell = self._cell(row, key)
        if cell is None:
            return None
        number: Decimal | None = None
        if cell.kind is Kind.NUMBER:
            number = stored_number(cell.text)
        elif cell.kind is Kind.TEXT and WHOLE_TEXT.fullmatch(cell.text.strip()):
            number = Decimal(cell.text.strip())
        if number is None or number != number.to_integral_value() or not least <= number <= most:
            self._findings.block(cell, f"{what} phải là số nguyên từ {least} đến {most}.")
            return None
        return int(number)

    def _figure(self, row: Row, key: str) -> Decimal | None:
        cell = self._cell(row, key)
        if cell is None:
            return None
        try:
            value = _figure(cell, is_percent=key == "index")
        except Unreadable as unreadable:
            self._findings.block(cell, str(unreadable))
            return None
        rounded = value.quantize(SMALLEST, ROUND_HALF_UP)
        if abs(value - rounded) >= FLOAT_NOISE:
            self._findings.warn(
                cell, f"Có quá {PLACES} chữ số thập phân; được làm tròn thành"
                f" {decimal_text(rounded)}.",
            )  # fmt: skip
        elif cell.kind is Kind.PERCENT:
            self._findings.warn(
                cell, f"Ô định dạng phần trăm; số được đọc là {decimal_text(rounded)}."
            )
        return rounded

    def _source(self, row: Row) -> str:
        """Decision, address and note in one line, cut with a warning where it is too long."""
        parts = []
        for key in ("decision", "address", "note"):
            cell = self._cell(row, key)
            if cell is not None:
                parts.append(" ".join(clean_text(cell.text).split()))
        text, most = "; ".join(part for part in parts if part), LIMITS["source"]
        if len(text) > most:
            self._findings.warn(
                row[self._columns["name"]],
                f"Văn bản, nguồn và ghi chú của dòng này dài hơn {most} ký tự; chỉ giữ phần đầu.",
            )
        return text[:most]

    # --- What contradicts ------------------------------------------------------------------------
    def _note_province(self, row: Row) -> None:
        cell = self._cell(row, "province")
        if cell is None:
            return
        said = compared(clean_text(cell.text))
        own = compared(self._known.province)
        if said.removeprefix("tỉnh ") != own and said not in self._strange:
            self._strange.add(said)
            self._findings.warn(cell, f"Bảng của tỉnh khác, không phải {self._known.province}.")

    def _check_once(self, row: Row, line: PastRow) -> None:
        cells = (("name", compared(line.name)), ("code", code_key(line.code)))
        for column, key in cells:
            if not key:
                continue
            first = self._seen.setdefault((line.year, line.group, f"{column} {key}"), line.cell)
            if first != line.cell:
                self._block(row, column, f"Cơ quan này đã có ở dòng của ô {first}.")

    def _check_sums(self, row: Row, line: PastRow, extra: Decimal) -> None:
        def warn(key: str, sentence: str) -> None:
            if key in self._columns:
                self._findings.warn(row[self._columns[key]], sentence)

        if line.appraised is not None and line.survey is not None:
            added = line.appraised + line.survey + extra
            if abs(added - line.total) > ROUNDING:
                warn("total", f"Cộng các phần được {decimal_text(added)}, khác tổng điểm.")
        percent = line.total / line.maximum * WHOLE
        if abs(percent - line.index) > ROUNDING:
            shown = decimal_text(percent.quantize(ROUNDING, ROUND_HALF_UP))
            warn("index", f"Tổng điểm trên điểm tối đa {decimal_text(line.maximum)} là {shown}%.")
        for key, value in (("appraised", line.appraised), ("survey", line.survey)):
            most = self._figure(row, f"{key}_maximum")
            if most is not None and value is not None and value > most:
                warn(key, f"Điểm vượt điểm tối đa {decimal_text(most)} của phần này.")


def _completed(
    total: Decimal | None, index: Decimal | None, maximum: Decimal
) -> tuple[Decimal | None, Decimal | None]:
    """Total and index, the one that is missing counted from the other."""
    if total is None and index is not None:
        total = (index * maximum / WHOLE).quantize(SMALLEST, ROUND_HALF_UP)
    elif index is None and total is not None:
        index = (total / maximum * WHOLE).quantize(SMALLEST, ROUND_HALF_UP)
    return total, index


def _figure(cell: Cell, *, is_percent: bool) -> Decimal:
    """A published number, 0…1000; an index also as a percentage. Raises Unreadable."""
    if cell.kind is Kind.FORMULA:
        raise Unreadable(NO_FORMULA)
    if cell.kind is Kind.DATE:
        raise Unreadable("Bảng tính đã đổi số thành ngày. Hãy định dạng ô thành Số và gõ lại.")
    if cell.kind in (Kind.BOOLEAN, Kind.ERROR):
        raise Unreadable("Ô không chứa một số. Hãy gõ một số, ví dụ 84,58.")
    number: Decimal | None
    if cell.kind is Kind.TEXT:
        found = FIGURE_TEXT.fullmatch(cell.text.strip())
        if found is None or (found[3] and not is_percent):
            raise Unreadable("Phải là số không âm, không dấu phân cách hàng nghìn, ví dụ 84,58.")
        number = Decimal(f"{found[1]}.{found[2] or 0}")
    else:
        number = stored_number(cell.text)
        if number is None:
            raise Unreadable("Ô không chứa một số hữu hạn. Hãy gõ lại, ví dụ 84,58.")
        if cell.kind is Kind.PERCENT and is_percent:
            number *= WHOLE
    if number.is_signed():
        raise Unreadable("Số không được âm.")
    if number > MAX_FIGURE:
        raise Unreadable(f"Số không được lớn hơn {MAX_FIGURE}.")
    return number


def _check_ranks(lines: Iterable[PastRow], findings: Findings) -> None:
    """Warn of a rank that is no worse than that of an agency with a greater index.

    A table need not be complete, so ranks may be missing between two of its lines.
    """
    groups: dict[tuple[int, str], list[PastRow]] = {}
    for line in lines:
        groups.setdefault((line.year, line.group), []).append(line)
    for members in groups.values():
        for line in members:
            better = next((other for other in members if _contradicts(other, line)), None)
            if better is not None:
                findings.warn(
                    line.cell,
                    f"Xếp hạng {line.rank} không theo chỉ số: “{better.name}” có chỉ số cao hơn mà"
                    f" xếp hạng {better.rank}.",
                    line.name,
                )


def _contradicts(other: PastRow, line: PastRow) -> bool:
    return (
        line.rank is not None
        and other.rank is not None
        and other.index > line.index
        and other.rank >= line.rank
    )
