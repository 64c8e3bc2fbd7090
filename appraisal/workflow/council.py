"""What happens between the team's last mark and the published result.

Convene, meet, rule; consolidate, return; approve exactly one fingerprint; publish. What becomes of
papers is in `papers`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.verdict import Refusal
from appraisal import trail
from appraisal.models import (
    Attendance,
    Consolidation,
    Criterion,
    Decision,
    Dossier,
    Mark,
    Meeting,
    Result,
    Round,
    Ruling,
    Seat,
)
from appraisal.queries import problems, results
from appraisal.rules import (
    can_approve,
    can_consolidate,
    can_convene,
    can_hold_meeting,
    can_publish,
    can_reopen_team,
    can_return,
    can_rule,
    enforce,
    roles,
)
from appraisal.rules.council import authorization_of
from appraisal.states import (
    APPROVE,
    CONSOLIDATE,
    CONVENE,
    PUBLISH,
    REOPEN_TEAM,
    RETURN_TO_COUNCIL,
    Move,
    SeatRole,
    Stage,
)
from appraisal.workflow.acting import (
    Invalid,
    MarkInput,
    hold_dossier,
    hold_round,
    move_round,
    write_mark,
)


class Stale(Exception):
    """The result on the screen is not the one that stands now."""


def _moved(
    round: Round, move: Move, actor: User, at: datetime, sentence: str, reason: str = ""
) -> Round:
    move_round(round, move, actor, at, reason)
    trail.record(round, actor, f"round.{move.name}", sentence, at=at, data={"reason": reason})
    return round


@transaction.atomic
def convene(actor: User, round: Round) -> Round:
    """Hand the round over to the council; the team's marks stand from here."""
    held, at = hold_round(round.pk, actor)
    enforce(can_convene(actor, held, at=at))
    return _moved(held, CONVENE, actor, at, "Chuyển hồ sơ sang Hội đồng")


@transaction.atomic
def reopen_team(actor: User, round: Round, reason: str) -> Round:
    """Give the round back to the team; windows still decide what it may do there."""
    held, at = hold_round(round.pk, actor)
    enforce(can_reopen_team(actor, held, at=at))
    if not reason:
        raise Invalid(reason=_("Cần nêu lý do trả về Tổ giúp việc."))
    return _moved(held, REOPEN_TEAM, actor, at, "Trả hồ sơ về Tổ giúp việc", reason)


@dataclass(frozen=True)
class MeetingInput:
    """What the secretary records of a meeting; `present` holds seat ids."""

    held_at: datetime
    place: str
    chaired_by: Seat | None
    present: frozenset[int]
    notes: dict[int, str]
    conclusion: str = ""


@transaction.atomic
def save_meeting(
    actor: User, round: Round, given: MeetingInput, meeting: Meeting | None = None
) -> Meeting:
    """Keep the record of a meeting with its attendance; without `meeting` a new one begins."""
    held, at = hold_round(round.pk, actor)
    enforce(can_hold_meeting(actor, held, at=at))
    seats = list(Seat.objects.filter(round=held))
    if given.chaired_by is not None and given.chaired_by.pk not in given.present:
        raise Invalid(chaired_by=_("Người chủ trì phải có mặt."))
    if meeting is None:
        meeting = Meeting(round=held)
    meeting.held_at, meeting.place = given.held_at, given.place
    meeting.chaired_by, meeting.conclusion = given.chaired_by, given.conclusion
    meeting.save()
    for seat in seats:
        Attendance.objects.update_or_create(
            meeting=meeting,
            seat=seat,
            defaults={
                "present": seat.pk in given.present,
                "note": given.notes.get(seat.pk, ""),
            },
        )
    trail.record(
        held, actor, "meeting.saved", "Ghi biên bản họp Hội đồng", at=at,
        data={"meeting": meeting.pk, "held_at": given.held_at, "place": given.place,
              "present": sorted(given.present)},
    )  # fmt: skip
    return meeting


@dataclass(frozen=True)
class RulingInput:
    """What the council decided about a leaf."""

    mark: MarkInput
    votes_for: int = 0
    votes_against: int = 0
    votes_abstain: int = 0


@transaction.atomic
def rule(
    actor: User, dossier: Dossier, criterion: Criterion, meeting: Meeting, given: RulingInput,
    *, version: int,
) -> Mark:  # fmt: skip
    """Record a ruling: it writes the council's mark, which prevails over every other.

    Raises Refusal, Invalid (no reason, survey leaf), Conflict (another ruling came first).
    """
    held = hold_dossier(dossier, actor)
    enforce(can_rule(actor, held.dossier, at=held.at))
    criteria_set = criterion.criteria_set
    if (meeting.round_id, criteria_set.round_id, criteria_set.group_id) != (
        held.round.pk, held.round.pk, held.dossier.group_id,
    ):  # fmt: skip
        raise Invalid(points=_("Cuộc họp hoặc tiêu chí không thuộc hồ sơ này."))
    if criterion.is_survey or not criterion.is_leaf:
        raise Invalid(points=_("Hội đồng không sửa điểm điều tra xã hội học."))
    if not given.mark.reason:
        raise Invalid(reason=_("Kết luận của Hội đồng cần nêu lý do."))
    if given.mark.points is None and not given.mark.not_applicable:
        raise Invalid(points=_("Cần nhập điểm kết luận hoặc chọn “không áp dụng”."))
    if given.mark.points is not None and not 0 <= given.mark.points <= criterion.max_points:
        raise Invalid(points=_("Điểm kết luận nằm ngoài 0 đến điểm tối đa của tiêu chí."))
    if given.mark.not_applicable and not criterion.na_allowed:
        raise Invalid(not_applicable=_("Tiêu chí này không cho phép “không áp dụng”."))
    mark = write_mark(held, criterion, Stage.COUNCIL, given.mark, actor, version)
    if _is_recorded(held.dossier, criterion, meeting, given):
        return mark
    Ruling.objects.create(
        meeting=meeting, dossier=held.dossier, criterion=criterion, points=given.mark.points,
        not_applicable=given.mark.not_applicable, reason=given.mark.reason,
        votes_for=given.votes_for, votes_against=given.votes_against,
        votes_abstain=given.votes_abstain, recorded_by=actor, recorded_at=held.at,
    )  # fmt: skip
    return mark


