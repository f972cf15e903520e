"""Starting and stopping the emulator: HTTP server, crowd and courier of events, each in a thread."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
import time
from collections.abc import Callable, Collection, Sequence
from decimal import Decimal
from pathlib import Path
from types import TracebackType

import uvicorn

from hitl_assets.emulators.crowd.answering.truth import AnswerKey, is_known
from hitl_assets.emulators.crowd.clock import Speed, read_speed
from hitl_assets.emulators.crowd.crowd import Crowd
from hitl_assets.emulators.crowd.population import read_population
from hitl_assets.emulators.crowd.workers import Workers
from hitl_assets.emulators.gates import Gate
from hitl_assets.emulators.toloka.application import build_application
from hitl_assets.emulators.toloka.http.connections import Connection
from hitl_assets.emulators.toloka.messages.courier import Courier
from hitl_assets.emulators.toloka.people.access import is_loopback
from hitl_assets.emulators.toloka.storage.clock import Clock
from hitl_assets.emulators.toloka.storage.state import State
from hitl_assets.emulators.toloka.storage.store import Store
from hitl_assets.emulators.toloka.workplace import TolokaWorkplace

LOOPBACK = "127.0.0.1"


class TolokaEmulator:
    """Toloka on loopback, with simulated workers who are `speed` times as fast as people.

    Who they are says `crowd`: a preset, a YAML file, or `none`, so that only people come.

    At the speed `max` they are done as soon as the machine is; at `manual` time stands still until `advance` is called
    at the control endpoint.

    What is in the `state` directory is carried on with; `balance` is for a new one. The right answers of real tasks
    come from `answer_key`, one CSV or more; what it lacks the workers make up and agree on, or leave to people
    (`makes_up=False`). The same seed and the same requests
    get the same answers. `most_assignments` is how many a pool may have. Opening a pool that the balance does not
    cover is refused with 409, or with `opens_by_operation` by an operation that fails: it is not known which of the
    two the real service does. A pool that is done stays open for `close_delay` seconds of the wall clock: programs that
    read the latest answers only when they are a minute old, as toloka-kit's streaming does, see all of them that way.

    On another `host` than loopback it needs a token; people reach its pages by the names in `public_hosts`.

    Raises:
        ValueError: there is no token, and `host` is not loopback.
    """

    def __init__(
        self,
        state: Path,
        port: int = 0,
        token: str | None = None,
        answer_key: Path | Sequence[Path] | None = None,
        seed: int = 0,
        speed: Speed = 60.0,
        balance: Decimal = Decimal(1000),
        fee: Decimal = Decimal("0.3"),
        most_assignments: int = 2_000_000,
        opens_by_operation: bool = False,
        crowd: str = "mixed",
        host: str = LOOPBACK,
        public_hosts: Collection[str] = (),
        makes_up: bool = True,
        close_delay: float = 0.0,
    ) -> None:
        if token is None and not is_loopback(host):
            raise ValueError(f"The emulator listens on {host} with a token only")
        read_speed(str(speed))
        self._host, self._public_hosts = host, public_hosts
        self._directory, self._makes_up = state, makes_up
        self._port = port
        self._token = token
        self._key = AnswerKey.read(*([answer_key] if isinstance(answer_key, Path) else answer_key or ()))
        self._workers, self._crowd_name, self._speed = Workers(read_population(crowd), seed), crowd, speed
        self._balance, self._fee = balance, fee
        self._most_assignments, self._opens_by_operation = most_assignments, opens_by_operation
        self._close_delay = close_delay
        self._closing = contextlib.ExitStack()
        self._failure: BaseException | None = None
        self._over = threading.Event()
        self.url = ""
        # A test may hold requests here.
        self.gate = Gate()

    def __enter__(self) -> TolokaEmulator:
        """Start; `url` is known afterwards."""
        with contextlib.ExitStack() as stack:
            store = Store(self._directory)
            stack.callback(store.close)
            open_account(store, self._balance)
            clock = Clock(self._speed, start=go_on_with_time(store))
            state = State(
                store, clock, self._fee, self._wake, most_assignments=self._most_assignments,
                opens_by_operation=self._opens_by_operation, crowd=self._workers,
                close_delay=self._close_delay, answer_key=self._key, crowd_name=self._crowd_name,
                makes_up=self._makes_up,
            )  # fmt: skip
            knows = None if self._makes_up else (lambda asks, task: is_known(asks, self._key, task))
            self._workplace = TolokaWorkplace(state, knows)
            self._crowd = Crowd(self._workplace, clock, self._workers, self._key)
            self._courier = Courier(store)
            family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
            listener = socket.create_server((self._host, self._port), family=family)
            shown = f"[{self._host}]" if ":" in self._host else self._host
            self.url = f"http://{shown}:{listener.getsockname()[1]}"
            # Without a configuration of its own: logging belongs to the program that starts the emulator.
            config = uvicorn.Config(
                build_application(state, self._token, self.gate, is_loopback(self._host), self._public_hosts),
                http=Connection, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1,
                timeout_keep_alive=60,
            )  # fmt: skip
            server = uvicorn.Server(config)
            self._start(stack, "toloka-http", lambda: server.run([listener]), lambda: _stop(server))
            self._start(stack, "toloka-crowd", self._crowd.run, self._crowd.stop)
            self._start(stack, "toloka-courier", self._courier.run, self._courier.stop)
            self._closing = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the threads and close the state."""
        self._over.set()
        self.gate.open()
        self._closing.close()

    def wait(self) -> None:
        """Block until Ctrl-C, or until a thread of the emulator dies of an error, which is raised here."""
        with contextlib.suppress(KeyboardInterrupt):
            self._over.wait()
        if self._failure is not None:
            raise self._failure

    def _wake(self) -> None:
        self._workplace.forget()
        self._crowd.wake()
        self._courier.wake()

    def _start(self, stack: contextlib.ExitStack, name: str, run: Callable[[], None], stop: Callable[[], None]) -> None:
        thread = threading.Thread(target=self._guarded, args=(run,), name=name, daemon=True)
        thread.start()
        stack.callback(thread.join)
        stack.callback(stop)

    def _guarded(self, run: Callable[[], None]) -> None:
        try:
            run()
        except BaseException as error:
            # A dead thread must not look like a quiet one.
            logging.getLogger(__name__).exception("The emulator stopped")
            self._failure = error
            raise
        finally:
            self._over.set()


def open_account(store: Store, balance: Decimal) -> None:
    """Give a new state its balance."""
    if store.maybe("SELECT 1 FROM account") is None:
        store.run("INSERT INTO account VALUES (?, '0')", str(balance))


def go_on_with_time(store: Store) -> float:
    """The simulated moment at which the state was left; for a new one the wall clock's."""
    if store.maybe("SELECT 1 FROM simulated_time") is None:
        store.run("INSERT INTO simulated_time VALUES (?)", time.time())
    return float(store.one("SELECT moment FROM simulated_time")["moment"])


def _stop(server: uvicorn.Server) -> None:
    server.should_exit = True
