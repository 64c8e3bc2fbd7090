"""A published table that comes in: the file, its year, whose row is whose, the yes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from agencies.models import Agency
from appraisal.forms.criteria import WorkbookForm


class PastForm(WorkbookForm):
    """The file, and the year for a table that does not name it."""

    year = forms.IntegerField(
        label=gettext_lazy("Năm của kết quả"),
        required=False,
        min_value=1990,
        max_value=2100,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": "4"}),
        help_text=gettext_lazy("Chỉ cần khi bảng không có cột “Năm”."),
        error_messages=dict.fromkeys(
            ["invalid", "min_value", "max_value"],
            gettext_lazy("Hãy điền năm bằng bốn chữ số, ví dụ 2019."),
        ),
    )


class MatchForm(forms.Form):
    """For each row `agency_<n>`: which agency of the register it is, or nobody."""

    replace = forms.BooleanField(
        label=gettext_lazy("Thay kết quả đang có của các năm, nhóm nêu trên"), required=False
    )

    def __init__(
        self, *args: Any, agencies: Sequence[Agency], rows: int, replaces: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not replaces:
            del self.fields["replace"]
        self._known = {str(agency.pk): agency for agency in agencies}
        choices = [("", gettext_lazy("(không có trong danh mục)"))]
        choices += [(key, agency.name) for key, agency in self._known.items()]
        for number in range(rows):
            self.fields[f"agency_{number}"] = forms.ChoiceField(
                choices=choices, required=False, label=gettext_lazy("Cơ quan trong danh mục")
            )
        self.rows = rows

    def chosen(self) -> dict[int, Agency | None]:
        """The agency of each row by its place."""
        return {
            number: self._known.get(self.cleaned_data[f"agency_{number}"])
            for number in range(self.rows)
        }
