"""The record of a meeting: time, place, chair, conclusion, and who of the seats was there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from agencies.fields import CHOICE, Text
from appraisal.forms.typed import Moment
from appraisal.models import Meeting, Seat


class AttendanceFields(NamedTuple):
    """The two controls of one seat."""

    seat: Seat
    present: BoundField
    note: BoundField


class MeetingForm(forms.Form):
    """One form for the meeting and the attendance of every seat of the round."""

    held_at = Moment(
        label=_("Thời gian họp"),
        help_text=_("Viết ngày/tháng/năm giờ:phút, ví dụ 15/01/2021 08:00 (giờ Việt Nam)."),
    )
    place = Text(label=_("Địa điểm"), limit=250)
    chaired_by = forms.ModelChoiceField(
        Seat.objects.none(),
        label=_("Chủ trì"),
        required=False,
        empty_label=_("Chưa ghi"),
        error_messages=CHOICE,
    )
    conclusion = Text(label=_("Kết luận"), limit=10000, lines=True, required=False)

    def __init__(
        self,
        *args: Any,
        seats: list[Seat],
        meeting: Meeting | None = None,
        attended: dict[int, tuple[bool, str]] | None = None,
        **kwargs: Any,
    ) -> None:
        if meeting is not None:
            kwargs["initial"] = {
                "held_at": meeting.held_at,
                "place": meeting.place,
                "chaired_by": meeting.chaired_by_id,
                "conclusion": meeting.conclusion,
            }
        super().__init__(*args, **kwargs)
        self.seats = seats
        self.fields["chaired_by"] = forms.ModelChoiceField(
            Seat.objects.filter(pk__in=[seat.pk for seat in seats]).select_related("user"),
            label=_("Chủ trì"),
            required=False,
            empty_label=_("Chưa ghi"),
            error_messages=CHOICE,
        )
        for seat in seats:
            present, note = (attended or {}).get(seat.pk, (False, ""))
            self.fields[f"present_{seat.pk}"] = forms.BooleanField(
                label=_("Có mặt"), required=False, initial=present
            )
            self.fields[f"note_{seat.pk}"] = Text(
                label=_("Ghi chú"),
                limit=250,
                required=False,
                initial=note,
                widget=forms.TextInput(attrs={"class": "form-control"}),
            )

    def rows(self) -> Iterator[AttendanceFields]:
        """The attendance list, one line for each seat."""
        for seat in self.seats:
            yield AttendanceFields(seat, self[f"present_{seat.pk}"], self[f"note_{seat.pk}"])

    @property
    def present(self) -> frozenset[int]:
        return frozenset(seat.pk for seat in self.seats if self.cleaned_data[f"present_{seat.pk}"])

    @property
    def notes(self) -> dict[int, str]:
        return {seat.pk: self.cleaned_data[f"note_{seat.pk}"] for seat in self.seats}
