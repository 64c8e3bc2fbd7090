"""The form of an explanation. No query."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from agencies.fields import Text


class ExplanationForm(forms.Form):
    """The agency's answer for one leaf; empty is left to the workflow, which names the field."""

    version = forms.IntegerField(
        min_value=0,
        max_value=2**31 - 1,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(
            ["required", "invalid", "min_value", "max_value"],
            gettext_lazy("Trang thiếu số phiên bản. Hãy tải lại trang rồi lưu lại."),
        ),
    )
    text = Text(limit=10000, lines=True, required=False, label=gettext_lazy("Nội dung giải trình"))

    def clean_text(self) -> str:
        return str(self.cleaned_data["text"]).replace("\r\n", "\n")
