"""What the report on the appraisal says (domain reference §8.4).

Points lost ("điểm bị trừ") are what a leaf's maximum and the points that count differ by, leaves
that do not apply left out; how much of that the appraisal took from the self-score is told apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from appraisal import scoring
from appraisal.documents import process as course
from appraisal.documents.official import Block, Column, Official, Paragraph, Row, Table
from appraisal.documents.outcome import FACTS as RESULT_FACTS
from appraisal.documents.outcome import (
    GroupPoints,
    Outcome,
    annex_titles,
    field_label,
    grade_sentence,
    grades_table,
    matrix,
    mean_index,
    means_table,
    named,
    numbered,
    points_table,
)
from appraisal.documents.phrases import (
    NOTHING,
    Notes,
    difference,
    field_name,
    paragraphs,
    percent,
    short_moment,
    tally,
    together,
)
from appraisal.documents.process import Explaining, Handing, Process
from appraisal.documents.words import (
    House,
    date_words,
    document_number,
    letterhead,
    listed,
    points,
    roman,
    seal,
    signature,
)

FACTS: Final = {
    **RESULT_FACTS,
    "so_luot_tham_dinh": "Số lượt tiêu chí được thẩm định",
    "so_luot_giam_diem": "Số lượt giảm điểm so với tự chấm",
    "so_luot_tang_diem": "Số lượt tăng điểm so với tự chấm",
    "so_yeu_cau_giai_trinh": "Số lượt tiêu chí yêu cầu giải trình",
    "so_da_giai_trinh": "Số lượt tiêu chí đã giải trình",
    "so_chap_nhan": "Số lượt giải trình được chấp nhận toàn bộ",
    "so_co_quan_nop_cham": "Số cơ quan, đơn vị gửi hồ sơ sau thời hạn",
    "so_co_quan_khong_nop": "Số cơ quan, đơn vị không gửi hồ sơ",
    "so_co_quan_thieu_tai_lieu": "Số cơ quan, đơn vị có tiêu chí thiếu tài liệu kiểm chứng",
    "linh_vuc_cao_nhat": "Lĩnh vực có chỉ số thành phần cao nhất của từng nhóm",
    "linh_vuc_thap_nhat": "Lĩnh vực có chỉ số thành phần thấp nhất của từng nhóm",
}
"""What an office template may print of it, beside what every paper has."""


MOST_LOST = 10
"""Leaves of a group that the table of frequent deductions names."""
MOST_CHANGED = 10
"""Single changes of points that the report names, and agencies whose sum changed most."""
HALF = Decimal(50)
FULL = Decimal(100)


@dataclass(frozen=True)
class LeafStanding:
    """One leaf over a group of agencies.

    `applies` agencies were measured by it; `full`, `part` and `zero` of them got all, some or no
    points; `lost` is the sum of what they did not get. `lowered` had their self-score lowered,
    `short` scored themselves below the maximum. `reasons` are the commonest of who gave the
    points that count, with how many agencies each was given to.
    """

    code: str
    title: str
    field_code: str
    field_title: str
    maximum: Decimal
    applies: int
    full: int
    part: int
    zero: int
    lost: Decimal
    lowered: int
    short: int
    reasons: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class LeafChange:
    """One leaf of one agency whose points differ from the self-score."""

    agency: str
    code: str
    title: str
    own: Decimal
    settled: Decimal
    reason: str

    @property
    def change(self) -> Decimal:
        return self.settled - self.own


@dataclass(frozen=True)
class Unproven:
    """Leaves that an agency gave itself points for without a document; `refused` of them kept
    less than that in the end."""

    agency: str
    codes: tuple[str, ...]
    own: Decimal
    refused: int


@dataclass(frozen=True)
class MemberSaid:
    """What a member of the team reported; texts as they were written."""

    name: str
    position: str
    agency: str
    role: str
    tasks: str
    difficulties: str
    proposals: str

    @property
    def presented(self) -> str:
        """ "Đỗ Minh Tâm, Chuyên viên Sở Nội vụ (Thành viên Tổ giúp việc)"."""
        office = self.position or self.agency
        if self.agency and self.agency not in office:
            office = f"{office}, {self.agency}"
        return f"{self.name}{f', {office}' if office else ''} ({self.role})"


@dataclass(frozen=True)
class GroupReport:
    """What the report tells of one group, beside its points."""

    points: GroupPoints
    leaves: tuple[LeafStanding, ...]
    changes: tuple[LeafChange, ...]
    explaining: Explaining


@dataclass(frozen=True)
class ReportFacts:
    """Everything the report is made from. `chair` presents who leads the council, or is empty."""

    outcome: Outcome
    process: Process
    house: House
    chair: str
    groups: tuple[GroupReport, ...]
    unproven: tuple[Unproven, ...]
    silent: tuple[str, ...]
    members: tuple[MemberSaid, ...]
    draft: bool = True


def report(facts: ReportFacts) -> Official:
    """The report on the appraisal of the round in `facts`."""
    outcome, house = facts.outcome, facts.house
    results = outcome.results
    issuer = " ".join(house.issuer)
    return Official(
        kind="report",
        letterhead=letterhead(house, results.sealed_at.year),
        title="BÁO CÁO",
        summary="Kết quả thẩm định, xác định Chỉ số cải cách hành chính"
        f" năm {results.year} của {results.named_groups}",
        bases=listed(house.bases),
        blocks=tuple(_blocks(facts, issuer)),
        recipients=listed(house.recipients or _usual_recipients(facts)),
        signatures=(signature(house.signing),),
        annexes=numbered(
            _annexes(facts),
            f"(Kèm theo Báo cáo số {document_number(house.number)}/{house.symbol}"
            f" {date_words(house.issued_on, results.sealed_at.year)} của {issuer})",
        ),
        seal=seal(results.fingerprint, results.verify_address),
        created=results.sealed_at,
        draft=facts.draft,
        illustrative=results.illustrative,
        facts=_facts(facts),
    )


def _usual_recipients(facts: ReportFacts) -> tuple[str, ...]:
    results = facts.outcome.results
    return (
        f"UBND {results.kind} (để báo cáo)",
        "Chủ tịch, thành viên Hội đồng",
        "Thành viên Tổ giúp việc",
        f"Lãnh đạo {results.standing_agency}",
        "Lưu: VT, CCHC",
    )


def _blocks(facts: ReportFacts, issuer: str) -> Iterator[Block]:
    outcome = facts.outcome
    yield Paragraph(
        f"{issuer} báo cáo kết quả thẩm định, xác định Chỉ số cải cách hành chính (sau đây viết"
        f" tắt là CCHC) năm {outcome.results.year} của {tally(outcome.agencies)} cơ quan, đơn vị"
        " như sau:"
    )
    sections: tuple[tuple[str, Iterable[Block]], ...] = (
        ("TỔ CHỨC THẨM ĐỊNH", _organisation(facts)),
        ("KẾT QUẢ CHUNG", _general(facts)),
        ("KẾT QUẢ THEO LĨNH VỰC", _by_field(facts)),
        ("NHỮNG NỘI DUNG BỊ TRỪ ĐIỂM NHIỀU NHẤT", _deductions(facts)),
        ("HỒ SƠ GỬI CHẬM, TÀI LIỆU KIỂM CHỨNG CÒN THIẾU", _late_or_missing(facts)),
        ("ĐIỀU CHỈNH TỪ ĐIỂM TỰ CHẤM ĐẾN ĐIỂM THẨM ĐỊNH", _changes(facts)),
        ("GIẢI TRÌNH CỦA CÁC CƠ QUAN, ĐƠN VỊ", _explanations(facts)),
        ("KHÓ KHĂN, VƯỚNG MẮC VÀ ĐỀ XUẤT CỦA THÀNH VIÊN TỔ GIÚP VIỆC", _members(facts)),
        ("KIẾN NGHỊ", _proposals(facts)),
    )
    for number, (title, blocks) in enumerate(sections, 1):
        yield Paragraph(f"{roman(number)}. {title}", "heading")
        yield from blocks
    yield Paragraph(f"{issuer} trân trọng báo cáo./.")


# --- Organisation, general result -------------------------------------------------------------
def _organisation(facts: ReportFacts) -> Iterator[Block]:
    process = facts.process
    text = f"{process.council} gồm {tally(process.council_members)} thành viên"
    if facts.chair:
        text += f" do {facts.chair} làm Chủ tịch Hội đồng"
    text += f". Giúp việc cho Hội đồng có Tổ giúp việc gồm {tally(process.team_members)} thành viên"
    if process.team_agencies:
        text += f" là công chức của {together(process.team_agencies)}"
    yield Paragraph(f"{text}; mỗi thành viên thẩm định các tiêu chí được phân công.")
    yield from course.told(process)


def _general(facts: ReportFacts) -> Iterator[Block]:
    outcome = facts.outcome
    for number, group in enumerate(outcome.groups, 1):
        yield Paragraph(
            f"{number}. {group.title}: Chỉ số bình quân"
            f" {percent(group.mean(lambda item: item.index), outcome.decimals)}; cao nhất:"
            f" {named(group.best(), outcome.decimals)}; thấp nhất:"
            f" {named(group.last(), outcome.decimals)}."
            f" {grade_sentence(group, outcome.grades)}.",
            "clause",
        )
    yield grades_table(outcome)
    yield means_table(outcome)


# --- By field -----------------------------------------------------------------------------------
def _by_field(facts: ReportFacts) -> Iterator[Block]:
    places = facts.outcome.decimals
    for number, group in enumerate(facts.groups, 1):
        yield Paragraph(f"{number}. {group.points.title}", "subheading")
        best, worst = _extremes(group.points)
        yield Paragraph(
            f"Lĩnh vực có chỉ số thành phần bình quân cao nhất: {_field_named(best, places)}; thấp"
            f" nhất: {_field_named(worst, places)}."
        )
        yield _field_table(group.points, places)
        yield from _met(group)


def _fields(group: GroupPoints) -> list[tuple[str, Decimal]]:
    """The label of each field with its mean component index, where it applies to somebody."""
    if not group.agencies:
        return []
    found = []
    for place, field in enumerate(group.agencies[0].fields):
        mean = mean_index(group, place)
        if mean is not None:
            found.append((field_label(field), mean))
    return found


def _extremes(group: GroupPoints) -> tuple[tuple[str, Decimal], tuple[str, Decimal]]:
    fields = sorted(_fields(group), key=lambda item: item[1], reverse=True)
    return (fields[0], fields[-1]) if fields else (("", Decimal(0)), ("", Decimal(0)))


def _field_named(field: tuple[str, Decimal], places: int) -> str:
    return f"{field[0]} ({percent(field[1], places)})"


def _field_table(group: GroupPoints, places: int) -> Table:
    rows = []
    for place, field in enumerate(group.agencies[0].fields if group.agencies else ()):
        given = [
            index for item in group.agencies if (index := item.fields[place].index) is not None
        ]
        mean = mean_index(group, place)
        rows.append(
            Row(
                (
                    field.code,
                    field_name(field.code, field.title),
                    scoring.show(field.maximum, trim=True),
                    NOTHING if mean is None else points(mean, places),
                    points(max(given), places) if given else NOTHING,
                    points(min(given), places) if given else NOTHING,
                    tally(sum(index >= FULL for index in given)),
                    tally(sum(index < HALF for index in given)),
                )
            )
        )
    return Table(
        (
            Column("TT", 9),
            Column("Lĩnh vực", 58, "left"),
            Column("Điểm tối đa", 15),
            Column("Bình quân (%)", 19),
            Column("Cao nhất (%)", 19),
            Column("Thấp nhất (%)", 19),
            Column("Số cơ quan đạt điểm tối đa", 21),
            Column("Số cơ quan đạt dưới 50%", 21),
        ),
        tuple(rows),
        caption="Chỉ số thành phần theo lĩnh vực",
    )


def _met(group: GroupReport) -> Iterator[Block]:
    """What every agency met, and what none or only few did."""
    measured = [leaf for leaf in group.leaves if leaf.applies]
    everywhere = [leaf for leaf in measured if leaf.full == leaf.applies]
    yield Paragraph(
        f"Nội dung đạt: {tally(len(everywhere))}/{tally(len(measured))} tiêu chí được tất cả cơ"
        f" quan, đơn vị đạt điểm tối đa{_coded(everywhere)}.",
        "point",
    )
    nowhere = [leaf for leaf in measured if not leaf.full]
    half = [leaf for leaf in measured if leaf.full and leaf.full * 2 < leaf.applies]
    yield Paragraph(
        f"Nội dung chưa đạt: {tally(len(nowhere))} tiêu chí không cơ quan, đơn vị nào đạt điểm tối"
        f" đa{_coded(nowhere)}; {tally(len(half))} tiêu chí có chưa đến một nửa số cơ quan, đơn vị"
        f" đạt điểm tối đa{_coded(half)}.",
        "point",
    )


def _coded(leaves: Sequence[LeafStanding]) -> str:
    return f" ({', '.join(leaf.code for leaf in leaves)})" if leaves else ""


# --- Deductions ---------------------------------------------------------------------------------
def _deductions(facts: ReportFacts) -> Iterator[Block]:
    places = facts.outcome.decimals
    yield Paragraph(
        "Điểm bị trừ là phần điểm tối đa của tiêu chí mà cơ quan, đơn vị chưa đạt, không kể tiêu"
        " chí không áp dụng và điểm điều tra xã hội học. Các tiêu chí xếp theo số cơ quan, đơn vị"
        " bị trừ điểm; kết quả của mọi tiêu chí tại Phụ lục."
    )
    for number, group in enumerate(facts.groups, 1):
        yield Paragraph(f"{number}. {group.points.title}", "subheading")
        lost = most_lost(group.leaves)
        if not lost:
            yield Paragraph("Không có tiêu chí nào bị trừ điểm.")
            continue
        notes = Notes()
        yield Table(
            (
                Column("TT", 13),
                Column("Tiêu chí", 42, "left"),
                Column("Điểm tối đa", 13),
                Column("Số cơ quan bị trừ", 17),
                Column("Bị giảm so với tự chấm", 19),
                Column("Tổng điểm bị trừ", 16),
                Column("Lý do thường gặp", 64, "left"),
            ),
            tuple(
                Row(
                    (
                        leaf.code,
                        notes.cell(leaf.title),
                        scoring.show(leaf.maximum, trim=True),
                        f"{tally(leaf.part + leaf.zero)}/{tally(leaf.applies)}",
                        tally(leaf.lowered),
                        points(leaf.lost, places),
                        notes.cell(*_reasons(leaf)),
                    )
                )
                for leaf in lost
            ),
        )
        yield from notes.blocks()


def most_lost(leaves: Sequence[LeafStanding]) -> tuple[LeafStanding, ...]:
    """The leaves on which most agencies lost points, then those on which most points were lost."""
    lost = [leaf for leaf in leaves if leaf.lost]
    lost.sort(key=lambda leaf: (-(leaf.part + leaf.zero), -leaf.lost))
    return tuple(lost[:MOST_LOST])


def _reasons(leaf: LeafStanding) -> Iterator[str]:
    if leaf.short:
        yield f"Tự chấm chưa đạt điểm tối đa ({tally(leaf.short)} cơ quan)."
    for text, times in leaf.reasons:
        yield f"{text.rstrip('.;,')} ({tally(times)} cơ quan)."


# --- Late, missing -----------------------------------------------------------------------------
def _late_or_missing(facts: ReportFacts) -> Iterator[Block]:
    process = facts.process
    yield Paragraph("1. Hồ sơ gửi sau thời hạn hoặc không gửi", "subheading")
    if not process.handings:
        yield Paragraph("Tất cả cơ quan, đơn vị gửi hồ sơ trong thời hạn chung.")
    else:
        notes = Notes()
        yield Table(
            (
                Column("STT", 10),
                Column("Cơ quan, đơn vị", 44, "left"),
                Column("Thời hạn chung", 25),
                Column("Được gia hạn đến", 25),
                Column("Thời điểm gửi", 25),
                Column("Ghi chú", 46, "left"),
            ),
            tuple(
                Row(
                    (
                        str(n),
                        item.agency,
                        short_moment(item.deadline),
                        short_moment(item.extended_to) if item.extended_to else NOTHING,
                        short_moment(item.submitted_at) if item.submitted_at else "Không gửi",
                        notes.cell(_remark(item), item.reason),
                    )
                )
                for n, item in enumerate(process.handings, 1)
            ),
        )
        yield from notes.blocks()
    yield Paragraph("2. Tiêu chí tự chấm điểm nhưng không có tài liệu kiểm chứng", "subheading")
    if not facts.unproven:
        yield Paragraph("Mọi tiêu chí có điểm tự chấm đều viện dẫn tài liệu kiểm chứng.")
        return
    times = sum(len(item.codes) for item in facts.unproven)
    refused = sum(item.refused for item in facts.unproven)
    yield Paragraph(
        f"{tally(len(facts.unproven))} cơ quan, đơn vị tự chấm điểm {tally(times)} lượt tiêu chí"
        " mà không viện dẫn tài liệu kiểm chứng; trong đó"
        f" {tally(refused)} lượt không được công nhận đủ điểm tự chấm."
    )
    notes = Notes()
    yield Table(
        (
            Column("STT", 10),
            Column("Cơ quan, đơn vị", 48, "left"),
            Column("Số tiêu chí", 16),
            Column("Điểm tự chấm", 18),
            Column("Không được công nhận đủ", 24),
            Column("Tiêu chí", 58, "left"),
        ),
        tuple(
            Row(
                (
                    str(n),
                    item.agency,
                    tally(len(item.codes)),
                    points(item.own, facts.outcome.decimals),
                    tally(item.refused),
                    notes.cell(", ".join(item.codes)),
                )
            )
            for n, item in enumerate(facts.unproven, 1)
        ),
    )
    yield from notes.blocks()


def _remark(item: Handing) -> str:
    if item.is_absent:
        return "Không gửi hồ sơ."
    if item.is_late:
        return "Gửi sau thời hạn."
    if item.extended_to is not None and item.is_after_deadline:
        return "Gửi trong thời hạn được gia hạn."
    return "Được gia hạn, gửi trong thời hạn chung."


# --- From self-score to what counts -------------------------------------------------------------
def _changes(facts: ReportFacts) -> Iterator[Block]:
    places = facts.outcome.decimals
    process = facts.process
    yield Paragraph(
        f"Trong {tally(process.appraised)} lượt tiêu chí được thẩm định, {tally(process.lowered)}"
        f" lượt giảm và {tally(process.raised)} lượt tăng so với điểm tự chấm; các lượt còn lại giữ"
        " nguyên hoặc không tự chấm. Điểm tự chấm và điểm thẩm định của từng cơ quan, đơn vị tại"
        " Phụ lục."
    )
    for number, group in enumerate(facts.groups, 1):
        yield Paragraph(f"{number}. {group.points.title}", "subheading")
        moved = _most_moved(group.points)
        if moved:
            yield Paragraph(
                f"Cơ quan, đơn vị có tổng điểm thay đổi nhiều nhất: {'; '.join(moved)}."
            )
        yield _field_changes(group.points, places)
        if group.changes:
            yield from _largest(group.changes[:MOST_CHANGED], places)


def _most_moved(group: GroupPoints) -> list[str]:
    moved = [item for item in group.agencies if item.appraised != item.own]
    moved.sort(key=lambda item: (-abs(item.appraised - item.own), item.rank))
    return [
        f"{item.agency} ({difference(item.appraised - item.own, 2)} điểm)" for item in moved[:5]
    ]


def _field_changes(group: GroupPoints, places: int) -> Table:
    rows = []
    for place, field in enumerate(group.agencies[0].fields if group.agencies else ()):
        pairs = [
            (field.own, field.settled)
            for item in group.agencies
            if (field := item.fields[place]).own is not None and field.settled is not None
        ]
        if not pairs:
            continue
        own = scoring.mean([before for before, _after in pairs]) or Decimal(0)
        settled = scoring.mean([after for _before, after in pairs]) or Decimal(0)
        rows.append(
            Row(
                (
                    field.code,
                    field_name(field.code, field.title),
                    points(own, places),
                    points(settled, places),
                    difference(settled - own, places),
                    tally(sum(after < before for before, after in pairs)),
                    tally(sum(after > before for before, after in pairs)),
                )
            )
        )
    return Table(
        (
            Column("TT", 9),
            Column("Lĩnh vực", 64, "left"),
            Column("Tự chấm", 20),
            Column("Thẩm định", 20),
            Column("Chênh lệch", 20),
            Column("Số cơ quan giảm", 21),
            Column("Số cơ quan tăng", 21),
        ),
        tuple(rows),
        caption="Điểm bình quân theo lĩnh vực, không kể điều tra xã hội học",
    )


def _largest(changes: Sequence[LeafChange], places: int) -> Iterator[Block]:
    notes = Notes()
    yield Table(
        (
            Column("STT", 10),
            Column("Cơ quan, đơn vị", 34, "left"),
            Column("Tiêu chí", 42, "left"),
            Column("Tự chấm", 14),
            Column("Thẩm định", 15),
            Column("Chênh lệch", 16),
            Column("Lý do", 49, "left"),
        ),
        tuple(
            Row(
                (
                    str(n),
                    item.agency,
                    notes.cell(f"{item.code}. {item.title}"),
                    points(item.own, places),
                    points(item.settled, places),
                    difference(item.change, places),
                    notes.cell(item.reason) or NOTHING,
                )
            )
            for n, item in enumerate(changes, 1)
        ),
        caption="Những tiêu chí thay đổi điểm nhiều nhất",
    )
    yield from notes.blocks()


# --- Explanations, members, proposals ---------------------------------------------------------
def _explanations(facts: ReportFacts) -> Iterator[Block]:
    yield Paragraph(course.explanation(facts.process))
    if not facts.process.explaining.asked:
        return
    yield Table(
        (
            Column("Nhóm cơ quan, đơn vị", 52, "left"),
            Column("Yêu cầu giải trình", 20),
            Column("Đã giải trình", 20),
            Column("Chấp nhận toàn bộ", 20),
            Column("Chấp nhận một phần", 20),
            Column("Giữ kết quả thẩm định", 22),
            Column("Không giải trình", 20),
        ),
        (
            *(_explained(group.points.title, group.explaining) for group in facts.groups),
            _explained("Cộng", facts.process.explaining, total=True),
        ),
        caption="Số lượt tiêu chí yêu cầu giải trình",
    )
    if facts.silent:
        yield Paragraph(f"Cơ quan, đơn vị còn nội dung không giải trình: {together(facts.silent)}.")


def _explained(title: str, found: Explaining, *, total: bool = False) -> Row:
    numbers = (
        found.asked, found.answered, found.accepted, found.partly, found.kept, found.silent,
    )  # fmt: skip
    return Row((title, *map(tally, numbers)), "total" if total else "row")


def _members(facts: ReportFacts) -> Iterator[Block]:
    if not facts.members:
        yield Paragraph("Thành viên Tổ giúp việc không có báo cáo riêng.")
    yield from members_said(facts.members)


def members_said(members: Sequence[MemberSaid], under: str = "") -> Iterator[Paragraph]:
    """What each member reported, under the member's name and agency, numbered below `under`."""
    for number, member in enumerate(members, 1):
        yield Paragraph(f"{under}{number}. {member.presented}", "subheading")
        for lead, text in (
            ("a) Nhiệm vụ đã thực hiện:", member.tasks),
            ("b) Khó khăn, vướng mắc:", member.difficulties),
            ("c) Đề xuất, kiến nghị:", member.proposals),
        ):
            yield from paragraphs(text, "body", lead=lead, missing="Không có ý kiến.")


