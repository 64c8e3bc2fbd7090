"""What the minutes of the council say (domain reference §8.3, template 1.9 of Decree 30/2020).

One part for each meeting of the round. Who is there, what was reported, ruled and concluded is told
as it was recorded; what nobody recorded (when a meeting ended) stays blank for the secretary's pen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from appraisal import scoring
from appraisal.documents.official import (
    Annex,
    Block,
    Column,
    Official,
    Paragraph,
    Row,
    Signature,
    Table,
)
from appraisal.documents.phrases import (
    NOT_APPLICABLE_NOTE,
    Notes,
    day_words,
    moment_words,
    paragraphs,
    stopped,
    tally,
    together,
)
from appraisal.documents.report import MemberSaid, members_said
from appraisal.documents.sheet import shown
from appraisal.documents.words import (
    BLANK,
    House,
    capital,
    letterhead,
    listed,
    points,
    roman,
    seal,
    signature,
)

FACTS: Final = {
    "nam": "Năm đánh giá",
    "tinh": "Tên tỉnh, thành phố",
    "so_co_quan": "Số cơ quan, đơn vị được đánh giá",
    "hoi_dong": "Tên Hội đồng",
    "so_cuoc_hop": "Số cuộc họp",
    "thoi_gian": "Thời gian bắt đầu cuộc họp cuối cùng",
    "dia_diem": "Địa điểm cuộc họp cuối cùng",
    "chu_tri": "Người chủ trì",
    "thu_ky": "Thư ký",
    "so_thanh_vien": "Số thành viên Hội đồng",
    "so_co_mat": "Số thành viên Hội đồng có mặt",
    "so_ket_luan": "Số nội dung Hội đồng kết luận tại mọi cuộc họp",
    "ket_luan": "Kết luận của cuộc họp cuối cùng",
}
"""What an office template may print of it, beside what every paper has."""


@dataclass(frozen=True)
class Attended:
    """One seat at a meeting."""

    name: str
    office: str
    role: str
    present: bool
    note: str


@dataclass(frozen=True)
class RulingFact:
    """One ruling with what stood on the leaf before; a mark is None where that stage gave none.

    `is_replaced`: the council ruled on the same leaf again later.
    """

    agency: str
    code: str
    title: str
    maximum: Decimal
    own: scoring.Score | None
    first: scoring.Score | None
    second: scoring.Score | None
    ruled: scoring.Score
    reason: str
    votes: tuple[int, int, int]
    is_replaced: bool


@dataclass(frozen=True)
class MeetingFacts:
    """One meeting. `held_at` is in the province's time; `members` is the size of the council.

    `enough` says whether more than half of it was there. `reports` are the members' reports that
    were there when the council met.
    """

    held_at: datetime
    place: str
    chaired_by: str
    secretary: str
    attended: tuple[Attended, ...]
    present: int
    members: int
    enough: bool
    reports: tuple[MemberSaid, ...]
    rulings: tuple[RulingFact, ...]
    conclusion: str


@dataclass(frozen=True)
class Work:
    """What the team brings to the council, counted by dossier and by leaf."""

    agencies: int
    submitted: int
    appraised: int
    reappraised: int
    asked: int
    answered: int


@dataclass(frozen=True)
class MinutesFacts:
    """Everything the minutes are made from; at least one meeting, in the order of time.

    `fingerprint` and `verify_address` are those of the result that stands, empty before.
    """

    province: str
    year: int
    council: str
    house: House
    meetings: tuple[MeetingFacts, ...]
    work: Work
    decimals: int
    created: datetime
    fingerprint: str = ""
    verify_address: str = ""
    draft: bool = True
    illustrative: bool = False


def minutes(facts: MinutesFacts) -> Official:
    """The minutes of the meetings in `facts`. Raises ValueError where there is none."""
    if not facts.meetings:
        raise ValueError("minutes need a meeting")
    last = facts.meetings[-1]
    chair = signature(facts.house.signing)
    return Official(
        kind="minutes",
        letterhead=letterhead(facts.house, last.held_at.year),
        title="BIÊN BẢN",
        summary=f"Họp {facts.council} về kết quả xác định Chỉ số cải cách hành chính"
        f" năm {facts.year}",
        blocks=tuple(_blocks(facts)),
        signatures=(
            Signature(("THƯ KÝ",), last.secretary),
            Signature(chair.lines, chair.name or last.chaired_by),
        ),
        recipients=listed(facts.house.recipients or ("Thành viên Hội đồng", "Lưu: VT, hồ sơ")),
        annexes=_annexes(facts),
        seal=seal(facts.fingerprint, facts.verify_address) if facts.fingerprint else None,
        created=facts.created,
        draft=facts.draft,
        illustrative=facts.illustrative,
        facts=_facts(facts),
    )


def _blocks(facts: MinutesFacts) -> Iterator[Block]:
    several = len(facts.meetings) > 1
    for number, meeting in enumerate(facts.meetings, 1):
        if several:
            yield Paragraph(
                f"CUỘC HỌP THỨ {number}, {day_words(meeting.held_at.date()).upper()}", "centred"
            )
        yield from _meeting(facts, meeting, is_first=number == 1)


def _meeting(facts: MinutesFacts, meeting: MeetingFacts, *, is_first: bool) -> Iterator[Block]:
    yield Paragraph("I. THỜI GIAN, ĐỊA ĐIỂM", "heading")
    yield Paragraph(f"{moment_words(meeting.held_at)}.", lead="Thời gian bắt đầu:")
    yield Paragraph(stopped(meeting.place), lead="Địa điểm:")
    yield Paragraph("II. THÀNH PHẦN THAM DỰ", "heading")
    yield Paragraph(_person(meeting.chaired_by, meeting.attended), lead="Chủ trì:")
    yield Paragraph(_person(meeting.secretary, meeting.attended), lead="Thư ký:")
    yield from _attendance(meeting)
    yield Paragraph("III. NỘI DUNG CUỘC HỌP", "heading")
    yield from _agenda(meeting, is_first=is_first)
    number = 2
    if is_first or meeting.reports:
        yield Paragraph(f"{number}. Báo cáo của Tổ giúp việc", "subheading")
        if is_first:
            yield Paragraph(_team_report(facts.work))
        for lead_report in meeting.reports[:1]:
            yield from _said(lead_report)
        number += 1
    if meeting.reports[1:]:
        yield Paragraph(f"{number}. Báo cáo của các thành viên", "subheading")
        yield from members_said(meeting.reports[1:], under=f"{number}.")
        number += 1
    yield Paragraph(
        f"{number}. Thảo luận, kết luận những nội dung còn ý kiến khác nhau", "subheading"
    )
    yield from _rulings(meeting.rulings, facts.decimals)
    yield Paragraph("IV. KẾT LUẬN", "heading")
    yield from paragraphs(meeting.conclusion, missing="Hội đồng chưa ghi kết luận cuộc họp.")
    yield Paragraph(
        f"Cuộc họp kết thúc vào hồi{BLANK}giờ{BLANK}phút, {day_words(meeting.held_at.date())}./."
    )


def _person(name: str, attended: Sequence[Attended]) -> str:
    """A person with office and role, as the attendance list has them."""
    if not name:
        return "(chưa ghi)"
    found = next((item for item in attended if item.name == name), None)
    if found is None:
        return f"{name}."
    # A seat's own title often names the office too.
    office = "" if found.office in found.role else found.office
    return f"{', '.join(part for part in (name, office, found.role) if part)}."


def _attendance(meeting: MeetingFacts) -> Iterator[Block]:
    if not meeting.attended:
        yield Paragraph("Danh sách có mặt, vắng mặt chưa được ghi.")
        return
    absent = [item for item in meeting.attended if not item.present]
    text = (
        f"Hội đồng có mặt {tally(meeting.present)}/{tally(meeting.members)} thành viên,"
        f" {'quá nửa' if meeting.enough else 'chưa quá nửa'} số thành viên Hội đồng"
    )
    text += "; cuộc họp đủ điều kiện tiến hành." if meeting.enough else "."
    yield Paragraph(text)
    if absent:
        yield Paragraph(
            f"Vắng mặt: {together([_absence(item) for item in absent])}.",
        )
    notes = Notes()
    yield Table(
        (
            Column("STT", 10),
            Column("Họ và tên", 38, "left"),
            Column("Chức vụ, cơ quan", 52, "left"),
            Column("Tư cách tham dự", 40, "left"),
            Column("Có mặt", 15),
            Column("Ghi chú", 28, "left"),
        ),
        tuple(
            Row(
                (
                    str(n),
                    item.name,
                    item.office,
                    item.role,
                    "Có mặt" if item.present else "Vắng",
                    notes.cell(item.note),
                )
            )
            for n, item in enumerate(meeting.attended, 1)
        ),
        caption="Danh sách thành phần tham dự",
    )
    yield from notes.blocks()


def _absence(item: Attended) -> str:
    return f"{item.name} ({item.role}{f'; {item.note}' if item.note else ''})"


def _agenda(meeting: MeetingFacts, *, is_first: bool) -> Iterator[Block]:
    yield Paragraph("1. Chương trình cuộc họp", "subheading")
    points_of_agenda = []
    if is_first or meeting.reports:
        points_of_agenda.append("nghe Tổ giúp việc báo cáo kết quả thẩm định")
    if meeting.reports[1:]:
        points_of_agenda.append("nghe thành viên Tổ giúp việc báo cáo")
    points_of_agenda.append("thảo luận, kết luận những nội dung còn ý kiến khác nhau")
    points_of_agenda.append("Chủ trì kết luận cuộc họp")
    yield Paragraph(f"Hội đồng làm việc theo chương trình: {'; '.join(points_of_agenda)}.")


def _team_report(work: Work) -> str:
    text = (
        f"Có {tally(work.submitted)}/{tally(work.agencies)} cơ quan, đơn vị gửi hồ sơ tự chấm"
        f" điểm. Tổ giúp việc đã thẩm định {tally(work.appraised)} lượt tiêu chí; yêu cầu giải"
        f" trình {tally(work.asked)} lượt, nhận được giải trình {tally(work.answered)} lượt"
    )
    if work.reappraised:
        text += f"; thẩm định lần 2 đối với {tally(work.reappraised)} lượt"
    return f"{text}."


def _said(member: MemberSaid) -> Iterator[Paragraph]:
    """The first report, which opens the team's, without a number of its own."""
    yield Paragraph(f"{member.presented} báo cáo:")
    for lead, text in (
        ("Nhiệm vụ đã thực hiện:", member.tasks),
        ("Khó khăn, vướng mắc:", member.difficulties),
        ("Đề xuất, kiến nghị:", member.proposals),
    ):
        if text.strip():
            yield from paragraphs(text, lead=lead)


