"""The form of one leaf: what the rule asks for, own points, reason, "not applicable".

The fields follow `scoring.inputs`; nothing here knows who may save or what is stored already.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.fields import Text
from appraisal import scoring

NONE_TICKED = "none"
"""The answer "nothing of this list", apart from not having answered yet."""


class DeclaredField(forms.Field):
    """One value that the rule asks for; `raw` is a list of texts, as a browser sends them."""

    widget = forms.SelectMultiple  # only for its way of reading several values of one name

    def __init__(self, asked: scoring.Input) -> None:
        super().__init__(required=False, label=asked.label)
        self.asked = asked

    def clean(self, value: Any) -> Any:
        raw = [str(item) for item in value or []]
        try:
            if self.asked.kind == "items":
                return self._items(raw)
            return scoring.parse_declared(self.asked, raw)
        except scoring.BadValue as error:
            raise ValidationError(error.sentence) from error

    def _items(self, raw: list[str]) -> Any:
        if raw == [NONE_TICKED]:
            return []
        ticked = [value for value in raw if value != NONE_TICKED]
        return scoring.parse_declared(self.asked, ticked) or None


class PointsField(forms.CharField):
    """Points from 0 to the leaf's maximum; empty is None: not scored, or as proposed."""

    def __init__(self, max_points: Decimal, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            widget=forms.TextInput(
                attrs={"inputmode": "decimal", "autocomplete": "off", "maxlength": "12"}
            ),
            **kwargs,
        )
        self.max_points = max_points
        self.validators = []

    def clean(self, value: Any) -> Decimal | None:
        typed = "" if value is None else str(value)
        if not typed.strip():
            return None
        try:
            return scoring.parse_points(typed, self.max_points)
        except scoring.BadNumber as error:
            raise ValidationError(error.sentence) from error


@dataclass(frozen=True)
class Option:
    """One radio button or check box, with the points that it brings."""

    value: str
    label: str
    points: str
    checked: bool


@dataclass(frozen=True)
class Control:
    """One input as the template draws it; `kind` is that of `scoring.Input`."""

    name: str
    label: str
    kind: str
    unit: str
    value: str
    options: list[Option] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def element_id(self) -> str:
        return f"id_{self.name}"


@dataclass(frozen=True)
class Difference:
    """A field in which what was typed differs from what is stored."""

    name: str
    label: str
    mine: Any
    theirs: Any
    mine_text: str
    theirs_text: str


