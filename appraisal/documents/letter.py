"""What the letter that tells an agency its result says: one official letter (công văn) each.

It names no other agency and nobody of the team.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from appraisal import scoring
from appraisal.documents.official import Block, Column, Official, Paragraph, Row, Table
from appraisal.documents.outcome import FACTS as RESULT_FACTS
from appraisal.documents.outcome import AgencyPoints, GroupPoints, Outcome, mean_index
from appraisal.documents.phrases import (
    NOTHING,
    Notes,
    difference,
    field_name,
    percent,
    stopped,
    tally,
)
from appraisal.documents.words import (
    House,
    capital,
    date_words,
    document_number,
    in_sentence,
    letterhead,
    listed,
    points,
    seal,
    signature,
)

FACTS: Final = {
    "ten_tep": "Tên tệp của văn bản trong gói ZIP (mã cơ quan)",
    **RESULT_FACTS,
    "co_quan": "Tên cơ quan, đơn vị",
    "ma_co_quan": "Mã cơ quan, đơn vị",
    "nhom": "Nhóm của cơ quan, đơn vị",
    "tong_diem": "Tổng điểm",
    "diem_toi_da": "Điểm tối đa của cơ quan, sau khi trừ tiêu chí không áp dụng",
    "diem_tham_dinh": "Điểm thẩm định",
    "diem_dieu_tra": "Điểm điều tra xã hội học; trống khi không có",
    "diem_thuong_phat": "Điểm thưởng trừ điểm phạt",
    "chi_so": "Chỉ số",
    "xep_hang": "Xếp hạng trong nhóm",
    "so_co_quan_trong_nhom": "Số cơ quan, đơn vị trong nhóm",
    "xep_loai": "Xếp loại",
    "nam_truoc": "Năm trước; trống khi không có kết quả",
    "chi_so_nam_truoc": "Chỉ số năm trước; trống khi không có",
    "xep_hang_nam_truoc": "Xếp hạng năm trước; trống khi không có",
    "xep_loai_nam_truoc": "Xếp loại năm trước; trống khi không có",
    "so_quyet_dinh": "Số, ký hiệu Quyết định phê duyệt; số trống khi chưa ban hành",
    "ngay_quyet_dinh": "Ngày Quyết định phê duyệt; trống khi chưa ban hành",
}
"""What an office template may print of it, beside what every paper has."""


MOST_LOST = 5
"""Leaves that the letter names as those to improve."""


@dataclass(frozen=True)
class Before:
    """The agency's result of the year before; `grade` may be one that this round does not have."""

    year: int
    index: Decimal
    rank: int | None
    grade: str


@dataclass(frozen=True)
class LostLeaf:
    """A leaf on which the agency lost points, with the reason of who gave those that count."""

    code: str
    title: str
    maximum: Decimal
    points: Decimal
    reason: str

    @property
    def lost(self) -> Decimal:
        return self.maximum - self.points


@dataclass(frozen=True)
class DecisionRef:
    """The decision that the letter carries out; number and day are empty until it is issued."""

    symbol: str
    issuer: str
    number: str = ""
    issued_on: date | None = None


@dataclass(frozen=True)
class LetterFacts:
    """Everything one letter is made from; `lost` are all leaves with lost points, in any order."""

    outcome: Outcome
    group: GroupPoints
    agency: AgencyPoints
    lost: tuple[LostLeaf, ...]
    waived: tuple[str, ...]
    before: Before | None
    decision: DecisionRef
    house: House
    draft: bool = True


def letter(facts: LetterFacts) -> Official:
    """The letter to the agency in `facts`."""
    results = facts.outcome.results
    return Official(
        kind="letters",
        form="letter",
        letterhead=letterhead(facts.house, results.sealed_at.year),
        title="CÔNG VĂN",
        summary=f"V/v thông báo kết quả Chỉ số cải cách hành chính năm {results.year}",
        addressees=(f"{facts.agency.agency}.",),
        blocks=tuple(_blocks(facts)),
        recipients=listed(
            facts.house.recipients or ("Như trên", "Chủ tịch Hội đồng (để báo cáo)",
                                       f"Lãnh đạo {results.standing_agency}", "Lưu: VT, CCHC")
        ),
        signatures=(signature(facts.house.signing),),
        seal=seal(results.fingerprint, results.verify_address),
        created=results.sealed_at,
        draft=facts.draft,
        illustrative=results.illustrative,
        facts=_facts(facts),
    )  # fmt: skip


