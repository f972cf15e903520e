"""Time: the simulated clock, and stamps of the wall clock."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from hitl_assets.emulators.crowd import clock

# The last moment that a date can name.
END_OF_TIME = 253_402_300_799.0


class Clock(clock.Clock):
    """Durations in configurations run on the simulated clock, `now()`. What the wire says is on the wall clock."""

    def stamp(self) -> str:
        """The wall clock, as the wire writes it."""
        return stamp(self.wall())


def stamp(moment: float) -> str:
    """Naive UTC ISO time with three digits: `2024-01-01T00:00:00.000`."""
    # Rounding is downwards, so that a stamp never lies in the future.
    milliseconds = int(moment * 1000)
    whole = datetime.fromtimestamp(milliseconds // 1000, tz=timezone.utc)
    return f"{whole:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03d}"


def parse(text: str) -> datetime:
    """An ISO time, with or without zone, as aware UTC. ValueError if it is none."""
    if len(text) < len("2024-01-01"):
        raise ValueError(f"not a date: {text!r}")
    moment = datetime.fromisoformat(_with_six_digits(text.replace("Z", "+00:00")))
    return moment.replace(tzinfo=timezone.utc) if moment.tzinfo is None else moment.astimezone(timezone.utc)


def bound(text: str, operator: str) -> str:
    """A filter's time as a stamp that compares like the exact moment: rounded so that nothing is lost or added."""
    moment = parse(text)
    rest = moment.microsecond % 1000
    down = moment - timedelta(microseconds=rest)
    exact = down if rest == 0 or operator in ("gt", "lte") else down + timedelta(milliseconds=1)
    return f"{exact:%Y-%m-%dT%H:%M:%S}.{exact.microsecond // 1000:03d}"


def _with_six_digits(text: str) -> str:
    # Python 3.10 reads fractions of three or six digits only.
    if "." not in text:
        return text
    head, rest = text.split(".", 1)
    digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
    return f"{head}.{digits[:6].ljust(6, '0')}{rest[len(digits) :]}"
