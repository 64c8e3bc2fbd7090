"""Papers: what the province's papers look like, the office's own templates, and the papers made.

A paper is a row first: asked for, being made, made, issued. Its bytes lie in the content-addressed
store. What a paper says is in `appraisal.papers` and `appraisal.documents`.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Jurisdiction
from appraisal.models.dossier import Dossier
from appraisal.models.result import Consolidation
from appraisal.models.round import Round


class PaperKind(models.TextChoices):
    """Which paper it is; what each holds is in `appraisal.papers`."""

    DECISION = "decision", _("Quyết định phê duyệt kết quả (dự thảo)")
    SUBMISSION = "submission", _("Tờ trình")
    REPORT = "report", _("Báo cáo kết quả thẩm định")
    MINUTES = "minutes", _("Biên bản họp Hội đồng")
    SCORE_SHEET = "score_sheet", _("Bảng điểm chi tiết")
    SELF_REPORT = "self_report", _("Báo cáo tự đánh giá")
    LETTERS = "letters", _("Thông báo kết quả gửi từng cơ quan")
    DERIVATION = "derivation", _("Vì sao có số này")


DOSSIER_KINDS = frozenset({PaperKind.SCORE_SHEET, PaperKind.SELF_REPORT, PaperKind.DERIVATION})
"""The papers about one agency; the others are about the whole round."""


class Issuer(models.TextChoices):
    """In whose name a paper is issued; it gives the head of the paper and the line "TM."."""

    COMMITTEE = "committee", _("Ủy ban nhân dân")
    CHAIRMAN = "chairman", _("Chủ tịch Ủy ban nhân dân")
    STANDING_AGENCY = "standing_agency", _("Cơ quan thường trực")
    COUNCIL = "council", _("Hội đồng")
    AGENCY = "agency", _("Cơ quan được đánh giá")


class SigningMode(models.TextChoices):
    """On what authority a person signs (Decree 30/2020, Appendix I)."""

    IN_PERSON = "in_person", _("Ký trực tiếp")
    DEPUTY = "deputy", _("Ký thay (KT.)")
    AUTHORISED = "authorised", _("Ký thừa ủy quyền (TUQ.)")
    BY_ORDER = "by_order", _("Ký thừa lệnh (TL.)")
    ACTING = "acting", _("Quyền (Q.)")


class PaperSettings(models.Model):
    """How a province words the head and foot of one kind of paper. `version` counts the saves."""

    jurisdiction = models.ForeignKey(
        Jurisdiction, on_delete=models.CASCADE, related_name="paper_settings"
    )
    kind = models.CharField(max_length=20, choices=PaperKind.choices)
    issuer = models.CharField(_("ban hành nhân danh"), max_length=20, choices=Issuer.choices)
    symbol = models.CharField(_("ký hiệu"), max_length=40, blank=True)
    on_behalf = models.BooleanField(
        _("ký thay mặt tập thể (TM.)"), default=False, help_text=_("Ví dụ TM. ỦY BAN NHÂN DÂN.")
    )
    mode = models.CharField(
        _("hình thức ký"),
        max_length=15,
        choices=SigningMode.choices,
        default=SigningMode.IN_PERSON,
    )
    head_title = models.CharField(
        _("chức vụ người đứng đầu"), max_length=150, help_text=_("Ví dụ CHỦ TỊCH, GIÁM ĐỐC.")
    )
    signer_title = models.CharField(
        _("chức vụ người ký"),
        max_length=150,
        blank=True,
        help_text=_("Khi ký thay, thừa ủy quyền, thừa lệnh. Ví dụ PHÓ CHỦ TỊCH."),
    )
    signer_name = models.CharField(_("họ tên người ký"), max_length=150, blank=True)
    recipients = models.TextField(_("nơi nhận (mỗi dòng một nơi)"), max_length=3000, blank=True)
    version = models.PositiveIntegerField(default=1)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "kind"], name="paper_settings_once_per_kind"
            ),
            models.CheckConstraint(
                condition=Q(mode__in=["in_person", "acting"]) | ~Q(signer_title=""),
                name="paper_settings_deputy_has_a_title",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.jurisdiction_id} {self.kind}"


class LegalBasis(models.Model):
    """A text that the province's papers rest on, with its date; cited until it is replaced."""

    jurisdiction = models.ForeignKey(
        Jurisdiction, on_delete=models.CASCADE, related_name="legal_bases"
    )
    position = models.PositiveSmallIntegerField(_("thứ tự"), default=0)
    text = models.CharField(_("căn cứ"), max_length=1000)
    issued_on = models.DateField(_("ngày văn bản"), null=True, blank=True)
    replaced_on = models.DateField(_("thôi viện dẫn từ ngày"), null=True, blank=True)
    kinds = models.JSONField(
        _("dùng cho"), default=list, blank=True, help_text="Kinds of papers; empty: all."
    )

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="legal_basis_says_something"),
            models.CheckConstraint(
                condition=Q(issued_on__isnull=True)
                | Q(replaced_on__isnull=True)
                | Q(replaced_on__gt=F("issued_on")),
                name="legal_basis_replaced_after_it_was_issued",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class PaperTemplate(models.Model):
    """The office's own Word template for a kind of paper. Versioned; the built-in one remains.

    Its bytes lie in the store. `facts` is what the check found, shown beside the preview.
    """

    jurisdiction = models.ForeignKey(
        Jurisdiction, on_delete=models.CASCADE, related_name="paper_templates"
    )
    kind = models.CharField(max_length=20, choices=PaperKind.choices)
    version = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    file_name = models.CharField(max_length=255)
    facts = models.JSONField(default=dict)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField()
    in_force_at = models.DateTimeField(null=True, blank=True)
    in_force_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["kind", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "kind", "version"], name="paper_template_version_once"
            ),
            models.UniqueConstraint(
                fields=["jurisdiction", "kind"],
                condition=Q(in_force_at__isnull=False, retired_at__isnull=True),
                name="paper_template_one_in_force",
            ),
            models.CheckConstraint(
                condition=Q(in_force_at__isnull=True, in_force_by__isnull=True)
                | Q(in_force_at__isnull=False, in_force_by__isnull=False),
                name="paper_template_in_force_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} v{self.version}"


class PaperState(models.TextChoices):
    QUEUED = "queued", _("Đang chờ")
    RUNNING = "running", _("Đang tạo")
    DONE = "done", _("Đã xong")
    FAILED = "failed", _("Không tạo được")


class Paper(models.Model):
    """A paper that is asked for, being made, or made: the row is the truth, the queue hurries it.

    `basis` is the hash of everything the paper depends on (kind, subject, result, settings,
    template …, see `appraisal.papers.basis`): asked for twice it is made once, and a paper whose
    basis is no longer that of today is out of date.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="papers")
    consolidation = models.ForeignKey(
        Consolidation, null=True, blank=True, on_delete=models.PROTECT, related_name="papers"
    )
    dossier = models.ForeignKey(
        Dossier, null=True, blank=True, on_delete=models.PROTECT, related_name="papers"
    )
    kind = models.CharField(max_length=20, choices=PaperKind.choices)
    basis = models.CharField(max_length=64, unique=True)
    template = models.ForeignKey(
        PaperTemplate, null=True, blank=True, on_delete=models.PROTECT, related_name="papers"
    )
    state = models.CharField(max_length=10, choices=PaperState.choices, default=PaperState.QUEUED)
    progress = models.PositiveSmallIntegerField(default=0, help_text="Percent.")
    error = models.CharField(max_length=500, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["round", "kind"], name="paper_by_round")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=sorted(DOSSIER_KINDS), dossier__isnull=False)
                | (~Q(kind__in=sorted(DOSSIER_KINDS)) & Q(dossier__isnull=True)),
                name="paper_about_a_dossier_names_it",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.round_id}"


class PaperFormat(models.TextChoices):
    PDF = "pdf", _("PDF")
    DOCX = "docx", _("Word")
    ZIP = "zip", _("ZIP")
    SIGNED = "signed", _("PDF đã ký số")


class PaperFile(models.Model):
    """The bytes of a paper in one format, by their hash."""

    paper = models.ForeignKey(Paper, on_delete=models.CASCADE, related_name="files")
    format = models.CharField(max_length=10, choices=PaperFormat.choices)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField()
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    signed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["paper", "format"], name="paper_file_once"),
            models.CheckConstraint(condition=~Q(sha256=""), name="paper_file_has_bytes"),
        ]

    def __str__(self) -> str:
        return f"{self.paper_id}.{self.format}"


class Issue(models.Model):
    """A paper that left the house: its number and date, and the signed file that came back.

    `signatures` is what the file said of its signatures when it was recorded; `matches` whether
    it carries the fingerprint of the draft (None: the file carries none).
    """

    paper = models.OneToOneField(Paper, on_delete=models.PROTECT, related_name="issue")
    number = models.CharField(_("số văn bản"), max_length=20)
    issued_on = models.DateField(_("ngày ban hành"))
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    file_name = models.CharField(max_length=255, blank=True)
    signatures = models.JSONField(default=list)
    matches = models.BooleanField(null=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(number=""), name="issue_has_a_number")]

    def __str__(self) -> str:
        return self.number
