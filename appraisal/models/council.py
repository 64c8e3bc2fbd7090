"""The council's meeting: who was there, what was ruled; and the reports of the team members."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appraisal.models.criteria import Criterion
from appraisal.models.dossier import Dossier
from appraisal.models.round import Round, Seat


class Meeting(models.Model):
    """A meeting of the council of a round."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="meetings")
    held_at = models.DateTimeField(_("thời gian họp"))
    place = models.CharField(_("địa điểm"), max_length=250)
    chaired_by = models.ForeignKey(
        Seat,
        verbose_name=_("chủ trì"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    conclusion = models.TextField(_("kết luận"), max_length=10000, blank=True)

    class Meta:
        ordering = ["held_at"]

    def __str__(self) -> str:
        return f"{self.place} {self.held_at}"


class Attendance(models.Model):
    """Whether a seat of the council or team was taken at a meeting."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendances")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="attendances")
    present = models.BooleanField(_("có mặt"), default=False)
    note = models.CharField(_("ghi chú"), max_length=250, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "seat"], name="attendance_once")]

    def __str__(self) -> str:
        return f"{self.meeting_id}/{self.seat_id}"


class Ruling(models.Model):
    """A decision of the council about one disputed leaf; it writes the council's mark."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="rulings")
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="rulings")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="rulings")
    points = models.DecimalField(_("điểm"), max_digits=10, decimal_places=6, null=True)
    not_applicable = models.BooleanField(default=False)
    reason = models.TextField(_("lý do"), max_length=5000)
    votes_for = models.PositiveSmallIntegerField(_("tán thành"), default=0)
    votes_against = models.PositiveSmallIntegerField(_("không tán thành"), default=0)
    votes_abstain = models.PositiveSmallIntegerField(_("ý kiến khác"), default=0)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["recorded_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="ruling_has_a_reason"),
            models.CheckConstraint(
                condition=Q(points__isnull=False, not_applicable=False)
                | Q(points__isnull=True, not_applicable=True),
                name="ruling_says_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}/{self.criterion_id}"


class MemberReport(models.Model):
    """What a team member reports to the council: tasks done, difficulties, proposals."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="member_reports")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="member_reports"
    )
    tasks_done = models.TextField(_("nhiệm vụ đã thực hiện"), max_length=10000, blank=True)
    difficulties = models.TextField(_("khó khăn, vướng mắc"), max_length=10000, blank=True)
    proposals = models.TextField(_("đề xuất, kiến nghị"), max_length=10000, blank=True)
    saved_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "author"], name="member_report_once")
        ]

    def __str__(self) -> str:
        return f"{self.author_id}"
