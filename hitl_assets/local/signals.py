"""The end that a signal asks for: the stack unwinds, and what we started is ended on the way out."""

import signal
import sys
from types import FrameType

# Python drops an exception in what it calls between two lines, as it does while modules are imported: the signals that
# came are kept, and whoever waits looks here.
asked: list[int] = []


def end_on_signals() -> None:
    """Unwind the stack on a signal."""

    def unwind(number: int, _: FrameType | None) -> None:
        asked.append(number)
        end_if_asked()

    for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(sign, unwind)


def end_if_asked() -> None:
    """Unwind the stack if a signal has come, also if that was lost before."""
    if asked:
        sys.exit(128 + asked[-1])