class SelfScoreForm(forms.Form):
    """What an officer says about one leaf. `stored` is what the page began from (see `stored_as`).

    After `is_valid()`: `declared`, `points`, `reason`, `not_applicable` in `cleaned_data`; points
    left empty are those of the rule, and points typed as the rule shows them are exactly its own.
    """

    version = forms.IntegerField(
        min_value=0,
        max_value=2**31 - 1,
        error_messages=dict.fromkeys(
            ["required", "invalid", "min_value", "max_value"],
            gettext_lazy("Trang thiếu số phiên bản. Hãy tải lại trang rồi lưu lại."),
        ),
    )
    not_applicable = forms.BooleanField(
        required=False, label=gettext_lazy("Đề nghị không áp dụng tiêu chí này")
    )
    reason = Text(limit=10000, lines=True, required=False, label=gettext_lazy("Giải trình, lý do"))

    def __init__(
        self, rule: scoring.Rule, data: QueryDict | None = None,
        stored: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(data, initial=dict(stored or {}))
        self.rule = rule
        self.asked = {f"declared_{n}": asked for n, asked in enumerate(scoring.inputs(rule))}
        for name, asked in self.asked.items():
            self.fields[name] = DeclaredField(asked)
        self.fields["points"] = PointsField(rule.max_points, label=_("Điểm tự chấm"))
        self.proposal: scoring.Proposal | None = None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self._refuse_doubles()
        if isinstance(cleaned.get("reason"), str):
            cleaned["reason"] = cleaned["reason"].replace("\r\n", "\n")
        if self.asked.keys() & self.errors.keys():
            return cleaned
        cleaned["declared"] = {
            asked.name: cleaned[name]
            for name, asked in self.asked.items()
            if cleaned.get(name) is not None
        }
        try:
            self.proposal = scoring.propose(self.rule, cleaned["declared"])
        except scoring.BadValue as error:
            self.add_error(None, error.sentence)
            return cleaned
        cleaned["points"] = self._settled(cleaned)
        return cleaned

    def _settled(self, cleaned: dict[str, Any]) -> Decimal | None:
        if cleaned.get("not_applicable"):
            return None
        return scoring.settle(self.rule, cleaned["declared"], cleaned.get("points"))

    def _refuse_doubles(self) -> None:
        """A value that comes twice is refused: nobody could say which one was meant (A16)."""
        for name in self.fields:
            single = name not in self.asked or self.asked[name].kind != "items"
            if single and len(_texts(self.data, name)) > 1:
                self.add_error(name, _("Mục này được gửi hai lần. Hãy tải lại trang."))

    # What the template draws -------------------------------------------------------------
    @property
    def controls(self) -> list[Control]:
        drawn = []
        for name, asked in self.asked.items():
            values = self._values(name)
            options = [
                Option(choice.value, choice.label, shown(choice.points), choice.value in values)
                for choice in asked.choices
            ]
            if asked.kind == "items":
                nothing = _("Chưa thực hiện nội dung nào")
                options.append(Option(NONE_TICKED, nothing, "0", NONE_TICKED in values))
            drawn.append(
                Control(
                    name,
                    asked.label,
                    asked.kind,
                    asked.unit,
                    (values or [""])[0],
                    options,
                    [str(sentence) for sentence in self.errors.get(name, [])] if self.data else [],
                )
            )
        return drawn

    def _values(self, name: str) -> list[str]:
        if self.is_bound:
            return _texts(self.data, name)
        return list(self.initial.get(name, []))

    @property
    def typed_points(self) -> str:
        if self.is_bound:
            return (_texts(self.data, "points") or [""])[-1]
        return str(self.initial.get("points", ""))

    @property
    def typed_reason(self) -> str:
        if self.is_bound:
            return (_texts(self.data, "reason") or [""])[-1]
        return str(self.initial.get("reason", ""))

    @property
    def wants_not_applicable(self) -> bool:
        if self.is_bound:
            return bool(_texts(self.data, "not_applicable"))
        return bool(self.initial.get("not_applicable"))

    def typed(self) -> list[tuple[str, str]]:
        """Everything that was typed, as label and text, so that it can be copied."""
        said = [
            (asked.label, _spoken(asked, self._values(name))) for name, asked in self.asked.items()
        ]
        said.append((_("Điểm tự chấm"), self.typed_points))
        if self.wants_not_applicable:
            said.append((_("Không áp dụng"), _("có")))
        said.append((_("Giải trình, lý do"), self.typed_reason))
        return [(label, text) for label, text in said if text]

    def differences(self, theirs: Mapping[str, Any]) -> list[Difference]:
        """Where what was typed differs from `theirs` (see `stored_as`), field by field."""
        found = []
        for name, asked in self.asked.items():
            mine, stored = self._values(name), list(theirs.get(name, []))
            if [item for item in mine if item] != stored:
                found.append(
                    Difference(
                        name,
                        asked.label,
                        mine,
                        stored,
                        _spoken(asked, mine) or _empty(),
                        _spoken(asked, stored) or _empty(),
                    )
                )
        points, stored_points = self.typed_points.strip(), str(theirs.get("points", ""))
        if points.replace(".", ",") != stored_points:
            found.append(_difference("points", _("Điểm tự chấm"), points, stored_points))
        wants, stored_wants = self.wants_not_applicable, bool(theirs.get("not_applicable"))
        if wants != stored_wants:
            words = {True: _("có"), False: _("không")}
            found.append(
                Difference(
                    "not_applicable",
                    _("Không áp dụng"),
                    wants,
                    stored_wants,
                    words[wants],
                    words[stored_wants],
                )
            )
        reason = self.typed_reason.replace("\r\n", "\n").strip()
        stored_reason = str(theirs.get("reason", ""))
        if reason != stored_reason:
            found.append(_difference("reason", _("Giải trình, lý do"), reason, stored_reason))
        return found


def stored_as(
    rule: scoring.Rule, declared: Mapping[str, Any], points: Decimal | None, reason: str,
    not_applicable: bool, version: int,
) -> dict[str, Any]:  # fmt: skip
    """What is stored of a leaf as the values of the form's fields."""
    values: dict[str, Any] = {
        "version": version,
        "points": "" if points is None else shown(points),
        "reason": reason,
        "not_applicable": not_applicable,
    }
    for number, asked in enumerate(scoring.inputs(rule)):
        values[f"declared_{number}"] = _raw(asked, declared.get(asked.name))
    return values


def shown(points: Decimal) -> str:
    return scoring.show(points, trim=True)


def _raw(asked: scoring.Input, value: Any) -> list[str]:
    if value is None:
        return []
    if asked.kind == "items":
        return [str(item) for item in value] or [NONE_TICKED]
    if asked.kind == "yes_no":
        return ["yes" if value else "no"]
    return [str(value).replace(".", ",")] if asked.kind == "number" else [str(value)]


def _texts(data: Any, name: str) -> list[str]:
    values = data.getlist(name) if isinstance(data, QueryDict) else data.get(name, [])
    return [str(value) for value in values]


def _spoken(asked: scoring.Input, values: list[str]) -> str:
    labels = {choice.value: choice.label for choice in asked.choices}
    labels[NONE_TICKED] = _("Chưa thực hiện nội dung nào")
    return ", ".join(labels.get(value, value) for value in values if value)


def _empty() -> str:
    return _("(để trống)")


def _difference(name: str, label: str, mine: str, theirs: str) -> Difference:
    return Difference(name, label, mine, theirs, mine or _empty(), theirs or _empty())
