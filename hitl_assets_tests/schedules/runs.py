"""Runs of a batch that stop at a request of their own, go on, or die there, as a test says."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from hitl_assets.emulators.gates import Held
from hitl_assets.emulators.toloka import TolokaEmulator
from hitl_assets.labeling.money.budget import OverBudgetError
from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka.account import Toloka

SECONDS = 30.0

Work = Callable[[Toloka], Any]


@dataclass
class Run:
    """A run in a thread of its own: it takes the project's lock, from whoever has it, as if they were dead; then it
    does its work with leave of the lock. Its requests to Toloka are told apart by the token of its client."""

    emulator: TolokaEmulator
    pachyderm: Pachyderm
    repo: str
    work: Work
    client: Toloka
    token: str
    result: Future[Any] = field(default_factory=Future)

    def start(self) -> "Run":
        """Begin."""
        self.emulator.gate.revive(self.token)
        threading.Thread(target=self._go, name=self.token, daemon=True).start()
        return self

    def start_up_to(self, number: int) -> Held:
        """Begin, and stand still before the `number`-th request to Toloka; a run that has fewer is over by then."""
        held = self.emulator.gate.hold(token=self.token, number=number)
        self.start()
        while not held.stands(0.005) and not self.result.done():
            pass
        return held

    def die_before(self, number: int) -> None:
        """Begin, and die before the `number`-th request to Toloka; a run that has fewer ends as ever."""
        held = self.start_up_to(number)
        self.emulator.gate.kill(held)
        self.end()

    def end(self) -> Any:
        """What came of it: the work's result, or the error of ours that ended it."""
        try:
            return self.result.result(SECONDS)
        except (ServiceError, TransientServiceError, OverBudgetError) as error:
            return error

    def _go(self) -> None:
        try:
            with self.pachyderm.held(self.repo, f"run {self.token}", lambda _: True) as lock:
                self.client.fence = lock.check
                done = self.work(self.client)
        except BaseException as error:  # noqa: BLE001 - it is raised again where the test asks
            self.result.set_exception(error)
        else:
            self.result.set_result(done)
