"""A workbook between upload and confirmation: parsed, shown, waiting for a person's yes."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models import AgencyGroup
from appraisal.models.dossier import Dossier
from appraisal.models.round import Round


class WorkbookImport(models.Model):
    """What a workbook would bring into a round, with every problem at its cell."""

    class Kind(models.TextChoices):
        CRITERIA = "criteria", _("Bộ tiêu chí")
        SURVEY = "survey", _("Điểm điều tra xã hội học")
        SELF_SCORES = "self_scores", _("Bảng tự chấm điểm")
        APPRAISALS = "appraisals", _("Bảng thẩm định")
        CORRECTIONS = "corrections", _("Điều chỉnh hàng loạt")
        PAST = "past", _("Kết quả năm trước")

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="imports")
    group = models.ForeignKey(
        AgencyGroup, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    dossier = models.ForeignKey(
        Dossier, null=True, blank=True, on_delete=models.CASCADE, related_name="imports"
    )
    kind = models.CharField(max_length=20, choices=Kind.choices)
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    content = models.JSONField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-uploaded_at"]

    def __str__(self) -> str:
        return self.file_name
