"""What the secretary types of a ruling: points or "not applicable", reason, votes, the meeting."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.fields import CHOICE, REQUIRED, Text
from appraisal import clock, scoring
from appraisal.models import Criterion, Meeting, Round

VOTE_LIMIT = 200


class MeetingChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A meeting by its time and place."""

    def label_from_instance(self, obj: Meeting) -> str:
        return f"{clock.minute(obj.held_at)}, {obj.place}"


def _votes(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=VOTE_LIMIT,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "invalid": _("Số phiếu là một số nguyên, ví dụ 7."),
            "min_value": _("Số phiếu không âm."),
            "max_value": _("Số phiếu không quá %(limit_value)s."),
        },
    )


class RulingForm(forms.Form):
    """A ruling on one leaf; `version` is the council's mark that the person had seen."""

    points = Text(
        label=_("Điểm kết luận"),
        limit=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    not_applicable = forms.BooleanField(label=_("Không áp dụng tiêu chí này"), required=False)
    reason = Text(label=_("Lý do"), limit=5000, lines=True)
    votes_for = _votes(_("Tán thành"))
    votes_against = _votes(_("Không tán thành"))
    votes_abstain = _votes(_("Ý kiến khác"))
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, round: Round, criterion: Criterion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criterion = criterion
        self.fields["meeting"] = MeetingChoice(
            Meeting.objects.filter(round=round).order_by("-held_at"),
            label=_("Kết luận tại cuộc họp"),
            empty_label=None,
            error_messages={**CHOICE, "required": REQUIRED},
        )
        if not criterion.na_allowed:
            del self.fields["not_applicable"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        text, waived = cleaned.get("points", ""), cleaned.get("not_applicable", False)
        cleaned["value"] = None
        if "points" in self.errors:
            return cleaned
        if waived:
            if text:
                self.add_error("points", _("Đã chọn “không áp dụng” thì bỏ trống điểm."))
            return cleaned
        try:
            cleaned["value"] = scoring.parse_points(text, self.criterion.max_points)
        except scoring.BadNumber as error:
            self.add_error("points", error.sentence)
        return cleaned

    def votes(self, name: str) -> int:
        """The votes of one kind; an empty box is none."""
        return self.cleaned_data.get(name) or 0
