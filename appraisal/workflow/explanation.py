"""What happens when an agency answers a request for explanation."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import User
from appraisal import trail
from appraisal.models import Criterion, Dossier, Explanation, ExplanationRequest
from appraisal.rules import can_explain, enforce
from appraisal.workflow.acting import Invalid, hold_dossier


class ExplanationConflict(Exception):
    """Somebody else saved in between; `current` is the answer that stands now."""

    def __init__(self, current: Explanation | None) -> None:
        super().__init__(_("Có người khác vừa lưu nội dung giải trình này."))
        self.current = current


@transaction.atomic
def save_explanation(
    actor: User, dossier: Dossier, criterion: Criterion, text: str, *, version: int
) -> Explanation:
    """Keep the agency's answer for one leaf; `version` is the one that was seen, 0 for none.

    Raises Refusal, Invalid (nothing written), ExplanationConflict.
    """
    held = hold_dossier(dossier, actor)
    enforce(can_explain(actor, held.dossier, criterion, at=held.at))
    request = ExplanationRequest.objects.get(dossier=held.dossier, criterion=criterion)
    answer = Explanation.objects.select_for_update().filter(request=request).first()
    if answer is not None and answer.text == text:
        return answer
    if version != (answer.version if answer else 0):
        raise ExplanationConflict(answer)
    if not text:
        raise Invalid(text=_("Nội dung giải trình không được để trống."))
    if answer is None:
        answer = Explanation(request=request, version=0)
    answer.text = text
    answer.author = actor
    answer.saved_at = held.at
    answer.version += 1
    answer.save()
    trail.record(
        held.dossier, actor, "explanation.saved",
        f"Giải trình tiêu chí {criterion.code}", at=held.at,
        data={"criterion": criterion.code, "version": answer.version, "text": text},
    )  # fmt: skip
    return answer
