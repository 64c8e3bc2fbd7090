"""What the chair sends to approve, and the reason that weighty steps back ask for."""

from __future__ import annotations

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from agencies.fields import Secret, Text


class ApprovalForm(forms.Form):
    """The fingerprint that stood on the page, and the password once more."""

    fingerprint = forms.CharField(
        widget=forms.HiddenInput,
        validators=[RegexValidator(r"\A[0-9a-f]{64}\Z", _("Mã đối chiếu không đọc được."))],
    )
    password = Secret(
        autocomplete="current-password",
        label=_("Mật khẩu của ông/bà"),
        help_text=_("Nhập lại mật khẩu đăng nhập để xác nhận chính ông/bà phê duyệt."),
    )


class ReasonForm(forms.Form):
    """A reason that the people concerned will read."""

    reason = Text(label=_("Lý do"), limit=2000, lines=True)