def _blocks(facts: LetterFacts) -> Iterator[Block]:
    results = facts.outcome.results
    issuer = " ".join(facts.house.issuer)
    yield Paragraph(
        f"Thực hiện Quyết định số {document_number(facts.decision.number)}/{facts.decision.symbol}"
        f" {date_words(facts.decision.issued_on, results.sealed_at.year)} của"
        f" {facts.decision.issuer} phê duyệt kết quả xác định Chỉ số cải cách hành chính (sau đây"
        f" viết tắt là CCHC) năm {results.year}, {issuer} thông báo kết quả của"
        f" {facts.agency.agency} như sau:"
    )
    yield Paragraph("1. Kết quả chung", "subheading")
    yield from _result(facts)
    yield Paragraph("2. Chỉ số thành phần theo lĩnh vực", "subheading")
    yield _fields(facts)
    if facts.waived:
        yield Paragraph(
            f"Tiêu chí không áp dụng đối với cơ quan, không tính vào điểm tối đa:"
            f" {', '.join(facts.waived)}."
        )
    yield Paragraph("3. Những nội dung cần khắc phục", "subheading")
    yield from _to_mend(facts)
    yield Paragraph(
        f"{issuer} đề nghị {facts.agency.agency} tổ chức quán triệt kết quả, làm rõ nguyên nhân,"
        " trách nhiệm đối với từng tiêu chí bị trừ điểm, đề ra giải pháp khắc phục và đưa vào kế"
        f" hoạch CCHC của cơ quan. Điểm và lý do của từng tiêu chí được công khai cho cơ quan trên"
        " hệ thống; vướng mắc (nếu có) trao đổi với"
        f" {results.standing_agency} để được hướng dẫn./."
    )


def _result(facts: LetterFacts) -> Iterator[Block]:
    agency, places = facts.agency, facts.outcome.decimals
    place = f"{tally(agency.rank)}/{tally(len(facts.group.agencies))}"
    shared = " (đồng hạng)" if agency.tied else ""
    yield Paragraph(
        f"Chỉ số CCHC đạt {percent(agency.index, places)}; xếp hạng {place}{shared} trong nhóm"
        f" {in_sentence(facts.group.name)}; xếp loại {agency.grade}. Chỉ số bình quân của nhóm là"
        f" {percent(facts.group.mean(lambda item: item.index), places)}."
    )
    text = (
        f"Tổng điểm: {_of(agency.total, agency.maximum, places)}, trong đó điểm thẩm định"
        f" {points(agency.appraised, places)} (cơ quan tự chấm {points(agency.own, places)})"
    )
    if agency.survey is not None:
        text += f", điểm điều tra xã hội học {points(agency.survey, places)}"
    if agency.bonus_penalty:
        text += f", điểm thưởng, phạt {difference(agency.bonus_penalty, places)}"
    yield Paragraph(f"{text}.")
    if facts.before is not None:
        yield Paragraph(_compared(facts, facts.before))


def _of(value: Decimal, maximum: Decimal, places: int) -> str:
    return f"{points(value, places)}/{scoring.show(maximum, trim=True)} điểm"


def _compared(facts: LetterFacts, before: Before) -> str:
    """Against the year before: index, rank, grade, each as far as it is known."""
    agency, places = facts.agency, facts.outcome.decimals
    change = agency.index - before.index
    shown = points(abs(change), places)
    text = (
        f"So với năm {before.year} (Chỉ số {percent(before.index, places)}"
        f"{f', xếp hạng {tally(before.rank)}' if before.rank else ''}"
        f"{f', xếp loại {before.grade}' if before.grade else ''}): Chỉ số"
    )
    if shown.strip("0,"):
        text += f" {'tăng' if change > 0 else 'giảm'} {shown} điểm phần trăm"
    else:
        text += " không thay đổi"
    if before.rank:
        text += f"; xếp hạng {_moved(before.rank - agency.rank, 'bậc')}"
    grades = facts.outcome.grades
    if before.grade in grades and agency.grade in grades:
        steps = grades.index(before.grade) - grades.index(agency.grade)
        text += f"; xếp loại {_moved(steps, 'mức')}"
    return f"{text}."


