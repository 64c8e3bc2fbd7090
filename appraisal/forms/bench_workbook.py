"""Which rows of an appraiser's workbook a person takes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_SEEN = re.compile(r"[0-9]{1,9}( [0-9]{1,9})*")


class TakeRowsForm(forms.Form):
    """The keys of the rows ticked, and in one field the versions that stood in the preview: one for
    each row offered, in their order."""

    seen = forms.CharField(required=False, max_length=40_000, widget=forms.HiddenInput)

    def __init__(self, *args: Any, keys: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys = list(keys)
        self.fields["take"] = forms.MultipleChoiceField(
            required=False, choices=[(key, key) for key in self.keys]
        )

    def clean_seen(self) -> dict[str, int]:
        text = self.cleaned_data["seen"]
        versions = text.split() if _SEEN.fullmatch(text) else []
        if len(versions) != len(self.keys):
            raise ValidationError(
                _("Các dòng để chọn đã thay đổi từ khi ông/bà mở trang. Hãy xem lại rồi chọn.")
            )
        return {key: int(version) for key, version in zip(self.keys, versions, strict=True)}

    def accepted(self) -> dict[str, int]:
        """The rows taken, each with the version that was seen."""
        seen = self.cleaned_data["seen"]
        return {key: seen[key] for key in self.cleaned_data["take"]}
