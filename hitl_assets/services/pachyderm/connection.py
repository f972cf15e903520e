"""The connection to one pachd: deadlines on every call, repetitions, and errors as ours."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from hitl_assets.services.errors import ServiceError
from hitl_assets.services.pachyderm.errors import is_worth_repeating, translate
from hitl_assets.services.tokens import clean_token

Answer = TypeVar("Answer")

# How long a call that may succeed at once is put off, time after time (seconds).
REPEATS = (0.05, 0.2, 0.5, 1.0)


class Connection:
    """One pachd. Cheap to make; it connects at the first call.

    Args:
        address: `host:port`, or `grpcs://host:port` for TLS.
        token: an authentication token, where the cluster asks for one.
        sleep: waits so many seconds.
        timeout: how long an answer may take, in seconds.
        patience: how long a whole stream may take, and how long a commit may be FINISHING, in seconds.
    """

    def __init__(
        self,
        address: str,
        token: str | None = None,
        sleep: Callable[[float], None] = time.sleep,
        timeout: float = 60.0,
        patience: float = 300.0,
    ) -> None:
        from hitl_assets.services.pachyderm.client import Deadlines, TimedClient

        host, port, tls = parse_address(address)
        self.address, token = address, clean_token(token or "", "PACHD_TOKEN")
        self.client = TimedClient(host, port, tls, token or None, Deadlines(timeout, patience))
        self.sleep, self.timeout, self.patience = sleep, timeout, patience

    def __repr__(self) -> str:
        return f"Pachyderm({self.address})"

    def check(self) -> str:
        """The server's version, for example `2.12.0`."""
        version = self.ask("ask for the version", self.client.get_remote_version)
        return f"{version.major}.{version.minor}.{version.micro}"

    def ask(self, attempt: str, call: Callable[[], Answer]) -> Answer:
        """The answer to a call that may be made again; a few times, where pachd could not do it at this moment.

        `attempt` completes "could not ...". `call` reads all that it wants: what is read later isn't translated.
        """
        import grpc

        with self.translated(attempt):
            for wait in REPEATS:
                try:
                    return call()
                except grpc.RpcError as error:
                    if not is_worth_repeating(error):
                        raise
                self.sleep(wait)
            return call()

    @contextmanager
    def translated(self, attempt: str) -> Iterator[None]:
        """Errors of gRPC as ours. `attempt` completes "could not ..."."""
        import grpc

        try:
            yield
        except grpc.RpcError as error:
            raise translate(error, attempt, self.address) from error
        except ConnectionError as error:  # python-pachyderm wraps the first message of a stream in it
            cause = error.__cause__ if isinstance(error.__cause__, grpc.RpcError) else None
            raise translate(cause, attempt, self.address, str(error)) from error


def parse_address(address: str) -> tuple[str, int, bool]:
    """Host, port and whether TLS is used, of `host:port`, `grpc://host:port` or `grpcs://host:port`."""
    match = re.fullmatch(r"(?:(grpc|grpcs|http|https)://)?([^:/\s]+):(\d{1,5})/?", address)
    if match is None:
        raise ServiceError(f"PACHD_ADDRESS={address!r} is no address. Write host:port, or grpcs://host:port for TLS.")
    return match[2], int(match[3]), match[1] in ("grpcs", "https")