# --- Rulings -------------------------------------------------------------------------------------
def _rulings(rulings: Sequence[RulingFact], decimals: int) -> Iterator[Block]:
    if not rulings:
        yield Paragraph("Không có nội dung nào phải kết luận riêng.")
        return
    yield Paragraph(f"Hội đồng thảo luận và kết luận {tally(len(rulings))} nội dung sau đây:")
    for number, item in enumerate(rulings, 1):
        yield Paragraph(
            f"{item.agency}, tiêu chí {item.code}. {item.title} (tối đa"
            f" {scoring.show(item.maximum, trim=True)} điểm) -"
            f" {_before(item, decimals)}; Hội đồng kết luận: {_worth(item.ruled, decimals)}.",
            lead=f"({number})",
        )
        yield from paragraphs(item.reason, lead="Lý do:")
        yield Paragraph(_vote(item), lead="Biểu quyết:")
        if item.is_replaced:
            yield Paragraph("Nội dung này được Hội đồng kết luận lại sau đó.", "note")


def _before(item: RulingFact, decimals: int) -> str:
    stages = (
        ("tự chấm", item.own),
        ("thẩm định" if item.second is None else "thẩm định lần 1", item.first),
        ("thẩm định lần 2", item.second),
    )
    said = [f"{label}: {_worth(mark, decimals)}" for label, mark in stages if mark is not None]
    return "; ".join(said) or "chưa có điểm tự chấm và điểm thẩm định"


