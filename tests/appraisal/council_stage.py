"""A cast brought to the council: every mark there, a meeting held, ready to consolidate."""

from __future__ import annotations

from datetime import date

from appraisal.models import Authorization, Consolidation, Meeting, Round
from appraisal.states import RoundState
from appraisal.workflow import council
from tests.cast import COUNCIL, Cast, moment


def convened(cast: Cast) -> Round:
    """The round at the council, with one meeting and different results for its agencies."""
    cast.fill()
    cast.mark("1.1", "4", "council", cast.dossiers["STP"], reason="Thiếu kế hoạch")
    Meeting.objects.create(round=cast.round, held_at=moment(COUNCIL), place="Phòng họp số 1")
    return cast.put(RoundState.COUNCIL)


def consolidated(cast: Cast) -> Consolidation:
    """The round consolidated by the secretary."""
    return council.consolidate(cast.secretary, convened(cast))


def authorized(cast: Cast, first: str, last: str) -> Authorization:
    """The vice-chair authorised from day to day."""
    return Authorization.objects.create(
        round=cast.round,
        user=cast.vice_chair,
        document_number="12/GUQ-UBND",
        document_date=date(2021, 1, 10),
        valid_from=date.fromisoformat(first),
        valid_to=date.fromisoformat(last),
        granted_by=cast.secretary,
    )
