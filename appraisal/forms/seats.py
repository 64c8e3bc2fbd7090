"""Who is seated in the council and the team, and who may sign for whom."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from agencies.fields import CHOICE, Day, Text
from agencies.models import User
from appraisal.models import Round
from appraisal.states import SeatRole


class PersonChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs only
    """A person with agency, so that two of the same name can be told apart."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.full_name} – {obj.agency or obj.position or obj.email}"


class SeatForm(forms.Form):
    """One person, one role, and the title in the council's papers."""

    user = PersonChoice(
        User.objects.none(),
        label=_("Người"),
        empty_label=_("Chọn một người"),
        error_messages=CHOICE,
    )
    role = forms.ChoiceField(label=_("Vai trò"), choices=SeatRole.choices, error_messages=CHOICE)
    title = Text(
        label=_("Chức danh ghi trên văn bản"),
        limit=200,
        required=False,
        help_text=_("Ví dụ: Giám đốc Sở Nội vụ."),
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people  # type: ignore[attr-defined]


class AuthorizationForm(forms.Form):
    """The document by which a vice-chair may approve in the chair's place."""

    user = PersonChoice(
        User.objects.none(),
        label=_("Phó Chủ tịch Hội đồng được ủy quyền"),
        empty_label=_("Chọn một người"),
        error_messages=CHOICE,
    )
    document_number = Text(label=_("Số, ký hiệu văn bản"), limit=100)
    document_date = Day(label=_("Ngày văn bản"))
    valid_from = Day(label=_("Có hiệu lực từ ngày"))
    valid_to = Day(label=_("Đến hết ngày"))

    def __init__(self, *args: Any, round: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = (  # type: ignore[attr-defined]
            User.objects.filter(seats__round=round, seats__role=SeatRole.VICE_CHAIR)
            .select_related("agency")
            .distinct()
        )
