"""From when to when each step of a round is open, all on one form."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.fields import Text
from appraisal.forms.typed import Moment
from appraisal.models import Window
from appraisal.states import Step


class WindowsForm(forms.Form):
    """Two moments for each step: `<step>_opens`, `<step>_closes`; and why, once the round is open.

    A step that has no times yet may stay empty; one that has them may not lose them.
    """

    reason = Text(
        label=gettext_lazy("Lý do đổi thời gian"),
        limit=1000,
        lines=True,
        required=False,
        help_text=gettext_lazy("Cần khi đợt đã mở; ghi vào nhật ký của đợt."),
    )

    def __init__(self, *args: Any, stored: dict[str, Window], **kwargs: Any) -> None:
        self.stored = stored
        initial = kwargs.setdefault("initial", {})
        for step, window in stored.items():
            initial[f"{step}_opens"] = window.opens_at
            initial[f"{step}_closes"] = window.closes_at
        super().__init__(*args, **kwargs)
        for step in Step:
            needed = step in stored
            self.fields[f"{step}_opens"] = Moment(label=gettext_lazy("Mở từ"), required=needed)
            self.fields[f"{step}_closes"] = Moment(label=gettext_lazy("Đóng lúc"), required=needed)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        for step in Step:
            opens, closes = data.get(f"{step}_opens"), data.get(f"{step}_closes")
            for typed, other, name in (
                (opens, closes, f"{step}_opens"),
                (closes, opens, f"{step}_closes"),
            ):
                if typed is None and other is not None and name not in self.errors:
                    self.add_error(name, _("Hãy điền cả thời điểm mở và thời điểm đóng."))
        return data

    def windows(self) -> dict[str, tuple[datetime, datetime]]:
        data = self.cleaned_data
        return {
            step: (data[f"{step}_opens"], data[f"{step}_closes"])
            for step in Step
            if data.get(f"{step}_opens") and data.get(f"{step}_closes")
        }

    def rows(self) -> list[dict[str, Any]]:
        """One step a row, with the window that is stored now."""
        return [
            {
                "label": step.label,
                "window": self.stored.get(step),
                "opens": self[f"{step}_opens"],
                "closes": self[f"{step}_closes"],
            }
            for step in Step
        ]
