"""The dossier (hồ sơ): one agency in one round."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, AgencyGroup, User
from appraisal.models.round import Round, Seat
from appraisal.states import DossierState, RoundState


class DossierQuerySet(models.QuerySet["Dossier"]):
    def visible_to(self, user: User) -> Self:
        """Dossiers a person may know of: the own agency's of an opened round, or by a seat."""
        if user.is_administrator:
            return self.none()
        seated = Exists(Seat.objects.filter(round=OuterRef("round_id"), user=user))
        own = Q(pk__in=[])
        if user.capacity and user.agency_id:
            own = Q(agency__in=user.agency_line) & ~Q(round__state=RoundState.DRAFT)
        return self.filter(seated | own)

    def of(self, round: Round) -> Self:
        return self.filter(round=round)

    def matching(self, text: str) -> Self:
        return self.filter(agency__in=Agency.objects.matching(text)) if text.strip() else self


class Dossier(models.Model):
    """What one agency hands in for one round, and what becomes of it."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="dossiers")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="dossiers")
    group = models.ForeignKey(AgencyGroup, on_delete=models.PROTECT, related_name="dossiers")
    state = models.CharField(
        max_length=15, choices=DossierState.choices, default=DossierState.DRAFT, editable=False
    )
    submitted_at = models.DateTimeField(null=True, blank=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = DossierQuerySet.as_manager()

    class Meta:
        ordering = ["group__position", "agency__name"]
        verbose_name = _("hồ sơ")
        constraints = [
            models.UniqueConstraint(fields=["round", "agency"], name="dossier_once_per_round"),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True, submitted_by__isnull=True)
                | Q(submitted_at__isnull=False, submitted_by__isnull=False),
                name="dossier_submitted_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state=DossierState.SUBMITTED) | Q(submitted_at__isnull=False),
                name="dossier_submitted_has_its_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency} – {self.round}"
