"""The criteria set (bộ tiêu chí) of a round and group, and who appraises which part of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, AgencyGroup
from appraisal.models.round import Round, Seat


class RuleKind(models.TextChoices):
    """How the points of a leaf come about (domain reference §4.1)."""

    GROUP = "group", _("Nhóm")
    BOOLEAN = "boolean", _("Đạt/không đạt")
    CHECKLIST = "checklist", _("Danh mục")
    TIERS = "tiers", _("Bậc")
    LEVELS = "levels", _("Mức độ")
    PROPORTIONAL = "proportional", _("Tỷ lệ")
    DEDUCTION = "deduction", _("Trừ dần")
    MANUAL = "manual", _("Chuyên gia chấm")
    SURVEY = "survey", _("Khảo sát")
    BONUS = "bonus", _("Điểm thưởng")
    PENALTY = "penalty", _("Điểm trừ")


class CriteriaSet(models.Model):
    """The criteria of one group in one round; frozen with its hash when the round opens."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="criteria_sets")
    group = models.ForeignKey(AgencyGroup, on_delete=models.PROTECT, related_name="criteria_sets")
    name = models.CharField(_("tên bộ tiêu chí"), max_length=300)
    basis = models.CharField(_("văn bản ban hành"), max_length=300, blank=True)
    is_illustrative = models.BooleanField(_("bộ tiêu chí minh họa"), default=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    frozen_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["group__position"]
        constraints = [
            models.UniqueConstraint(fields=["round", "group"], name="criteria_set_once_per_group"),
            models.CheckConstraint(
                condition=Q(frozen_at__isnull=True, sha256="")
                | (Q(frozen_at__isnull=False) & ~Q(sha256="")),
                name="criteria_set_frozen_with_its_hash",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Criterion(models.Model):
    """A node of the tree: field → criterion → sub-criterion. Points sit on leaves."""

    criteria_set = models.ForeignKey(CriteriaSet, on_delete=models.CASCADE, related_name="criteria")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="children"
    )
    field = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="descendants",
        help_text="The root above this node; null on a root.",
    )
    position = models.PositiveSmallIntegerField(help_text="Place in reading order, from 0.")
    depth = models.PositiveSmallIntegerField(default=0)
    code = models.CharField(_("mã tiêu chí"), max_length=30)
    title = models.TextField(_("nội dung tiêu chí"), max_length=5000)
    max_points = models.DecimalField(_("điểm tối đa"), max_digits=6, decimal_places=2)
    kind = models.CharField(_("cách tính"), max_length=15, choices=RuleKind.choices)
    params = models.JSONField(_("tham số"), default=dict, blank=True)
    rule_text = models.TextField(_("diễn giải cách tính"), max_length=5000, blank=True)
    evidence_text = models.TextField(_("tài liệu kiểm chứng"), max_length=5000, blank=True)
    appraiser = models.ForeignKey(
        Agency,
        verbose_name=_("cơ quan thẩm định"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    na_allowed = models.BooleanField(_("cho phép không áp dụng"), default=False)
    note = models.TextField(_("ghi chú"), max_length=5000, blank=True)
    is_leaf = models.BooleanField(default=True)
    outside_total = models.BooleanField(_("ngoài thang điểm"), default=False)

    class Meta:
        ordering = ["position"]
        verbose_name = _("tiêu chí")
        constraints = [
            models.UniqueConstraint(
                fields=["criteria_set", "code"], name="criterion_code_once_per_set"
            ),
            models.UniqueConstraint(
                fields=["criteria_set", "position"], name="criterion_position_once_per_set"
            ),
            models.CheckConstraint(
                condition=Q(max_points__gte=0, max_points__lte=1000), name="criterion_max_points"
            ),
            models.CheckConstraint(
                condition=Q(is_leaf=True) | Q(kind="group"), name="criterion_parent_is_a_group"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def is_survey(self) -> bool:
        return self.kind == RuleKind.SURVEY

    @property
    def is_self_scored(self) -> bool:
        """Survey points come from the secretariat, penalties from the team."""
        return self.is_leaf and self.kind not in {RuleKind.SURVEY, RuleKind.PENALTY}


class Assignment(models.Model):
    """A team member's part of the tree: everything below `criterion` (for one agency, or all).

    The nearest assignment above a leaf counts: a sub-criterion given to somebody else leaves the
    rest of the field where it was. `is_second` is the second appraiser that the round's policy on
    the own agency asks for.
    """

    seat = models.ForeignKey(Seat, on_delete=models.CASCADE, related_name="assignments")
    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, related_name="assignments")
    is_second = models.BooleanField(_("người thẩm định thứ hai"), default=False)
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["criterion", "is_second"], name="assignment_one_seat_per_node"
            )
        ]

    def __str__(self) -> str:
        return f"{self.seat_id} → {self.criterion_id}"
