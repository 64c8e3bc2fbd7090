"""What the submission (tờ trình) to the People's Committee says (domain reference §8.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from appraisal.documents import process as course
from appraisal.documents.official import Block, Official, Paragraph
from appraisal.documents.outcome import FACTS as RESULT_FACTS
from appraisal.documents.outcome import (
    GroupPoints,
    Outcome,
    annex_titles,
    grade_sentence,
    grades_table,
    means_table,
    named,
    numbered,
    points_table,
)
from appraisal.documents.phrases import agencies, day_words, percent, tally, together
from appraisal.documents.process import Process
from appraisal.documents.words import (
    House,
    capital,
    date_words,
    document_number,
    in_sentence,
    letterhead,
    listed,
    seal,
    signature,
)
from appraisal.scoring import show

FACTS: Final = {
    **RESULT_FACTS,
    "ngay_hop": "Ngày họp Hội đồng",
    "so_ho_so_da_gui": "Số cơ quan, đơn vị đã gửi hồ sơ",
    "so_yeu_cau_giai_trinh": "Số lượt tiêu chí yêu cầu giải trình",
    "so_da_giai_trinh": "Số lượt tiêu chí đã giải trình",
    "chi_so_cao_nhat": "Chỉ số cao nhất của từng nhóm, kèm tên cơ quan",
    "chi_so_thap_nhat": "Chỉ số thấp nhất của từng nhóm, kèm tên cơ quan",
}
"""What an office template may print of it, beside what every paper has."""


@dataclass(frozen=True)
class SubmissionFacts:
    """Everything the submission is made from; `process` is that of the sealed result."""

    outcome: Outcome
    process: Process
    house: House
    draft: bool = True


def submission(facts: SubmissionFacts) -> Official:
    """The submission that asks for the approval of the results in `facts`."""
    outcome, house = facts.outcome, facts.house
    results = outcome.results
    issuer = " ".join(house.issuer)
    subtitle = (
        f"(Kèm theo Tờ trình số {document_number(house.number)}/{house.symbol}"
        f" {date_words(house.issued_on, results.sealed_at.year)} của {issuer})"
    )
    titles = annex_titles(outcome, "Tổng hợp điểm tự chấm, điểm thẩm định")
    return Official(
        kind="submission",
        letterhead=letterhead(house, results.sealed_at.year),
        title="TỜ TRÌNH",
        summary="Về việc phê duyệt kết quả xác định Chỉ số cải cách hành chính"
        f" năm {results.year} của {results.named_groups}",
        addressees=(f"{results.committee}.",),
        bases=listed([*house.bases, *_meetings_basis(facts.process)]),
        blocks=tuple(_blocks(facts, issuer)),
        recipients=listed(house.recipients or _usual_recipients(results.standing_agency)),
        signatures=(signature(house.signing),),
        annexes=numbered(
            (
                (title, (points_table(group, outcome.decimals),), True)
                for title, group in zip(titles, outcome.groups, strict=True)
            ),
            subtitle,
        ),
        seal=seal(results.fingerprint, results.verify_address),
        created=results.sealed_at,
        draft=facts.draft,
        illustrative=results.illustrative,
        facts=_facts(facts),
    )


def _usual_recipients(standing_agency: str) -> tuple[str, ...]:
    return (
        "Như trên",
        "Chủ tịch, thành viên Hội đồng",
        f"Lãnh đạo {standing_agency}",
        "Lưu: VT, CCHC",
    )


def _meetings_basis(process: Process) -> tuple[str, ...]:
    if not process.meetings:
        return ()
    return (f"Căn cứ Biên bản họp {process.council} {_days(process)}",)


def _days(process: Process) -> str:
    return together([day_words(meeting.day) for meeting in process.meetings])


def _blocks(facts: SubmissionFacts, issuer: str) -> Iterator[Block]:
    outcome, results = facts.outcome, facts.outcome.results
    yield Paragraph(
        f"{issuer} kính trình {results.committee} xem xét, phê duyệt kết quả xác định Chỉ số cải"
        f" cách hành chính (sau đây viết tắt là CCHC) năm {results.year} như sau:"
    )
    yield Paragraph("I. QUÁ TRÌNH TỔ CHỨC THỰC HIỆN", "heading")
    yield from course.told(facts.process)
    yield Paragraph("II. KẾT QUẢ", "heading")
    yield Paragraph("1. Điểm tự chấm, điểm thẩm định và điểm điều tra xã hội học", "subheading")
    for group in outcome.groups:
        yield Paragraph(_against_own(group, outcome.decimals))
    yield means_table(outcome)
    yield Paragraph("2. Kết quả theo nhóm", "subheading")
    for letter, group in zip("abcdđeghik", outcome.groups, strict=False):
        yield Paragraph(
            f"{letter}) {group.title}: {tally(len(group.agencies))} cơ quan, đơn vị; Chỉ số bình"
            f" quân {percent(group.mean(lambda item: item.index), outcome.decimals)}. Cao nhất:"
            f" {named(group.best(), outcome.decimals)}; thấp nhất:"
            f" {named(group.last(), outcome.decimals)}."
            f" Trong đó {grade_sentence(group, outcome.grades)}.",
            "point",
        )
    yield grades_table(outcome)
    annexes = "các Phụ lục" if len(outcome.groups) > 1 else "Phụ lục"
    yield Paragraph(f"Kết quả của từng cơ quan, đơn vị tại {annexes} kèm theo Tờ trình này.")
    yield Paragraph("III. ĐỀ XUẤT, KIẾN NGHỊ", "heading")
    yield Paragraph(f"Từ kết quả nêu trên, {issuer} kính đề nghị {results.committee}:")
    yield Paragraph(
        f"1. Phê duyệt kết quả xác định Chỉ số CCHC năm {results.year} của {results.named_groups}"
        " (có dự thảo Quyết định kèm theo).",
        "clause",
    )
    yield Paragraph(
        "2. Giao các cơ quan, đơn vị tổ chức quán triệt kết quả, rà soát từng tiêu chí bị trừ"
        " điểm, xác định nguyên nhân, trách nhiệm và đề ra giải pháp khắc phục.",
        "clause",
    )
    yield Paragraph(
        f"3. Giao {results.standing_agency} công bố kết quả theo quy định; theo dõi, đôn đốc việc"
        " khắc phục và tổng hợp báo cáo.",
        "clause",
    )
    yield Paragraph("Hồ sơ trình kèm theo gồm:")
    for number, name in enumerate(_attached(facts), 1):
        yield Paragraph(f"({number}) {name}", "point")
    yield Paragraph(f"{issuer} kính trình {results.committee} xem xét, quyết định./.")


def _against_own(group: GroupPoints, decimals: int) -> str:
    """The group's self-scored and appraised points in one sentence."""
    own, appraised = group.mean(lambda item: item.own), group.mean(lambda item: item.appraised)
    lower = sum(item.appraised < item.own for item in group.agencies)
    higher = sum(item.appraised > item.own for item in group.agencies)
    maximum = show(group.appraised_maximum, trim=True)
    text = (
        f"{group.title}: điểm tự chấm bình quân {show(own, decimals)}/{maximum} điểm, điểm thẩm"
        f" định bình quân {show(appraised, decimals)}/{maximum} điểm"
    )
    if group.survey_maximum:
        survey = group.mean(lambda item: item.survey or Decimal(0))
        text += (
            f", điểm điều tra xã hội học bình quân {show(survey, decimals)}/"
            f"{show(group.survey_maximum, trim=True)} điểm"
        )
    below = f"Có {agencies(lower)}" if lower else capital(agencies(lower))
    return (
        f"{text}. {below} có điểm thẩm định thấp hơn điểm tự chấm,"
        f" {agencies(higher)} có điểm thẩm định cao hơn điểm tự chấm."
    )


