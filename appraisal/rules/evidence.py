"""When the card of a document may still change, and when it may leave the library."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from agencies.models import User
from appraisal.models import Citation, Evidence
from appraisal.rules.agency import can_attach, is_editable
from appraisal.rules.standing import Verdict, no, yes


def can_describe(user: User, evidence: Evidence, *, at: datetime) -> Verdict:
    """Change title, number, date and issuer: while every dossier that cites it is still open.

    Afterwards the appraisers have seen the card, and it stays as they saw it.
    """
    if not (own := _belongs(user, evidence, at)):
        return own
    for citation in _citations(evidence):
        if not is_editable(citation.dossier, at):
            return no(
                _("Tài liệu đang được viện dẫn trong hồ sơ “%s” đã gửi hoặc đã hết hạn tự chấm.")
                % citation.dossier.round
            )
    return yes()


def can_withdraw_evidence(user: User, evidence: Evidence, *, at: datetime) -> Verdict:
    """Take a document out of the library: only what no leaf cites. Its bytes stay."""
    if not (own := _belongs(user, evidence, at)):
        return own
    for citation in _citations(evidence):
        said = {"code": citation.criterion.code, "round": citation.dossier.round}
        if is_editable(citation.dossier, at):
            return no(
                _("Tài liệu đang được viện dẫn ở tiêu chí %(code)s (%(round)s). Hãy gỡ ở đó trước.")
                % said
            )
        return no(
            _("Tài liệu đã dùng ở tiêu chí %(code)s của hồ sơ đã gửi hoặc đã khóa (%(round)s).")
            % said
        )
    return yes()


def _belongs(user: User, evidence: Evidence, at: datetime) -> Verdict:
    if not (member := can_attach(user, at=at)):
        return member
    if evidence.agency_id not in user.agency_line:
        return no(_("Chỉ cơ quan đã tải tài liệu lên mới sửa hoặc rút được."))
    if evidence.withdrawn_at is not None:
        return no(_("Tài liệu này đã được rút khỏi thư viện."))
    return yes()


def _citations(evidence: Evidence) -> list[Citation]:
    return list(
        Citation.objects.filter(evidence=evidence).select_related("dossier__round", "criterion")
    )
