"""Which agencies a round assesses and in which group: a row of a plain table for each agency.

No formset: thirty to ninety rows of one checkbox and one select are read straight from the data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.fields import Text
from agencies.models import Agency, AgencyGroup


class ParticipantsForm:
    """The checked agencies (`agencies`) with their groups (`group_<agency>`).

    Whatever names no agency or group of the province is an error, never a silent omission.
    """

    def __init__(
        self, data: QueryDict, agencies: Iterable[Agency], groups: Iterable[AgencyGroup]
    ) -> None:
        self.data = data
        self.agencies = {str(agency.pk): agency for agency in agencies}
        self.groups = {str(group.pk): group for group in groups}
        self.errors: list[str] = []
        self.chosen: dict[Agency, AgencyGroup] = {}

    def is_valid(self) -> bool:
        self.errors, self.chosen = [], {}
        for key in self.data.getlist("agencies"):
            agency = self.agencies.get(key)
            if agency is None:
                self.errors = [_("Có cơ quan không còn trong danh mục. Hãy tải lại trang.")]
                return False
            typed = self.data.get(f"group_{key}")
            group = self.groups.get(str(agency.group_id) if typed is None else typed)
            if group is None:
                self.errors.append(_("%s: hãy chọn lại nhóm.") % agency.name)
            else:
                self.chosen[agency] = group
        return not self.errors


class SearchForm(forms.Form):
    """A folded search over a list: without marks, upper or lower case."""

    q = Text(label=gettext_lazy("Tìm theo tên hoặc mã"), limit=150, required=False)


def search_text(data: Mapping[str, str]) -> str:
    """What is searched for; a text that cannot be read searches for nothing."""
    form = SearchForm(data)
    return str(form.cleaned_data["q"]) if form.is_valid() else ""
