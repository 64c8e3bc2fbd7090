"""How the round went, as the submission and the report tell it: dates, numbers, who met."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from appraisal.documents.official import Paragraph
from appraisal.documents.phrases import day_words, span_words, tally, together

Span = tuple[date, date]


@dataclass(frozen=True)
class Handing:
    """How one agency handed its dossier in, where that was not simply in time.

    All moments are in the province's time. `submitted_at` None: it never did; `extended_to` is
    the later deadline that it was given, with the reason.
    """

    agency: str
    deadline: datetime
    extended_to: datetime | None
    reason: str
    submitted_at: datetime | None

    @property
    def is_absent(self) -> bool:
        return self.submitted_at is None

    @property
    def is_after_deadline(self) -> bool:
        return self.submitted_at is not None and self.submitted_at > self.deadline

    @property
    def is_late(self) -> bool:
        """After the deadline that held for this agency."""
        return self.submitted_at is not None and self.submitted_at > (
            self.extended_to or self.deadline
        )


@dataclass(frozen=True)
class Explaining:
    """What was asked of agencies and what became of it, counted by leaf.

    accepted: the agency's own score counts in the end; partly: more counts than at the first
    appraisal; kept: no more than that. `silent` were not answered.
    """

    asked: int = 0
    answered: int = 0
    accepted: int = 0
    partly: int = 0
    kept: int = 0

    @property
    def silent(self) -> int:
        return self.asked - self.answered

    def plus(self, other: Explaining) -> Explaining:
        return replace(
            self,
            asked=self.asked + other.asked,
            answered=self.answered + other.answered,
            accepted=self.accepted + other.accepted,
            partly=self.partly + other.partly,
            kept=self.kept + other.kept,
        )


@dataclass(frozen=True)
class Met:
    """One meeting of the council."""

    day: date
    place: str
    present: int
    members: int
    rulings: int


@dataclass(frozen=True)
class Process:
    """The round from the first self-score to the sealed result.

    Spans are the days of the windows, None where a step has none. Counts of leaves are of leaves
    of dossiers: a leaf that is scored by 20 agencies counts 20 times. `lowered` and `raised` have
    points on both sides; `waived` are not applicable in the end, `claimed` were asked to be.
    """

    council: str
    appraisals: int
    self_assessment: Span | None
    appraisal: Span | None
    explanation: Span | None
    reappraisal: Span | None
    agencies: int
    handings: tuple[Handing, ...]
    scored: int
    documents: int
    appraised: int
    lowered: int
    raised: int
    waived: int
    claimed: int
    explaining: Explaining
    explaining_agencies: int
    surveyed: int
    meetings: tuple[Met, ...]
    council_members: int
    team_members: int
    team_agencies: tuple[str, ...]
    sealed_at: datetime

    @property
    def submitted(self) -> int:
        return self.agencies - len(self.absent)

    @property
    def absent(self) -> tuple[str, ...]:
        return tuple(item.agency for item in self.handings if item.is_absent)

    @property
    def extended(self) -> tuple[str, ...]:
        return tuple(item.agency for item in self.handings if item.extended_to is not None)

    @property
    def late(self) -> tuple[str, ...]:
        return tuple(item.agency for item in self.handings if item.is_late)


def _during(span: Span | None) -> str:
    return f", {span_words(*span)}" if span else ""


def self_assessment(process: Process) -> str:
    """How the dossiers came in."""
    text = (
        f"{tally(process.agencies)} cơ quan, đơn vị thuộc đối tượng đánh giá tự chấm điểm"
        f"{_during(process.self_assessment)}. Đã có {tally(process.submitted)}/"
        f"{tally(process.agencies)} cơ quan, đơn vị gửi hồ sơ với {tally(process.scored)} lượt"
        f" tiêu chí tự chấm và {tally(process.documents)} lượt viện dẫn tài liệu kiểm chứng."
    )
    if process.extended:
        text += (
            f" {tally(len(process.extended))} cơ quan, đơn vị được gia hạn:"
            f" {together(process.extended)}."
        )
    if process.late:
        text += (
            f" {tally(len(process.late))} cơ quan, đơn vị gửi hồ sơ sau thời hạn:"
            f" {together(process.late)}."
        )
    if process.absent:
        text += (
            f" {tally(len(process.absent))} cơ quan, đơn vị không gửi hồ sơ:"
            f" {together(process.absent)}."
        )
    return text


def appraisal(process: Process) -> str:
    """The first look of the team."""
    text = (
        f"Tổ giúp việc Hội đồng thẩm định {tally(process.appraised)} lượt tiêu chí"
        f"{_during(process.appraisal)}."
        f" So với điểm tự chấm, kết quả cuối cùng giảm điểm {tally(process.lowered)} lượt, tăng"
        f" điểm {tally(process.raised)} lượt"
    )
    if process.claimed:
        text += (
            f"; chấp nhận không áp dụng {tally(process.waived)} lượt tiêu chí trong"
            f" {tally(process.claimed)} lượt được đề nghị"
        )
    return f"{text}."


def explanation(process: Process) -> str:
    """What was asked, answered and accepted; and the second look where the round has one."""
    found = process.explaining
    if not found.asked:
        return "Không có nội dung phải yêu cầu cơ quan, đơn vị giải trình."
    text = (
        f"Tổ giúp việc yêu cầu giải trình {tally(found.asked)} lượt tiêu chí của"
        f" {tally(process.explaining_agencies)} cơ quan, đơn vị{_during(process.explanation)};"
        f" đã nhận giải trình {tally(found.answered)} lượt"
    )
    if found.silent:
        text += f", {tally(found.silent)} lượt không được giải trình"
    text += ". "
    if process.appraisals > 1:
        text += f"Sau khi thẩm định lần 2{_during(process.reappraisal)} và Hội đồng xem xét"
    else:
        text += "Sau khi xem xét"
    return (
        f"{text}, trong số đã giải trình có {tally(found.accepted)} lượt được chấp nhận toàn bộ,"
        f" {tally(found.partly)} lượt được chấp nhận một phần, {tally(found.kept)} lượt giữ kết"
        " quả thẩm định."
    )


def survey(process: Process) -> str:
    if not process.surveyed:
        return ""
    return (
        f"Điểm điều tra xã hội học của {tally(process.surveyed)} cơ quan, đơn vị được tổng hợp"
        " cùng điểm thẩm định."
    )


def council(process: Process) -> str:
    """When the council met, who was there, how much it ruled."""
    if not process.meetings:
        return "Hội đồng không tổ chức họp; kết quả được tổng hợp theo điểm thẩm định."
    said = [
        f"{day_words(meeting.day)} ({tally(meeting.present)}/{tally(meeting.members)} thành viên"
        f" có mặt; kết luận {tally(meeting.rulings)} nội dung còn ý kiến khác nhau)"
        for meeting in process.meetings
    ]
    return f"{process.council} họp {'; '.join(said)}."


def sealing(process: Process) -> str:
    return (
        f"Kết quả được tổng hợp, niêm phong trên hệ thống {day_words(process.sealed_at.date())};"
        " mã đối chiếu được in tại phần cuối văn bản."
    )


def told(process: Process) -> tuple[Paragraph, ...]:
    """The whole course as numbered clauses with their headings."""
    parts: Iterable[tuple[str, str]] = (
        ("Tự đánh giá, chấm điểm", self_assessment(process)),
        ("Thẩm định", appraisal(process)),
        ("Giải trình và xem xét lại", explanation(process)),
        ("Điều tra xã hội học", survey(process)),
        ("Họp Hội đồng", council(process)),
        ("Tổng hợp kết quả", sealing(process)),
    )
    return tuple(
        Paragraph(text, "body", lead=f"{number}. {title}.")
        for number, (title, text) in enumerate((part for part in parts if part[1]), 1)
    )
