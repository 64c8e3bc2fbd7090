"""What is typed about a round itself: its settings, a new one, a copy of an earlier one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from agencies.fields import CHOICE, Text
from appraisal.forms.typed import Number
from appraisal.models import Round
from appraisal.models.round import (
    AgenciesSee,
    NotApplicableMethod,
    OwnAgencyPolicy,
    TieRule,
)


def choice(label: Any, choices: Any, **kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, widget=forms.RadioSelect, error_messages=CHOICE, **kwargs
    )


class SettingsForm(forms.Form):
    """The settings by which a round is counted and shown; the names are the model's."""

    name = Text(label=_("Tên đợt"), limit=250)
    appraisals = forms.TypedChoiceField(
        label=_("Số lần thẩm định"),
        choices=[(1, _("Một lần")), (2, _("Hai lần"))],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages=CHOICE,
    )
    not_applicable_method = choice(
        _("Cách tính khi có tiêu chí không áp dụng"), NotApplicableMethod.choices
    )
    own_agency_policy = choice(
        _("Khi thành viên Tổ giúp việc thẩm định cơ quan của mình"), OwnAgencyPolicy.choices
    )
    tie_rule = choice(_("Khi hai cơ quan bằng điểm"), TieRule.choices)
    display_decimals = forms.TypedChoiceField(
        label=_("Số chữ số thập phân hiển thị"),
        choices=[(number, str(number)) for number in range(5)],
        coerce=int,
        error_messages=CHOICE,
        help_text=_("Chỉ để hiển thị; xếp hạng và xếp loại tính trên số chưa làm tròn."),
    )
    agencies_see = choice(_("Cơ quan được xem điểm thẩm định"), AgenciesSee.choices)
    bonus_max = Number(label=_("Điểm thưởng tối đa"), maximum=100)
    penalty_max = Number(label=_("Điểm trừ tối đa"), maximum=100)

    PARTS = [
        (_("Tên đợt"), ["name"]),
        (_("Thẩm định"), ["appraisals", "own_agency_policy", "agencies_see"]),
        (
            _("Cách tính và xếp hạng"),
            ["not_applicable_method", "tie_rule", "display_decimals", "bonus_max", "penalty_max"],
        ),
    ]

    def parts(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields under their headings, in the order of the page."""
        return [(title, [self[name] for name in names]) for title, names in self.PARTS]


def year_field() -> forms.IntegerField:
    return forms.IntegerField(
        label=_("Năm đánh giá"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": "4"}),
        error_messages={
            "required": _("Hãy điền năm đánh giá."),
            "invalid": _("Hãy điền năm bằng bốn chữ số, ví dụ 2026."),
        },
    )


def check_year(year: int) -> int:
    if not 2000 <= year <= 2100:
        raise ValidationError(_("Hãy điền năm từ 2000 đến 2100."))
    return year


class NewForm(SettingsForm):
    """A round that begins from nothing."""

    year = year_field()
    PARTS = [(_("Đợt đánh giá"), ["year", "name"]), *SettingsForm.PARTS[1:]]

    def clean_year(self) -> int:
        return check_year(self.cleaned_data["year"])


class CopyForm(forms.Form):
    """A round that begins from an earlier one."""

    year = year_field()
    name = Text(label=_("Tên đợt"), limit=250)

    def clean_year(self) -> int:
        return check_year(self.cleaned_data["year"])


def defaults() -> dict[str, Any]:
    """The settings that a new round begins with: the model's own."""
    fresh = Round()
    return {name: getattr(fresh, name) for name in SettingsForm.base_fields} | {
        "bonus_max": "0",
        "penalty_max": "0",
    }
