"""Whatever changes what a paper says makes the old one out of date; what does not, does not.

Every kind of paper is worded before and after each change: where the words differ the basis must,
and `NEEDLESSLY` names where it moves although they do not. Changes are made by the workflow where
the basis rests on the trail.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import update_last_login

from agencies.models import User
from appraisal import trail
from appraisal.documents.official import Official
from appraisal.models import (
    Dossier,
    Evidence,
    Issue,
    Meeting,
    MemberReport,
    Paper,
    PaperTemplate,
    PastResult,
    Seat,
)
from appraisal.models.papers import DOSSIER_KINDS, Issuer, PaperKind, SigningMode
from appraisal.papers.basis import Standing, basis_of, subject_of
from appraisal.papers.building import build
from appraisal.papers.house import CITING
from appraisal.states import SeatRole, Stage
from appraisal.workflow import appraisal, council, papers, self_assessment
from appraisal.workflow.acting import MarkInput
from tests.appraisal.papers.stage import at_the_council, cite, document, seal, sealed
from tests.cast import APPRAISAL, COUNCIL, PASSWORD, SELF_ASSESSMENT, Cast, moment

ALL = frozenset(PaperKind)
NONE: frozenset[str] = frozenset()

Change = Callable[[Cast], None]


def shown(cast: Cast, kind: str) -> tuple[str, tuple[Official, ...]]:
    """The basis of a paper asked for now, about Sở Y tế where it is about one, and its words."""
    dossier = None
    if kind in DOSSIER_KINDS:
        dossier = Dossier.objects.select_related("agency").get(pk=cast.dossier.pk)
    subject = subject_of(cast.fresh(), kind, dossier)
    return basis_of(subject), build(subject)


def moved(cast: Cast, change: Change, kinds: frozenset[str]) -> tuple[set[str], set[str]]:
    """The kinds whose words the change touches, and the kinds whose basis it moves."""
    before = {kind: shown(cast, kind) for kind in kinds}
    change(cast)
    after = {kind: shown(cast, kind) for kind in kinds}
    return tuple(
        {str(kind) for kind in kinds if before[kind][part] != after[kind][part]} for part in (1, 0)
    )


# --- The changes ---------------------------------------------------------------------------------
def another_paper_is_asked_for(cast: Cast) -> None:
    papers.ask_for_paper(cast.secretary, cast.fresh(), PaperKind.MINUTES)


def approved_and_published(cast: Cast) -> None:
    council.approve(cast.chair, cast.fresh(), cast.round.consolidations.get().fingerprint, PASSWORD)
    council.publish(cast.secretary, cast.fresh())


def somebody_signs_in(cast: Cast) -> None:
    update_last_login(User, cast.secretary)


def settings(cast: Cast, kind: str, **fields: Any) -> None:
    given = {
        "issuer": Issuer.COUNCIL, "symbol": "XX", "on_behalf": False,
        "mode": SigningMode.IN_PERSON, "head_title": "Chủ tịch", "signer_title": "",
        "signer_name": "Trần Văn Bình", "recipients": "Lưu: VT", **fields,
    }  # fmt: skip
    papers.save_paper_settings(cast.secretary, kind, papers.SettingsInput(**given), version=0)


def settings_of_the_report(cast: Cast) -> None:
    settings(cast, PaperKind.REPORT)


def settings_of_the_self_report(cast: Cast) -> None:
    settings(cast, PaperKind.SELF_REPORT, issuer=Issuer.AGENCY)


def settings_of_the_decision(cast: Cast) -> None:
    settings(cast, PaperKind.DECISION, issuer=Issuer.COMMITTEE)


def who_signs_the_decision(cast: Cast) -> None:
    settings(cast, PaperKind.DECISION, issuer=Issuer.CHAIRMAN, symbol="QĐ-UBND")


def names_of_the_province(cast: Cast) -> None:
    papers.save_letterhead(
        cast.secretary,
        papers.LetterheadInput("tỉnh", "Kon Tum", "Đăk Hà", cast.jurisdiction.council),
        seen=papers.letterhead_state(cast.jurisdiction),
    )


def bases(cast: Cast, *given: papers.BasisInput) -> None:
    papers.save_bases(cast.secretary, given, seen=papers.bases_state(cast.jurisdiction))


def a_basis(cast: Cast) -> None:
    bases(cast, papers.BasisInput("Luật Tổ chức chính quyền địa phương"))


def a_basis_of_the_submission(cast: Cast) -> None:
    bases(cast, papers.BasisInput("Công văn số 1/SNV", kinds=[PaperKind.SUBMISSION]))


def bases_of_other_days(cast: Cast) -> None:
    bases(
        cast,
        papers.BasisInput("Luật của năm sau", date(2022, 1, 1)),
        papers.BasisInput("Luật đã thôi", date(2010, 1, 1), date(2020, 1, 1)),
    )


def a_template_comes_into_force(cast: Cast) -> None:
    PaperTemplate.objects.create(
        jurisdiction=cast.jurisdiction, kind=PaperKind.REPORT, version=1, sha256="0" * 64, size=1,
        file_name="mau.docx", uploaded_by=cast.secretary, uploaded_at=moment(COUNCIL),
        in_force_at=moment(COUNCIL), in_force_by=cast.secretary,
    )  # fmt: skip


def the_secretary_is_renamed(cast: Cast) -> None:
    User.objects.filter(pk=cast.secretary.pk).update(full_name="Lê Thị Khác")


def a_member_moves_to_another_office(cast: Cast) -> None:
    User.objects.filter(pk=cast.member.pk).update(position="Trưởng phòng")


def somebody_is_seated(cast: Cast) -> None:
    Seat.objects.create(round=cast.round, user=cast.nobody, role=SeatRole.TEAM_MEMBER)


def a_member_reports_anew(cast: Cast) -> None:
    MemberReport.objects.filter(author=cast.member).update(
        proposals="Đề nghị khác", version=2, saved_at=moment("2021-01-15 10:00")
    )


def the_meeting_is_recorded_anew(cast: Cast) -> None:
    Meeting.objects.update(place="Hội trường A")
    trail.record(cast.round, cast.secretary, "meeting.saved", "Ghi", at=moment(COUNCIL))


def the_decision_is_issued(cast: Cast) -> None:
    paper = Paper.objects.create(
        round=cast.round, kind=PaperKind.DECISION, consolidation=cast.round.consolidations.get(),
        basis="d" * 64, asked_by=cast.secretary, asked_at=moment(COUNCIL),
    )  # fmt: skip
    Issue.objects.create(
        paper=paper, number="35", issued_on=date(2021, 2, 5), recorded_by=cast.secretary,
        recorded_at=moment(COUNCIL),
    )  # fmt: skip


def a_table_of_last_year_is_taken_in(cast: Cast) -> None:
    PastResult.objects.create(
        jurisdiction=cast.jurisdiction, year=2019, agency_name="Sở Y tế",
        agency=cast.agencies["SYT"], total_points=Decimal(80), index=Decimal(80), rank=3,
    )  # fmt: skip


def a_cited_document_is_described_anew(cast: Cast) -> None:
    Evidence.objects.filter(number="34/KH-SYT").update(title="Kế hoạch khác")


def a_document_is_uploaded(cast: Cast) -> None:
    document(cast, "1/CV-SYT", "Không viện dẫn")


def consolidated_anew(cast: Cast) -> None:
    council.return_to_council(cast.chair, cast.fresh(), "Xem lại")
    seal(cast, 2)


# --- Of a result that stands ---------------------------------------------------------------------
TOUCHES: dict[Change, frozenset[str]] = {
    another_paper_is_asked_for: NONE,
    approved_and_published: NONE,
    somebody_signs_in: NONE,
    a_document_is_uploaded: NONE,
    bases_of_other_days: NONE,
    settings_of_the_report: frozenset({PaperKind.REPORT}),
    settings_of_the_self_report: frozenset({PaperKind.SELF_REPORT}),
    settings_of_the_decision: frozenset({PaperKind.DECISION, PaperKind.LETTERS}),
    who_signs_the_decision: frozenset({PaperKind.DECISION}),
    names_of_the_province: ALL,
    a_basis: CITING,
    a_basis_of_the_submission: frozenset({PaperKind.SUBMISSION}),
    # The words are the same; the files are made from another form.
    a_template_comes_into_force: frozenset({PaperKind.REPORT}),
    the_secretary_is_renamed: frozenset(
        {PaperKind.MINUTES, PaperKind.SCORE_SHEET, PaperKind.DERIVATION}
    ),
    a_member_moves_to_another_office: frozenset({PaperKind.MINUTES, PaperKind.REPORT}),
    somebody_is_seated: frozenset({PaperKind.REPORT}),
    a_member_reports_anew: frozenset({PaperKind.MINUTES, PaperKind.REPORT}),
    the_meeting_is_recorded_anew: frozenset({PaperKind.MINUTES}),
    the_decision_is_issued: frozenset({PaperKind.LETTERS}),
    a_table_of_last_year_is_taken_in: frozenset({PaperKind.LETTERS}),
    a_cited_document_is_described_anew: frozenset({PaperKind.DERIVATION, PaperKind.SELF_REPORT}),
    consolidated_anew: ALL - {PaperKind.SELF_REPORT},
}
SAME_WORDS = {a_template_comes_into_force, consolidated_anew}
NEEDLESSLY: dict[Change, frozenset[str]] = {
    the_secretary_is_renamed: frozenset({PaperKind.REPORT}),
    somebody_is_seated: frozenset({PaperKind.MINUTES, PaperKind.SUBMISSION}),
    the_meeting_is_recorded_anew: frozenset({PaperKind.REPORT, PaperKind.SUBMISSION}),
    a_cited_document_is_described_anew: frozenset({PaperKind.SCORE_SHEET}),
}


@pytest.mark.parametrize("change", TOUCHES, ids=lambda change: change.__name__)
def test_what_touches_the_words_of_a_paper_makes_it_out_of_date(
    cast: Cast, change: Change, clock: Any
) -> None:
    clock.set("2021-01-15 11:30")
    sealed(cast)
    words, basis = moved(cast, change, ALL)
    assert words <= basis
    assert basis == TOUCHES[change] | NEEDLESSLY.get(change, NONE)
    assert change in SAME_WORDS or words == TOUCHES[change]


def test_a_day_that_goes_by_makes_nothing_out_of_date(cast: Cast, clock: Any) -> None:
    clock.set("2021-01-15 11:30")
    sealed(cast)
    a_basis(cast)
    assert moved(cast, lambda _cast: clock.advance(days=40), ALL) == (set(), set())


# --- At the council ------------------------------------------------------------------------------
def a_ruling(cast: Cast) -> None:
    given = council.RulingInput(MarkInput(points=Decimal(20), reason="Đủ tài liệu"), votes_for=3)
    council.rule(
        cast.secretary, cast.dossier, cast.leaf("2.2"), Meeting.objects.get(), given, version=0
    )


def a_ruling_on_another_agency(cast: Cast) -> None:
    given = council.RulingInput(MarkInput(points=Decimal(20), reason="Đủ tài liệu"), votes_for=3)
    council.rule(
        cast.secretary, cast.dossiers["SNV"], cast.leaf("2.2"), Meeting.objects.get(), given,
        version=0,
    )  # fmt: skip


def another_meeting(cast: Cast) -> None:
    given = council.MeetingInput(
        held_at=moment("2021-01-15 10:00"), place="Phòng họp số 2", chaired_by=None,
        present=frozenset(), notes={},
    )  # fmt: skip
    council.save_meeting(cast.secretary, cast.fresh(), given)


@pytest.mark.parametrize(
    ("change", "touched"),
    [
        (a_ruling, {PaperKind.MINUTES, PaperKind.SCORE_SHEET}),
        (a_ruling_on_another_agency, {PaperKind.MINUTES}),
        (another_meeting, {PaperKind.MINUTES}),
        (a_member_reports_anew, {PaperKind.MINUTES}),
    ],
)
def test_papers_of_the_council_follow_its_work(
    cast: Cast, change: Change, touched: set[str], clock: Any
) -> None:
    clock.set("2021-01-15 11:30")
    at_the_council(cast)
    kinds = frozenset({PaperKind.MINUTES, PaperKind.SCORE_SHEET, PaperKind.SELF_REPORT})
    assert moved(cast, change, kinds) == (touched, touched)


# --- While the agency fills its dossier ----------------------------------------------------------
def own_score(cast: Cast) -> None:
    self_assessment.save_self_score(
        cast.officer, cast.dossier, cast.leaf("2.2"), MarkInput(Decimal(12), reason="x"), version=0
    )


def score_of_another(cast: Cast) -> None:
    self_assessment.save_self_score(
        cast.other_officer, cast.dossiers["STP"], cast.leaf("2.2"), MarkInput(Decimal(12)),
        version=0,
    )  # fmt: skip


def own_document(cast: Cast) -> None:
    cite(cast, cast.dossier, "2.2", document(cast, "34/KH-SYT", "Kế hoạch"))


def handed_in(cast: Cast) -> None:
    for leaf in ("1.1", "1.2", "2.1", "2.2"):
        cast.mark(leaf, "1")
    self_assessment.submit(cast.head, cast.dossier)


def head_is_renamed(cast: Cast) -> None:
    User.objects.filter(pk=cast.head.pk).update(full_name="Nguyễn Văn Khác")


@pytest.mark.parametrize(
    ("change", "is_touched"),
    [
        (own_score, True), (own_document, True), (handed_in, True), (head_is_renamed, True),
        (score_of_another, False), (a_document_is_uploaded, False),
    ],
)  # fmt: skip
def test_an_agencys_report_follows_what_it_says_of_itself(
    cast: Cast, change: Change, is_touched: bool, clock: Any
) -> None:
    clock.set(SELF_ASSESSMENT)
    touched = {"self_report"} if is_touched else set()
    assert moved(cast, change, frozenset({PaperKind.SELF_REPORT})) == (touched, touched)


def appraised(cast: Cast) -> None:
    appraisal.save_appraisal(
        cast.second_member,
        cast.dossier,
        cast.leaf("2.2"),
        MarkInput(Decimal(7), reason="Thiếu"),
        version=0,
    )


def asked_to_explain(cast: Cast) -> None:
    cast.mark("2.2", "7", Stage.APPRAISAL, author=cast.second_member)
    appraisal.ask_explanation(cast.second_member, cast.dossier, cast.leaf("2.2"), "Vì sao?")


def a_supplement(cast: Cast) -> None:
    cite(cast, cast.dossier, "2.2", document(cast, "9/CV", "Bổ sung"), is_supplementary=True)


@pytest.mark.parametrize("change", [appraised, asked_to_explain, a_supplement])
def test_an_agencys_report_does_not_follow_what_others_make_of_it(
    cast: Cast, change: Change, clock: Any
) -> None:
    clock.set(APPRAISAL)
    cast.mark("2.2", "15")
    cast.submit()
    assert moved(cast, change, frozenset({PaperKind.SELF_REPORT})) == (set(), set())


def test_an_agencys_report_cites_the_bases_of_the_day_it_was_handed_in(
    cast: Cast, clock: Any
) -> None:
    clock.set(SELF_ASSESSMENT)
    cast.submit()
    until = papers.BasisInput("Luật cũ", date(2015, 1, 1), date(2020, 12, 25))
    bases(cast, until)
    kinds = frozenset({PaperKind.SELF_REPORT})
    assert shown(cast, PaperKind.SELF_REPORT)[1][0].bases
    assert moved(cast, lambda _cast: clock.advance(days=30), kinds) == (set(), set())


# --- What its reader is told ---------------------------------------------------------------------
@pytest.mark.parametrize(
    ("change", "kind", "said"),
    [
        (consolidated_anew, PaperKind.DECISION, "Kết quả đã tổng hợp lần 2."),
        (a_template_comes_into_force, PaperKind.REPORT, "Mẫu Word của loại văn bản này"),
        (settings_of_the_report, PaperKind.REPORT, "Thiết lập của loại văn bản này"),
        (a_basis, PaperKind.SUBMISSION, "Danh mục căn cứ"),
        (names_of_the_province, PaperKind.LETTERS, "Tên gọi, địa danh"),
        (the_secretary_is_renamed, PaperKind.MINUTES, "nội dung mà văn bản này nêu"),
    ],
)
def test_a_paper_left_behind_says_what_changed(
    cast: Cast, change: Change, kind: str, said: str, clock: Any
) -> None:
    clock.set("2021-01-15 11:30")
    sealed(cast)
    paper = papers.ask_for_paper(cast.secretary, cast.fresh(), kind)
    clock.advance(minutes=1)
    assert Standing(cast.fresh()).is_current(paper)
    change(cast)
    now = Standing(cast.fresh())
    assert not now.is_current(paper)
    (sentence,) = now.changes(paper)
    assert said in sentence


def test_a_result_that_went_back_leaves_its_papers_behind(cast: Cast, clock: Any) -> None:
    clock.set("2021-01-15 11:30")
    sealed(cast)
    paper = papers.ask_for_paper(cast.secretary, cast.fresh(), PaperKind.DECISION)
    council.return_to_council(cast.chair, cast.fresh(), "Xem lại")
    assert Standing(cast.fresh()).changes(paper) == ["Kết quả đã trả lại Hội đồng."]
