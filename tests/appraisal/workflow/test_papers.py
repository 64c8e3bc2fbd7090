"""Papers are asked for once, by who may; whatever changes their words makes them out of date."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection

from agencies.verdict import Refusal
from appraisal.files.store import evidence_store
from appraisal.models import Event, Meeting, Paper, PaperSettings, PaperTemplate, Round
from appraisal.models.papers import Issuer, PaperKind, SigningMode
from appraisal.papers.basis import basis_of, subject_of
from appraisal.papers.house import house_of
from appraisal.states import RoundState
from appraisal.workflow import council, papers
from appraisal.workflow.acting import Conflict, Invalid, MarkInput
from tests.appraisal.council_stage import consolidated, convened
from tests.cast import COUNCIL, PASSWORD, Cast, build, moment


@pytest.fixture(autouse=True)
def _at_the_council(clock: Any) -> None:
    clock.set(COUNCIL)


def given(**changes: Any) -> papers.SettingsInput:
    values: dict[str, Any] = {
        "issuer": Issuer.COMMITTEE, "symbol": "QĐ-UBND", "on_behalf": True,
        "mode": SigningMode.DEPUTY, "head_title": "Chủ tịch", "signer_title": "Phó Chủ tịch",
        "signer_name": "Trần Văn Bình", "recipients": "Như Điều 3\nLưu: VT",
    }  # fmt: skip
    return papers.SettingsInput(**{**values, **changes})


# --- Asked for ---------------------------------------------------------------------------------
def test_asked_for_twice_by_two_people_it_is_one_paper(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    consolidated(cast)
    with django_capture_on_commit_callbacks(execute=True):
        first = papers.ask_for_paper(cast.secretary, cast.round)
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        second = papers.ask_for_paper(cast.chair, cast.round)
    assert (first.pk, callbacks) == (second.pk, [])
    made = Paper.objects.get()
    assert made.state == "done"
    for kept in made.files.all():
        assert evidence_store().is_intact(kept.sha256)


def test_no_paper_without_a_consolidated_result(cast: Cast) -> None:
    convened(cast)
    with pytest.raises(Refusal):
        papers.ask_for_paper(cast.secretary, cast.round)
    assert not Paper.objects.exists()
    assert Round.objects.get(pk=cast.round.pk).state == RoundState.COUNCIL


def test_the_minutes_are_written_while_the_council_sits(cast: Cast) -> None:
    convened(cast)
    assert papers.ask_for_paper(cast.secretary, cast.fresh(), PaperKind.MINUTES).pk


def test_an_agency_asks_for_its_own_report_and_nobody_elses(cast: Cast) -> None:
    paper = papers.ask_for_paper(cast.officer, cast.round, PaperKind.SELF_REPORT, cast.dossier)
    assert paper.dossier == cast.dossier
    with pytest.raises(Refusal):
        papers.ask_for_paper(cast.officer, cast.round, PaperKind.SELF_REPORT, cast.dossiers["STP"])
    with pytest.raises(Refusal):
        papers.ask_for_paper(cast.officer, cast.round, PaperKind.SCORE_SHEET, cast.dossier)


# --- What makes a paper out of date ------------------------------------------------------------
def basis(cast: Cast, kind: str, about: bool = False) -> str:
    return basis_of(subject_of(cast.fresh(), kind, cast.dossier if about else None))


def consolidate_anew(cast: Cast) -> None:
    council.return_to_council(cast.chair, cast.fresh(), "Xem lại")
    council.rule(
        cast.secretary, cast.dossier, cast.leaf("2.2"), Meeting.objects.get(),
        council.RulingInput(MarkInput(points=cast.leaf("2.2").max_points, reason="Đủ")),
        version=0,
    )  # fmt: skip
    council.consolidate(cast.secretary, cast.fresh())


def change_settings(cast: Cast) -> None:
    papers.save_paper_settings(cast.secretary, PaperKind.DECISION, given(), version=0)


def change_bases(cast: Cast) -> None:
    papers.save_bases(
        cast.secretary, [papers.BasisInput("Luật A")], seen=papers.bases_state(cast.jurisdiction)
    )


def change_letterhead(cast: Cast) -> None:
    papers.save_letterhead(
        cast.secretary,
        papers.LetterheadInput("tỉnh", "Kon Tum", "Đăk Hà", "Hội đồng"),
        seen=papers.letterhead_state(cast.jurisdiction),
    )


def bring_a_template_into_force(cast: Cast) -> None:
    PaperTemplate.objects.create(
        jurisdiction=cast.jurisdiction, kind="decision", version=1, sha256="0" * 64, size=1,
        file_name="mau.docx", uploaded_by=cast.secretary, uploaded_at=moment(COUNCIL),
        in_force_at=moment(COUNCIL), in_force_by=cast.secretary,
    )  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        consolidate_anew,
        change_settings,
        change_bases,
        change_letterhead,
        bring_a_template_into_force,
    ],
)
def test_a_decision_is_out_of_date_after(cast: Cast, change: Callable[[Cast], None]) -> None:
    consolidated(cast)
    before = basis(cast, PaperKind.DECISION)
    change(cast)
    assert basis(cast, PaperKind.DECISION) != before


def ask_for_another(cast: Cast) -> None:
    papers.ask_for_paper(cast.secretary, cast.fresh(), PaperKind.MINUTES)


def approve_and_publish(cast: Cast) -> None:
    made = cast.fresh().consolidations.get()
    council.approve(cast.chair, cast.round, made.fingerprint, PASSWORD)
    council.publish(cast.secretary, cast.fresh())


def settings_of_another_kind(cast: Cast) -> None:
    papers.save_paper_settings(cast.secretary, PaperKind.LETTERS, given(), version=0)


def a_basis_of_another_day(cast: Cast) -> None:
    papers.save_bases(
        cast.secretary,
        [papers.BasisInput("Luật của năm sau", date(2022, 1, 1)),
         papers.BasisInput("Luật đã thôi", date(2010, 1, 1), date(2020, 1, 1)),
         papers.BasisInput("Chỉ cho tờ trình", kinds=[PaperKind.SUBMISSION])],
        seen=papers.bases_state(cast.jurisdiction),
    )  # fmt: skip


@pytest.mark.parametrize(
    "act", [ask_for_another, approve_and_publish, settings_of_another_kind, a_basis_of_another_day]
)
def test_a_decision_still_stands_after(cast: Cast, act: Callable[[Cast], None]) -> None:
    consolidated(cast)
    before = basis(cast, PaperKind.DECISION)
    act(cast)
    assert basis(cast, PaperKind.DECISION) == before


def test_minutes_follow_meetings_and_rulings(cast: Cast) -> None:
    convened(cast)
    seen = [basis(cast, PaperKind.MINUTES)]
    meeting = Meeting.objects.get()
    given_meeting = council.MeetingInput(
        held_at=meeting.held_at, place="Phòng khác", chaired_by=None, present=frozenset(), notes={}
    )
    council.save_meeting(cast.secretary, cast.round, given_meeting, meeting)
    seen.append(basis(cast, PaperKind.MINUTES))
    council.rule(
        cast.secretary, cast.dossier, cast.leaf("1.1"), meeting,
        council.RulingInput(MarkInput(points=cast.leaf("1.1").max_points, reason="Đủ")), version=0,
    )  # fmt: skip
    seen.append(basis(cast, PaperKind.MINUTES))
    assert len(set(seen)) == 3


def test_a_self_report_follows_its_dossier_and_no_other(cast: Cast, clock: Any) -> None:
    from appraisal.workflow import self_assessment
    from tests.cast import SELF_ASSESSMENT

    clock.set(SELF_ASSESSMENT)
    before = basis(cast, PaperKind.SELF_REPORT, about=True)
    theirs = cast.dossiers["STP"]
    self_assessment.save_self_score(
        cast.other_officer, theirs, cast.leaf("1.1"), MarkInput(points=None, reason="x"), version=0
    )
    assert basis(cast, PaperKind.SELF_REPORT, about=True) == before
    self_assessment.save_self_score(
        cast.officer, cast.dossier, cast.leaf("1.1"), MarkInput(reason="x"), version=0
    )
    assert basis(cast, PaperKind.SELF_REPORT, about=True) != before


# --- Settings ----------------------------------------------------------------------------------
def test_settings_are_kept_with_their_event(cast: Cast) -> None:
    kept = papers.save_paper_settings(cast.secretary, PaperKind.DECISION, given(), version=0)
    assert (kept.version, kept.changed_by) == (1, cast.secretary)
    event = Event.objects.get(action="papers.settings")
    assert event.data["signer_name"] == ["", "Trần Văn Bình"]
    house = house_of(cast.jurisdiction, PaperKind.DECISION, date(2021, 1, 15))
    assert house.recipients == ("Như Điều 3", "Lưu: VT")
    assert house.signing.body == "Ủy ban nhân dân"


def test_saved_by_two_the_second_is_told(cast: Cast) -> None:
    papers.save_paper_settings(cast.secretary, PaperKind.DECISION, given(), version=0)
    with pytest.raises(Conflict):
        papers.save_paper_settings(
            cast.secretary, PaperKind.DECISION, given(symbol="QĐ"), version=0
        )
    assert PaperSettings.objects.get().symbol == "QĐ-UBND"


def test_who_signs_for_another_needs_an_office(cast: Cast) -> None:
    with pytest.raises(Invalid):
        papers.save_paper_settings(
            cast.secretary, PaperKind.DECISION, given(signer_title=""), version=0
        )


def test_only_the_standing_agency_keeps_settings(cast: Cast) -> None:
    for person in (cast.chair, cast.officer, cast.lead, cast.administrator):
        with pytest.raises(Refusal):
            papers.save_paper_settings(person, PaperKind.DECISION, given(), version=0)


def test_bases_are_kept_in_order_and_two_editors_meet(cast: Cast) -> None:
    seen = papers.bases_state(cast.jurisdiction)
    rows = [papers.BasisInput("B"), papers.BasisInput("A", date(2020, 1, 1))]
    papers.save_bases(cast.secretary, rows, seen=seen)
    assert list(cast.jurisdiction.legal_bases.values_list("text", flat=True)) == ["B", "A"]
    with pytest.raises(Conflict):
        papers.save_bases(cast.secretary, [], seen=seen)
    with pytest.raises(Invalid):
        papers.save_bases(
            cast.secretary,
            [papers.BasisInput("C", date(2020, 1, 2), date(2020, 1, 1))],
            seen=papers.bases_state(cast.jurisdiction),
        )


# --- Together ----------------------------------------------------------------------------------
@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_the_same_moment_get_one_paper() -> None:
    cast = build()
    consolidated(cast)
    barrier, found, failed = threading.Barrier(2), [], []

    def ask(person: Any) -> None:
        try:
            barrier.wait()
            found.append(papers.ask_for_paper(person, Round.objects.get(pk=cast.round.pk)).pk)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(p,)) for p in (cast.secretary, cast.chair)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(set(found)) == Paper.objects.count() == 1
