"""What every page shows around its content: navigation, the demonstration's notice, the clock."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from appraisal import clock


def page(request: HttpRequest) -> dict[str, Any]:
    """The context processor of all pages."""
    now = clock.now()
    return {
        "server_time": now.isoformat(),
        "server_minute": clock.minute(now),
        "demo_clock": clock.minute(now) if settings.CLOCK_OFFSET else "",
        "nav": [],
    }