def _worth(mark: scoring.Score, decimals: int) -> str:
    if mark.not_applicable:
        return "không áp dụng"
    return "chưa chấm" if mark.points is None else f"{points(mark.points, decimals)} điểm"


def _vote(item: RulingFact) -> str:
    if not any(item.votes):
        return "không ghi số ý kiến biểu quyết."
    yes, no, other = item.votes
    return f"{tally(yes)} tán thành, {tally(no)} không tán thành, {tally(other)} ý kiến khác."


def _annexes(facts: MinutesFacts) -> tuple[Annex, ...]:
    """The rulings of each meeting as a table, one annex a meeting."""
    ruled = [meeting for meeting in facts.meetings if meeting.rulings]
    return tuple(
        Annex(
            number=roman(n) if len(ruled) > 1 else "",
            title=f"Tổng hợp kết luận của Hội đồng tại cuộc họp"
            f" {day_words(meeting.held_at.date())}".upper(),
            subtitle=f"(Kèm theo Biên bản họp {facts.council})",
            blocks=tuple(_ruling_table(meeting.rulings, facts.decimals)),
        )
        for n, meeting in enumerate(ruled, 1)
    )


def _ruling_table(rulings: Sequence[RulingFact], decimals: int) -> Iterator[Block]:
    notes = Notes()
    yield Table(
        (
            Column("STT", 10),
            Column("Cơ quan, đơn vị", 40, "left"),
            Column("Tiêu chí", 54, "left"),
            Column("Điểm tối đa", 15),
            Column("Tự chấm", 15),
            Column("Thẩm định lần 1", 17),
            Column("Thẩm định lần 2", 17),
            Column("Hội đồng kết luận", 17),
            Column("Lý do", 54, "left"),
            Column("Tán thành", 14),
            Column("Không tán thành", 15),
            Column("Ý kiến khác", 14),
        ),
        tuple(
            Row(
                (
                    str(n),
                    item.agency,
                    notes.cell(f"{item.code}. {item.title}"),
                    scoring.show(item.maximum, trim=True),
                    shown(item.own, decimals),
                    shown(item.first, decimals),
                    shown(item.second, decimals),
                    shown(item.ruled, decimals),
                    notes.cell(item.reason),
                    *(tally(votes) for votes in item.votes),
                )
            )
            for n, item in enumerate(rulings, 1)
        ),
    )
    marks = [mark for item in rulings for mark in (item.own, item.first, item.second, item.ruled)]
    if any(mark is not None and mark.not_applicable for mark in marks):
        yield Paragraph(NOT_APPLICABLE_NOTE, "note")
    yield from notes.blocks()


def _facts(facts: MinutesFacts) -> tuple[tuple[str, str], ...]:
    last = facts.meetings[-1]
    return (
        ("nam", str(facts.year)),
        ("tinh", facts.province),
        ("so_co_quan", tally(facts.work.agencies)),
        ("hoi_dong", facts.council),
        ("so_cuoc_hop", tally(len(facts.meetings))),
        ("thoi_gian", moment_words(last.held_at)),
        ("dia_diem", last.place),
        ("chu_tri", last.chaired_by),
        ("thu_ky", last.secretary),
        ("so_thanh_vien", tally(last.members)),
        ("so_co_mat", tally(last.present)),
        ("so_ket_luan", tally(sum(len(meeting.rulings) for meeting in facts.meetings))),
        ("ket_luan", capital(last.conclusion)),
    )
