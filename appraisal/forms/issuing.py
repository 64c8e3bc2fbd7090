"""A paper that left the house: its number, its day, and the signed file if it came back."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.fields import Day, Text

NUMBER = re.compile(r"0*[1-9][0-9]{0,5}[A-Za-zĐđ]{0,3}")


class IssueForm(forms.Form):
    """Number and day as stamped on the paper; the file is not needed for a paper signed by hand."""

    number = Text(
        label=gettext_lazy("Số văn bản"),
        limit=20,
        help_text=gettext_lazy("Chỉ ghi số, không ghi ký hiệu; ví dụ 35 hoặc 35a."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    issued_on = Day(label=gettext_lazy("Ngày ban hành"))
    file = forms.FileField(
        label=gettext_lazy("Bản PDF đã ký số"),
        required=False,
        max_length=1000,
        help_text=gettext_lazy(
            "Tệp lấy về từ hệ thống quản lý văn bản, không quá 25 MB. Văn bản ký tay thì bỏ trống."
        ),
        error_messages={
            "invalid": gettext_lazy("Hãy chọn tệp PDF."),
            "missing": gettext_lazy("Hãy chọn tệp PDF."),
            "empty": gettext_lazy("Tệp không có dữ liệu. Hãy chọn lại tệp."),
            "max_length": gettext_lazy("Tên tệp quá dài. Hãy đổi tên tệp rồi thử lại."),
        },
        widget=forms.FileInput(attrs={"accept": ".pdf,application/pdf"}),
    )
    accept = forms.BooleanField(
        label=gettext_lazy("Tôi đã xem các lưu ý và vẫn ghi nhận tệp này"), required=False
    )
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asks_to_accept = False

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"]
        if not NUMBER.fullmatch(number):
            raise ValidationError(
                _("Số văn bản gồm chữ số, có thể thêm chữ cái; ví dụ 35 hoặc 35a.")
            )
        return number

    def accepts(self, sha256: str) -> bool:
        """Whether the tick was for this very file."""
        return bool(self.cleaned_data["accept"] and self.cleaned_data["seen"] == sha256)

    def ask_to_accept(self) -> None:
        """Show the tick by which a person takes a file in spite of what was found."""
        self.asks_to_accept = True
        self.add_error(
            "file",
            _("Hãy xem các lưu ý về tệp. Nếu vẫn ghi nhận, chọn lại tệp và đánh dấu đồng ý."),
        )
