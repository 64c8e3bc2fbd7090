"""Fields for what the secretariat types by hand: moments in Vietnam time, numbers with a comma."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from agencies.fields import REQUIRED
from appraisal import scoring
from appraisal.clock import VIETNAM

TYPED_MOMENT = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4}) +([0-9]{1,2}):([0-9]{2})")


class Moment(forms.Field):
    """A minute in Vietnam, typed `20/12/2020 17:00`; gives an aware datetime."""

    default_error_messages = {
        "required": REQUIRED,
        "invalid": _("Hãy viết ngày/tháng/năm giờ:phút theo giờ Việt Nam, ví dụ 20/12/2026 17:00."),
    }

    def __init__(self, **kwargs: Any) -> None:
        attrs: dict[str, Any] = {"inputmode": "numeric", "autocomplete": "off", "maxlength": "16"}
        attrs["placeholder"] = _("ngày/tháng/năm giờ:phút")
        super().__init__(widget=forms.TextInput(attrs=attrs), **kwargs)

    def to_python(self, value: Any) -> datetime | None:
        typed = str(value or "").strip()
        if not typed:
            return None
        found = TYPED_MOMENT.fullmatch(typed)
        if found:
            day, month, year, hour, minute = map(int, found.groups())
            try:
                moment = datetime(year, month, day, hour, minute, tzinfo=VIETNAM)
            except ValueError:
                found = None
        # A slip of the finger in the year is no year of a round.
        if not found or not 2000 <= moment.year <= 2100:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return moment

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return value.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M")
        return value


class Number(forms.Field):
    """A number from 0 to `maximum` with at most two decimals, comma or point."""

    default_error_messages = {"required": REQUIRED}

    def __init__(self, *, maximum: int, **kwargs: Any) -> None:
        self.maximum = Decimal(maximum)
        attrs = {"inputmode": "decimal", "autocomplete": "off", "maxlength": "12"}
        super().__init__(widget=forms.TextInput(attrs=attrs), **kwargs)

    def to_python(self, value: Any) -> Decimal | None:
        typed = str(value or "") if not isinstance(value, Decimal) else str(value)
        if not typed.strip():
            return None
        try:
            return scoring.parse_points(typed, self.maximum)
        except scoring.BadNumber as bad:
            raise ValidationError(bad.sentence, code="invalid") from None

    def prepare_value(self, value: Any) -> Any:
        return scoring.show(value, 3, trim=True) if isinstance(value, Decimal) else value
