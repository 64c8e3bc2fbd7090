"""The register: provinces, their groups of agencies, and the agencies with their lives.

An agency that is renamed or merged is closed (`valid_to`) and points at its successor; a new row
begins. Which agencies a round assesses, and in which group, belongs to the round's dossiers, so
that history survives a reorganisation such as that of 2025.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agencies.text import fold


class Jurisdiction(models.Model):
    """A province: the names and the letterhead that its papers carry."""

    code = models.SlugField(_("mã tỉnh"), unique=True, max_length=20)
    name = models.CharField(_("tên tỉnh"), max_length=100)
    kind = models.CharField(
        _("cấp tỉnh là"),
        max_length=20,
        choices=[("tỉnh", _("tỉnh")), ("thành phố", _("thành phố"))],
        default="tỉnh",
    )
    place = models.CharField(_("địa danh ghi trên văn bản"), max_length=100)
    committee = models.CharField(_("Ủy ban nhân dân"), max_length=200)
    council = models.CharField(_("tên Hội đồng"), max_length=300)
    display_decimals = models.PositiveSmallIntegerField(_("số chữ số thập phân"), default=2)
    standing_agency = models.ForeignKey(
        "agencies.Agency",
        verbose_name=_("cơ quan thường trực"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    successor = models.ForeignKey(
        "self",
        verbose_name=_("tỉnh kế thừa"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="predecessors",
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(display_decimals__lte=4), name="jurisdiction_display_decimals"
            )
        ]

    def __str__(self) -> str:
        return self.name


class AgencyGroup(models.Model):
    """Agencies that are ranked together (nhóm đơn vị)."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, related_name="groups")
    code = models.SlugField(_("mã nhóm"), max_length=30)
    name = models.CharField(_("tên nhóm"), max_length=200)
    position = models.PositiveSmallIntegerField(_("thứ tự"), default=0)

    class Meta:
        ordering = ["position", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "code"], name="agency_group_code_once_per_jurisdiction"
            )
        ]

    def __str__(self) -> str:
        return self.name


class AgencyQuerySet(models.QuerySet["Agency"]):
    def in_force(self, day: date) -> Self:
        """Agencies that exist on that day; `valid_to` is the last day of life."""
        return self.filter(valid_from__lte=day).filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=day)
        )

    def matching(self, text: str) -> Self:
        return self.filter(folded__contains=fold(text)) if text.strip() else self


class Agency(models.Model):
    """An agency from one day to another; renamed or merged, it has a successor."""

    jurisdiction = models.ForeignKey(
        Jurisdiction, on_delete=models.PROTECT, related_name="agencies"
    )
    group = models.ForeignKey(
        AgencyGroup, verbose_name=_("nhóm"), on_delete=models.PROTECT, related_name="agencies"
    )
    code = models.CharField(_("mã cơ quan"), max_length=30)
    name = models.CharField(_("tên cơ quan"), max_length=250)
    valid_from = models.DateField(_("hoạt động từ ngày"))
    valid_to = models.DateField(_("đến hết ngày"), null=True, blank=True)
    successor = models.ForeignKey(
        "self",
        verbose_name=_("cơ quan kế thừa"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="predecessors",
    )
    folded = models.CharField(max_length=300, editable=False)

    objects = AgencyQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("cơ quan")
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "code", "valid_from"], name="agency_code_once_per_start"
            ),
            models.UniqueConstraint(
                fields=["jurisdiction", "code"],
                condition=Q(valid_to__isnull=True),
                name="agency_code_once_in_force",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="agency_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | Q(valid_to__isnull=False),
                name="agency_with_successor_has_ended",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.folded = fold(f"{self.code} {self.name}")[:300]
        super().save(*args, **kwargs)
