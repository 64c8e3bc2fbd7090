"""The forms around documents: the card, the citation, taking back a dossier. No query."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.fields import Day, Text

PAGES = re.compile(r"[0-9]{1,4}( ?[-–] ?[0-9]{1,4})?([,;] ?[0-9]{1,4}( ?[-–] ?[0-9]{1,4})?)*")


class CardForm(forms.Form):
    """What is said about a document."""

    token = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)
    title = Text(limit=500, label=gettext_lazy("Tên, trích yếu văn bản"))
    number = Text(limit=100, required=False, label=gettext_lazy("Số, ký hiệu"))
    issued_on = Day(required=False, label=gettext_lazy("Ngày văn bản"))
    issuer = Text(limit=250, required=False, label=gettext_lazy("Cơ quan ban hành"))


class CitationForm(forms.Form):
    """On which pages of a document to look, and why."""

    pages = Text(
        limit=50,
        required=False,
        label=gettext_lazy("Trang"),
        help_text=gettext_lazy("Ví dụ: 3, 5-7. Bỏ trống nếu cả văn bản."),
    )
    note = Text(limit=500, required=False, label=gettext_lazy("Ghi chú"))

    def clean_pages(self) -> str:
        pages: str = self.cleaned_data["pages"]
        if pages and not PAGES.fullmatch(pages):
            raise ValidationError(_("Trang chưa đúng. Hãy viết số trang, ví dụ 3, 5-7."))
        return pages


class PickForm(CitationForm):
    """A document of the library to cite under a leaf."""

    evidence = forms.IntegerField(min_value=1, max_value=2**62)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sentence = _("Hãy chọn một tài liệu trong danh sách.")
        self.fields["evidence"].error_messages = dict.fromkeys(
            ["required", "invalid", "min_value", "max_value"], sentence
        )


class ReasonForm(forms.Form):
    """Why a dossier is taken back."""

    reason = Text(limit=2000, lines=True, label=gettext_lazy("Lý do rút hồ sơ"))
