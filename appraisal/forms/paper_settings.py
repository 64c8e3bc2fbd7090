"""What the province's papers look like: head and foot of a kind, the bases, the letterhead."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.fields import CHOICE, Day, Text
from agencies.models import Jurisdiction
from appraisal.models import LegalBasis, PaperSettings
from appraisal.models.papers import DOSSIER_KINDS, Issuer, PaperKind, SigningMode
from appraisal.papers.house import CITING

MOST_BASES = 20


class OneLine(Text):
    """A text of one line in a box of several: pasted line breaks become blanks."""

    def to_python(self, value: Any) -> str:
        return super().to_python(re.sub(r"[\r\n]+", " ", "" if value is None else str(value)))


class PaperSettingsForm(forms.Form):
    """One kind of paper; the names are the model's."""

    issuer = forms.ChoiceField(
        label=gettext_lazy("Ban hành nhân danh"), choices=Issuer.choices, error_messages=CHOICE,
        widget=forms.RadioSelect,
    )  # fmt: skip
    symbol = Text(
        label=gettext_lazy("Ký hiệu"), limit=40, required=False,
        help_text=gettext_lazy("Phần sau số và dấu gạch chéo, ví dụ QĐ-UBND, TTr-SNV."),
    )  # fmt: skip
    on_behalf = forms.BooleanField(
        label=gettext_lazy("Ghi “TM.” và tên tập thể ở trên chức vụ"), required=False,
        help_text=gettext_lazy("Khi ban hành nhân danh Ủy ban nhân dân hoặc Hội đồng."),
    )  # fmt: skip
    mode = forms.ChoiceField(
        label=gettext_lazy("Hình thức ký"), choices=SigningMode.choices, error_messages=CHOICE,
        widget=forms.RadioSelect,
    )  # fmt: skip
    head_title = Text(
        label=gettext_lazy("Chức vụ người đứng đầu"), limit=150,
        help_text=gettext_lazy("Ví dụ Chủ tịch, Giám đốc."),
    )  # fmt: skip
    signer_title = Text(
        label=gettext_lazy("Chức vụ người ký"), limit=150, required=False,
        help_text=gettext_lazy("Khi ký thay, thừa ủy quyền, thừa lệnh. Ví dụ Phó Chủ tịch."),
    )  # fmt: skip
    signer_name = Text(label=gettext_lazy("Họ tên người ký"), limit=150, required=False)
    recipients = Text(
        label=gettext_lazy("Nơi nhận"), limit=3000, lines=True, required=False,
        help_text=gettext_lazy("Mỗi dòng một nơi. Để trống thì dùng nơi nhận thông thường."),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    PARTS = (
        (gettext_lazy("Cơ quan ban hành"), ("issuer", "symbol")),
        (
            gettext_lazy("Người ký"),
            ("on_behalf", "mode", "head_title", "signer_title", "signer_name"),
        ),
        (gettext_lazy("Nơi nhận"), ("recipients",)),
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind not in DOSSIER_KINDS:
            self.fields["issuer"].choices = [  # type: ignore[attr-defined]
                (value, label) for value, label in Issuer.choices if value != Issuer.AGENCY
            ]

    def parts(self) -> list[tuple[Any, list[forms.BoundField]]]:
        return [(title, [self[name] for name in names]) for title, names in self.PARTS]

    def given(self) -> dict[str, Any]:
        """What was chosen, without the version that was seen."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


def settings_form(chosen: PaperSettings) -> PaperSettingsForm:
    """The form as things stand."""
    return PaperSettingsForm(
        kind=chosen.kind,
        initial={name: getattr(chosen, name) for name in PaperSettingsForm.base_fields},
    )


def tried(form: PaperSettingsForm, chosen: PaperSettings) -> PaperSettings:
    """`chosen` with what was typed so far, unsaved; what cannot be read stays as it was."""
    form.is_valid()
    for name, value in form.given().items():
        setattr(chosen, name, value)
    return chosen


class LetterheadForm(forms.Form):
    """The names of the province as its papers print them; `seen` is the state that was shown."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Cấp tỉnh là"),
        choices=[("tỉnh", gettext_lazy("tỉnh")), ("thành phố", gettext_lazy("thành phố"))],
        widget=forms.RadioSelect,
        error_messages=CHOICE,
    )
    name = Text(
        label=gettext_lazy("Tên tỉnh"), limit=100,
        help_text=gettext_lazy("Không có chữ “tỉnh” ở trước, ví dụ Quảng Ngãi."),
    )  # fmt: skip
    place = Text(
        label=gettext_lazy("Địa danh"), limit=100,
        help_text=gettext_lazy("Ghi trước ngày, tháng, năm trên văn bản."),
    )  # fmt: skip
    council = Text(label=gettext_lazy("Tên Hội đồng"), limit=300)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def given(self) -> dict[str, Any]:
        """The names, without the state that was seen."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


def letterhead_form(province: Jurisdiction, seen: str) -> LetterheadForm:
    """The form as things stand."""
    names = {name: getattr(province, name) for name in ("kind", "name", "place", "council")}
    return LetterheadForm(initial={**names, "seen": seen})


class BasesForm(forms.Form):
    """Rows `text_0`, `issued_on_0`, `replaced_on_0`, `kinds_0`…; an empty row is left out."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, rows: int, **kwargs: Any) -> None:
        self.count = rows
        super().__init__(*args, **kwargs)
        for number in range(rows):
            self.fields[f"text_{number}"] = OneLine(
                label=gettext_lazy("Căn cứ"), limit=1000, required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )  # fmt: skip
            self.fields[f"issued_on_{number}"] = Day(
                label=gettext_lazy("Ngày văn bản"), required=False, help_text=""
            )
            self.fields[f"replaced_on_{number}"] = Day(
                label=gettext_lazy("Thôi viện dẫn từ"), required=False, help_text=""
            )
            self.fields[f"kinds_{number}"] = forms.MultipleChoiceField(
                label=gettext_lazy("Chỉ dùng cho"),
                choices=[(kind.value, kind.label) for kind in PaperKind if kind in CITING],
                required=False,
                widget=forms.CheckboxSelectMultiple,
                error_messages=CHOICE,
            )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        for number in range(self.count):
            first, last = data.get(f"issued_on_{number}"), data.get(f"replaced_on_{number}")
            if first and last and last <= first:
                self.add_error(
                    f"replaced_on_{number}", _("Ngày thôi viện dẫn phải sau ngày văn bản.")
                )
            if (first or last or data.get(f"kinds_{number}")) and not data.get(f"text_{number}"):
                self.add_error(f"text_{number}", _("Hãy ghi căn cứ, hoặc bỏ dòng này."))
        return data

    def given(self) -> list[dict[str, Any]]:
        """The rows that say something, in their order; the names are the model's."""
        data = self.cleaned_data
        return [
            {key: data[f"{key}_{number}"] for key in ROW}
            for number in range(self.count)
            if data[f"text_{number}"]
        ]

    def rows(self) -> list[dict[str, Any]]:
        return [
            {"number": number, **{key: self[f"{key}_{number}"] for key in ROW}}
            for number in range(self.count)
        ]