def _moved(steps: int, unit: str) -> str:
    if not steps:
        return "giữ nguyên"
    return f"{'tăng' if steps > 0 else 'giảm'} {tally(abs(steps))} {unit}"


def _fields(facts: LetterFacts) -> Table:
    places = facts.outcome.decimals
    rows = []
    for place, field in enumerate(facts.agency.fields):
        mean = mean_index(facts.group, place)
        rows.append(
            Row(
                (
                    field.code,
                    field_name(field.code, field.title),
                    scoring.show(field.maximum, trim=True),
                    NOTHING if field.own is None else points(field.own, places),
                    points(field.achieved, places),
                    NOTHING if field.index is None else points(field.index, places),
                    NOTHING if mean is None else points(mean, places),
                )
            )
        )
    return Table(
        (
            Column("TT", 9),
            Column("Lĩnh vực", 66, "left"),
            Column("Điểm tối đa", 17),
            Column("Tự chấm", 18),
            Column("Kết quả", 18),
            Column("Chỉ số thành phần (%)", 22),
            Column("Bình quân nhóm (%)", 22),
        ),
        tuple(rows),
    )


def most_lost(lost: tuple[LostLeaf, ...]) -> tuple[LostLeaf, ...]:
    """The leaves that cost the agency most, the dearest first, then in the order given."""
    return tuple(
        sorted((item for item in lost if item.lost > 0), key=lambda item: -item.lost)[:MOST_LOST]
    )


def _to_mend(facts: LetterFacts) -> Iterator[Block]:
    places = facts.outcome.decimals
    chosen = most_lost(facts.lost)
    if not chosen:
        yield Paragraph("Cơ quan không bị trừ điểm ở tiêu chí nào.")
        return
    lost = sum(item.lost > 0 for item in facts.lost)
    yield Paragraph(f"Cơ quan bị trừ điểm ở {tally(lost)} tiêu chí, nhiều nhất là:")
    notes = Notes()
    yield Table(
        (
            Column("TT", 14),
            Column("Tiêu chí", 60, "left"),
            Column("Điểm tối đa", 16),
            Column("Đạt", 16),
            Column("Bị trừ", 16),
            Column("Lý do", 54, "left"),
        ),
        tuple(
            Row(
                (
                    item.code,
                    notes.cell(item.title),
                    scoring.show(item.maximum, trim=True),
                    points(item.points, places),
                    points(item.lost, places),
                    notes.cell(stopped(item.reason)),
                )
            )
            for item in chosen
        ),
    )
    yield from notes.blocks()


def _facts(facts: LetterFacts) -> tuple[tuple[str, str], ...]:
    agency, before, places = facts.agency, facts.before, facts.outcome.decimals
    decision, sealed = facts.decision, facts.outcome.results.sealed_at
    return (
        ("ten_tep", agency.code),
        *facts.outcome.facts(),
        ("co_quan", agency.agency),
        ("ma_co_quan", agency.code),
        ("nhom", capital(in_sentence(facts.group.name))),
        ("tong_diem", points(agency.total, places)),
        ("diem_toi_da", scoring.show(agency.maximum, trim=True)),
        ("diem_tham_dinh", points(agency.appraised, places)),
        ("diem_dieu_tra", "" if agency.survey is None else points(agency.survey, places)),
        ("diem_thuong_phat", difference(agency.bonus_penalty, places)),
        ("chi_so", percent(agency.index, places)),
        ("xep_hang", tally(agency.rank)),
        ("so_co_quan_trong_nhom", tally(len(facts.group.agencies))),
        ("xep_loai", agency.grade),
        ("nam_truoc", str(before.year) if before else ""),
        ("chi_so_nam_truoc", percent(before.index, places) if before else ""),
        ("xep_hang_nam_truoc", tally(before.rank) if before and before.rank else ""),
        ("xep_loai_nam_truoc", before.grade if before else ""),
        ("so_quyet_dinh", f"{document_number(decision.number)}/{decision.symbol}"),
        ("ngay_quyet_dinh", date_words(decision.issued_on, sealed.year)),
    )
