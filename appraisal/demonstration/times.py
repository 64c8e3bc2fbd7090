"""When everything of the demonstration happens, from the first self-score to the last mark.

People work mornings and afternoons, Monday to Saturday, in Vietnam.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from appraisal.demonstration import plan
from appraisal.demonstration.province import kon_tum, moment

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


# When each member works through the dossiers; Khoa học và Công nghệ begins last.
MEMBER_TIMES = {
    "SNV": ("2020-12-21 13:30", "2021-01-04 11:00"),
    "STP": ("2020-12-21 13:30", "2020-12-26 16:30"),
    "STC": ("2020-12-22 07:30", "2020-12-30 16:30"),
    "VPUB": ("2020-12-21 14:00", "2021-01-02 16:00"),
    "STTTT": ("2020-12-23 07:30", "2020-12-31 16:30"),
    "SKHCN": ("2020-12-28 09:00", "2021-01-04 15:00"),
}
EXTENDED_TO = moment("2020-12-22 17:00")
SENT_BACK_AT, SENT_BACK_TO = moment("2020-12-26 15:00"), moment("2020-12-29 17:00")


@dataclass(frozen=True)
class Times:
    """When an agency fills in its dossier, and when its head submits it, if at all."""

    begins: datetime
    ends: datetime
    submits: datetime | None


def agency_times() -> dict[str, Times]:
    """Some are early, some wait for the last days, one is extended, one never submits."""
    random = Random("2020/times")  # noqa: S311 - invented moments, nothing secret
    special = {
        plan.TOUR: Times(
            moment("2020-12-14 07:30"), moment("2020-12-19 15:30"), moment("2020-12-19 16:20")
        ),
        plan.EXTENDED: Times(
            moment("2020-12-16 07:30"), moment("2020-12-22 10:00"), moment("2020-12-22 15:00")
        ),
        plan.NEVER_SUBMITS: Times(moment("2020-12-17 07:30"), moment("2020-12-19 16:30"), None),
        plan.SENT_BACK: Times(
            moment("2020-12-09 07:30"), moment("2020-12-16 16:00"), moment("2020-12-17 09:10")
        ),
        plan.WITHDRAWS: Times(
            moment("2020-12-07 07:30"), moment("2020-12-15 16:00"), moment("2020-12-16 08:40")
        ),
    }
    others = [item.code for item in kon_tum().agencies if item.code not in special]
    random.shuffle(others)
    for place, code in enumerate(others):
        if place < 9:
            begins = _random_minute(random, "2020-12-02", 6)
            ends = _random_minute(random, "2020-12-14", 3)
        elif place < 19:
            begins = _random_minute(random, "2020-12-08", 6)
            ends = _random_minute(random, "2020-12-18", 2)
        else:
            begins = moment("2020-12-18 09:00") + timedelta(minutes=random.randint(0, 90))
            ends = moment("2020-12-19 15:00") + timedelta(minutes=random.randint(0, 90))
        special[code] = Times(begins, ends, ends + timedelta(minutes=random.randint(15, 28)))
    return special


def _random_minute(random: Random, first: str, days: int) -> datetime:
    """A minute of an afternoon within so many days."""
    day = moment(f"{first} 14:00") + timedelta(days=random.randrange(days))
    return day + timedelta(minutes=random.randint(0, 120))


def when_ready(code: str, at: datetime) -> datetime:
    """A dossier that is late or sent back is appraised after it came."""
    if code == plan.EXTENDED and at <= EXTENDED_TO:
        return at.replace(year=2020, month=12, day=23)
    if code == plan.SENT_BACK and SENT_BACK_AT <= at <= SENT_BACK_TO:
        return at.replace(year=2020, month=12, day=30)
    return at