def _is_recorded(
    dossier: Dossier, criterion: Criterion, meeting: Meeting, given: RulingInput
) -> bool:
    """Whether the last ruling on the leaf says just this: a form that was sent twice."""
    last = Ruling.objects.filter(dossier=dossier, criterion=criterion).last()
    return last is not None and (
        last.meeting_id, last.points, last.not_applicable, last.reason,
        last.votes_for, last.votes_against, last.votes_abstain,
    ) == (
        meeting.pk, given.mark.points, given.mark.not_applicable, given.mark.reason,
        given.votes_for, given.votes_against, given.votes_abstain,
    )  # fmt: skip


class Incomplete(Exception):
    """Blocking problems stand in the way; `problems` lists them."""

    def __init__(self, found: list[problems.Problem]) -> None:
        super().__init__(_("Còn %d việc phải xử lý trước khi tổng hợp.") % len(found))
        self.problems = found


@transaction.atomic
def consolidate(actor: User, round: Round) -> Consolidation:
    """Count everything, keep it as an immutable snapshot, and wait for the chair.

    Raises Refusal, or Incomplete while a blocking problem stands.
    """
    held, at = hold_round(round.pk, actor)
    enforce(can_consolidate(actor, held, at=at))
    blocking = [item for item in problems.consolidation_problems(held) if item.blocking]
    if blocking:
        raise Incomplete(blocking)
    sealed = results.seal(held)
    last = Consolidation.objects.filter(round=held).first()
    consolidation = Consolidation.objects.create(
        round=held, number=(last.number if last else 0) + 1, snapshot=sealed.text,
        fingerprint=sealed.fingerprint, made_by=actor, made_at=at,
    )  # fmt: skip
    Result.objects.bulk_create(
        Result(
            consolidation=consolidation,
            dossier_id=line.dossier.pk,
            appraised_points=line.final.appraised.achieved,
            survey_points=line.final.survey.achieved,
            bonus=line.final.bonus,
            penalty=line.final.penalty,
            total_points=line.final.achieved,
            maximum=line.final.maximum,
            index=line.final.index,
            rank=line.rank.place,
            tied=line.rank.tied,
            grade=line.grade,
        )
        for section in sealed.sections
        for line in section.lines
    )
    move_round(held, CONSOLIDATE, actor, at)
    trail.record(
        held, actor, "round.consolidate", f"Tổng hợp kết quả lần {consolidation.number}",
        at=at, data={"number": consolidation.number, "fingerprint": consolidation.fingerprint},
    )  # fmt: skip
    return consolidation


@transaction.atomic
def return_to_council(actor: User, round: Round, reason: str) -> Round:
    """Give a consolidated result back; the snapshot stays, the next one gets its own number."""
    held, at = hold_round(round.pk, actor)
    enforce(can_return(actor, held, at=at))
    if not reason:
        raise Invalid(reason=_("Cần nêu lý do trả lại Hội đồng."))
    return _moved(held, RETURN_TO_COUNCIL, actor, at, "Trả kết quả lại Hội đồng", reason)


@transaction.atomic
def approve(actor: User, round: Round, fingerprint: str, password: str) -> Decision:
    """Approve the fingerprint that the person saw, and no other.

    Under the lock the round is counted anew; it must be the fingerprint on the screen and that of
    the last consolidation. Raises Refusal, Invalid (password), Stale.
    """
    if not actor.check_password(password):
        raise Invalid(password=_("Mật khẩu không đúng. Kết quả chưa được phê duyệt."))
    held, at = hold_round(round.pk, actor)
    consolidation = Consolidation.objects.filter(round=held).first()
    enforce(can_approve(actor, held, consolidation, at=at))
    if consolidation is None:
        raise Refusal(_("Chưa có kết quả tổng hợp."))
    if consolidation.fingerprint != fingerprint:
        raise Stale(_("Kết quả đã được tổng hợp lại từ khi ông/bà mở trang này."))
    if results.seal(held).fingerprint != fingerprint:
        raise Stale(_("Số liệu hiện tại không khớp kết quả đã tổng hợp. Cần tổng hợp lại."))
    by_chair = SeatRole.CHAIR in roles(actor, held, at)
    decision = Decision.objects.create(
        round=held, consolidation=consolidation, fingerprint=fingerprint, approved_by=actor,
        approved_at=at, role=SeatRole.CHAIR if by_chair else SeatRole.VICE_CHAIR,
        authorization=None if by_chair else authorization_of(actor, held, at),
    )  # fmt: skip
    move_round(held, APPROVE, actor, at)
    trail.record(
        held, actor, "round.approve", "Phê duyệt kết quả", at=at,
        data={
            "fingerprint": fingerprint,
            "role": decision.role,
            "authorization": (
                decision.authorization.document_number if decision.authorization else ""
            ),
        },
    )  # fmt: skip
    return decision


@transaction.atomic
def publish(actor: User, round: Round) -> Round:
    """Show the approved result to the agencies."""
    held, at = hold_round(round.pk, actor)
    enforce(can_publish(actor, held, at=at))
    Decision.objects.filter(round=held).update(published_at=at)
    return _moved(held, PUBLISH, actor, at, "Công bố kết quả")
