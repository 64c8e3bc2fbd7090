"""The meetings of a council with their attendance, as pages show them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from appraisal import clock
from appraisal.models import Meeting, Round
from appraisal.states import COUNCIL_ROLES, SeatRole


@dataclass(frozen=True)
class Seated:
    """One seat at a meeting."""

    name: str
    role: str
    present: bool
    note: str


@dataclass(frozen=True)
class MeetingRow:
    """One meeting; `quorum` is the sentence on how many of the council were there."""

    pk: int
    when: str
    place: str
    chaired_by: str
    conclusion: str
    quorum: str
    has_quorum: bool
    seats: tuple[Seated, ...]
    rulings: int


def meetings(round: Round) -> list[MeetingRow]:
    """The meetings of a round, the newest first: three queries."""
    return [
        _row(meeting)
        for meeting in Meeting.objects.filter(round=round)
        .select_related("chaired_by__user")
        .prefetch_related("attendances__seat__user", "rulings")
        .order_by("-held_at")
    ]


def quorum(present: int, members: int) -> tuple[str, bool]:
    """How many of the council are there, and whether that is more than half."""
    enough = present * 2 > members
    words = _("đủ quá nửa") if enough else _("chưa quá nửa")
    sentence = _("Hội đồng có mặt %(present)d/%(members)d, %(words)s.") % {
        "present": present,
        "members": members,
        "words": words,
    }
    return sentence, enough


def _row(meeting: Meeting) -> MeetingRow:
    attendances = sorted(meeting.attendances.all(), key=lambda item: item.seat_id)
    council = [item for item in attendances if item.seat.role in COUNCIL_ROLES]
    sentence, enough = quorum(sum(item.present for item in council), len(council))
    return MeetingRow(
        pk=meeting.pk,
        when=clock.minute(meeting.held_at),
        place=meeting.place,
        chaired_by=meeting.chaired_by.user.full_name if meeting.chaired_by else "",
        conclusion=meeting.conclusion,
        quorum=sentence,
        has_quorum=enough,
        seats=tuple(
            Seated(
                item.seat.user.full_name,
                str(SeatRole(item.seat.role).label),
                item.present,
                item.note,
            )
            for item in attendances
        ),
        rulings=len(meeting.rulings.all()),
    )
