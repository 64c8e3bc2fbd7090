"""When people work in the demonstration: mornings and afternoons, Monday to Saturday, Vietnam."""

from __future__ import annotations

from datetime import datetime, timedelta

SUNDAY = 6
# Minutes of the day: 07:30–11:30 and 13:30–17:00.
SHIFTS = ((450, 690), (810, 1020))


def _minutes(first: datetime, last: datetime) -> list[datetime]:
    """Every working minute from first to last."""
    found: list[datetime] = []
    day = first.replace(hour=0, minute=0)
    while day <= last:
        if day.weekday() != SUNDAY:
            found += [
                day + timedelta(minutes=minute)
                for begins, ends in SHIFTS
                for minute in range(begins, ends)
            ]
        day += timedelta(days=1)
    return [minute for minute in found if first <= minute <= last]


def spread(first: datetime, last: datetime, count: int) -> list[datetime]:
    """So many moments evenly over the working minutes between the two, in order."""
    minutes = _minutes(first, last)
    if not minutes:
        raise ValueError(f"nobody works between {first} and {last}")
    return [minutes[place * (len(minutes) - 1) // max(1, count - 1)] for place in range(count)]
