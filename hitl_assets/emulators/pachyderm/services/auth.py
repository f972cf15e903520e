"""RPCs of the auth service about what a caller may do."""

from typing import Any

import grpc

from hitl_assets.emulators.pachyderm.access.permissions import CLUSTER, Permissions, Resource
from hitl_assets.emulators.pachyderm.access.roles import NAMES, NUMBERS, ROLES
from hitl_assets.emulators.pachyderm.access.tokens import read_token
from hitl_assets.emulators.pachyderm.errors import UnsupportedError
from hitl_assets.emulators.pachyderm.store.store import Store
from hitl_assets.emulators.pachyderm.wire.protocol import auth_pb2

# PROJECT is newer than the client's protocol.
KINDS = {1: "CLUSTER", 2: "REPO", 3: "REPO", 4: "PROJECT"}
MODIFY = {"CLUSTER": "CLUSTER_MODIFY_BINDINGS", "PROJECT": "PROJECT_MODIFY_BINDINGS", "REPO": "REPO_MODIFY_BINDINGS"}
PROJECT_ROLES = ("projectViewer", "projectWriter", "projectOwner")
INACTIVE = "the auth service is not activated"


class AuthService:
    """WhoAmI, Authorize, GetPermissions, ModifyRoleBinding, GetRobotToken."""

    def __init__(self, store: Store, permissions: Permissions) -> None:
        self._store = store
        self._permissions = permissions

    def who_am_i(self, _request: Any, context: grpc.ServicerContext) -> Any:
        """WhoAmI."""
        return auth_pb2.WhoAmIResponse(username=self._subject(context))

    def authorize(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Authorize: which of the permissions the caller has on the resource."""
        subject = self._subject(context)
        asked = [NAMES.get(number, str(number)) for number in request.permissions]
        with self._store.read() as db:
            held = self._permissions.held(db, subject, read_resource(request.resource), asked)
        missing = [name for name in asked if name not in held]
        return auth_pb2.AuthorizeResponse(
            authorized=not missing,
            principal=subject,
            satisfied=[NUMBERS[name] for name in held],
            missing=[NUMBERS.get(name) or int(name) for name in missing],
        )

    def get_permissions(self, request: Any, context: grpc.ServicerContext) -> Any:
        """GetPermissions: the caller's roles and permissions on the resource."""
        subject = self._subject(context)
        resource = read_resource(request.resource)
        with self._store.read() as db:
            found = self._permissions.found_roles(db, subject, resource, list(NUMBERS))
        roles = sorted(role for role in found if is_told_for(role, resource))
        permissions = [NUMBERS[name] for role in roles for name in ROLES[role]]
        return auth_pb2.GetPermissionsResponse(roles=roles, permissions=permissions)

    def modify_role_binding(self, request: Any, context: grpc.ServicerContext) -> Any:
        """ModifyRoleBinding: no roles take the binding away."""
        subject = self._subject(context)
        resource = read_resource(request.resource)
        with self._store.write() as write:
            self._permissions.check(write.db, subject, resource, (MODIFY[resource.kind],))
            self._permissions.bind(write, resource, request.principal, list(request.roles))
        return auth_pb2.ModifyRoleBindingResponse()

    def get_robot_token(self, request: Any, context: grpc.ServicerContext) -> Any:
        """GetRobotToken: it lasts until the emulator stops, whatever its `ttl`."""
        self._subject(context)
        return auth_pb2.GetRobotTokenResponse(token=self._permissions.robot_token(request.robot))

    def _subject(self, context: grpc.ServicerContext) -> str:
        """Who calls.

        Raises:
            UnsupportedError: auth is not activated.
            NotAuthenticatedError: nobody knows.
        """
        if not self._permissions.is_active:
            raise UnsupportedError(INACTIVE)
        return self._permissions.subject(read_token(context.invocation_metadata()))


def read_resource(message: Any) -> Resource:
    """What a request is about."""
    kind = KINDS.get(message.type, "CLUSTER")
    return CLUSTER if kind == "CLUSTER" else Resource(kind, message.name)


def is_told_for(role: str, resource: Resource) -> bool:
    """Whether GetPermissions names the role for such a resource, as pachd's `ReturnedFor` has it."""
    own = "REPO" if role.startswith("repo") else "PROJECT" if role in PROJECT_ROLES else "CLUSTER"
    kinds = {"clusterAdmin": ("CLUSTER", "PROJECT", "REPO"), "projectOwner": ("PROJECT", "REPO")}
    return resource.kind in kinds.get(role, (own,))
