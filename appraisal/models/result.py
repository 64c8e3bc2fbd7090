"""The result: a sealed snapshot with its fingerprint, and the decision on it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from appraisal.models.dossier import Dossier
from appraisal.models.round import Authorization, Round
from appraisal.states import SeatRole


class Consolidation(models.Model):
    """Everything that counted at one moment: an immutable snapshot. Append-only, by trigger."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="consolidations")
    number = models.PositiveSmallIntegerField()
    snapshot = models.TextField(help_text="The canonical JSON; its sha256 is the fingerprint.")
    fingerprint = models.CharField(max_length=64)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="consolidation_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.round_id} #{self.number}"


class Result(models.Model):
    """One agency's line of a consolidation, as columns, so that lists need not open the snapshot.

    Figures are unrounded.
    """

    consolidation = models.ForeignKey(
        Consolidation, on_delete=models.CASCADE, related_name="results"
    )
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="results")
    appraised_points = models.DecimalField(max_digits=16, decimal_places=10)
    survey_points = models.DecimalField(max_digits=16, decimal_places=10)
    bonus = models.DecimalField(max_digits=16, decimal_places=10)
    penalty = models.DecimalField(max_digits=16, decimal_places=10)
    total_points = models.DecimalField(max_digits=16, decimal_places=10)
    maximum = models.DecimalField(max_digits=16, decimal_places=10)
    index = models.DecimalField(max_digits=16, decimal_places=10)
    rank = models.PositiveSmallIntegerField()
    tied = models.BooleanField(default=False)
    grade = models.CharField(max_length=50)

    class Meta:
        ordering = ["rank", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["consolidation", "dossier"], name="result_once")
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}: {self.index}"


class Decision(models.Model):
    """The approval of exactly one fingerprint by the chair, or the vice-chair so authorised."""

    round = models.OneToOneField(Round, on_delete=models.PROTECT, related_name="decision")
    consolidation = models.OneToOneField(
        Consolidation, on_delete=models.PROTECT, related_name="decision"
    )
    fingerprint = models.CharField(max_length=64)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField()
    role = models.CharField(max_length=15, choices=SeatRole.choices)
    authorization = models.ForeignKey(
        Authorization, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(role=SeatRole.CHAIR)
                | Q(role=SeatRole.VICE_CHAIR, authorization__isnull=False),
                name="decision_by_chair_or_authorised_vice_chair",
            )
        ]

    def __str__(self) -> str:
        return self.fingerprint
