"""Results of years before the system, or from elsewhere: what was published, as it was published.

They are compared with, never counted: no sum and no rank of a round reads them.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Jurisdiction
from appraisal.models.imports import WorkbookImport


class PastResult(models.Model):
    """One agency's line of a published table. `agency` is null where none in the register fits."""

    jurisdiction = models.ForeignKey(
        Jurisdiction, on_delete=models.CASCADE, related_name="past_results"
    )
    year = models.PositiveSmallIntegerField(_("năm"))
    group_name = models.CharField(_("nhóm"), max_length=200, blank=True)
    agency_name = models.CharField(_("tên cơ quan"), max_length=250)
    agency = models.ForeignKey(
        Agency, null=True, blank=True, on_delete=models.SET_NULL, related_name="past_results"
    )
    appraised_points = models.DecimalField(max_digits=10, decimal_places=6, null=True)
    survey_points = models.DecimalField(max_digits=10, decimal_places=6, null=True)
    total_points = models.DecimalField(max_digits=10, decimal_places=6)
    maximum = models.DecimalField(max_digits=10, decimal_places=6, default=100)
    index = models.DecimalField(max_digits=10, decimal_places=6)
    rank = models.PositiveSmallIntegerField(null=True)
    grade = models.CharField(max_length=50, blank=True)
    source = models.CharField(_("văn bản công bố"), max_length=300, blank=True)
    imported = models.ForeignKey(
        WorkbookImport, null=True, on_delete=models.SET_NULL, related_name="past_results"
    )

    class Meta:
        ordering = ["-year", "group_name", "rank", "agency_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "year", "group_name", "agency_name"],
                name="past_result_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.agency_name}"