def _proposals(facts: ReportFacts) -> Iterator[Block]:
    results = facts.outcome.results
    yield Paragraph(
        f"1. Đề nghị {results.committee} phê duyệt kết quả xác định Chỉ số CCHC năm"
        f" {results.year} theo kết quả thẩm định nêu trên.",
        "clause",
    )
    yield Paragraph(
        "2. Đề nghị các cơ quan, đơn vị tập trung khắc phục những tiêu chí bị trừ điểm; chuẩn bị"
        " đầy đủ tài liệu kiểm chứng và gửi hồ sơ tự chấm điểm đúng thời hạn.",
        "clause",
    )
    yield Paragraph(
        "3. Giao các thành viên Tổ giúp việc theo dõi, hướng dẫn cơ quan, đơn vị khắc phục trong"
        " lĩnh vực được phân công.",
        "clause",
    )


# --- Annexes ------------------------------------------------------------------------------------
def _annexes(facts: ReportFacts) -> Iterator[tuple[str, tuple[Block, ...], bool]]:
    outcome = facts.outcome
    places = outcome.decimals
    for title, group in zip(
        annex_titles(outcome, "Tổng hợp điểm và xếp hạng Chỉ số cải cách hành chính"),
        outcome.groups,
        strict=True,
    ):
        yield title, (points_table(group, places),), True
    for title, group in zip(
        annex_titles(outcome, "Chỉ số thành phần theo lĩnh vực (%)"), outcome.groups, strict=True
    ):
        yield title, (matrix(group, places),), True
    for title, each in zip(
        annex_titles(outcome, "Mức độ đạt của từng tiêu chí"), facts.groups, strict=True
    ):
        yield title, tuple(_leaf_table(each.leaves, places)), True


