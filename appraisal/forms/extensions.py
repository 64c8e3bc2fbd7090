"""More time for one agency: which step, until when, why."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.fields import CHOICE, Text
from appraisal.forms.typed import Moment
from appraisal.states import Step


class ExtensionForm(forms.Form):
    """Only the two steps that an agency itself works in can be longer for it."""

    step = forms.ChoiceField(
        label=_("Bước được gia hạn"),
        choices=[(step.value, step.label) for step in (Step.SELF_ASSESSMENT, Step.EXPLANATION)],
        widget=forms.RadioSelect,
        error_messages=CHOICE,
    )
    closes_at = Moment(
        label=_("Hạn mới"),
        help_text=_("Ngày/tháng/năm giờ:phút theo giờ Việt Nam, ví dụ 22/12/2020 17:00."),
    )
    reason = Text(label=_("Lý do"), limit=1000, lines=True)
