"""The one business clock: every deadline is compared with it, nothing is ever flipped by it.

`now()` is the web server's view, for showing pages; `read()` asks the database and is what a
write uses, after it holds its locks, so that two servers with different clocks agree.
`settings.CLOCK_OFFSET` moves both, for the demonstration (Kon Tum 2020) and for tests;
`stopped_at` holds them still while the demonstration's history is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.utils import timezone

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")

_stopped: ContextVar[datetime | None] = ContextVar("stopped", default=None)


def now() -> datetime:
    """The present moment as this process sees it."""
    return _stopped.get() or timezone.now() + settings.CLOCK_OFFSET


def read() -> datetime:
    """The present moment as the database sees it; call it after taking the lock.

    `clock_timestamp()` and not `now()`, which stands still inside a transaction.
    """
    if connection.vendor != "postgresql" or _stopped.get() is not None:
        return now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment + settings.CLOCK_OFFSET


@contextmanager
def stopped_at(moment: datetime) -> Iterator[None]:
    """Hold the clock at a moment: the same history is then written with the same times.

    For commands that make demonstration data; no request runs inside.
    """
    token = _stopped.set(moment)
    try:
        yield
    finally:
        _stopped.reset(token)


def minute(moment: datetime) -> str:
    """A moment to the minute in Vietnam time, as people read it: `17:00 ngày 20/12/2020`."""
    return moment.astimezone(VIETNAM).strftime("%H:%M ngày %d/%m/%Y")


def day(moment: datetime) -> str:
    """The day of a moment in Vietnam time: `20/12/2020`."""
    return moment.astimezone(VIETNAM).strftime("%d/%m/%Y")
