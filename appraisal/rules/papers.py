"""Who has papers made, reads them, signs and issues them, and keeps what they look like."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from agencies.models import User
from appraisal.models import Dossier, Paper, Round
from appraisal.models.papers import PaperKind, PaperState
from appraisal.rules.agency import sees_result
from appraisal.rules.council import can_see_table
from appraisal.rules.results import CONSOLIDATED_STATES
from appraisal.rules.standing import Verdict, belongs, holds, no, yes
from appraisal.states import RoundState, SeatRole

NEEDS_RESULT = frozenset(
    {PaperKind.DECISION, PaperKind.SUBMISSION, PaperKind.REPORT, PaperKind.LETTERS,
     PaperKind.DERIVATION}
)  # fmt: skip
NEEDS_COUNCIL = frozenset({PaperKind.MINUTES, PaperKind.SCORE_SHEET})


def can_make_paper(
    user: User,
    round: Round,
    kind: str = PaperKind.DECISION,
    dossier: Dossier | None = None,
    *,
    at: datetime,
) -> Verdict:
    """Have a paper of that kind made, about a dossier where the kind is about one."""
    if not (reader := can_read_paper(user, round, kind, dossier, at=at)):
        return reader
    if dossier is None and not (
        seated := holds(user, round, at, SeatRole.SECRETARY, SeatRole.CHAIR, SeatRole.VICE_CHAIR)
    ):
        return seated
    return is_due(round, kind)


def is_due(round: Round, kind: str) -> Verdict:
    """Whether the round has come far enough for a paper of that kind, whoever asks for it."""
    if kind in NEEDS_RESULT and round.state not in CONSOLIDATED_STATES:
        return no(_("Văn bản này được lập từ kết quả đã tổng hợp."))
    if kind in NEEDS_COUNCIL and round.state in {RoundState.DRAFT, RoundState.OPEN}:
        return no(_("Văn bản này được lập khi hồ sơ đã chuyển sang Hội đồng."))
    if round.state == RoundState.DRAFT:
        return no(_("Đợt đánh giá chưa mở."))
    if kind == PaperKind.MINUTES and not round.meetings.exists():
        return no(_("Chưa ghi cuộc họp nào của Hội đồng nên chưa lập được biên bản."))
    return yes()


def can_read_paper(
    user: User,
    round: Round,
    kind: str,
    dossier: Dossier | None = None,
    *,
    at: datetime,
    is_current: bool = True,
) -> Verdict:
    """Read a paper: the council all; an agency its own report, and the rest once published.

    What was made on the way to the result, and is out of date, stays with the council.
    """
    if seated := can_see_table(user, round, at=at):
        return yes()
    if dossier is None:
        return seated
    if kind == PaperKind.SELF_REPORT:
        return belongs(user, dossier)
    if not (user.is_active and sees_result(dossier) and belongs(user, dossier)):
        return no(_("Cơ quan xem được văn bản này sau khi kết quả được công bố."))
    if not is_current:
        return no(_("Cơ quan chỉ xem văn bản đúng với kết quả đã công bố."))
    return yes()


def can_sign_paper(user: User, paper: Paper, *, is_current: bool, at: datetime) -> Verdict:
    """Put a digital signature on a paper's PDF, here and now.

    The agency's own report is signed by the agency; the rest by who leads the council's work.
    """
    if paper.dossier is not None and paper.kind == PaperKind.SELF_REPORT:
        allowed = belongs(user, paper.dossier)
    else:
        allowed = holds(
            user, paper.round, at, SeatRole.SECRETARY, SeatRole.CHAIR, SeatRole.VICE_CHAIR
        )
    return allowed and _stands(paper, is_current)


def can_issue_paper(user: User, paper: Paper, *, is_current: bool, at: datetime) -> Verdict:
    """Record number, date and the signed file of a paper that left the house."""
    allowed = holds(user, paper.round, at, SeatRole.SECRETARY)
    if paper.dossier is not None and paper.kind == PaperKind.SELF_REPORT:
        allowed = belongs(user, paper.dossier)
    if not allowed:
        return allowed
    if paper.kind == PaperKind.DECISION and paper.round.state not in {
        RoundState.APPROVED, RoundState.PUBLISHED,
    }:  # fmt: skip
        return no(_("Kết quả chưa được Hội đồng phê duyệt nên chưa ban hành quyết định."))
    return _stands(paper, is_current)


def _stands(paper: Paper, is_current: bool) -> Verdict:
    """Whether the paper is whole, has not left the house, and still says what the round says."""
    if paper.state != PaperState.DONE:
        return no(_("Văn bản chưa lập xong."))
    if hasattr(paper, "issue"):
        return no(_("Văn bản này đã được ghi nhận ban hành."))
    if not is_current:
        return no(_("Bản này đã lỗi thời: số liệu hoặc thiết lập đã thay đổi. Hãy lập bản mới."))
    return yes()


def can_keep_paper_settings(user: User) -> Verdict:
    """Change what the province's papers look like: settings, bases, the office's own templates."""
    if user.is_active and user.is_secretariat:
        return yes()
    return no(_("Thiết lập văn bản do cơ quan thường trực của tỉnh thực hiện."))
