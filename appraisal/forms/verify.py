"""What a person may ask the public page: a code as typed, or a file. No query."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.fields import Text


class CodeForm(forms.Form):
    """A fingerprint, in whatever groups it was typed or pasted."""

    code = Text(
        label=_("Mã đối chiếu in trên văn bản"),
        limit=200,
        lines=True,
        help_text=_("64 chữ số và chữ cái a–f, chia thành 8 nhóm; có thể gõ hoặc dán cả dấu cách."),
        widget=forms.Textarea(
            attrs={
                "rows": 2,
                "spellcheck": "false",
                "autocapitalize": "none",
                "autocomplete": "off",
            }
        ),
    )


class DropForm(forms.Form):
    """A PDF or JSON to be compared and forgotten."""

    file = forms.FileField(
        label=_("Tệp PDF hoặc JSON"),
        help_text=_(
            "Văn bản PDF nhận được, hoặc tệp JSON kèm theo văn bản; tối đa 25 MB. Hệ thống chỉ đọc"
            " để đối chiếu, không lưu lại tệp."
        ),
        max_length=1000,
        error_messages={
            "required": _("Hãy chọn tệp cần đối chiếu."),
            "invalid": _("Hãy chọn tệp cần đối chiếu."),
            "missing": _("Hãy chọn tệp cần đối chiếu."),
            "empty": _("Tệp không có dữ liệu. Hãy chọn lại tệp."),
            "max_length": _("Tên tệp quá dài. Hãy đổi tên tệp rồi thử lại."),
        },
        widget=forms.FileInput(attrs={"accept": ".pdf,.json,application/pdf,application/json"}),
    )
