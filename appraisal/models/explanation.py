"""The explanation (giải trình) of a disputed leaf: what is asked, what is answered."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appraisal.models.criteria import Criterion
from appraisal.models.dossier import Dossier
from appraisal.models.round import Round


class ExplanationRequest(models.Model):
    """The team member who marked a leaf asks the agency to explain it."""

    dossier = models.ForeignKey(
        Dossier, on_delete=models.CASCADE, related_name="explanation_requests"
    )
    criterion = models.ForeignKey(
        Criterion, on_delete=models.PROTECT, related_name="explanation_requests"
    )
    text = models.TextField(_("nội dung yêu cầu giải trình"), max_length=5000)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "criterion"], name="explanation_request_once_per_leaf"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="explanation_request_has_a_text"),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}/{self.criterion_id}"


class Explanation(models.Model):
    """The agency's answer to one request; it may be changed while the window is open."""

    request = models.OneToOneField(
        ExplanationRequest, on_delete=models.CASCADE, related_name="explanation"
    )
    text = models.TextField(_("nội dung giải trình"), max_length=10000)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="explanation_has_a_text")]

    def __str__(self) -> str:
        return f"{self.request_id}"


class CannedRemark(models.Model):
    """A remark that the team uses again and again in a round."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="remarks")
    text = models.CharField(_("nhận xét mẫu"), max_length=500)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["round", "text"], name="remark_once")]

    def __str__(self) -> str:
        return self.text
