"""A Word template that an office brings."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy


class TemplateForm(forms.Form):
    """One Word file."""

    file = forms.FileField(
        label=gettext_lazy("Tệp mẫu Word"),
        allow_empty_file=True,  # the check has a better sentence for it
        max_length=1000,
        help_text=gettext_lazy("Tệp .docx, không quá 5 MB, không có macro."),
        widget=forms.FileInput(attrs={"accept": ".docx"}),
        error_messages={
            "required": gettext_lazy("Hãy chọn tệp mẫu."),
            "invalid": gettext_lazy("Hãy chọn tệp mẫu."),
            "missing": gettext_lazy("Hãy chọn tệp mẫu."),
            "max_length": gettext_lazy("Tên tệp quá dài. Hãy đổi tên tệp rồi gửi lại."),
        },
    )
