"""Evidence (tài liệu kiểm chứng): a document of an agency, uploaded once and cited many times.

The bytes live in the content-addressed store (`appraisal.files.store`), named by their sha256.
"""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, User
from agencies.text import fold
from appraisal.models.criteria import Criterion
from appraisal.models.dossier import Dossier
from appraisal.models.round import Seat


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, user: User) -> Self:
        """The own agency's library, and what a dossier cites for who has a seat in its round."""
        if user.is_administrator:
            return self.none()
        seated = Exists(
            Citation.objects.filter(
                evidence=OuterRef("pk"),
                dossier__round__in=Seat.objects.filter(user=user).values("round"),
            )
        )
        own = Q(agency__in=user.agency_line) if user.capacity and user.agency_id else Q(pk__in=[])
        return self.filter(own | seated)

    def kept(self) -> Self:
        return self.filter(withdrawn_at__isnull=True)

    def matching(self, text: str) -> Self:
        return self.filter(folded__contains=fold(text)) if text.strip() else self


class Evidence(models.Model):
    """One document of an agency's library."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="evidence")
    sha256 = models.CharField(max_length=64, db_index=True, editable=False)
    size = models.PositiveBigIntegerField(editable=False)
    content_type = models.CharField(max_length=100, editable=False)
    file_name = models.CharField(max_length=255, editable=False)
    pages = models.PositiveIntegerField(null=True, editable=False)
    flags = models.JSONField(default=list, editable=False)
    title = models.CharField(_("tên, trích yếu văn bản"), max_length=500)
    number = models.CharField(_("số, ký hiệu"), max_length=100, blank=True)
    issued_on = models.DateField(_("ngày văn bản"), null=True, blank=True)
    issuer = models.CharField(_("cơ quan ban hành"), max_length=250, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    folded = models.TextField(editable=False)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at", "-pk"]
        verbose_name = _("tài liệu kiểm chứng")
        constraints = [
            # The same bytes again are the same document: uploading is idempotent.
            models.UniqueConstraint(
                fields=["agency", "sha256"],
                condition=Q(withdrawn_at__isnull=True),
                name="evidence_once_per_agency",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.folded = fold(f"{self.title} {self.number} {self.issuer} {self.file_name}")
        super().save(*args, **kwargs)


class Citation(models.Model):
    """A document cited under a leaf of a dossier, with the pages where to look."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="citations")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="citations")
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="citations")
    pages = models.CharField(_("trang"), max_length=50, blank=True)
    note = models.CharField(_("ghi chú"), max_length=500, blank=True)
    is_supplementary = models.BooleanField(_("bổ sung khi giải trình"), default=False)
    cited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    cited_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "criterion", "evidence"], name="citation_once_per_leaf"
            )
        ]

    def __str__(self) -> str:
        return f"{self.evidence_id} @ {self.criterion_id}"

    @property
    def first_page(self) -> int:
        """The page to open the preview at, from 1: the first number in `pages`."""
        digits = ""
        for letter in self.pages:
            if letter.isdigit():
                digits += letter
            elif digits:
                break
        return max(1, int(digits)) if digits else 1
