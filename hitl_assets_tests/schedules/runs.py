"""Runs of a batch that stop at a request of their own, go on, or die there, as a test says."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from hitl_assets.emulators.gates import Held
from hitl_assets.emulators.toloka import TolokaEmulator
from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka import Toloka

SECONDS = 30.0

Work = Callable[[Toloka], Any]


@dataclass
class Run:
    """A run in a thread of its own: it takes the project's lock, then does its work with leave of the lock.

    Its requests to Toloka bear its name as their token. `deaf` runs take everybody else for dead, and the lock from
    them; others wait.
    """

    emulator: TolokaEmulator
    pachyderm: Pachyderm
    repo: str
    work: Work
    name: str
    deaf: bool = True
    result: Future[Any] = field(default_factory=Future)

    def start(self) -> "Run":
        """Begin."""
        threading.Thread(target=self._go, name=self.name, daemon=True).start()
        return self

    def start_up_to(self, number: int) -> Held:
        """Begin, and stand still before the `number`-th request to Toloka; a run that has fewer is over by then."""
        held = self.emulator.gate.hold(token=self.name, number=number)
        self.start()
        while not held.arrived(0.005) and not self.result.done():
            pass
        return held

    def end(self) -> Any:
        """What came of it: the work's result, or the error of ours that ended it."""
        try:
            return self.result.result(SECONDS)
        except (ServiceError, TransientServiceError) as error:
            return error

    def _go(self) -> None:
        client = Pachyderm(self.pachyderm.address)
        try:
            with client.held(self.repo, f"run {self.name}", lambda _: self.deaf) as lock:
                done = self.work(Toloka(self.emulator.url, self.name, fence=lock.check))
        except BaseException as error:  # noqa: BLE001 - it is raised again where the test asks
            self.result.set_exception(error)
        else:
            self.result.set_result(done)
