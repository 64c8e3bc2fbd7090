"""What the detailed score sheet of one agency says (domain reference §8.4).

The sheet itself is a landscape annex; the first page sums it up by field and is signed. Long texts
(a reason, an explanation) move from their cells into notes below the table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from appraisal import scoring
from appraisal.documents.official import (
    Annex,
    Block,
    Column,
    Facts,
    Official,
    Paragraph,
    Row,
    Table,
)
from appraisal.documents.phrases import (
    NOT_APPLICABLE_NOTE,
    NOTHING,
    Notes,
    difference,
    field_name,
    moment_words,
    one_line,
    percent,
    stopped,
    tally,
)
from appraisal.documents.sheet import GroupLine, LeafLine, Sheet, Sum, has_waived, shown
from appraisal.documents.words import (
    House,
    capital,
    in_sentence,
    letterhead,
    listed,
    points,
    seal,
    signature,
)

FACTS: Final = {
    "nam": "Năm đánh giá",
    "tinh": "Tên tỉnh, thành phố",
    "so_co_quan": "Số cơ quan của văn bản này (01)",
    "co_quan": "Tên cơ quan, đơn vị",
    "ma_co_quan": "Mã cơ quan, đơn vị",
    "nhom": "Nhóm của cơ quan, đơn vị",
    "diem_tu_cham": "Tổng điểm tự chấm",
    "diem_tham_dinh": "Điểm thẩm định",
    "diem_dieu_tra": "Điểm điều tra xã hội học; trống khi không có",
    "diem_thuong": "Điểm thưởng được tính",
    "diem_phat": "Điểm phạt được tính",
    "tong_diem": "Tổng điểm",
    "diem_toi_da": "Điểm tối đa của cơ quan, sau khi trừ tiêu chí không áp dụng",
    "chi_so": "Chỉ số; trống khi chưa tổng hợp",
    "xep_hang": "Xếp hạng; trống khi chưa tổng hợp",
    "so_co_quan_trong_nhom": "Số cơ quan, đơn vị trong nhóm; trống khi chưa tổng hợp",
    "xep_loai": "Xếp loại; trống khi chưa tổng hợp",
}
"""What an office template may print of it, beside what every paper has."""


@dataclass(frozen=True)
class Ranked:
    """Where a sealed result puts the agency."""

    index: Decimal
    rank: int
    tied: bool
    of: int
    grade: str
    fingerprint: str
    verify_address: str

    @property
    def place(self) -> str:
        """ "06/20", with a word where the place is shared."""
        text = f"{tally(self.rank)}/{tally(self.of)}"
        return f"{text} (đồng hạng)" if self.tied else text


@dataclass(frozen=True)
class ScoreSheetFacts:
    """Everything the sheet is made from. `ranked` is None while no result stands.

    `survey` is whether the set has a survey part; `submitted_at` and `created` are in the
    province's time.
    """

    province: str
    year: int
    agency: str
    code: str
    group: str
    set_name: str
    appraisals: int
    decimals: int
    submitted_at: datetime | None
    sheet: Sheet
    house: House
    created: datetime
    appraised: Decimal
    survey: Decimal | None
    ranked: Ranked | None = None
    draft: bool = True
    illustrative: bool = False


def score_sheet(facts: ScoreSheetFacts) -> Official:
    """The detailed score sheet of the agency in `facts`."""
    ranked = facts.ranked
    return Official(
        kind="score_sheet",
        letterhead=letterhead(facts.house, facts.created.year),
        title="BẢNG ĐIỂM CHI TIẾT",
        summary=f"Chỉ số cải cách hành chính năm {facts.year} của {facts.agency}",
        blocks=tuple(_blocks(facts)),
        signatures=(signature(facts.house.signing),),
        recipients=listed(facts.house.recipients or (facts.agency, "Lưu: VT, hồ sơ")),
        annexes=(
            Annex(
                number="",
                title=f"Điểm của từng tiêu chí năm {facts.year} của {facts.agency}".upper(),
                subtitle="(Kèm theo Bảng điểm chi tiết)",
                blocks=tuple(_sheet(facts)),
            ),
        ),
        seal=seal(ranked.fingerprint, ranked.verify_address) if ranked else None,
        created=facts.created,
        draft=facts.draft,
        illustrative=facts.illustrative,
        facts=_facts(facts),
    )


def _blocks(facts: ScoreSheetFacts) -> Iterator[Block]:
    sheet, places = facts.sheet, facts.decimals
    yield Facts(tuple(_head(facts)))
    if facts.ranked is None:
        yield Paragraph(
            "Số liệu tạm tính theo các lần chấm đã có; kết quả chưa được tổng hợp.", "note"
        )
    yield Table(
        (
            Column("TT", 9),
            Column("Lĩnh vực", 54, "left"),
            Column("Điểm tối đa", 16),
            Column("Tự chấm", 17),
            Column(_first(facts), 18),
            Column("Điểm bị trừ", 16),
            Column("Điểm sau trừ", 17),
            Column("Chỉ số thành phần (%)", 20),
        ),
        (
            *(_summary(field.code, field.title, field.sum, facts) for field in sheet.fields),
            _summary("", "Cộng", sheet.total, facts, total=True),
        ),
        caption="Điểm theo lĩnh vực",
    )
    if sheet.bonus or sheet.penalty:
        yield Paragraph(
            f"Điểm thưởng được tính: {points(sheet.bonus, places)}; điểm phạt được tính:"
            f" {points(sheet.penalty, places)}. Tổng điểm: {points(sheet.achieved, places)}."
        )
    yield Paragraph("Điểm và lý do của từng tiêu chí tại Phụ lục kèm theo.")


def _head(facts: ScoreSheetFacts) -> Iterator[tuple[str, str]]:
    sheet, places = facts.sheet, facts.decimals
    yield "Cơ quan, đơn vị:", facts.agency
    yield "Nhóm:", capital(in_sentence(facts.group))
    yield "Bộ tiêu chí:", one_line(facts.set_name)
    yield (
        "Thời điểm gửi hồ sơ:",
        moment_words(facts.submitted_at) if facts.submitted_at else "không gửi hồ sơ tự chấm điểm",
    )
    result = (
        f"{points(sheet.achieved, places)}/"
        f"{scoring.show(sheet.total.maximum - sheet.total.removed, trim=True)} điểm"
    )
    if facts.ranked is not None:
        result += (
            f"; Chỉ số {percent(facts.ranked.index, places)}; xếp hạng {facts.ranked.place}; xếp"
            f" loại {facts.ranked.grade}"
        )
    yield "Kết quả:", result


def _first(facts: ScoreSheetFacts) -> str:
    return "Thẩm định lần 1" if facts.appraisals > 1 else "Thẩm định"


def _summary(
    code: str, title: str, found: Sum, facts: ScoreSheetFacts, *, total: bool = False
) -> Row:
    places = facts.decimals
    return Row(
        (
            code,
            field_name(code, title),
            scoring.show(found.maximum, trim=True),
            points(found.own, places) if found.own_maximum else NOTHING,
            points(found.first, places) if found.own_maximum else NOTHING,
            points(found.lost, places),
            points(found.final, places),
            NOTHING if found.index is None else points(found.index, places),
        ),
        "total" if total else "row",
    )


# --- The sheet ----------------------------------------------------------------------------------
def _columns(facts: ScoreSheetFacts) -> tuple[Column, ...]:
    second = (Column("Thẩm định lần 2", 14),) if facts.appraisals > 1 else ()
    return (
        Column("TT", 13),
        Column("Nội dung", 46, "left"),
        Column("Điểm tối đa", 13),
        Column("Tự chấm", 13),
        Column(_first(facts), 14),
        *second,
        Column("Hội đồng", 13),
        Column("Điểm bị trừ", 13),
        Column("Điểm sau trừ", 13),
        Column("Giải trình, tài liệu kiểm chứng", 54, "left"),
        Column("Lý do, ý kiến thẩm định", 48, "left"),
    )


def _sheet(facts: ScoreSheetFacts) -> Iterator[Block]:
    notes = Notes()
    rows: list[Row] = []
    for field in facts.sheet.fields:
        rows.append(_summed(field.code, notes.cell(field.title), field.sum, facts, "field"))
        rows += [
            _grouped(line, notes, facts)
            if isinstance(line, GroupLine)
            else _scored(line, notes, facts)
            for line in field.lines
        ]
    rows.append(_summed("", "Cộng", facts.sheet.total, facts, "total"))
    if facts.sheet.outside:
        rows += [_scored(line, notes, facts) for line in facts.sheet.outside]
        cells = ["", "Tổng điểm", *[""] * (len(_columns(facts)) - 2)]
        cells[-3] = points(facts.sheet.achieved, facts.decimals)
        rows.append(Row(tuple(cells), "total"))
    yield Table(_columns(facts), tuple(rows))
    yield Paragraph(
        "Điểm bị trừ là phần điểm tối đa chưa đạt, không kể tiêu chí không áp dụng; điểm sau trừ là"
        " điểm của lần chấm có giá trị sau cùng: Hội đồng, thẩm định lần 2, thẩm định lần 1; điều"
        " tra xã hội học đối với tiêu chí điều tra.",
        "note",
    )
    if has_waived(facts.sheet.leaves):
        yield Paragraph(NOT_APPLICABLE_NOTE, "note")
    yield from notes.blocks()


def _summed(code: str, title: str, found: Sum, facts: ScoreSheetFacts, role: str) -> Row:
    places = facts.decimals
    second = ("",) if facts.appraisals > 1 else ()
    return Row(
        (
            code,
            title,
            scoring.show(found.maximum, trim=True),
            points(found.own, places) if found.own_maximum else NOTHING,
            points(found.first, places) if found.own_maximum else NOTHING,
            *second,
            "",
            points(found.lost, places),
            points(found.final, places),
            "",
            "",
        ),
        "total" if role == "total" else "field",
    )


def _grouped(line: GroupLine, notes: Notes, facts: ScoreSheetFacts) -> Row:
    blanks = len(_columns(facts)) - 3
    return Row(
        (line.code, notes.cell(line.title), scoring.show(line.maximum, trim=True), *[""] * blanks)
    )


def _scored(line: LeafLine, notes: Notes, facts: ScoreSheetFacts) -> Row:
    places = facts.decimals
    second = (shown(line.second, places),) if facts.appraisals > 1 else ()
    return Row(
        (
            line.code,
            notes.cell(line.title),
            scoring.show(line.maximum, trim=True),
            shown(line.own, places),
            shown(line.first, places),
            *second,
            shown(line.council, places),
            NOTHING if line.lost is None else points(line.lost, places),
            _final(line, places),
            notes.cell(*_explained(line)),
            notes.cell(*_judged(line)),
        )
    )


def _final(line: LeafLine, places: int) -> str:
    """What counts; bonus and penalty carry their sign."""
    final = line.final
    if line.counts or final is None or final.points is None:
        return shown(final, places)
    return difference(-final.points if line.part == "penalty" else final.points, places)


def _explained(line: LeafLine) -> Iterator[str]:
    if line.own_reason:
        yield stopped(line.own_reason)
    if line.explained:
        yield f"Giải trình: {stopped(line.explained)}"
    elif line.asked:
        yield "Không giải trình."
    if line.documents:
        yield f"Tài liệu: {'; '.join(item.short for item in line.documents)}."


def _judged(line: LeafLine) -> Iterator[str]:
    said = [(stage, text) for stage, text in line.reasons if text]
    for stage, text in said:
        yield stopped(text) if len(line.reasons) == 1 else f"{stage}: {stopped(text)}"


def _facts(facts: ScoreSheetFacts) -> tuple[tuple[str, str], ...]:
    sheet, places, ranked = facts.sheet, facts.decimals, facts.ranked
    return (
        ("nam", str(facts.year)),
        ("tinh", facts.province),
        ("so_co_quan", tally(1)),
        ("co_quan", facts.agency),
        ("ma_co_quan", facts.code),
        ("nhom", capital(in_sentence(facts.group))),
        ("diem_tu_cham", points(sheet.total.own, places)),
        ("diem_tham_dinh", points(facts.appraised, places)),
        ("diem_dieu_tra", "" if facts.survey is None else points(facts.survey, places)),
        ("diem_thuong", points(sheet.bonus, places)),
        ("diem_phat", points(sheet.penalty, places)),
        ("tong_diem", points(sheet.achieved, places)),
        ("diem_toi_da", scoring.show(sheet.total.maximum - sheet.total.removed, trim=True)),
        ("chi_so", percent(ranked.index, places) if ranked else ""),
        ("xep_hang", tally(ranked.rank) if ranked else ""),
        ("so_co_quan_trong_nhom", tally(ranked.of) if ranked else ""),
        ("xep_loai", ranked.grade if ranked else ""),
    )
