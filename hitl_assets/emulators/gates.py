"""Where a test holds requests: the N-th of a kind or of a caller stands still until the test lets it go.

Points are the protocols' names of requests, when they come (`StartCommit`, `POST /v1/pools/{id}/open`). pachd's calls
also pass `<call>:done`, when all is done and only the answer is missing, and `ListCommit:resolved` between two steps.
"""

import threading
from collections import Counter
from collections.abc import Callable
from types import TracebackType

WhenGone = Callable[[Callable[[], None]], object]


class NotArrivedError(AssertionError):
    """No such call came in time."""


class DroppedError(Exception):
    """The test wants that the server never saw this call."""


class Held:
    """A call that stands at the gate, or that will. As a context manager it is released at the end."""

    def __init__(self, call: str | None, token: str | None, number: int) -> None:
        self._call = call
        self._token = token
        self._number = number
        self._passed: Counter[str] = Counter()
        self._arrived = threading.Event()
        self.released = threading.Event()
        self.is_dropped = False

    def arrived(self, seconds: float = 10.0) -> None:
        """Block until the call stands at the gate.

        Raises:
            NotArrivedError: it did not come within `seconds`.
        """
        if not self.stands(seconds):
            raise NotArrivedError(
                f"{self._call or 'call'} number {self._number} did not come within {seconds} seconds."
                f" What came since the gate was made: {dict(self._passed) or 'nothing'}"
            )

    def stands(self, seconds: float = 0.0) -> bool:
        """Whether the call came to the gate, at the latest after so many seconds."""
        return self._arrived.wait(seconds)

    def drop(self) -> None:
        """Let the call go nowhere, as if its sender had died before it was sent."""
        self.is_dropped = True
        self.release()

    @property
    def token(self) -> str | None:
        """Whose call it is to be."""
        return self._token

    def release(self) -> None:
        """Let the call go on. One that has not come yet is not held any more."""
        self.released.set()

    def stops(self, point: str, token: str | None) -> bool:
        """Whether this is the call to hold; counts it."""
        if self._arrived.is_set() or self.released.is_set() or (self._token is not None and token != self._token):
            return False
        # Without a name, calls count: not the points that one call passes.
        if point != self._call and (self._call is not None or ":" in point):
            return False
        self._passed[point] += 1
        if self._passed.total() < self._number:
            return False
        self._arrived.set()
        return True

    def __enter__(self) -> "Held":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Release."""
        self.release()


class Gate:
    """Holds calls of one server. Nothing is held unless a test asks for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: list[Held] = []
        self._dead: set[str] = set()

    def hold(self, call: str | None = None, token: str | None = None, number: int = 1) -> Held:
        """Hold the `number`-th call from now on, counted from 1 among those that match.

        Args:
            call: a point such as `StartCommit`; None: a call of any kind, when it comes.
            token: the `authn-token` that the call must bring; None: any or none.
            number: which of them.
        """
        held = Held(call, token, number)
        with self._lock:
            self._held.append(held)
        return held

    def kill(self, held: Held) -> None:
        """Let a held call go nowhere, and none after it that has the same token: clients ask again by themselves, but
        not when they are dead."""
        if held.token is not None:
            self._dead.add(held.token)
        held.drop()

    def revive(self, token: str) -> None:
        """Let another client have the token of one that is dead."""
        self._dead.discard(token)

    def pass_by(self, point: str, token: str | None, when_gone: WhenGone = lambda _: None) -> bool:
        """Block while somebody holds this call. Whether it was held.

        `when_gone` takes what to do when the caller goes away: that lets the call go, too.

        Raises:
            DroppedError: the test dropped it.
        """
        if token in self._dead:
            raise DroppedError
        with self._lock:
            self._held = [held for held in self._held if not held.released.is_set()]
            stopping = [held for held in self._held if held.stops(point, token)]
        for held in stopping:
            when_gone(held.release)
            held.released.wait()
        if any(held.is_dropped for held in stopping):
            raise DroppedError
        return bool(stopping)

    @property
    def is_open(self) -> bool:
        """Whether nothing is to be held."""
        return not self._held and not self._dead

    def open(self) -> None:
        """Release all."""
        with self._lock:
            held, self._held = self._held, []
        for one in held:
            one.release()
