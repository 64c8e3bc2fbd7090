"""What the people of an assessed agency may do, and what they may see."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from agencies.models import User
from appraisal.models import Criterion, Dossier, ExplanationRequest, Mark
from appraisal.models.round import AgenciesSee
from appraisal.rules.standing import Verdict, belongs, heads, in_window, is_open, no, window, yes
from appraisal.states import DossierState, RoundState, Stage, Step


def is_editable(dossier: Dossier, at: datetime) -> Verdict:
    """Whether the self-score of the dossier may change now, whoever asks."""
    if not (running := is_open(dossier.round)):
        return running
    if dossier.state == DossierState.SUBMITTED:
        return no(
            _("Hồ sơ đã gửi nên đang khóa. Thủ trưởng cơ quan có thể rút lại khi chưa thẩm định.")
        )
    return in_window(dossier, Step.SELF_ASSESSMENT, at)


def can_enter_self_score(
    user: User, dossier: Dossier, criterion: Criterion | None = None, *, at: datetime
) -> Verdict:
    """Officer and head type self-scores while the dossier is theirs and the window is open."""
    if not (own := belongs(user, dossier)):
        return own
    if not (open_now := is_editable(dossier, at)):
        return open_now
    if criterion is not None and not criterion.is_self_scored:
        if criterion.is_survey:
            return no(_("Điểm điều tra xã hội học do cơ quan thường trực nhập."))
        return no(_("Tiêu chí này không tự chấm."))
    return yes()


def can_attach(user: User, *, at: datetime) -> Verdict:
    """Upload into the own agency's library; it needs no round, only an agency in force."""
    agency = user.agency
    if not user.is_active or not user.capacity or agency is None:
        return no(_("Chỉ cán bộ đầu mối và thủ trưởng của cơ quan mới tải tài liệu lên được."))
    if agency.valid_to is not None and agency.valid_to < at.date():
        return no(_("Cơ quan đã kết thúc hoạt động, không tải thêm tài liệu được."))
    return yes()


def can_cite(user: User, dossier: Dossier, criterion: Criterion, *, at: datetime) -> Verdict:
    """Cite evidence under a leaf: with the self-score, or in addition while explaining."""
    scoring = can_enter_self_score(user, dossier, criterion, at=at)
    if scoring:
        return scoring
    explaining = can_explain(user, dossier, criterion, at=at)
    return explaining if explaining else scoring


def can_submit(user: User, dossier: Dossier, *, at: datetime) -> Verdict:
    """The head submits what stands. Gaps are shown beforehand; they do not forbid it."""
    if not (leading := heads(user, dossier)):
        return leading
    if not (running := is_open(dossier.round)):
        return running
    if dossier.state == DossierState.SUBMITTED:
        return no(_("Hồ sơ đã được gửi."))
    return in_window(dossier, Step.SELF_ASSESSMENT, at)


def can_withdraw(user: User, dossier: Dossier, *, at: datetime) -> Verdict:
    """The head takes the dossier back until appraisal begins."""
    if not (leading := heads(user, dossier)):
        return leading
    if not (running := is_open(dossier.round)):
        return running
    if dossier.state != DossierState.SUBMITTED:
        return no(_("Hồ sơ chưa gửi nên không cần rút."))
    appraisal = window(dossier.round, Step.APPRAISAL)
    if appraisal is not None and at >= appraisal.opens_at:
        return no(_("Đã đến thời gian thẩm định nên không rút hồ sơ được nữa."))
    if Mark.objects.filter(dossier=dossier, stage=Stage.APPRAISAL).exists():
        return no(_("Tổ giúp việc đã bắt đầu thẩm định nên không rút hồ sơ được nữa."))
    return in_window(dossier, Step.SELF_ASSESSMENT, at)


def can_explain(user: User, dossier: Dossier, criterion: Criterion, *, at: datetime) -> Verdict:
    """Answer a request for explanation of this leaf while the explanation window is open."""
    if not (own := belongs(user, dossier)):
        return own
    if not (running := is_open(dossier.round)):
        return running
    if not ExplanationRequest.objects.filter(dossier=dossier, criterion=criterion).exists():
        return no(_("Tiêu chí này không có yêu cầu giải trình."))
    return in_window(dossier, Step.EXPLANATION, at)


def sees_result(dossier: Dossier) -> bool:
    """Whether the agency sees final points, rank and grade: once they are published."""
    return dossier.round.state == RoundState.PUBLISHED


def sees_appraisal(dossier: Dossier, *, requested: bool, at: datetime) -> bool:
    """Whether the agency sees the appraised points of a leaf.

    `requested` tells whether the team asked to explain the leaf. Nothing shows before the
    explanation window opens, so that half-finished appraisals do not leak.
    """
    if sees_result(dossier):
        return True
    policy = dossier.round.agencies_see
    if policy == AgenciesSee.PUBLISHED:
        return False
    explanation = window(dossier.round, Step.EXPLANATION)
    if explanation is None or at < explanation.opens_at:
        return False
    return policy == AgenciesSee.APPRAISAL or requested
