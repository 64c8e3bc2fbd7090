"""The people who sign in. What a person may do in a round is a seat, in `appraisal`."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from agencies.models.register import Agency, Jurisdiction
from agencies.text import fold


class Capacity(models.TextChoices):
    """What a person is in the own agency, whatever the round."""

    NONE = "", _("không nhập liệu cho cơ quan")
    OFFICER = "officer", _("cán bộ đầu mối")
    HEAD = "head", _("thủ trưởng cơ quan")


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """A person with an e-mail address to sign in with.

    `is_administrator` keeps accounts and has no part in the business; `is_secretariat` may open
    rounds for the province. Neither is a seat: seats belong to a round.
    """

    email = models.EmailField(_("thư điện tử"), max_length=254, unique=True)
    full_name = models.CharField(_("họ và tên"), max_length=150)
    position = models.CharField(_("chức vụ"), max_length=200, blank=True)
    phone = models.CharField(_("điện thoại"), max_length=30, blank=True)
    jurisdiction = models.ForeignKey(
        Jurisdiction, verbose_name=_("tỉnh"), on_delete=models.PROTECT, related_name="people"
    )
    agency = models.ForeignKey(
        Agency,
        verbose_name=_("cơ quan"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="people",
    )
    capacity = models.CharField(
        _("vai trò trong cơ quan"),
        max_length=10,
        choices=Capacity.choices,
        default=Capacity.NONE,
        blank=True,
    )
    is_secretariat = models.BooleanField(_("thuộc cơ quan thường trực (mở đợt)"), default=False)
    is_administrator = models.BooleanField(_("quản trị kỹ thuật (tài khoản)"), default=False)
    is_active = models.BooleanField(_("được đăng nhập"), default=True)
    must_change_password = models.BooleanField(_("phải đổi mật khẩu"), default=False)
    invited_at = models.DateTimeField(_("được mời lúc"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    folded = models.CharField(max_length=450, editable=False)

    # Whether other agencies went into the own one; `agencies.backends` asks with the person.
    succeeds: bool = True

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    objects = UserManager()

    class Meta:
        ordering = ["full_name"]
        verbose_name = _("người dùng")
        constraints = [
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="user_email_in_lower_case"
            ),
            models.CheckConstraint(
                condition=Q(capacity="") | Q(agency__isnull=False),
                name="user_with_capacity_has_an_agency",
            ),
            # Who keeps the accounts has no hand in the scores (QĐ 742/QĐ-BTTTT; abuse A15).
            models.CheckConstraint(
                condition=Q(is_administrator=False) | Q(capacity="", is_secretariat=False),
                name="user_administrator_has_no_business",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @cached_property
    def agency_line(self) -> frozenset[int]:
        """The own agency and all that were renamed into it or merged with it.

        A reorganisation in the middle of a round moves the people to the successor; the dossiers
        and documents of the agencies before it stay theirs to finish.
        """
        found = {self.agency_id} if self.agency_id else set()
        if not self.succeeds:
            return frozenset(found)
        line: set[int] = set()
        while found:
            line |= found
            before = Agency.objects.filter(successor__in=found).values_list("pk", flat=True)
            found = set(before) - line
        return frozenset(line)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.lower()
        self.folded = fold(f"{self.full_name} {self.email}")[:450]
        super().save(*args, **kwargs)
