"""The forms of the team: a mark, a request, a remark, the send-back, the report.

They read what was typed; whether it may be kept is asked of `workflow`.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from agencies.fields import Text
from appraisal import scoring
from appraisal.forms.typed import Moment
from appraisal.models import Criterion


def points_text(points: Decimal | None) -> str:
    """Points as the field shows them, every digit that they carry."""
    return "" if points is None else scoring.show(points, scoring.POINT_PLACES, trim=True)


class MarkForm(forms.Form):
    """A judge's mark. `exact` are points that the page itself offers (the agency's, the rule's):
    a quotient among them keeps its six decimals, where a typed number has two at most."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    points = forms.CharField(
        label=_("Điểm thẩm định"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    not_applicable = forms.BooleanField(
        label=_("Công nhận không áp dụng với cơ quan này"), required=False
    )
    reason = Text(limit=10000, lines=True, label=_("Lý do, nhận xét"), required=False)

    def __init__(
        self,
        *args: Any,
        criterion: Criterion,
        exact: Mapping[str, Decimal] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.criterion = criterion
        self.exact = exact or {}
        self.fields["points"].widget.attrs.update(
            {"data-key": "p", "data-key-label": _("Đến ô điểm"), "class": "form-control"}
        )
        self.fields["reason"].widget.attrs.update(
            {"data-key": "l", "data-key-label": _("Đến ô lý do")}
        )
        if not criterion.na_allowed:
            del self.fields["not_applicable"]

    def clean_points(self) -> Decimal | None:
        text = self.cleaned_data["points"].strip()
        if not text:
            return None
        if text in self.exact:
            return self.exact[text]
        try:
            return scoring.parse_points(text, self.criterion.max_points)
        except scoring.BadNumber as bad:
            raise ValidationError(bad.sentence) from bad


class AskForm(forms.Form):
    """The request for an explanation."""

    text = Text(limit=5000, lines=True, label=_("Nội dung yêu cầu giải trình"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "ask_%s", **kwargs})
        self.fields["text"].widget.attrs.update(
            {"data-key": "g", "data-key-label": _("Đến ô yêu cầu giải trình")}
        )


class RemarkForm(forms.Form):
    """A canned remark."""

    text = Text(limit=500, label=_("Nhận xét mẫu mới"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "remark_%s", **kwargs})


class SendBackForm(forms.Form):
    """Why a dossier goes back, and until when it may be changed."""

    closes_at = Moment(label=_("Hạn mới để cơ quan gửi lại"))
    reason = Text(limit=1000, lines=True, label=_("Lý do trả lại"))


class ReportForm(forms.Form):
    """A team member's report to the council."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    tasks_done = Text(limit=10000, lines=True, label=_("Nhiệm vụ đã thực hiện"), required=False)
    difficulties = Text(limit=10000, lines=True, label=_("Khó khăn, vướng mắc"), required=False)
    proposals = Text(limit=10000, lines=True, label=_("Đề xuất, kiến nghị"), required=False)
