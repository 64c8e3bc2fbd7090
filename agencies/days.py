"""The day it is in Vietnam, by the business clock that demonstrations move. Decides no deadline."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.utils import timezone


def today() -> date:
    """The register's present day; `settings.CLOCK_OFFSET` moves it with the rest of the house."""
    return timezone.localdate(timezone.now() + settings.CLOCK_OFFSET)


def written(day: date) -> str:
    """A day as people read it: `23/11/2026`."""
    return day.strftime("%d/%m/%Y")
