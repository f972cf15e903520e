"""A gate for schedules: it holds a request of a test's choice until the test lets it go. Nothing passes by luck."""

from __future__ import annotations

import threading
from types import TracebackType

LONGEST = 60.0


class Held:
    """A request that is to be held, the `number`-th that matches: of this `call` (None: any), with this `token`."""

    def __init__(self, gate: Gate, call: str | None, token: str | None, number: int) -> None:
        self._gate, self._call, self._token, self._left = gate, call, token, number
        self._here, self._free, self._is_dropped = threading.Event(), threading.Event(), False

    def __enter__(self) -> Held:
        """Hold from now on."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let it go."""
        self.release()

    def arrived(self, seconds: float = 10.0) -> bool:
        """Whether the request stands at the gate, at the latest after so many seconds."""
        return self._here.wait(seconds)

    def release(self) -> None:
        """Let it go on; one that did not come yet will not be held."""
        self._gate.forget(self)
        self._free.set()

    def drop(self) -> None:
        """Let it go nowhere: the server never sees it, as if its sender had died."""
        self._is_dropped = True
        self.release()

    def takes(self, call: str, token: str) -> bool:
        """Whether this is the request."""
        if self._call not in (None, call) or self._token not in (None, token):
            return False
        self._left -= 1
        return self._left == 0

    def wait(self) -> bool:
        """Stand at the gate; whether to go on."""
        self._here.set()
        self._free.wait(LONGEST)
        return not self._is_dropped


class Gate:
    """All that is to be held at one emulator."""

    def __init__(self) -> None:
        self._lock, self._held = threading.Lock(), list[Held]()

    def hold(self, call: str | None = None, token: str | None = None, number: int = 1) -> Held:
        """Hold the `number`-th request from now on that matches. A call is named as its route is."""
        held = Held(self, call, token, number)
        with self._lock:
            self._held.append(held)
        return held

    @property
    def is_open(self) -> bool:
        """Whether nothing is to be held."""
        return not self._held

    def enter(self, call: str, token: str) -> bool:
        """What a request does first: it waits if a test wants that. False: it must not go on."""
        with self._lock:
            takers = [held for held in self._held if held.takes(call, token)]
        return all(held.wait() for held in takers)

    def forget(self, held: Held) -> None:
        """Hold nothing for this one any more."""
        with self._lock:
            self._held = [each for each in self._held if each is not held]

    def open(self) -> None:
        """Let everything go."""
        for held in list(self._held):
            held.release()
