"""Form fields that keep the rules of typed text and speak Vietnamese. No model, no query."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from agencies.text import clean, unfit

REQUIRED = _("Hãy điền mục này.")
CHOICE = {
    "required": _("Hãy chọn một mục."),
    "invalid_choice": _("Mục đã chọn không có trong danh sách. Hãy chọn lại."),
    "invalid_pk_value": _("Mục đã chọn không có trong danh sách. Hãy chọn lại."),
    "invalid_list": _("Danh sách đã chọn không đọc được. Hãy chọn lại."),
}
PASSWORD_LIMIT = 128  # hashing costs by length, so the limit comes before the hash


class Text(forms.CharField):
    """A text of one line, or of several with `lines=True`: NFC, no control characters."""

    default_error_messages = {
        "required": REQUIRED,
        "unfit": _("Nội dung có ký tự điều khiển hoặc ký tự không hợp lệ. Hãy gõ lại mục này."),
        "long": _("Mục này dài quá %(limit)d ký tự (đang có %(length)d)."),
    }

    def __init__(self, *, limit: int, lines: bool = False, **kwargs: Any) -> None:
        self.limit, self.lines = limit, lines
        if lines:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
        super().__init__(**kwargs)
        # Django's own check for NUL speaks English; `unfit` refuses NUL too.
        self.validators = []
        self.widget.attrs.setdefault("maxlength", str(limit))

    def to_python(self, value: Any) -> str:
        # Trimming comes after the check: the ends of a line are where header injection sits.
        typed = "" if value is None else str(value)
        if unfit(typed.strip(" "), lines=self.lines):
            raise ValidationError(self.error_messages["unfit"], code="unfit")
        if len(typed) > 4 * self.limit:  # not worth normalising
            self._refuse_long(len(typed))
        text = clean(typed)
        if len(text) > self.limit:
            self._refuse_long(len(text))
        return text

    def _refuse_long(self, length: int) -> None:
        raise ValidationError(
            self.error_messages["long"],
            code="long",
            params={"limit": self.limit, "length": length},
        )


class Mail(forms.EmailField):
    """An e-mail address, in lower case as it is stored."""

    default_error_messages = {
        "required": REQUIRED,
        "invalid": _("Địa chỉ thư điện tử chưa đúng, ví dụ đúng: ten@coquan.gov.vn."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Thư điện tử"))
        super().__init__(**kwargs)
        self.widget.attrs.update(autocapitalize="none", spellcheck="false")

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).lower()

    def run_validators(self, value: str) -> None:
        if value and (unfit(value) or len(value) > 254 or not value.isascii()):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        super().run_validators(value)


class Secret(forms.CharField):
    """A password, taken as typed; pasting is welcome."""

    default_error_messages = {"required": REQUIRED}

    def __init__(self, *, autocomplete: str, **kwargs: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
        super().__init__(strip=False, widget=widget, **kwargs)
        self.validators = []

    def validate(self, value: str) -> None:
        super().validate(value)
        if len(value) > PASSWORD_LIMIT:
            raise ValidationError(
                _("Mật khẩu dài quá %(limit)d ký tự."), params={"limit": PASSWORD_LIMIT}
            )
        if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            raise ValidationError(_("Mật khẩu có ký tự không hợp lệ. Hãy gõ lại."))


class Day(forms.DateField):
    """A day typed as `23/11/2026`; the browser's own date box follows the computer's language."""

    default_error_messages = {
        "required": REQUIRED,
        "invalid": _("Ngày chưa đúng. Hãy viết ngày/tháng/năm, ví dụ 23/11/2026."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("Viết ngày/tháng/năm, ví dụ 23/11/2026."))
        super().__init__(
            input_formats=["%d/%m/%Y", "%d-%m-%Y"],
            widget=forms.DateInput(
                format="%d/%m/%Y",
                attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "10"},
            ),
            **kwargs,
        )

    def to_python(self, value: Any) -> date | None:
        day = super().to_python(value)
        # A slip of the finger in the year (0206, 20266) is no day of any agency.
        if day is not None and not 1945 <= day.year <= 2100:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return day


class Code(Text):
    """The short code of an agency or a group: letters without marks, digits, dot, dash."""

    default_error_messages = {
        "long": _("Mã chỉ gồm chữ không dấu, số, dấu chấm, gạch; tối đa 30 ký tự.")
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("Chữ không dấu, số, dấu chấm, gạch ngang; ví dụ SNV."))
        super().__init__(limit=30, **kwargs)
        sentence = self.error_messages["long"]
        self.validators = [RegexValidator(r"\A[A-Za-z0-9][A-Za-z0-9._-]*\Z", sentence)]


class Phone(Text):
    """A telephone number as people write it."""

    default_validators = [
        RegexValidator(
            r"\A[0-9+(). \-]{6,30}\Z",
            _("Số điện thoại chỉ gồm chữ số, dấu cách và các dấu + ( ) . -, ví dụ 0260 3862 000."),
        )
    ]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(limit=30, widget=forms.TextInput(attrs={"inputmode": "tel"}), **kwargs)
        self.validators = [*self.default_validators]
