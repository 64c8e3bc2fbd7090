"""The minutes of the council's meetings, from their record; before and after consolidation."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from appraisal import clock, scoring
from appraisal.documents.minutes import (
    Attended,
    MeetingFacts,
    MinutesFacts,
    RulingFact,
    Work,
    minutes,
)
from appraisal.documents.official import Official
from appraisal.documents.report import MemberSaid
from appraisal.files.refusal import Refused, gettext_noop
from appraisal.models import CriteriaSet, Mark, Meeting, Ruling, Seat
from appraisal.papers.basis import Subject, day_of
from appraisal.papers.house import house_of, verify_address
from appraisal.papers.report import members_of, role_of
from appraisal.queries import reporting
from appraisal.queries.meetings import quorum
from appraisal.states import COUNCIL_ROLES, SeatRole, Stage


def build(subject: Subject) -> tuple[Official, ...]:
    """Raises Refused where no meeting was recorded."""
    round, jurisdiction = subject.round, subject.jurisdiction
    meetings = reporting.meetings(round)
    if not meetings:
        raise Refused(
            gettext_noop("Đợt này chưa ghi cuộc họp nào của Hội đồng nên chưa lập được biên bản."),
            "no_meeting",
        )
    seats = reporting.seats(round)
    marks = reporting.marks_ruled_on(round)
    # The last ruling on a leaf is the one that stands.
    standing = set(
        {
            (ruling.dossier_id, ruling.criterion_id): ruling.pk
            for meeting in meetings
            for ruling in meeting.rulings.all()
        }.values()
    )
    reports = _by_meeting(subject, meetings, seats)
    secretary = next((seat for seat in seats if seat.role == SeatRole.SECRETARY), None)
    last = meetings[-1].held_at.astimezone(clock.VIETNAM)
    house = house_of(jurisdiction, subject.kind, day_of(subject))
    sealed = subject.consolidation
    return (
        minutes(
            MinutesFacts(
                province=jurisdiction.name,
                year=round.year,
                council=jurisdiction.council,
                # Minutes bear the day of the meeting, whenever they are printed.
                house=replace(house, issued_on=last.date()),
                meetings=tuple(
                    _meeting(
                        meeting,
                        secretary,
                        reports[meeting.pk],
                        tuple(
                            _ruling(item, marks, is_replaced=item.pk not in standing)
                            for item in meeting.rulings.all()
                        ),
                    )
                    for meeting in meetings
                ),
                work=Work(*reporting.worked(round)),
                decimals=round.display_decimals,
                created=_moment(meetings),
                fingerprint=sealed.fingerprint if sealed else "",
                verify_address=verify_address(sealed.fingerprint) if sealed else "",
                illustrative=CriteriaSet.objects.filter(round=round, is_illustrative=True).exists(),
            )
        ),
    )


def _moment(meetings: list[Meeting]) -> datetime:
    """When the last thing in the minutes was recorded, in the province's time."""
    moments = [meeting.held_at for meeting in meetings]
    moments += [item.recorded_at for meeting in meetings for item in meeting.rulings.all()]
    return max(moments).astimezone(clock.VIETNAM)


def _by_meeting(
    subject: Subject, meetings: list[Meeting], seats: list[Seat]
) -> dict[int, tuple[MemberSaid, ...]]:
    """Each member's report at the first meeting that it was there for, else at the last one."""
    reports = reporting.member_reports(subject.round)
    shares: dict[int, list[int]] = {meeting.pk: [] for meeting in meetings}
    for place, item in enumerate(reports):
        heard = next((one for one in meetings if one.held_at >= item.saved_at), meetings[-1])
        shares[heard.pk].append(place)
    return {
        pk: members_of([reports[place] for place in places], seats) for pk, places in shares.items()
    }


def _secretary(meeting: Meeting, seated: Seat | None) -> str:
    """Who of the secretaries was there; the round's own where nobody was marked."""
    for item in meeting.attendances.all():
        if item.seat.role == SeatRole.SECRETARY and item.present:
            return item.seat.user.full_name
    return seated.user.full_name if seated else ""


def _meeting(
    meeting: Meeting,
    secretary: Seat | None,
    reports: tuple[MemberSaid, ...],
    rulings: tuple[RulingFact, ...],
) -> MeetingFacts:
    attendances = list(meeting.attendances.all())
    council = [item for item in attendances if item.seat.role in COUNCIL_ROLES]
    present = sum(item.present for item in council)
    order = {role: place for place, role in enumerate(SeatRole)}
    attendances.sort(key=lambda item: (order[SeatRole(item.seat.role)], item.seat_id))
    return MeetingFacts(
        held_at=meeting.held_at.astimezone(clock.VIETNAM),
        place=meeting.place,
        chaired_by=meeting.chaired_by.user.full_name if meeting.chaired_by else "",
        secretary=_secretary(meeting, secretary),
        attended=tuple(
            Attended(
                name=item.seat.user.full_name,
                office=office_of(item.seat),
                role=role_of(item.seat),
                present=item.present,
                note=item.note,
            )
            for item in attendances
        ),
        present=present,
        members=len(council),
        enough=quorum(present, len(council))[1],
        reports=reports,
        rulings=rulings,
        conclusion=meeting.conclusion,
    )


def office_of(seat: Seat) -> str:
    """What a person is, and where, as one line."""
    position = seat.user.position
    agency = seat.user.agency.name if seat.user.agency else ""
    if agency and agency not in position:
        return ", ".join(part for part in (position, agency) if part)
    return position


def _ruling(
    ruling: Ruling, given: dict[tuple[int, int], dict[str, Mark]], *, is_replaced: bool
) -> RulingFact:
    marks = given[ruling.dossier_id, ruling.criterion_id]
    return RulingFact(
        agency=ruling.dossier.agency.name,
        code=ruling.criterion.code,
        title=ruling.criterion.title,
        maximum=ruling.criterion.max_points,
        own=_score(marks.get(Stage.SELF)),
        first=_score(marks.get(Stage.APPRAISAL)),
        second=_score(marks.get(Stage.REAPPRAISAL)),
        ruled=scoring.Score(ruling.points, ruling.not_applicable),
        reason=ruling.reason,
        votes=(ruling.votes_for, ruling.votes_against, ruling.votes_abstain),
        is_replaced=is_replaced,
    )


def _score(mark: Mark | None) -> scoring.Score | None:
    return scoring.Score(mark.points, mark.not_applicable) if mark else None
