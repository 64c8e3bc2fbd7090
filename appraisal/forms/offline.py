"""A workbook that comes back with its documents, and which of its rows a person takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from appraisal.forms.criteria import WorkbookForm


def _bundle_field(*, required: bool) -> forms.FileField:
    return forms.FileField(
        label=gettext_lazy("Tệp ZIP tài liệu kiểm chứng"),
        required=required,
        allow_empty_file=True,
        max_length=1000,
        help_text=gettext_lazy("Không quá 25 MB, tối đa 120 tệp.")
        if required
        else gettext_lazy("Không bắt buộc; không quá 25 MB, tối đa 120 tệp."),
        widget=forms.FileInput(attrs={"accept": ".zip"}),
        error_messages=dict.fromkeys(["required", "invalid"], gettext_lazy("Hãy chọn tệp ZIP."))
        | {"max_length": gettext_lazy("Tên tệp quá dài. Hãy đổi tên tệp rồi nhập lại.")},
    )


class BackForm(WorkbookForm):
    """The workbook, and the ZIP of the documents that it names."""

    bundle = _bundle_field(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = gettext_lazy(
            "Bảng .xlsx đã tải từ trang này, không quá 5 MB."
        )
        self.fields["file"].widget.attrs["accept"] = ".xlsx"


class DocumentsForm(forms.Form):
    """Documents that come after their workbook."""

    bundle = _bundle_field(required=True)


class TakeForm(forms.Form):
    """Which leaves are taken, by their number on the page: `take` where only the workbook changed,
    `replace` where what is stored gives way. `seen_<n>` is the version that stood in the preview.
    """

    def __init__(self, data: QueryDict | None = None, *, codes: Sequence[str]) -> None:
        super().__init__(data)
        self.sent = data
        self.codes = list(codes)
        numbers = [(str(number), code) for number, code in enumerate(self.codes)]
        for name in ("take", "replace"):
            self.fields[name] = forms.MultipleChoiceField(
                choices=numbers,
                required=False,
                error_messages={"invalid_choice": gettext_lazy("Hãy tải lại trang rồi chọn lại.")},
            )
        for number, _code in numbers:
            self.fields[f"seen_{number}"] = forms.IntegerField(
                required=False, min_value=0, max_value=2**31 - 1
            )

    def chosen(self) -> set[str]:
        """The numbers that are ticked, as sent."""
        sent = self.sent or QueryDict()
        return {number for name in ("take", "replace") for number in sent.getlist(name)}

    def accepted(self) -> dict[str, int]:
        """The leaves taken, each with the version that was seen."""
        data = self.cleaned_data
        return {
            self.codes[int(number)]: data[f"seen_{number}"] or 0
            for name in ("take", "replace")
            for number in data[name]
        }
