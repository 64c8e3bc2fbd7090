"""What the self-assessment report of an agency says (domain reference §8.5).

It can be printed at any time: while the dossier is still being filled it says so, and afterwards it
says what was handed in. What the system does not know (the agency's difficulties and proposals)
stays a dotted line for the agency to fill in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from appraisal import scoring
from appraisal.documents.official import (
    Annex,
    Block,
    Column,
    Official,
    Paragraph,
    Row,
    Table,
)
from appraisal.documents.phrases import (
    NOT_APPLICABLE_NOTE,
    NOTHING,
    Notes,
    field_name,
    moment_words,
    one_line,
    paragraphs,
    percent,
    short_day,
    tally,
)
from appraisal.documents.sheet import (
    Document,
    FieldBlock,
    GroupLine,
    LeafLine,
    Sheet,
    shown,
)
from appraisal.documents.words import (
    House,
    Signing,
    capital,
    date_words,
    document_number,
    in_sentence,
    letterhead,
    listed,
    points,
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
    "diem_toi_da": "Điểm tối đa của phần tự chấm",
    "ty_le": "Tỷ lệ điểm tự chấm trên điểm tối đa",
    "so_tieu_chi": "Số tiêu chí phải tự chấm",
    "so_tieu_chi_da_cham": "Số tiêu chí đã tự chấm",
    "so_khong_ap_dung": "Số tiêu chí đề nghị không áp dụng",
    "so_thieu_tai_lieu": "Số tiêu chí có điểm mà không có tài liệu kiểm chứng",
    "so_tai_lieu": "Số tài liệu kiểm chứng",
}
"""What an office template may print of it, beside what every paper has."""


DOTS = "…" * 28
"""A line that the agency fills in."""


@dataclass(frozen=True)
class SelfReportFacts:
    """Everything the report is made from. `documents` are distinct, each with its leaves.

    `is_submitted` says whether the dossier has been handed in as it stands; `submitted_at` when.
    """

    province: str
    year: int
    agency: str
    code: str
    group: str
    set_name: str
    council: str
    standing_agency: str
    decimals: int
    is_submitted: bool
    submitted_at: datetime | None
    sheet: Sheet
    documents: tuple[Document, ...]
    house: House
    created: datetime
    draft: bool = True
    illustrative: bool = False

    @property
    def due(self) -> tuple[LeafLine, ...]:
        """The leaves that the agency has to score; a bonus is claimed only by who has one."""
        return tuple(leaf for leaf in self.sheet.leaves if leaf.part == "appraised")

    @property
    def scored(self) -> tuple[LeafLine, ...]:
        return tuple(leaf for leaf in self.due if _is_scored(leaf))

    @property
    def waived(self) -> tuple[LeafLine, ...]:
        """The leaves that the agency asks not to be measured by."""
        return tuple(leaf for leaf in self.due if leaf.own is not None and leaf.own.not_applicable)

    @property
    def unproven(self) -> tuple[LeafLine, ...]:
        """The leaves with points of its own and no document."""
        return tuple(
            leaf
            for leaf in self.sheet.leaves
            if leaf.is_self_scored
            and not leaf.documents
            and leaf.own is not None
            and leaf.own.points
        )


def _is_scored(leaf: LeafLine) -> bool:
    return leaf.own is not None and (leaf.own.points is not None or leaf.own.not_applicable)


def head_signing(signing: Signing, position: str, name: str) -> Signing:
    """Who signs for an agency, from the position that the accounts name.

    "Giám đốc" signs himself; "Phó Giám đốc" for him ("KT. GIÁM ĐỐC / PHÓ GIÁM ĐỐC"). Without a
    position the signing stays what it is, with the name where there is one.
    """
    title = position.split(" Ủy ban nhân dân")[0].strip()
    if not title:
        return Signing(**{**vars(signing), "name": signing.name or name})
    if title.startswith("Phó "):
        return Signing(
            head_title=capital(title.removeprefix("Phó ")),
            mode="deputy",
            body=signing.body,
            signer_title=title,
            name=name,
        )
    return Signing(head_title=title, mode="in_person", body=signing.body, name=name)


def self_report(facts: SelfReportFacts) -> Official:
    """The self-assessment report of the agency in `facts`."""
    house = facts.house
    subtitle = (
        f"(Kèm theo Báo cáo số {document_number(house.number)}/{house.symbol}"
        f" {date_words(house.issued_on, facts.created.year)} của {facts.agency})"
    )
    return Official(
        kind="self_report",
        letterhead=letterhead(house, facts.created.year),
        title="BÁO CÁO",
        summary=f"Tự đánh giá, chấm điểm Chỉ số cải cách hành chính năm {facts.year}",
        addressees=_addressees(facts),
        bases=listed(house.bases),
        blocks=tuple(_blocks(facts)),
        recipients=listed(house.recipients or ("Như trên", f"Lãnh đạo {facts.agency}", "Lưu: VT")),
        signatures=(signature(house.signing),),
        annexes=(
            Annex(
                "I",
                f"Bảng tự chấm điểm Chỉ số cải cách hành chính năm {facts.year}".upper(),
                subtitle,
                tuple(_sheet(facts)),
            ),
            Annex(
                "II", "DANH MỤC TÀI LIỆU KIỂM CHỨNG", subtitle, tuple(_documents(facts.documents))
            ),
        ),
        created=facts.created,
        draft=facts.draft,
        illustrative=facts.illustrative,
        facts=_facts(facts),
    )


def _addressees(facts: SelfReportFacts) -> tuple[str, ...]:
    return (f"{facts.council};", f"{facts.standing_agency}.")


def _blocks(facts: SelfReportFacts) -> Iterator[Block]:
    yield Paragraph(
        f"{facts.agency} báo cáo kết quả tự đánh giá, chấm điểm Chỉ số cải cách hành chính (sau đây"
        f" viết tắt là CCHC) năm {facts.year} theo {_set_words(facts)} như sau:"
    )
    yield Paragraph("I. KẾT QUẢ TỰ CHẤM ĐIỂM", "heading")
    yield from _result(facts)
    yield Paragraph("II. NỘI DUNG ĐỀ NGHỊ KHÔNG ÁP DỤNG", "heading")
    yield from _reasoned(
        facts.waived,
        facts.decimals,
        none="Cơ quan không đề nghị tiêu chí nào thuộc diện không áp dụng.",
    )
    yield Paragraph("III. GIẢI TRÌNH NỘI DUNG KHÔNG CÓ TÀI LIỆU KIỂM CHỨNG", "heading")
    yield from _reasoned(
        facts.unproven,
        facts.decimals,
        none="Mọi tiêu chí có điểm tự chấm đều có tài liệu kiểm chứng.",
    )
    yield Paragraph("IV. TÀI LIỆU KIỂM CHỨNG", "heading")
    cited = sum(len(leaf.documents) for leaf in facts.sheet.leaves)
    yield Paragraph(
        f"Cơ quan viện dẫn {tally(len(facts.documents))} tài liệu kiểm chứng với {tally(cited)}"
        " lượt viện dẫn (danh mục tại Phụ lục II; từng tiêu chí tại Phụ lục I)."
    )
    yield Paragraph("V. KHÓ KHĂN, VƯỚNG MẮC VÀ ĐỀ XUẤT, KIẾN NGHỊ", "heading")
    for title in ("1. Khó khăn, vướng mắc:", "2. Đề xuất, kiến nghị:"):
        yield Paragraph(title)
        yield Paragraph(DOTS)
        yield Paragraph(DOTS)
    yield Paragraph(
        f"{facts.agency} chịu trách nhiệm về tính chính xác của số liệu tự chấm điểm và tài liệu"
        f" kiểm chứng; kính đề nghị {facts.council} xem xét, thẩm định./."
    )


def _set_words(facts: SelfReportFacts) -> str:
    name = one_line(facts.set_name)
    return name if name.lower().startswith("bộ tiêu chí") else f"bộ tiêu chí {name}"


def _result(facts: SelfReportFacts) -> Iterator[Block]:
    sheet, places = facts.sheet, facts.decimals
    if facts.is_submitted and facts.submitted_at is not None:
        yield Paragraph(
            f"Hồ sơ tự chấm điểm đã được gửi trên hệ thống lúc {moment_words(facts.submitted_at)}."
        )
    else:
        yield Paragraph(
            f"Hồ sơ đang được hoàn thiện: đã chấm {tally(len(facts.scored))}/"
            f"{tally(len(facts.due))} tiêu chí; số liệu dưới đây là số liệu tại thời điểm lập báo"
            " cáo.",
            "note",
        )
    index = sheet.total.own_index
    text = (
        f"Tổng điểm tự chấm: {points(sheet.total.own, places)}/"
        f"{scoring.show(sheet.total.own_maximum, trim=True)} điểm"
    )
    if index is not None:
        text += f", đạt {percent(index, places)} số điểm tối đa của phần tự chấm"
    yield Paragraph(f"{text}. Điểm điều tra xã hội học do {facts.standing_agency} tổng hợp.")
    for leaf in sheet.outside:
        if leaf.is_self_scored and leaf.own is not None and leaf.own.points:
            yield Paragraph(
                f"{one_line(leaf.title)}: đề nghị {points(leaf.own.points, places)}/"
                f"{scoring.show(leaf.maximum, trim=True)} điểm."
            )
            if leaf.own_reason:
                yield from paragraphs(leaf.own_reason)
    yield Table(
        (
            Column("TT", 9),
            Column("Lĩnh vực", 80, "left"),
            Column("Số tiêu chí", 18),
            Column("Điểm tối đa", 20),
            Column("Điểm tự chấm", 22),
            Column("Tỷ lệ (%)", 20),
        ),
        (
            *(_summed(field, places) for field in _own_fields(sheet)),
            Row(
                (
                    "",
                    "Tổng điểm",
                    tally(len(facts.due)),
                    scoring.show(sheet.total.own_maximum, trim=True),
                    points(sheet.total.own, places),
                    NOTHING if index is None else points(index, places),
                ),
                "total",
            ),
        ),
        caption="Điểm tự chấm theo lĩnh vực",
    )


def _own_fields(sheet: Sheet) -> tuple[FieldBlock, ...]:
    """The fields of which the agency scores anything."""
    return tuple(field for field in sheet.fields if field.sum.own_maximum)


def _summed(field: FieldBlock, places: int) -> Row:
    index = field.sum.own_index
    return Row(
        (
            field.code,
            field_name(field.code, field.title),
            tally(sum(leaf.part == "appraised" for leaf in field.leaves)),
            scoring.show(field.sum.own_maximum, trim=True),
            points(field.sum.own, places),
            NOTHING if index is None else points(index, places),
        )
    )


def _reasoned(leaves: tuple[LeafLine, ...], places: int, *, none: str) -> Iterator[Paragraph]:
    if not leaves:
        yield Paragraph(none)
    for number, leaf in enumerate(leaves, 1):
        own = leaf.own
        text = f"Tiêu chí {leaf.code}. {one_line(leaf.title)}"
        if own is not None and own.points is not None:
            text += (
                f" (tự chấm {points(own.points, places)}/"
                f"{scoring.show(leaf.maximum, trim=True)} điểm)"
            )
        yield Paragraph(f"{text}.", lead=f"{number}.")
        yield from paragraphs(
            leaf.own_reason, lead="Giải trình:", missing="cơ quan chưa giải trình."
        )


# --- Annexes ------------------------------------------------------------------------------------
_COLUMNS = (
    Column("TT", 14),
    Column("Nội dung", 58, "left"),
    Column("Điểm tối đa", 14),
    Column("Điểm tự chấm", 15),
    Column("Số liệu kê khai", 48, "left"),
    Column("Giải trình", 52, "left"),
    Column("Tài liệu kiểm chứng", 51, "left"),
)


def _sheet(facts: SelfReportFacts) -> Iterator[Block]:
    notes = Notes()
    places = facts.decimals
    rows: list[Row] = []
    for field in _own_fields(facts.sheet):
        rows.append(
            Row(
                (
                    field.code,
                    notes.cell(field.title),
                    scoring.show(field.sum.own_maximum, trim=True),
                    points(field.sum.own, places),
                    "",
                    "",
                    "",
                ),
                "field",
            )
        )
        rows += [
            _line(line, notes, places)
            for line in field.lines
            if isinstance(line, GroupLine) or line.is_self_scored
        ]
    total = facts.sheet.total
    rows.append(
        Row(
            (
                "",
                "Tổng điểm",
                scoring.show(total.own_maximum, trim=True),
                points(total.own, places),
                "",
                "",
                "",
            ),
            "total",
        )
    )
    rows += [_line(line, notes, places) for line in facts.sheet.outside if line.is_self_scored]
    yield Table(_COLUMNS, tuple(rows))
    if facts.waived:
        yield Paragraph(NOT_APPLICABLE_NOTE, "note")
    yield from notes.blocks()


def _line(line: LeafLine | GroupLine, notes: Notes, places: int) -> Row:
    maximum = scoring.show(line.maximum, trim=True)
    if isinstance(line, GroupLine):
        return Row((line.code, notes.cell(line.title), maximum, "", "", "", ""))
    return Row(
        (
            line.code,
            notes.cell(line.title),
            maximum,
            shown(line.own, places),
            notes.cell(*(f"{label}: {value}." for label, value in line.declared)),
            notes.cell(line.own_reason),
            notes.cell("; ".join(item.short for item in line.documents)),
        )
    )


def _documents(documents: tuple[Document, ...]) -> Iterator[Block]:
    if not documents:
        yield Paragraph("Cơ quan chưa viện dẫn tài liệu kiểm chứng nào.")
        return
    notes = Notes()
    yield Table(
        (
            Column("STT", 12),
            Column("Số, ký hiệu", 34),
            Column("Ngày văn bản", 24),
            Column("Cơ quan ban hành", 50, "left"),
            Column("Tên, trích yếu văn bản", 88, "left"),
            Column("Tiêu chí", 44, "left"),
        ),
        tuple(
            Row(
                (
                    str(n),
                    one_line(item.number) or NOTHING,
                    short_day(item.issued_on) if item.issued_on else NOTHING,
                    one_line(item.issuer) or NOTHING,
                    notes.cell(item.title),
                    notes.cell(", ".join(item.codes)),
                )
            )
            for n, item in enumerate(documents, 1)
        ),
    )
    yield from notes.blocks()


def _facts(facts: SelfReportFacts) -> tuple[tuple[str, str], ...]:
    sheet, places = facts.sheet, facts.decimals
    index = sheet.total.own_index
    return (
        ("nam", str(facts.year)),
        ("tinh", facts.province),
        ("so_co_quan", tally(1)),
        ("co_quan", facts.agency),
        ("ma_co_quan", facts.code),
        ("nhom", capital(in_sentence(facts.group))),
        ("diem_tu_cham", points(sheet.total.own, places)),
        ("diem_toi_da", scoring.show(sheet.total.own_maximum, trim=True)),
        ("ty_le", "" if index is None else percent(index, places)),
        ("so_tieu_chi", tally(len(facts.due))),
        ("so_tieu_chi_da_cham", tally(len(facts.scored))),
        ("so_khong_ap_dung", tally(len(facts.waived))),
        ("so_thieu_tai_lieu", tally(len(facts.unproven))),
        ("so_tai_lieu", tally(len(facts.documents))),
    )
