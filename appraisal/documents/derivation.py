"""What "vì sao có số này" says on paper: every step from the marks to the index, rank and grade.

The strings are those of the page of the same name, counted and formatted once; here they are put
into sentences and tables. Nobody of the team and no other agency is named: the paper is for the
agency too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

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
from appraisal.documents.phrases import Notes, one_line, stopped, tally
from appraisal.documents.words import (
    House,
    capital,
    in_sentence,
    letterhead,
    listed,
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
    "chi_so": "Chỉ số đã làm tròn",
    "chi_so_day_du": "Chỉ số chưa làm tròn",
    "xep_hang": "Xếp hạng trong nhóm",
    "so_co_quan_trong_nhom": "Số cơ quan, đơn vị trong nhóm",
    "xep_loai": "Xếp loại",
    "so_khong_ap_dung": "Số tiêu chí được loại trừ",
}
"""What an office template may print of it, beside what every paper has."""


@dataclass(frozen=True)
class StepFact:
    """One line of the arithmetic: as it is kept, and as it is shown with its unit."""

    label: str
    expression: str
    full: str
    shown: str


@dataclass(frozen=True)
class StageFact:
    """What one stage said about a leaf; `counts` where it is the one that counts."""

    label: str
    points: str
    reason: str
    author: str
    when: str
    counts: bool


@dataclass(frozen=True)
class LeafFact:
    """One leaf with everything that its points rest on. `why` is what the rule makes of the
    declared values; `documents` are said in one line each."""

    code: str
    title: str
    maximum: str
    kind: str
    rule_text: str
    appraiser: str
    points: str
    effective: str
    stages: tuple[StageFact, ...]
    declared: tuple[tuple[str, str], ...]
    why: str
    documents: tuple[str, ...]
    asked: str
    explained: str
    meetings: tuple[str, ...]


@dataclass(frozen=True)
class FieldFact:
    """One field with its sums, as shown."""

    code: str
    title: str
    achieved: str
    maximum: str
    component_index: str
    leaves: tuple[LeafFact, ...]


@dataclass(frozen=True)
class DerivationFacts:
    """Everything the paper is made from; numbers are shown strings, "" where there is none."""

    province: str
    year: int
    agency: str
    code: str
    group: str
    set_name: str
    index: str
    index_full: str
    rank: str
    tied: bool
    of: int
    grade: str
    next_grade: str
    to_next: str
    tie_rule: str
    method: str
    bands: tuple[tuple[str, str], ...]
    steps: tuple[StepFact, ...]
    fields: tuple[FieldFact, ...]
    missing: tuple[str, ...]
    not_applicable: tuple[str, ...]
    house: House
    created: datetime
    fingerprint: str
    verify_address: str
    draft: bool = True
    illustrative: bool = False


def derivation(facts: DerivationFacts) -> Official:
    """The derivation of the result of the agency in `facts`."""
    return Official(
        kind="derivation",
        letterhead=letterhead(facts.house, facts.created.year),
        title="DIỄN GIẢI KẾT QUẢ",
        summary=f"Vì sao có Chỉ số cải cách hành chính năm {facts.year} của {facts.agency}",
        blocks=tuple(_blocks(facts)),
        signatures=(signature(facts.house.signing),),
        recipients=listed(facts.house.recipients or (facts.agency, "Lưu: VT, hồ sơ")),
        annexes=(
            Annex(
                number="",
                title=f"Diễn giải điểm từng tiêu chí của {facts.agency}".upper(),
                subtitle="(Kèm theo Diễn giải kết quả)",
                blocks=tuple(_leaves(facts)),
            ),
        ),
        seal=seal(facts.fingerprint, facts.verify_address),
        created=facts.created,
        draft=facts.draft,
        illustrative=facts.illustrative,
        facts=_facts(facts),
    )


def _blocks(facts: DerivationFacts) -> Iterator[Block]:
    yield Facts(
        (
            ("Cơ quan, đơn vị:", facts.agency),
            ("Nhóm:", capital(in_sentence(facts.group))),
            ("Bộ tiêu chí:", one_line(facts.set_name)),
            ("Chỉ số CCHC:", f"{facts.index}% (chưa làm tròn: {facts.index_full}%)"),
            ("Xếp hạng:", _place(facts)),
            ("Xếp loại:", facts.grade),
        )
    )
    yield Paragraph("I. CÁCH TÍNH CHỈ SỐ", "heading")
    yield from _arithmetic(facts)
    yield Paragraph("II. TIÊU CHÍ KHÔNG ÁP DỤNG", "heading")
    yield Paragraph(_waived(facts))
    yield Paragraph("III. XẾP HẠNG VÀ XẾP LOẠI", "heading")
    yield from _placing(facts)
    yield Paragraph("IV. ĐIỂM TỪNG TIÊU CHÍ", "heading")
    yield Paragraph(
        "Quy tắc tính, số liệu kê khai, điểm theo quy tắc, điểm của từng lần chấm và lý do của"
        " từng tiêu chí tại Phụ lục kèm theo. Điểm được tính là điểm của lần chấm có giá trị sau"
        " cùng: Hội đồng, thẩm định lần 2, thẩm định; điều tra xã hội học đối với tiêu chí điều"
        " tra."
    )


def _place(facts: DerivationFacts) -> str:
    shared = " (đồng hạng)" if facts.tied else ""
    return f"{facts.rank}/{tally(facts.of)}{shared}"


def _arithmetic(facts: DerivationFacts) -> Iterator[Block]:
    if facts.missing:
        yield Paragraph(
            f"Chưa có điểm quyết định ở các tiêu chí {', '.join(facts.missing)}; các tiêu chí này"
            " được tính 0 điểm."
        )
    yield Paragraph(
        "Các phép tính dùng số liệu chưa làm tròn; số liệu chỉ được làm tròn khi hiển thị."
    )
    yield Table(
        (
            Column("STT", 10),
            Column("Bước", 48, "left"),
            Column("Phép tính", 58, "left"),
            Column("Chưa làm tròn", 34),
            Column("Hiển thị", 22),
        ),
        tuple(
            Row((str(n), step.label, step.expression, step.full, step.shown))
            for n, step in enumerate(facts.steps, 1)
        ),
    )


def _waived(facts: DerivationFacts) -> str:
    text = f"Cách tính của đợt đánh giá: {facts.method}. "
    if not facts.not_applicable:
        return f"{text}Không có tiêu chí nào được loại trừ."
    return (
        f"{text}Được loại trừ {tally(len(facts.not_applicable))} tiêu chí:"
        f" {', '.join(facts.not_applicable)}."
    )


def _placing(facts: DerivationFacts) -> Iterator[Block]:
    text = (
        f"Xếp hạng {facts.rank} trong {tally(facts.of)} cơ quan, đơn vị của nhóm"
        f" {in_sentence(facts.group)}, theo Chỉ số chưa làm tròn ({facts.index_full}%). Khi bằng"
        f" nhau: {facts.tie_rule}."
    )
    if facts.tied:
        text += " Cơ quan đồng hạng với cơ quan khác."
    yield Paragraph(text)
    text = f"Xếp loại {facts.grade}."
    if facts.to_next:
        text += f" Còn thiếu {facts.to_next} điểm phần trăm để đạt mức {facts.next_grade}."
    yield Paragraph(text)
    yield Table(
        (
            Column("Xếp loại", 60, "left"),
            Column("Chỉ số", 70),
            Column("Kết quả của cơ quan", 44),
        ),
        tuple(
            Row(
                (name, capital(bound), f"{facts.index}%" if name == facts.grade else ""),
                "total" if name == facts.grade else "row",
            )
            for name, bound in facts.bands
        ),
        caption="Các mức xếp loại của đợt đánh giá",
    )


# --- Leaf by leaf -------------------------------------------------------------------------------
def _leaves(facts: DerivationFacts) -> Iterator[Block]:
    notes = Notes()
    rows: list[Row] = []
    for field in facts.fields:
        rows.append(
            Row(
                (
                    field.code,
                    notes.cell(field.title),
                    field.maximum,
                    f"Chỉ số thành phần: {field.component_index}",
                    "",
                    field.achieved,
                ),
                "field",
            )
        )
        rows += [_leaf(leaf, notes) for leaf in field.leaves]
    yield Table(
        (
            Column("TT", 13),
            Column("Tiêu chí, quy tắc tính", 66, "left"),
            Column("Điểm tối đa", 14),
            Column("Số liệu kê khai, tài liệu, giải trình", 72, "left"),
            Column("Các lần chấm", 66, "left"),
            Column("Điểm được tính", 20),
        ),
        tuple(rows),
    )
    yield from notes.blocks()


def _leaf(leaf: LeafFact, notes: Notes) -> Row:
    return Row(
        (
            leaf.code,
            notes.cell(*_rule(leaf)),
            leaf.maximum,
            notes.cell(*_grounds(leaf)),
            notes.cell(*_stages(leaf)),
            leaf.points,
        )
    )


def _rule(leaf: LeafFact) -> Iterator[str]:
    yield stopped(leaf.title)
    yield f"{leaf.kind}: {stopped(leaf.rule_text)}" if leaf.rule_text else f"{leaf.kind}."
    if leaf.appraiser:
        yield f"Cơ quan thẩm định: {leaf.appraiser}."


def _grounds(leaf: LeafFact) -> Iterator[str]:
    for label, value in leaf.declared:
        yield f"{label}: {value}."
    if leaf.why:
        yield f"Điểm theo quy tắc: {stopped(leaf.why)}"
    if leaf.documents:
        yield f"Tài liệu: {'; '.join(leaf.documents)}."
    if leaf.asked:
        yield f"Yêu cầu giải trình: {stopped(leaf.asked)}"
        yield f"Giải trình: {stopped(leaf.explained) or 'cơ quan không giải trình.'}"


def _stages(leaf: LeafFact) -> Iterator[str]:
    for stage in leaf.stages:
        counts = " (được tính)" if stage.counts else ""
        author = f", {stage.author}" if stage.author else ""
        said = f"{stage.label}: {stage.points}{counts}{author}, {stage.when}."
        yield f"{said} {stopped(stage.reason)}".strip()
    if not any(stage.counts for stage in leaf.stages):
        yield f"{leaf.effective}."
    yield from leaf.meetings


def _facts(facts: DerivationFacts) -> tuple[tuple[str, str], ...]:
    return (
        ("nam", str(facts.year)),
        ("tinh", facts.province),
        ("so_co_quan", tally(1)),
        ("co_quan", facts.agency),
        ("ma_co_quan", facts.code),
        ("nhom", capital(in_sentence(facts.group))),
        ("chi_so", f"{facts.index}%"),
        ("chi_so_day_du", f"{facts.index_full}%"),
        ("xep_hang", facts.rank),
        ("so_co_quan_trong_nhom", tally(facts.of)),
        ("xep_loai", facts.grade),
        ("so_khong_ap_dung", tally(len(facts.not_applicable))),
    )
