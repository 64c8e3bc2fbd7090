"""System checks of our own: what `check --deploy` of Django does not see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security, deploy=True)
def the_clock_is_real(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """A moved clock moves every deadline; only demonstrations and tests may move it."""
    if settings.CLOCK_OFFSET:
        return [Error("PARC_CLOCK_OFFSET must not be set in production.", id="parc.E001")]
    return []


@register(Tags.security, deploy=True)
def the_host_is_named(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Links in mails and the verification address need the public origin over HTTPS."""
    if not settings.SITE_ORIGIN.startswith("https://"):
        return [Error("SITE_ORIGIN must be the public https:// address.", id="parc.E002")]
    return []
