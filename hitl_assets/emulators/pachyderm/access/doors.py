"""What every call passes before it is done, and before it is answered: the gate of a test, and what one may do."""

from typing import Any

import grpc

from hitl_assets.emulators.gates import DroppedError, Gate
from hitl_assets.emulators.pachyderm.access.permissions import Permissions
from hitl_assets.emulators.pachyderm.access.rules import Rules
from hitl_assets.emulators.pachyderm.access.tokens import read_token
from hitl_assets.emulators.pachyderm.errors import CutOffError
from hitl_assets.emulators.pachyderm.store.store import Store
from hitl_assets.emulators.pachyderm.wire.needed import check_request
from hitl_assets.emulators.pachyderm.wire.profiles import Profile


class Doors:
    """The way in and out of one emulator."""

    def __init__(self, gate: Gate, permissions: Permissions, store: Store, profile: Profile) -> None:
        self.profile = profile
        self._gate = gate
        self._permissions = permissions
        self._rules = Rules(permissions)
        self._store = store

    def enter(self, call: str, request: Any, context: grpc.ServicerContext) -> None:
        """Wait while a test holds the call, then see whether the caller may make it.

        Raises:
            CutOffError: the caller went away meanwhile; as in pachd, nothing is done.
            NotAuthorizedError: the caller may not.
            PfsError: the request lacks what it needs.
        """
        check_request(call, request)
        token = read_token(context.invocation_metadata())
        try:
            was_held = self._gate.pass_by(call, token, context.add_callback)
        except DroppedError as error:
            raise CutOffError("the test dropped the call") from error
        if was_held and not context.is_active():
            raise CutOffError("the caller went away before the call was done; nothing of it is kept")
        if self._rules.is_active and call not in ("GetVersion", "InspectCluster"):
            with self._store.read() as db:
                self._rules.check(db, call, request, self._permissions.subject(token))

    def leave(self, call: str, context: grpc.ServicerContext) -> None:
        """Wait while a test holds the answer."""
        self._gate.pass_by(f"{call}:done", read_token(context.invocation_metadata()))
