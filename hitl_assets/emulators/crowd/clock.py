"""Simulated time: as fast as possible, so many times faster than the wall clock, or moved by hand."""

from __future__ import annotations

import math
import threading
import time
from typing import Literal, cast

Speed = float | Literal["max", "manual"]

# How long a pause between visits in vain is, at least and at most: seconds of the wall clock, or simulated ones.
WALL_PAUSES = (0.005, 10.0)
SIMULATED_PAUSES = (5.0, 21_600.0)


def read_speed(text: str) -> Speed:
    """`max`, `manual`, or a positive number. ValueError if it is none of them."""
    if text in ("max", "manual"):
        return cast(Speed, text)
    speed = float(text)
    if not 0 < speed < math.inf:
        raise ValueError(f"not a speed: {text}")
    return speed


class Clock:
    """Seconds since the epoch on a calendar of its own, which begins with the wall clock and goes on at `speed`.

    The crowd comes from event to event; what is between two events takes no time at the speed `max`, its share of the
    wall clock at a number, and as long as nobody calls `advance` at `manual`.
    """

    def __init__(self, speed: Speed = 1.0, start: float | None = None) -> None:
        self._changed = threading.Condition(threading.RLock())
        self._moment = time.time() if start is None else start
        # All that is due before the horizon has happened. It is not known until somebody has looked.
        self._horizon = -math.inf
        self._alarm = self._target = math.inf
        self.speed: Speed = speed
        self._anchor = (self._moment, time.monotonic())

    def wall(self) -> float:
        """The wall clock."""
        return time.time()

    def now(self) -> float:
        """The simulated moment. It does not run ahead of what has yet to happen."""
        with self._changed:
            if self.leaps:
                return self._moment
            return max(self._moment, min(self.limit(), self._horizon))

    @property
    def leaps(self) -> bool:
        """Whether time goes from event to event, as fast as possible."""
        return self.speed == "max"

    def limit(self) -> float:
        """Up to when things may happen at present."""
        start, since = self._anchor
        if self.leaps:
            return math.inf
        return start if self.speed == "manual" else start + (time.monotonic() - since) * float(self.speed)

    def after(self, seconds: float) -> float:
        """The moment so many simulated seconds from now; the crowd stops there and looks."""
        with self._changed:
            moment = self.now() + seconds
            self._alarm = min(self._alarm, moment)
            return moment

    def on_the_wall(self, moment: float) -> float:
        """When the wall clock will show it, if time goes on as it does; its distance if that cannot be said."""
        pace = self.speed if isinstance(self.speed, int | float) else 1.0
        return self.wall() + (moment - self.now()) / pace

    def seconds_until(self, moment: float) -> float:
        """How many seconds of the wall clock to wait for a moment. Infinite by hand."""
        if moment <= self.limit():
            return math.inf if math.isinf(moment) else 0.0
        return math.inf if self.speed == "manual" else (moment - self.limit()) / float(self.speed)

    def pauses(self) -> tuple[float, float]:
        """The shortest and the longest pause between visits in vain, in simulated seconds."""
        if isinstance(self.speed, str):
            return SIMULATED_PAUSES
        return max(SIMULATED_PAUSES[0], WALL_PAUSES[0] * self.speed), WALL_PAUSES[1] * self.speed

    def take_alarm(self) -> None:
        """Forget the alarm: whoever calls looks now."""
        with self._changed:
            self._alarm = math.inf

    @property
    def alarm(self) -> float:
        """The first moment that `after` named since the last look, or that is to be advanced to."""
        return min(self._alarm, self._target)

    def come_to(self, moment: float) -> None:
        """Something happens at this moment."""
        with self._changed:
            self._moment = self._horizon = max(self._moment, moment)
            if self._target <= self._moment:
                self._target = math.inf

    def rest(self, until: float) -> None:
        """Nothing more happens before this moment."""
        with self._changed:
            self._horizon = until
            self._changed.notify_all()

    def set_speed(self, speed: Speed) -> None:
        """Go on at another speed from now on."""
        with self._changed:
            now = self.now()
            self.speed, self._anchor, self._horizon = speed, (now, time.monotonic()), -math.inf
            self._moment = now

    def advance(self, seconds: float) -> float:
        """Let so many seconds pass at once; the moment that is come to."""
        with self._changed:
            start, since = self._anchor
            moment = self._target = self.now() + seconds
            self._anchor, self._horizon = (start + seconds, since), -math.inf
            return moment

    def wait_for_rest(self, moment: float, seconds: float) -> bool:
        """Wait until all that is due up to a moment has happened, at most `seconds` of the wall clock; whether it has.

        Whoever waits has woken the crowd before.
        """
        with self._changed:
            return self._changed.wait_for(lambda: self._horizon > min(moment, self.limit()), seconds)
