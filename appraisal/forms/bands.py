"""The grade bands of a round: some rows of name, lower bound and whether the bound belongs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.fields import Text
from appraisal import scoring
from appraisal.forms.typed import Number

MOST = 12


class BandsForm(forms.Form):
    """Rows `name_0`, `bound_0`, `inclusive_0`…; a row without name and bound is left out."""

    def __init__(self, *args: Any, rows: int, **kwargs: Any) -> None:
        self.count = rows
        super().__init__(*args, **kwargs)
        for number in range(rows):
            self.fields[f"name_{number}"] = Text(
                label=gettext_lazy("Xếp loại"), limit=50, required=False
            )
            self.fields[f"bound_{number}"] = Number(
                label=gettext_lazy("Từ"), maximum=100, required=False
            )
            self.fields[f"inclusive_{number}"] = forms.BooleanField(
                label=gettext_lazy("Lấy cả mốc"), required=False
            )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        for number in range(self.count):
            name, bound = data.get(f"name_{number}"), data.get(f"bound_{number}")
            if name and bound is None and f"bound_{number}" not in self.errors:
                self.add_error(f"bound_{number}", _("Hãy điền mốc từ 0 đến 100."))
            if bound is not None and not name and f"name_{number}" not in self.errors:
                self.add_error(f"name_{number}", _("Hãy đặt tên cho mức này."))
        return data

    def bands(self) -> list[scoring.Band]:
        data = self.cleaned_data
        return [
            scoring.Band(
                data[f"name_{number}"], data[f"bound_{number}"], data[f"inclusive_{number}"]
            )
            for number in range(self.count)
            if data[f"name_{number}"]
        ]

    def rows(self) -> list[dict[str, Any]]:
        return [
            {
                "number": number,
                "name": self[f"name_{number}"],
                "bound": self[f"bound_{number}"],
                "inclusive": self[f"inclusive_{number}"],
            }
            for number in range(self.count)
        ]


def typed_rows(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of a posted form as they were typed, unread."""
    typed = str(data.get("rows", ""))
    count = min(int(typed), MOST) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 0
    return [
        {
            "name": data.get(f"name_{number}", ""),
            "bound": data.get(f"bound_{number}", ""),
            "inclusive": bool(data.get(f"inclusive_{number}")),
        }
        for number in range(count)
    ]


def form_of(rows: Sequence[Mapping[str, Any]]) -> BandsForm:
    """An unbound form that shows these rows."""
    initial = {
        f"{key}_{number}": value for number, row in enumerate(rows) for key, value in row.items()
    }
    return BandsForm(rows=len(rows), initial=initial)
