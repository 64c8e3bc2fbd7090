"""Who reads the result: the ranking, its export, the derivation of one dossier."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from agencies.models import User
from appraisal.models import Dossier, Round
from appraisal.rules.agency import sees_result
from appraisal.rules.council import can_see_table
from appraisal.rules.standing import Verdict, holds, no, yes
from appraisal.states import RoundState, SeatRole

# The states in which the last consolidation is the one that stands.
CONSOLIDATED_STATES = frozenset(
    {RoundState.CONSOLIDATED, RoundState.APPROVED, RoundState.PUBLISHED}
)


def can_see_ranking(user: User, round: Round, *, at: datetime) -> Verdict:
    """Read the ranked result: everybody of the round once published, the council once approved."""
    if round.state == RoundState.PUBLISHED and user.is_active:
        return yes()
    if round.state == RoundState.APPROVED and can_see_table(user, round, at=at):
        return yes()
    if round.state == RoundState.APPROVED:
        return no(_("Kết quả đã phê duyệt, chưa công bố đến các cơ quan."))
    return no(_("Kết quả chưa được phê duyệt nên chưa công bố."))


def can_export(user: User, round: Round, *, at: datetime) -> Verdict:
    """Take the whole consolidated result away, every agency's marks in it."""
    if not (seated := can_see_table(user, round, at=at)):
        return seated
    if round.state not in CONSOLIDATED_STATES:
        return no(_("Chưa có kết quả tổng hợp để xuất. Hãy tổng hợp trước."))
    return yes()


def can_import_past(user: User, round: Round, *, at: datetime) -> Verdict:
    """Bring in the published results of past years, to compare rounds with; in every state."""
    if user.is_active and user.is_secretariat:
        return yes()
    return holds(user, round, at, SeatRole.SECRETARY)


def can_compare_years(user: User, round: Round, *, at: datetime) -> Verdict:
    """See results of several years side by side: who sees the table, the standing agency, and
    everybody of the round once it is published."""
    if can_see_table(user, round, at=at) or can_import_past(user, round, at=at):
        return yes()
    return can_see_ranking(user, round, at=at)


def can_read_derivation(user: User, dossier: Dossier, *, at: datetime) -> Verdict:
    """Read why a dossier has its result; the agency itself once the result is published."""
    if (user.is_active and sees_result(dossier)) or can_see_table(user, dossier.round, at=at):
        return yes()
    return no(_("Cơ quan xem được kết quả và cách tính điểm sau khi kết quả được công bố."))