def _leaf_table(leaves: Sequence[LeafStanding], places: int) -> Iterator[Block]:
    notes = Notes()
    rows: list[Row] = []
    field = ""
    for leaf in leaves:
        if leaf.field_code != field:
            field = leaf.field_code
            rows.append(Row((field, notes.cell(leaf.field_title), *[""] * 7), "field"))
        rows.append(
            Row(
                (
                    leaf.code,
                    notes.cell(leaf.title),
                    scoring.show(leaf.maximum, trim=True),
                    tally(leaf.applies),
                    tally(leaf.full),
                    tally(leaf.part),
                    tally(leaf.zero),
                    points(leaf.lost, places),
                    tally(leaf.lowered),
                )
            )
        )
    yield Table(
        (
            Column("TT", 16),
            Column("Tiêu chí", 96, "left"),
            Column("Điểm tối đa", 18),
            Column("Số cơ quan áp dụng", 20),
            Column("Đạt điểm tối đa", 20),
            Column("Đạt một phần", 20),
            Column("Không có điểm", 20),
            Column("Tổng điểm bị trừ", 20),
            Column("Bị giảm so với tự chấm", 22),
        ),
        tuple(rows),
    )
    yield from notes.blocks()


def _facts(facts: ReportFacts) -> tuple[tuple[str, str], ...]:
    outcome, process = facts.outcome, facts.process
    extremes = [(group.title, _extremes(group)) for group in outcome.groups]
    return (
        *outcome.facts(),
        ("so_luot_tham_dinh", tally(process.appraised)),
        ("so_luot_giam_diem", tally(process.lowered)),
        ("so_luot_tang_diem", tally(process.raised)),
        ("so_yeu_cau_giai_trinh", tally(process.explaining.asked)),
        ("so_da_giai_trinh", tally(process.explaining.answered)),
        ("so_chap_nhan", tally(process.explaining.accepted)),
        ("so_co_quan_nop_cham", tally(len(process.late))),
        ("so_co_quan_khong_nop", tally(len(process.absent))),
        ("so_co_quan_thieu_tai_lieu", tally(len(facts.unproven))),
        ("linh_vuc_cao_nhat", "; ".join(
            f"{title}: {_field_named(best, outcome.decimals)}" for title, (best, _) in extremes
        )),
        ("linh_vuc_thap_nhat", "; ".join(
            f"{title}: {_field_named(worst, outcome.decimals)}" for title, (_, worst) in extremes
        )),
    )  # fmt: skip
