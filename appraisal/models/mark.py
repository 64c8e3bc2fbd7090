"""A mark: what one stage says about one leaf of one dossier; and its history."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appraisal.models.criteria import Criterion
from appraisal.models.dossier import Dossier
from appraisal.states import Stage


class Mark(models.Model):
    """One row per dossier, leaf and stage. The effective mark is the strongest stage that exists.

    `points` hold what was typed (two decimals) or what a rule's quotient gave (six); they are
    never rounded for the sums. A self-score with `not_applicable` is a request; a team's or the
    council's mark with it is the acceptance. `version` counts the saves.
    """

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="marks")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="marks")
    stage = models.CharField(max_length=12, choices=Stage.choices)
    points = models.DecimalField(_("điểm"), max_digits=10, decimal_places=6, null=True, blank=True)
    declared = models.JSONField(_("số liệu kê khai"), default=dict, blank=True)
    reason = models.TextField(_("giải trình, lý do"), max_length=10000, blank=True)
    not_applicable = models.BooleanField(_("không áp dụng"), default=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="marks"
    )
    saved_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "criterion", "stage"], name="mark_once_per_stage"
            ),
            # The upper bound also keeps NaN out of PostgreSQL, where NaN exceeds every number.
            models.CheckConstraint(
                condition=Q(points__isnull=True) | Q(points__gte=0, points__lte=1000),
                name="mark_points",
            ),
            models.CheckConstraint(
                condition=Q(not_applicable=False) | (Q(points__isnull=True) & ~Q(reason="")),
                name="mark_not_applicable_has_a_reason_and_no_points",
            ),
            models.CheckConstraint(
                condition=Q(stage=Stage.SELF) | Q(points__isnull=False) | Q(not_applicable=True),
                name="mark_of_a_judge_says_something",
            ),
        ]
        indexes = [models.Index(fields=["criterion", "stage"], name="mark_by_criterion")]

    def __str__(self) -> str:
        return f"{self.dossier_id}/{self.criterion_id}/{self.stage}"


class MarkChange(models.Model):
    """One save of a mark: what was and what is. Append-only, by trigger."""

    mark = models.ForeignKey(Mark, on_delete=models.PROTECT, related_name="changes")
    version = models.PositiveIntegerField()
    old_points = models.DecimalField(max_digits=10, decimal_places=6, null=True)
    new_points = models.DecimalField(max_digits=10, decimal_places=6, null=True)
    old_not_applicable = models.BooleanField(null=True)
    new_not_applicable = models.BooleanField()
    declared = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["version"]
        constraints = [models.UniqueConstraint(fields=["mark", "version"], name="mark_change_once")]

    def __str__(self) -> str:
        return f"{self.mark_id} v{self.version}"
