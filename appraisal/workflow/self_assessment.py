"""What happens when an agency scores itself, submits, withdraws."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import User
from appraisal import trail
from appraisal.models import Criterion, Dossier, Mark
from appraisal.rules import can_enter_self_score, can_submit, can_withdraw, enforce
from appraisal.states import SUBMIT, WITHDRAW, Stage
from appraisal.workflow.acting import Invalid, MarkInput, hold_dossier, move_dossier, write_mark


@transaction.atomic
def save_self_score(
    actor: User, dossier: Dossier, criterion: Criterion, given: MarkInput, *, version: int
) -> Mark:
    """Keep what the officer typed for one leaf, complete or not; the submission check lists gaps.

    Raises Refusal (not allowed now), Invalid (cannot be kept), Conflict (somebody else saved).
    """
    held = hold_dossier(dossier, actor)
    enforce(can_enter_self_score(actor, held.dossier, criterion, at=held.at))
    if given.not_applicable:
        if not criterion.na_allowed:
            raise Invalid(not_applicable=_("Tiêu chí này luôn áp dụng với mọi cơ quan."))
        if not given.reason:
            raise Invalid(reason=_("Đề nghị “không áp dụng” cần nêu lý do."))
    return write_mark(held, criterion, Stage.SELF, given, actor, version)


@transaction.atomic
def submit(actor: User, dossier: Dossier) -> Dossier:
    """The head submits; from then on the dossier is locked."""
    held = hold_dossier(dossier, actor)
    enforce(can_submit(actor, held.dossier, at=held.at))
    held.dossier.submitted_at = held.at
    held.dossier.submitted_by = actor
    move_dossier(held, SUBMIT, actor)
    trail.record(held.dossier, actor, "dossier.submitted", "Gửi hồ sơ tự chấm điểm", at=held.at)
    return held.dossier


@transaction.atomic
def withdraw(actor: User, dossier: Dossier, reason: str) -> Dossier:
    """The head takes the dossier back, as long as nobody has begun to appraise it."""
    held = hold_dossier(dossier, actor)
    enforce(can_withdraw(actor, held.dossier, at=held.at))
    held.dossier.submitted_at = None
    held.dossier.submitted_by = None
    move_dossier(held, WITHDRAW, actor, reason)
    trail.record(
        held.dossier, actor, "dossier.withdrawn", "Rút hồ sơ để sửa", at=held.at,
        data={"reason": reason},
    )  # fmt: skip
    return held.dossier
