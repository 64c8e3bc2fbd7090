"""A round (kỳ đánh giá) of one province and year: its settings, windows, bands and seats."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Jurisdiction, User
from appraisal.states import RoundState, SeatRole, Step


class NotApplicableMethod(models.TextChoices):
    """How a criterion that does not apply leaves the count (domain reference §4.2)."""

    SCALE_ALL = "scale_all", _("Quy đổi toàn bộ: điểm đạt / (tổng điểm − điểm loại trừ)")
    SCALE_APPRAISED = "scale_appraised", _("Chỉ quy đổi phần thẩm định, giữ nguyên phần khảo sát")


class OwnAgencyPolicy(models.TextChoices):
    """What happens when an appraiser belongs to the agency that is appraised."""

    FORBID = "forbid", _("Không được thẩm định cơ quan mình")
    SECOND = "second", _("Phải có người thứ hai thẩm định")
    WARN = "warn", _("Được thẩm định, có cảnh báo")


class TieRule(models.TextChoices):
    SHARED = "shared", _("Đồng hạng")
    APPRAISED_POINTS = "appraised_points", _("Xét điểm thẩm định cao hơn")


class AgenciesSee(models.TextChoices):
    """From when an agency sees the appraised points of its own dossier."""

    REQUESTS = "requests", _("Chỉ các tiêu chí được yêu cầu giải trình")
    APPRAISAL = "appraisal", _("Toàn bộ điểm thẩm định từ khi mở giải trình")
    PUBLISHED = "published", _("Chỉ sau khi công bố")


class RoundQuerySet(models.QuerySet["Round"]):
    def visible_to(self, user: User) -> Self:
        """Rounds a person may know of: of the own province, drafts only for who prepares them."""
        own = self.filter(jurisdiction=user.jurisdiction_id)
        if user.is_administrator:
            return self.none()
        if user.is_secretariat:
            return own
        known = Q(seats__user=user)
        if user.capacity and user.agency_id:
            known |= ~Q(state=RoundState.DRAFT) & Q(dossiers__agency__in=user.agency_line)
        return own.filter(known).distinct()


class Round(models.Model):
    """One year's determination of the index, and the rules by which it is counted."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, related_name="rounds")
    year = models.PositiveSmallIntegerField(
        _("năm đánh giá"), validators=[MinValueValidator(2000), MaxValueValidator(2100)]
    )
    name = models.CharField(_("tên đợt"), max_length=250)
    state = models.CharField(
        max_length=15, choices=RoundState.choices, default=RoundState.DRAFT, editable=False
    )
    appraisals = models.PositiveSmallIntegerField(
        _("số lần thẩm định"), default=2, choices=[(1, _("Một lần")), (2, _("Hai lần"))]
    )
    not_applicable_method = models.CharField(
        _("cách tính tiêu chí không áp dụng"),
        max_length=20,
        choices=NotApplicableMethod.choices,
        default=NotApplicableMethod.SCALE_APPRAISED,
    )
    own_agency_policy = models.CharField(
        _("thẩm định cơ quan của chính mình"),
        max_length=10,
        choices=OwnAgencyPolicy.choices,
        default=OwnAgencyPolicy.FORBID,
    )
    tie_rule = models.CharField(
        _("khi bằng điểm"), max_length=20, choices=TieRule.choices, default=TieRule.SHARED
    )
    display_decimals = models.PositiveSmallIntegerField(
        _("số chữ số thập phân hiển thị"), default=2, validators=[MaxValueValidator(4)]
    )
    agencies_see = models.CharField(
        _("cơ quan được xem điểm thẩm định"),
        max_length=10,
        choices=AgenciesSee.choices,
        default=AgenciesSee.REQUESTS,
    )
    bonus_max = models.DecimalField(_("điểm thưởng tối đa"), max_digits=5, decimal_places=2)
    penalty_max = models.DecimalField(_("điểm trừ tối đa"), max_digits=5, decimal_places=2)
    copied_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="copies"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = RoundQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-pk"]
        verbose_name = _("đợt đánh giá")
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "year", "name"], name="round_name_once_per_year"
            ),
            models.CheckConstraint(condition=Q(appraisals__in=[1, 2]), name="round_appraisals"),
            models.CheckConstraint(
                condition=Q(display_decimals__lte=4), name="round_display_decimals"
            ),
            models.CheckConstraint(
                condition=Q(bonus_max__gte=0, bonus_max__lte=100), name="round_bonus_max"
            ),
            models.CheckConstraint(
                condition=Q(penalty_max__gte=0, penalty_max__lte=100), name="round_penalty_max"
            ),
            models.CheckConstraint(
                condition=Q(state=RoundState.DRAFT) | Q(opened_at__isnull=False),
                name="round_out_of_draft_was_opened",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Window(models.Model):
    """From when to when a step of the round is open. `closes_at` is the exact last moment."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="windows")
    step = models.CharField(max_length=20, choices=Step.choices)
    opens_at = models.DateTimeField(_("mở từ"))
    closes_at = models.DateTimeField(_("đóng lúc"))

    class Meta:
        ordering = ["opens_at"]
        constraints = [
            models.UniqueConstraint(fields=["round", "step"], name="window_once_per_step"),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="window_closes_after_it_opens"
            ),
        ]

    def __str__(self) -> str:
        return self.get_step_display()


class Extension(models.Model):
    """More time for one agency in one step, by a named person, with the reason. Append-only."""

    dossier = models.ForeignKey(
        "appraisal.Dossier", on_delete=models.CASCADE, related_name="extensions"
    )
    step = models.CharField(max_length=20, choices=Step.choices)
    closes_at = models.DateTimeField(_("gia hạn đến"))
    reason = models.TextField(_("lý do"), max_length=1000)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    granted_at = models.DateTimeField()

    class Meta:
        ordering = ["-granted_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="extension_has_a_reason")
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.step}"


class GradeBand(models.Model):
    """A grade (xếp loại) from a lower bound upwards; the bound itself may belong to it or not."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="bands")
    name = models.CharField(_("xếp loại"), max_length=50)
    lower_bound = models.DecimalField(_("từ"), max_digits=6, decimal_places=3)
    inclusive = models.BooleanField(_("lấy cả mốc"), default=True)

    class Meta:
        ordering = ["-lower_bound"]
        constraints = [
            models.UniqueConstraint(fields=["round", "name"], name="band_name_once"),
            models.UniqueConstraint(fields=["round", "lower_bound"], name="band_bound_once"),
            models.CheckConstraint(
                condition=Q(lower_bound__gte=0, lower_bound__lte=100), name="band_bound"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SeatQuerySet(models.QuerySet["Seat"]):
    def in_force(self, day: date) -> Self:
        return self.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=day)).filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=day)
        )


class Seat(models.Model):
    """A person's place in the council or the assistance team of one round."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="seats")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="seats"
    )
    role = models.CharField(_("vai trò"), max_length=15, choices=SeatRole.choices)
    title = models.CharField(_("chức danh"), max_length=200, blank=True)
    valid_from = models.DateField(_("từ ngày"), null=True, blank=True)
    valid_to = models.DateField(_("đến hết ngày"), null=True, blank=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["round", "user", "role"], name="seat_once"),
            models.UniqueConstraint(
                fields=["round"],
                condition=Q(role=SeatRole.CHAIR, valid_to__isnull=True),
                name="seat_one_chair",
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_to__gte=F("valid_from")),
                name="seat_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.get_role_display()}"


class Authorization(models.Model):
    """A document by which the vice-chair may approve in the chair's place, from day to day."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="authorizations")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("người được ủy quyền"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    document_number = models.CharField(_("số, ký hiệu văn bản"), max_length=100)
    document_date = models.DateField(_("ngày văn bản"))
    valid_from = models.DateField(_("từ ngày"))
    valid_to = models.DateField(_("đến hết ngày"))
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")),
                name="authorization_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return self.document_number
