"""Signing a paper: with a key file or with the server's device, and how the signature looks."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.fields import CHOICE, REQUIRED, Secret
from appraisal.documents import stamp
from appraisal.files.uploads import KEY_FILE_FIELD

PICTURE = _("Hãy chọn tệp ảnh PNG.")


class LookForm(forms.Form):
    """In which capacity a person signs, and with which picture."""

    role = forms.ChoiceField(
        label=_("Ký với tư cách"),
        choices=[
            (stamp.PERSON, _("Người có thẩm quyền (chữ ký cá nhân)")),
            (stamp.ORGANISATION, _("Cơ quan, tổ chức (con dấu)")),
        ],
        initial=stamp.PERSON,
        widget=forms.RadioSelect,
        error_messages=CHOICE,
    )
    picture = forms.FileField(
        label=_("Ảnh chữ ký hoặc con dấu"),
        required=False,
        max_length=1000,
        help_text=_(
            "PNG nền trong suốt: chữ ký màu xanh, hoặc con dấu màu đỏ. Không có ảnh thì hệ thống"
            " ghi họ tên, cơ quan và thời gian ký. Ảnh chỉ dùng cho lần ký này, không lưu riêng."
        ),
        error_messages={
            "invalid": PICTURE,
            "missing": PICTURE,
            "empty": PICTURE,
            "max_length": _("Tên tệp quá dài. Hãy đổi tên tệp rồi thử lại."),
        },
        widget=forms.FileInput(attrs={"accept": ".png,image/png"}),
    )
    diameter = forms.TypedChoiceField(
        label=_("Đường kính con dấu"),
        coerce=Decimal,
        choices=[(str(size), _("%d mm") % size) for size in range(28, 43)],
        initial="36",
        help_text=_("Chỉ dùng khi ký bằng con dấu: dấu hiện đúng kích thước thật."),
        error_messages=CHOICE,
    )


class KeyFileForm(LookForm):
    """A PKCS#12 file with its passphrase; both are used once and kept nowhere."""

    key_file = forms.FileField(
        label=_("Tệp chứng thư số (.p12, .pfx)"),
        max_length=1000,
        help_text=_("Tệp PKCS#12 gồm chứng thư số và khóa bí mật, không quá 64 KB."),
        error_messages={
            "required": _("Hãy chọn tệp chứng thư số."),
            "invalid": _("Hãy chọn tệp chứng thư số."),
            "missing": _("Hãy chọn tệp chứng thư số."),
            "empty": _("Tệp không có dữ liệu. Hãy chọn lại tệp."),
            "max_length": _("Tên tệp quá dài. Hãy đổi tên tệp rồi thử lại."),
        },
        widget=forms.FileInput(attrs={"accept": ".p12,.pfx,application/x-pkcs12"}),
    )
    passphrase = Secret(label=_("Mật khẩu của tệp chứng thư số"), autocomplete="off")

    field_order = [KEY_FILE_FIELD, "passphrase", "role", "picture", "diameter"]

    def clean_key_file(self) -> tuple[str, bytes]:
        """The file's name and its bytes, which never were on a disk."""
        upload: Any = self.cleaned_data[KEY_FILE_FIELD]
        return str(upload.name), upload.read()


class TokenForm(LookForm):
    """The PIN of the server's signing device."""

    pin = forms.CharField(
        label=_("Mã PIN của thiết bị ký số"),
        strip=False,
        max_length=64,
        help_text=_("Nhập sai nhiều lần thì thiết bị tự khóa."),
        error_messages={"required": REQUIRED, "max_length": _("Mã PIN quá dài.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    field_order = ["pin", "role", "picture", "diameter"]
