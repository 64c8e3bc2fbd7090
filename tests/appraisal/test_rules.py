"""Rules that the matrix role × action × state does not show: time, visibility, reorganisation."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from agencies.models import Agency, User
from appraisal import rules
from appraisal.models import Dossier, Evidence, Extension, Round
from appraisal.models.round import AgenciesSee
from appraisal.rules import standing
from appraisal.states import DossierState, RoundState, Stage, Step
from tests import cast as moments
from tests.cast import Cast, moment

LAST = moment(moments.WINDOWS[Step.SELF_ASSESSMENT][1])


def extend(cast: Cast, until: str) -> None:
    Extension.objects.create(
        dossier=cast.dossier, step=Step.SELF_ASSESSMENT, closes_at=moment(until), reason="Mất điện",
        granted_by=cast.secretary, granted_at=LAST - timedelta(hours=1),
    )  # fmt: skip


def test_an_extension_opens_the_step_for_one_agency_only(cast: Cast) -> None:
    extend(cast, "2020-12-22 17:00")
    at = moment("2020-12-21 09:00")
    assert rules.can_enter_self_score(cast.officer, cast.dossier, at=at)
    other = cast.dossiers["STP"]
    assert not rules.can_enter_self_score(cast.other_officer, other, at=at)


def test_an_extension_never_shortens_the_window(cast: Cast) -> None:
    extend(cast, "2020-12-15 17:00")
    assert standing.closes_for(cast.dossier, Step.SELF_ASSESSMENT) == LAST


def test_an_unsent_dossier_is_appraised_as_it_stands_once_its_time_is_over(cast: Cast) -> None:
    at = moment(moments.APPRAISAL)
    assert rules.can_appraise(cast.member, cast.dossier, cast.leaf("1.1"), at=at)
    extend(cast, "2020-12-30 17:00")
    cast.dossier.__dict__.pop("_extensions")
    waiting = rules.can_appraise(cast.member, cast.dossier, cast.leaf("1.1"), at=at)
    assert not waiting
    assert "chưa gửi" in waiting.reason


def test_a_returned_dossier_waits_for_its_agency(cast: Cast) -> None:
    extend(cast, "2020-12-30 17:00")
    cast.dossier.state = DossierState.RETURNED
    verdict = rules.can_appraise(
        cast.member, cast.dossier, cast.leaf("1.1"), at=moment(moments.APPRAISAL)
    )
    assert "trả lại" in verdict.reason


def test_a_head_withdraws_until_appraisal_begins(cast: Cast) -> None:
    cast.submit()
    at = moment(moments.SELF_ASSESSMENT)
    assert rules.can_withdraw(cast.head, cast.dossier, at=at)
    cast.mark("1.1", "10", Stage.APPRAISAL, author=cast.member)
    assert not rules.can_withdraw(cast.head, cast.dossier, at=at)


def test_survey_and_penalty_are_never_self_scored(cast: Cast) -> None:
    at = moment(moments.SELF_ASSESSMENT)
    for code in ("3.1", "P"):
        assert not rules.can_enter_self_score(cast.officer, cast.dossier, cast.leaf(code), at=at)
    assert rules.can_enter_self_score(cast.officer, cast.dossier, cast.leaf("T"), at=at)


def test_the_team_cannot_hand_over_while_a_step_is_open(cast: Cast) -> None:
    verdict = rules.can_convene(cast.secretary, cast.round, at=moment(moments.REAPPRAISAL))
    assert not verdict
    assert "17:00 ngày 13/01/2021" in verdict.reason


@pytest.mark.parametrize(
    ("policy", "requested", "plain"),
    [
        (AgenciesSee.REQUESTS, True, False),
        (AgenciesSee.APPRAISAL, True, True),
        (AgenciesSee.PUBLISHED, False, False),
    ],
)
def test_what_an_agency_sees_of_its_appraisal(
    cast: Cast, policy: str, requested: bool, plain: bool
) -> None:
    cast.dossier.round.agencies_see = policy
    at = moment(moments.EXPLANATION)
    assert rules.sees_appraisal(cast.dossier, requested=True, at=at) is requested
    assert rules.sees_appraisal(cast.dossier, requested=False, at=at) is plain
    early = moment(moments.APPRAISAL)
    assert not rules.sees_appraisal(cast.dossier, requested=True, at=early)
    cast.dossier.round.state = RoundState.PUBLISHED
    assert rules.sees_appraisal(cast.dossier, requested=False, at=at)


def test_a_seat_counts_from_its_first_to_its_last_day(cast: Cast) -> None:
    seat = cast.member.seats.get()
    seat.valid_from, seat.valid_to = date(2020, 12, 22), date(2020, 12, 28)
    seat.save()
    for day, held in (
        ("2020-12-21 23:59", False),
        ("2020-12-22 00:00", True),
        ("2020-12-28 23:59", True),
        ("2020-12-29 00:00", False),
    ):
        assert bool(rules.roles(cast.member, cast.round, moment(day))) is held, day


def test_an_authorisation_counts_on_its_days_only(cast: Cast) -> None:
    cast.put(RoundState.CONSOLIDATED)
    cast.round.authorizations.create(
        user=cast.vice_chair, document_number="05/UQ", document_date=date(2021, 1, 13),
        valid_from=date(2021, 1, 14), valid_to=date(2021, 1, 15), granted_by=cast.secretary,
    )  # fmt: skip
    for day, allowed in (
        ("2021-01-13 23:59", False),
        ("2021-01-14 00:00", True),
        ("2021-01-15 23:59", True),
        ("2021-01-16 00:00", False),
    ):
        assert bool(rules.can_approve(cast.vice_chair, cast.round, at=moment(day))) is allowed, day


def test_people_of_a_merged_agency_keep_its_open_dossier(cast: Cast) -> None:
    old = cast.agencies["SYT"]
    new = Agency.objects.create(
        jurisdiction=cast.jurisdiction, group=cast.departments, code="SYTDS",
        name="Sở Y tế và Dân số", valid_from=date(2020, 12, 8),
    )  # fmt: skip
    old.valid_to, old.successor = date(2020, 12, 7), new
    old.save()
    User.objects.filter(agency=old).update(agency=new)
    officer = User.objects.get(pk=cast.officer.pk)
    assert cast.dossier in Dossier.objects.visible_to(officer)
    assert cast.round in Round.objects.visible_to(officer)
    at = moment(moments.SELF_ASSESSMENT)
    assert rules.can_enter_self_score(officer, cast.dossier, at=at)
    assert rules.can_attach(officer, at=at)


def test_each_sees_the_own_dossier_and_documents_only(cast: Cast) -> None:
    assert list(Dossier.objects.visible_to(cast.officer)) == [cast.dossier]
    assert not Dossier.objects.visible_to(cast.nobody).exists()
    assert not Dossier.objects.visible_to(cast.administrator).exists()
    assert Dossier.objects.visible_to(cast.auditor).count() == 3
    evidence = Evidence.objects.create(
        agency=cast.agencies["SYT"], sha256="b" * 64, size=1, content_type="application/pdf",
        file_name="b.pdf", title="Báo cáo", uploaded_by=cast.officer, uploaded_at=LAST,
    )  # fmt: skip
    assert evidence in Evidence.objects.visible_to(cast.head)
    assert not Evidence.objects.visible_to(cast.other_officer).exists()
    assert not Evidence.objects.visible_to(cast.member).exists()
    cast.dossier.citations.create(
        criterion=cast.leaf("1.1"), evidence=evidence, cited_by=cast.officer, cited_at=LAST
    )
    assert evidence in Evidence.objects.visible_to(cast.member)


def test_a_draft_is_known_to_who_prepares_it_only(cast: Cast) -> None:
    cast.put(RoundState.DRAFT)
    knowing = {key for key, user in cast.people.items() if Round.objects.visible_to(user).exists()}
    assert "officer" not in knowing
    assert {"secretary", "chair", "lead"} <= knowing
