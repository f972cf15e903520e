"""Cron expressions as pachd reads them (robfig/cron, standard): five fields in UTC, `@daily` and its kin, `@every`."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Protocol

NICKNAMES = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
# Minute, hour, day of the month, month, day of the week.
RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
NAMES = ((), (), (), ("", *MONTHS), DAYS)
UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3}
DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)(ms|h|m|s)", re.ASCII)
PART = re.compile(r"(\*|\?|(\w+)(?:-(\w+))?)(?:/(\d{1,9}))?", re.ASCII)
# The longest duration of Go.
LONGEST_SECONDS = 2**63 / 1e9
# robfig/cron looks no further for a date such as the 30th of February.
HORIZON_DAYS = 5 * 366


class Schedule(Protocol):
    """When something may happen again."""

    def next_after(self, moment: datetime) -> datetime | None:
        """The first time after the moment. None: never."""


@dataclass(frozen=True)
class Interval:
    """`@every 1h30m`."""

    length: timedelta

    def next_after(self, moment: datetime) -> datetime | None:
        """On a full second."""
        return (moment + self.length).replace(microsecond=0)


@dataclass(frozen=True)
class Cron:
    """The values that each of the five fields allows."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    # With a star in one of the two day fields both must fit; without, one is enough.
    has_star: bool

    def next_after(self, moment: datetime) -> datetime | None:
        """The first full minute that fits."""
        start = moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
        day = start.replace(hour=0, minute=0)
        for _ in range(HORIZON_DAYS):
            if self._fits(day):
                for hour in sorted(self.hours):
                    for minute in sorted(self.minutes):
                        found = day.replace(hour=hour, minute=minute)
                        if found >= start:
                            return found
            day += timedelta(days=1)
        return None

    def _fits(self, day: datetime) -> bool:
        by_month, by_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        fits = by_month and by_week if self.has_star else by_month or by_week
        return fits and day.month in self.months


def parse_schedule(text: str) -> Schedule:
    """The schedule.

    Raises:
        ValueError: it is malformed.
    """
    if text.startswith("@every "):
        return Interval(timedelta(seconds=parse_duration(text.removeprefix("@every ").strip())))
    fields = NICKNAMES.get(text, text).split()
    if len(fields) != len(RANGES):
        raise ValueError(f"Expected exactly 5 fields, found {len(fields)}: {text}")
    values = [parse_field(field.lower(), number) for number, field in enumerate(fields)]
    minutes, hours, days, months, weekdays = values
    has_star = any(fields[number][0] in "*?" for number in (2, 4))
    return Cron(minutes, hours, days, months, weekdays, has_star)


def parse_duration(text: str) -> float:
    """Seconds, from a duration as Go writes it."""
    found = DURATION.findall(text)
    seconds = sum(float(number) * UNITS[unit] for number, unit in found)
    if "".join(number + unit for number, unit in found) != text or not 1 <= seconds <= LONGEST_SECONDS:
        raise ValueError(f"{text!r} is no duration between a second and 292 years")
    return seconds


def parse_field(field: str, number: int) -> frozenset[int]:
    """The values that a field allows: lists of stars, values and ranges, with steps."""
    lowest, highest = RANGES[number]
    values: set[int] = set()
    for part in field.split(","):
        found = PART.fullmatch(part)
        if found is None:
            raise ValueError(f"{part!r} is no part of a cron expression")
        whole, first, last, step = found.groups()
        if first is None:
            start, end = lowest, highest
        else:
            start = parse_value(first, number)
            # `5/10` goes on to the end, as `5-59/10` does.
            end = parse_value(last, number) if last else highest if step else start
        if not lowest <= start <= end <= highest or step == "0":
            raise ValueError(f"{whole!r} is out of range")
        values.update(range(start, end + 1, int(step or 1)))
    return frozenset(values)


def parse_value(text: str, number: int) -> int:
    """A number, or the name of a month or day."""
    return NAMES[number].index(text) if text in NAMES[number] else int(text)


def to_datetime(nanoseconds: int) -> datetime:
    """A time of the store."""
    return datetime.fromtimestamp(nanoseconds // 1000 / 1e6, timezone.utc)
