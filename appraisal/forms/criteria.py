"""A workbook that comes in: the file, and the yes of the person who saw its preview."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.fields import Text


class WorkbookForm(forms.Form):
    """One workbook to read."""

    file = forms.FileField(
        label=gettext_lazy("Tệp bảng tính"),
        allow_empty_file=True,  # the importer has a better sentence for it
        max_length=1000,
        help_text=gettext_lazy("XLSX hoặc CSV UTF-8, không quá 5 MB."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={
            "required": gettext_lazy("Hãy chọn tệp cần nhập."),
            "invalid": gettext_lazy("Hãy chọn tệp cần nhập."),
            "missing": gettext_lazy("Hãy chọn tệp cần nhập."),
            "max_length": gettext_lazy("Tên tệp quá dài. Hãy đổi tên tệp rồi nhập lại."),
        },
    )


class ConfirmForm(forms.Form):
    """The yes to a preview; warnings, where there are any, are accepted by a tick of their own."""

    accept = forms.BooleanField(
        label=gettext_lazy("Tôi đã xem các cảnh báo và chấp nhận nhập như vậy"), required=False
    )

    def __init__(self, *args: Any, warnings: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not warnings:
            del self.fields["accept"]

    def clean_accept(self) -> bool:
        if not self.cleaned_data["accept"]:
            raise ValidationError(_("Hãy đánh dấu đã chấp nhận các cảnh báo, hoặc sửa tệp."))
        return True


class ConfirmCriteriaForm(ConfirmForm):
    """What a criteria set is called, and whether it is a demonstration."""

    name = Text(label=gettext_lazy("Tên bộ tiêu chí"), limit=300)
    basis = Text(
        label=gettext_lazy("Văn bản ban hành"),
        limit=300,
        required=False,
        help_text=gettext_lazy("Ví dụ: Quyết định số 707/QĐ-UBND ngày 30/7/2020 của UBND tỉnh."),
    )
    is_illustrative = forms.BooleanField(
        label=gettext_lazy("Bộ tiêu chí minh họa, không phải của văn bản chính thức"),
        required=False,
    )
    field_order = ["name", "basis", "is_illustrative", "accept"]
