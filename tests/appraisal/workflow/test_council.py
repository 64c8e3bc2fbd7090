"""From the team's last mark to the published result: who may, in which order, and what stands."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from agencies.verdict import Refusal
from appraisal import trail
from appraisal.models import Decision, Event, Mark, Meeting, Ruling, Seat, StateChange
from appraisal.states import RoundState, Stage
from appraisal.workflow import council
from appraisal.workflow.acting import Conflict, Invalid, MarkInput
from tests.appraisal.council_stage import authorized, consolidated, convened
from tests.cast import APPRAISAL, COUNCIL, PASSWORD, Cast, moment


@pytest.fixture(autouse=True)
def _at_the_council(clock: Any) -> None:
    clock.set(COUNCIL)


def ruling(points: str | None = "8", reason: str = "Chấp nhận giải trình") -> council.RulingInput:
    return council.RulingInput(
        MarkInput(points=None if points is None else Decimal(points), reason=reason), votes_for=5
    )


# --- Convening -----------------------------------------------------------------------------
def test_convening_waits_for_the_teams_windows(cast: Cast, clock: Any) -> None:
    clock.set(APPRAISAL)
    with pytest.raises(Refusal, match="còn mở đến"):
        council.convene(cast.secretary, cast.round)


def test_the_secretary_convenes_and_only_the_secretary(cast: Cast) -> None:
    with pytest.raises(Refusal):
        council.convene(cast.chair, cast.round)
    assert council.convene(cast.secretary, cast.round).state == RoundState.COUNCIL
    assert StateChange.objects.get(round=cast.round).move == "convene"


def test_giving_the_round_back_wants_a_reason(cast: Cast) -> None:
    convened(cast)
    with pytest.raises(Invalid):
        council.reopen_team(cast.secretary, cast.round, "")
    assert cast.fresh().state == RoundState.COUNCIL
    council.reopen_team(cast.secretary, cast.round, "Thẩm định lại lĩnh vực 2")
    assert cast.fresh().state == RoundState.OPEN


# --- Meetings and rulings ------------------------------------------------------------------
def test_a_meeting_keeps_who_was_there(cast: Cast) -> None:
    convened(cast)
    chair = Seat.objects.get(user=cast.chair)
    given = council.MeetingInput(
        moment(COUNCIL), "Phòng họp số 2", chair, frozenset({chair.pk}), {chair.pk: "chủ trì"}
    )
    meeting = council.save_meeting(cast.secretary, cast.round, given)
    assert meeting.attendances.count() == Seat.objects.filter(round=cast.round).count()
    assert meeting.attendances.get(present=True).seat == chair


def test_who_chairs_a_meeting_must_be_there(cast: Cast) -> None:
    convened(cast)
    chair = Seat.objects.get(user=cast.chair)
    given = council.MeetingInput(moment(COUNCIL), "Phòng họp", chair, frozenset(), {})
    with pytest.raises(Invalid):
        council.save_meeting(cast.secretary, cast.round, given)


def test_a_ruling_writes_the_councils_mark_which_prevails(cast: Cast) -> None:
    convened(cast)
    mark = council.rule(
        cast.secretary, cast.dossier, cast.leaf("1.1"), Meeting.objects.get(), ruling(), version=0
    )
    assert (mark.stage, mark.points, mark.version) == (Stage.COUNCIL, Decimal(8), 1)
    assert Ruling.objects.get().votes_for == 5


def test_the_same_ruling_sent_twice_is_recorded_once(cast: Cast) -> None:
    convened(cast)
    meeting = Meeting.objects.get()
    for _attempt in range(2):
        council.rule(cast.secretary, cast.dossier, cast.leaf("1.1"), meeting, ruling(), version=0)
    assert Ruling.objects.count() == 1


def test_a_ruling_over_one_that_was_not_seen_is_a_conflict(cast: Cast) -> None:
    convened(cast)
    meeting = Meeting.objects.get()
    council.rule(cast.secretary, cast.dossier, cast.leaf("1.1"), meeting, ruling("8"), version=0)
    with pytest.raises(Conflict) as conflict:
        council.rule(
            cast.secretary, cast.dossier, cast.leaf("1.1"), meeting, ruling("9"), version=0
        )
    assert conflict.value.current is not None
    assert conflict.value.current.points == 8
    assert Ruling.objects.count() == 1


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("1.1", ruling(reason="")),
        ("1.1", ruling(points=None)),
        ("1.1", ruling(points="10.01")),
        ("3.1", ruling()),
        ("1.1", council.RulingInput(MarkInput(reason="Không có đối tượng", not_applicable=True))),
    ],
    ids=["no reason", "no points", "above the maximum", "survey", "not applicable not allowed"],
)
def test_a_ruling_that_cannot_stand_is_refused(
    cast: Cast, code: str, given: council.RulingInput
) -> None:
    convened(cast)
    with pytest.raises(Invalid):
        council.rule(
            cast.secretary, cast.dossier, cast.leaf(code), Meeting.objects.get(), given, version=0
        )
    assert not Ruling.objects.exists()


def test_nobody_rules_on_a_consolidated_result(cast: Cast) -> None:
    consolidated(cast)
    with pytest.raises(Refusal, match="Trả lại Hội đồng trước"):
        council.rule(
            cast.secretary, cast.dossier, cast.leaf("1.1"), Meeting.objects.get(), ruling(),
            version=0,
        )  # fmt: skip


# --- Consolidation -------------------------------------------------------------------------
def test_consolidation_is_refused_with_the_list_while_a_mark_is_missing(cast: Cast) -> None:
    convened(cast)
    Mark.objects.filter(dossier=cast.dossier, criterion=cast.leaf("2.2")).delete()
    with pytest.raises(council.Incomplete) as incomplete:
        council.consolidate(cast.secretary, cast.round)
    assert [item.kind for item in incomplete.value.problems] == ["missing"]
    assert cast.fresh().state == RoundState.COUNCIL


def test_consolidation_keeps_a_snapshot_whose_hash_is_its_fingerprint(cast: Cast) -> None:
    made = consolidated(cast)
    assert trail.fingerprint(made.snapshot) == made.fingerprint
    assert made.results.count() == 3
    assert list(trail.breaks()) == []


def test_a_returned_result_keeps_its_number_and_the_next_gets_its_own(cast: Cast) -> None:
    consolidated(cast)
    with pytest.raises(Invalid):
        council.return_to_council(cast.chair, cast.round, "")
    council.return_to_council(cast.chair, cast.round, "Xem lại điểm Sở Tư pháp")
    assert council.consolidate(cast.secretary, cast.round).number == 2


# --- Approval ------------------------------------------------------------------------------
def test_the_chair_approves_the_fingerprint_on_the_screen(cast: Cast) -> None:
    made = consolidated(cast)
    decision = council.approve(cast.chair, cast.round, made.fingerprint, PASSWORD)
    assert (decision.fingerprint, decision.consolidation) == (made.fingerprint, made)
    assert cast.fresh().state == RoundState.APPROVED


def test_another_fingerprint_is_not_approved(cast: Cast) -> None:
    consolidated(cast)
    with pytest.raises(council.Stale):
        council.approve(cast.chair, cast.round, "f" * 64, PASSWORD)
    assert not Decision.objects.exists()


def test_a_mark_changed_past_the_workflow_makes_the_result_stale(cast: Cast) -> None:
    made = consolidated(cast)
    Mark.objects.filter(dossier=cast.dossier, criterion=cast.leaf("1.1")).update(points="9.99")
    with pytest.raises(council.Stale, match="không khớp"):
        council.approve(cast.chair, cast.round, made.fingerprint, PASSWORD)
    assert cast.fresh().state == RoundState.CONSOLIDATED


def test_a_wrong_password_approves_nothing(cast: Cast) -> None:
    made = consolidated(cast)
    with pytest.raises(Invalid):
        council.approve(cast.chair, cast.round, made.fingerprint, "không phải mật khẩu")
    assert not Decision.objects.exists()


def test_who_consolidated_cannot_approve(cast: Cast) -> None:
    Seat.objects.create(round=cast.round, user=cast.chair, role="secretary")
    made = council.consolidate(cast.chair, convened(cast))
    with pytest.raises(Refusal, match="chính kết quả đó"):
        council.approve(cast.chair, cast.round, made.fingerprint, PASSWORD)


@pytest.mark.parametrize("who", ["secretary", "council_member", "lead", "auditor", "administrator"])
def test_nobody_but_the_chair_approves(cast: Cast, who: str) -> None:
    made = consolidated(cast)
    with pytest.raises(Refusal):
        council.approve(cast.people[who], cast.round, made.fingerprint, PASSWORD)


@pytest.mark.parametrize(
    ("first", "last", "allowed"),
    [
        ("2021-01-16", "2021-01-20", False),
        ("2021-01-15", "2021-01-15", True),
        ("2021-01-10", "2021-01-14", False),
    ],
    ids=["from tomorrow", "today", "until yesterday"],
)
def test_the_vice_chair_approves_with_an_authorisation_in_force_that_day(
    cast: Cast, first: str, last: str, allowed: bool
) -> None:
    made = consolidated(cast)
    document = authorized(cast, first, last)
    if not allowed:
        with pytest.raises(Refusal, match="văn bản ủy quyền"):
            council.approve(cast.vice_chair, cast.round, made.fingerprint, PASSWORD)
        return
    decision = council.approve(cast.vice_chair, cast.round, made.fingerprint, PASSWORD)
    assert (decision.role, decision.authorization) == ("vice_chair", document)


def test_nobody_approves_twice(cast: Cast) -> None:
    made = consolidated(cast)
    council.approve(cast.chair, cast.round, made.fingerprint, PASSWORD)
    with pytest.raises(Refusal):
        council.approve(cast.chair, cast.round, made.fingerprint, PASSWORD)
    assert Decision.objects.count() == 1


def test_after_approval_every_service_refuses_and_so_does_the_database(cast: Cast) -> None:
    made = consolidated(cast)
    council.approve(cast.chair, cast.round, made.fingerprint, PASSWORD)
    meeting = Meeting.objects.get()
    for attempt in (
        lambda: council.rule(
            cast.secretary, cast.dossier, cast.leaf("1.1"), meeting, ruling(), version=0
        ),
        lambda: council.consolidate(cast.secretary, cast.round),
        lambda: council.return_to_council(cast.chair, cast.round, "Sửa lại"),
        lambda: council.reopen_team(cast.secretary, cast.round, "Sửa lại"),
    ):
        with pytest.raises(Refusal):
            attempt()
    with pytest.raises(DatabaseError), transaction.atomic():
        Mark.objects.filter(dossier=cast.dossier).update(points=0)


def test_publishing_follows_approval_and_dates_the_decision(cast: Cast) -> None:
    made = consolidated(cast)
    with pytest.raises(Refusal):
        council.publish(cast.secretary, cast.round)
    council.approve(cast.chair, cast.round, made.fingerprint, PASSWORD)
    council.publish(cast.secretary, cast.round)
    assert cast.fresh().state == RoundState.PUBLISHED
    assert Decision.objects.get().published_at is not None


def test_every_step_is_remembered(cast: Cast) -> None:
    made = consolidated(cast)
    council.approve(cast.chair, cast.round, made.fingerprint, PASSWORD)
    council.publish(cast.secretary, cast.round)
    actions = Event.objects.filter(stream=f"round-{cast.round.pk}").values_list("action", flat=True)
    assert list(actions) == ["round.consolidate", "round.approve", "round.publish"]
    assert list(trail.breaks()) == []
