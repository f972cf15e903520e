"""The emulator's life: open the state, listen on loopback, stop."""

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any

import grpc
from grpc_health.v1 import health, health_pb2_grpc

from hitl_assets.emulators.gates import Gate
from hitl_assets.emulators.pachyderm.access.doors import Doors
from hitl_assets.emulators.pachyderm.access.permissions import Permissions
from hitl_assets.emulators.pachyderm.access.roles import read_all_roles
from hitl_assets.emulators.pachyderm.access.tokens import Access
from hitl_assets.emulators.pachyderm.client_transactions import ClientTransactions
from hitl_assets.emulators.pachyderm.conflicts import Conflicts
from hitl_assets.emulators.pachyderm.files.uploads import MESSAGE_LIMIT
from hitl_assets.emulators.pachyderm.routes import Refusals, api_handlers
from hitl_assets.emulators.pachyderm.services.auth import AuthService
from hitl_assets.emulators.pachyderm.services.branches import BranchService
from hitl_assets.emulators.pachyderm.services.cluster import ClusterService, VersionService
from hitl_assets.emulators.pachyderm.services.commit_sets import CommitSetService
from hitl_assets.emulators.pachyderm.services.commits import CommitService
from hitl_assets.emulators.pachyderm.services.files import FileService
from hitl_assets.emulators.pachyderm.services.modify import ModifyService
from hitl_assets.emulators.pachyderm.services.operations import OperationService
from hitl_assets.emulators.pachyderm.services.projects import ProjectService
from hitl_assets.emulators.pachyderm.services.repos import RepoService
from hitl_assets.emulators.pachyderm.services.transactions import TransactionService
from hitl_assets.emulators.pachyderm.store.store import Store
from hitl_assets.emulators.pachyderm.wire.messages import Wire
from hitl_assets.emulators.pachyderm.wire.profiles import get_profile
from hitl_assets.emulators.pachyderm.wire.protocol import admin_pb2, auth_pb2, pfs_pb2, transaction_pb2, version_pb2

# More than a message may have: gRPC ends a call with a larger one like a complete call, and we must see which it is.
RECEIVE_LIMIT = 4 * MESSAGE_LIMIT
# A call that waits or subscribes occupies a thread.
THREADS = 128
STOP_SECONDS = 2.0


class PachydermEmulator:
    """pachd's PFS on 127.0.0.1, with its state in a directory that survives a kill at any moment."""

    def __init__(
        self,
        state: Path,
        port: int = 0,
        token: str | None = None,
        profile: str = "2.12",
        finish_delay: float = 0.0,
        urls: bool = False,
        conflicts: float = 0.0,
        seed: int = 0,
        roles: Mapping[str, Any] | Path | None = None,
        host: str = "127.0.0.1",
    ) -> None:
        """Nothing is opened yet. Port 0: the system picks one.

        Args:
            state: the directory, which may be empty or missing.
            port: where to listen.
            token: the only `authn-token` that is let in; it may do everything. None: everybody may, without any.
            profile: the pachd that it looks like, `2.10` or `2.12`.
            finish_delay: seconds from FINISHING to FINISHED, for one commit of a repo after the other.
            urls: whoever calls may have http, https and file URLs fetched; with `file`, that is every file that this
                process can read.
            conflicts: the share of StartCommits and FinishCommits that give way to another transaction, 0 to 0.5.
            seed: which of them.
            roles: tokens and what they may do (see access/roles.py), as a mapping or the path of a YAML or JSON file.
            host: the address to listen on; another one than loopback with a token or with roles only.

        Raises:
            ValueError: there is no such profile, the roles or the share of conflicts can't be understood, or other
                machines could call without a token.
        """
        if token is None and roles is None and host not in ("127.0.0.1", "localhost", "::1"):
            raise ValueError(f"The emulator listens on {host} with a token only")
        self._host = f"[{host}]" if ":" in host else host
        self._state = Path(state)
        self._port = port
        self._permissions = Permissions(read_all_roles(roles, token))
        self._conflicts = Conflicts(conflicts, seed)
        self._profile = get_profile(profile)
        self._finish_delay = finish_delay
        self._urls = urls
        # For tests of schedules: `emulator.gate.hold("StartCommit")`.
        self.gate = Gate()
        self._stopped = threading.Event()
        self._store: Store | None = None
        self._server: grpc.Server | None = None

    @property
    def address(self) -> str:
        """Where it listens, for instance `127.0.0.1:30650`."""
        return f"{self._host}:{self._port}"

    def start(self) -> None:
        """Open the state and listen.

        Raises:
            StateError: the state directory is in use, damaged, or of a newer format.
            OSError: the port is taken.
        """
        store = Store(self._state, self._finish_delay)
        try:
            self._server = self._listen(store)
        except BaseException:
            store.close()
            raise
        self._store = store
        self._stopped.clear()

    def stop(self) -> None:
        """End all calls and give the state directory back. Harmless when it is stopped already."""
        server, store = self._server, self._store
        self._server = self._store = None
        if server is None or store is None:
            return
        self.gate.open()
        store.database.stop()
        server.stop(STOP_SECONDS).wait()
        store.close()
        self._stopped.set()

    def wait(self) -> None:
        """Block until another thread stops it."""
        self._stopped.wait()

    def __enter__(self) -> "PachydermEmulator":
        """Start."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    def _listen(self, store: Store) -> grpc.Server:
        server = grpc.server(
            ThreadPoolExecutor(THREADS, thread_name_prefix="pachyderm"),
            interceptors=[Access(self._permissions)],
            options=[
                ("grpc.max_receive_message_length", RECEIVE_LIMIT),
                ("grpc.max_send_message_length", MESSAGE_LIMIT),
                # A second server on the port is an error, not a share of its calls.
                ("grpc.so_reuseport", 0),
            ],
        )
        wire = Wire(self._profile)
        transactions = ClientTransactions(store)
        services = [
            OperationService(store, wire, transactions, self._permissions, self._conflicts),
            *(RepoService(store, wire), BranchService(store, wire), CommitService(store, wire, self.gate)),
            *(
                CommitSetService(store, wire),
                ModifyService(store, self._urls, self._permissions),
                FileService(store, wire),
                ProjectService(store, self._permissions),
            ),
        ]
        transaction_service = TransactionService(store, wire, transactions, self._permissions)
        health_pb2_grpc.add_HealthServicer_to_server(health.HealthServicer(), server)
        doors = Doors(self.gate, self._permissions, store, self._profile)
        handlers = [
            api_handlers(pfs_pb2.DESCRIPTOR, services, doors),
            api_handlers(transaction_pb2.DESCRIPTOR, [transaction_service], doors),
            api_handlers(auth_pb2.DESCRIPTOR, [AuthService(store, self._permissions)], doors),
            api_handlers(admin_pb2.DESCRIPTOR, [ClusterService(store, self._profile)], doors),
            api_handlers(version_pb2.DESCRIPTOR, [VersionService(self._profile)], doors),
        ]
        # Refusals last: the first handler that knows the call answers it.
        server.add_generic_rpc_handlers((*handlers, Refusals(has_auth=self._permissions.is_active)))
        try:
            self._port = server.add_insecure_port(self.address)
        except RuntimeError as error:
            raise OSError(f"{self.address} can't be listened on: {error}") from error
        server.start()
        return server
