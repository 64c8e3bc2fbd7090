"""A correction over many agencies: which ones, what, and why."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from agencies.fields import CHOICE, Text
from appraisal import scoring
from appraisal.models import Criterion

WAYS = {
    "points": _("Cho cùng một số điểm"),
    "minus": _("Trừ bớt một số điểm"),
    "self": _("Giữ điểm tự chấm"),
    "waive": _("Không áp dụng"),
}


class MeasureForm(forms.Form):
    """The dossiers ticked in the table, and what is done to all of them."""

    dossiers = forms.MultipleChoiceField(
        error_messages={**CHOICE, "required": _("Hãy chọn ít nhất một cơ quan.")}
    )
    way = forms.ChoiceField(
        label=_("Điều chỉnh"), choices=list(WAYS.items()), widget=forms.RadioSelect,
        initial="points", error_messages=CHOICE,
    )  # fmt: skip
    amount = forms.CharField(
        label=_("Số điểm"),
        required=False,
        max_length=20,
        help_text=_("Điểm mới, hoặc số điểm trừ. Hai cách dưới không dùng ô này."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    reason = Text(
        limit=2000, lines=True, label=_("Lý do"),
        help_text=_("Ghi vào từng điểm được điều chỉnh và hiện với cơ quan."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, criterion: Criterion, dossiers: Sequence[int], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.criterion = criterion
        chosen = self.fields["dossiers"]
        assert isinstance(chosen, forms.MultipleChoiceField)
        chosen.choices = [(str(pk), str(pk)) for pk in dossiers]
        way = self.fields["way"]
        assert isinstance(way, forms.ChoiceField)
        if not criterion.na_allowed:
            way.choices = [(key, label) for key, label in WAYS.items() if key != "waive"]

    def clean_dossiers(self) -> set[int]:
        return {int(pk) for pk in self.cleaned_data["dossiers"]}

    def clean_amount(self) -> Decimal | None:
        text = self.cleaned_data["amount"].strip()
        if not text or self.cleaned_data.get("way") in {"self", "waive"}:
            return None
        try:
            return scoring.parse_points(text, self.criterion.max_points)
        except scoring.BadNumber as bad:
            raise ValidationError(bad.sentence) from bad
