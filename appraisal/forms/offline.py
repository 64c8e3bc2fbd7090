"""A workbook that comes back with its documents, and which of its rows a person takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from appraisal.forms.criteria import WorkbookForm


class BackForm(WorkbookForm):
    """The workbook, and the ZIP of the documents that it names."""

    bundle = forms.FileField(
        label=gettext_lazy("Tệp ZIP tài liệu kiểm chứng"),
        required=False,
        allow_empty_file=True,
        max_length=1000,
        help_text=gettext_lazy("Không bắt buộc; không quá 25 MB, tối đa 200 tệp."),
        widget=forms.FileInput(attrs={"accept": ".zip"}),
        error_messages={
            "invalid": gettext_lazy("Hãy chọn tệp ZIP."),
            "max_length": gettext_lazy("Tên tệp quá dài. Hãy đổi tên tệp rồi nhập lại."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = gettext_lazy(
            "Bảng .xlsx đã tải từ trang này, không quá 5 MB."
        )
        self.fields["file"].widget.attrs["accept"] = ".xlsx"


class TakeForm(forms.Form):
    """For each leaf `take_<n>` ticked, and `seen_<n>`: the version that stood in the preview."""

    def __init__(self, *args: Any, codes: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = list(codes)
        for number, _code in enumerate(self.codes):
            self.fields[f"take_{number}"] = forms.BooleanField(required=False)
            self.fields[f"seen_{number}"] = forms.IntegerField(
                required=False, min_value=0, max_value=2**31 - 1
            )

    def accepted(self) -> dict[str, int]:
        """The leaves taken, each with the version that was seen."""
        data = self.cleaned_data
        return {
            code: data[f"seen_{number}"] or 0
            for number, code in enumerate(self.codes)
            if data.get(f"take_{number}")
        }
