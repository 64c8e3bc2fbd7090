"""A published table that comes in: the file, its year and group, whose line is whose, the yes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency, AgencyGroup
from appraisal.forms.criteria import ConfirmForm, WorkbookForm
from appraisal.workbooks.past import FIRST_YEAR

NOT_THERE = gettext_lazy("Mục đã chọn không có trong danh sách. Hãy chọn lại.")


class PastForm(WorkbookForm):
    """The file, and the year and group of a table that names none."""

    year = forms.IntegerField(
        label=gettext_lazy("Năm của kết quả"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": "4"}),
        help_text=gettext_lazy("Chỉ cần khi bảng không có cột “Năm”."),
        error_messages={"invalid": gettext_lazy("Hãy điền năm bằng bốn chữ số, ví dụ 2019.")},
    )
    group = forms.ChoiceField(
        label=gettext_lazy("Nhóm cơ quan"),
        required=False,
        help_text=gettext_lazy("Chỉ cần khi bảng không có cột “Nhóm”."),
        error_messages={"invalid_choice": NOT_THERE},
    )

    def __init__(
        self, *args: Any, before: int, groups: Iterable[AgencyGroup], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._last = before - 1
        names = [(item.name, item.name) for item in groups]
        group = self.fields["group"]
        assert isinstance(group, forms.ChoiceField)
        group.choices = [("", gettext_lazy("Theo bảng, hoặc không ghi nhóm")), *names]

    def clean_year(self) -> int | None:
        year: int | None = self.cleaned_data["year"]
        if year is not None and not FIRST_YEAR <= year <= self._last:
            raise ValidationError(
                _("Hãy điền một năm từ %(first)d đến %(last)d.")
                % {"first": FIRST_YEAR, "last": self._last}
            )
        return year


class MatchForm(ConfirmForm):
    """For each line that nobody was found for `agency_<n>`: its agency of the register, or none;
    and the yes to warnings and to what is replaced."""

    replace = forms.BooleanField(
        label=gettext_lazy("Thay kết quả đang có của các năm và nhóm nêu trên"), required=False
    )

    def __init__(
        self,
        *args: Any,
        agencies: Iterable[Agency],
        places: Collection[int],
        replaces: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if not replaces:
            del self.fields["replace"]
        self._known = {str(agency.pk): agency for agency in agencies}
        self._places = places
        choices = _choices(self._known.values())
        for place in places:
            self.fields[f"agency_{place}"] = forms.ChoiceField(
                choices=choices,
                required=False,
                label=gettext_lazy("Cơ quan trong danh mục"),
                error_messages={"invalid_choice": NOT_THERE},
            )

    def chosen(self) -> dict[int, Agency | None]:
        """The agency of each of these lines by its place."""
        return {
            place: self._known.get(self.cleaned_data[f"agency_{place}"]) for place in self._places
        }


def _choices(agencies: Iterable[Agency]) -> list[Any]:
    """The register by group; an agency that has ended says until when it was."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for agency in agencies:
        name = agency.name
        if agency.valid_to is not None:
            name = f"{name} (… {agency.valid_to:%d/%m/%Y})"
        groups.setdefault(agency.group.name, []).append((str(agency.pk), name))
    return [("", gettext_lazy("Giữ theo tên, không gắn")), *groups.items()]