ROW = ("text", "issued_on", "replaced_on", "kinds")


def typed_bases(data: Any) -> list[dict[str, Any]]:
    """The rows of a posted form as they were typed, unread."""
    typed = str(data.get("rows", ""))
    is_count = typed.isascii() and typed.isdigit() and len(typed) < 4
    count = min(int(typed), MOST_BASES) if is_count else 0
    return [
        {
            "text": data.get(f"text_{number}", ""),
            "issued_on": data.get(f"issued_on_{number}", ""),
            "replaced_on": data.get(f"replaced_on_{number}", ""),
            "kinds": data.getlist(f"kinds_{number}"),
        }
        for number in range(count)
    ]


def stored_bases(bases: Sequence[LegalBasis]) -> list[dict[str, Any]]:
    return [{key: getattr(item, key) for key in ROW} for item in bases]


def bases_form(
    rows: Sequence[Mapping[str, Any]], seen: str, *, focus: int | None = None
) -> BasesForm:
    """An unbound form that shows these rows; typing goes on in row `focus`."""
    initial = {
        f"{key}_{number}": value for number, row in enumerate(rows) for key, value in row.items()
    }
    form = BasesForm(rows=len(rows), initial={**initial, "seen": seen})
    if focus is not None and f"text_{focus}" in form.fields:
        form.fields[f"text_{focus}"].widget.attrs["autofocus"] = True
    return form