def _attached(facts: SubmissionFacts) -> tuple[str, ...]:
    results = facts.outcome.results
    groups = "; ".join(in_sentence(group.name) for group in facts.outcome.groups)
    return listed(
        [
            f"Dự thảo Quyết định phê duyệt kết quả Chỉ số CCHC năm {results.year} của {groups}",
            "Báo cáo kết quả thẩm định",
            f"Biên bản họp Hội đồng {_days(facts.process)}".strip(),
            f"Bảng điểm chi tiết của {tally(facts.outcome.agencies)} cơ quan, đơn vị",
        ]
    )


def _facts(facts: SubmissionFacts) -> tuple[tuple[str, str], ...]:
    outcome, process = facts.outcome, facts.process
    return (
        *outcome.facts(),
        ("ngay_hop", _days(process)),
        ("so_ho_so_da_gui", tally(process.submitted)),
        ("so_yeu_cau_giai_trinh", tally(process.explaining.asked)),
        ("so_da_giai_trinh", tally(process.explaining.answered)),
        ("chi_so_cao_nhat", "; ".join(
            f"{group.title}: {named(group.best(), outcome.decimals)}" for group in outcome.groups
        )),
        ("chi_so_thap_nhat", "; ".join(
            f"{group.title}: {named(group.last(), outcome.decimals)}" for group in outcome.groups
        )),
    )  # fmt: skip
