"""RPCs about projects. The emulator has the one that every pachd has."""

from collections.abc import Iterator
from typing import Any

import grpc

from hitl_assets.emulators.pachyderm.access.permissions import Permissions, Resource
from hitl_assets.emulators.pachyderm.access.roles import NUMBERS, ROLES
from hitl_assets.emulators.pachyderm.access.tokens import read_token
from hitl_assets.emulators.pachyderm.errors import AlreadyExistsError, NotFoundError, UnsupportedError
from hitl_assets.emulators.pachyderm.store.store import Store
from hitl_assets.emulators.pachyderm.wire.messages import DEFAULT_NAME, timestamp
from hitl_assets.emulators.pachyderm.wire.protocol import pfs_pb2

ONLY_DEFAULT = "the Pachyderm emulator has the project default only"


class ProjectService:
    """InspectProject, InspectProjectV2, ListProject; CreateProject and DeleteProject refuse."""

    def __init__(self, store: Store, permissions: Permissions) -> None:
        self._store = store
        self._permissions = permissions

    def inspect_project(self, request: Any, context: grpc.ServicerContext) -> Any:
        """InspectProject."""
        check_project(request.project.name)
        return self._info(context)

    def inspect_project_v2(self, request: Any, context: grpc.ServicerContext) -> Any:
        """InspectProjectV2: pipelines have no defaults here."""
        name = request.project.name
        try:
            check_project(name)
        except NotFoundError as error:
            raise NotFoundError(f'could not inspect project "{name}": {error}') from error
        return pfs_pb2.InspectProjectV2Response(info=self._info(context), defaults_json="{}")

    def list_project(self, _request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        """ListProject."""
        yield self._info(context)

    def create_project(self, request: Any, _: grpc.ServicerContext) -> Any:
        """CreateProject: the only one is there."""
        if request.project.name == DEFAULT_NAME and not request.update:
            raise AlreadyExistsError(f'project "{DEFAULT_NAME}" already exists\nproject {DEFAULT_NAME} already exists')
        raise UnsupportedError(f"{ONLY_DEFAULT}; none can be made or changed.")

    def delete_project(self, _request: Any, _: grpc.ServicerContext) -> Any:
        """DeleteProject."""
        raise UnsupportedError(f"{ONLY_DEFAULT}; it can't be deleted.")

    def _info(self, context: grpc.ServicerContext) -> Any:
        message = pfs_pb2.ProjectInfo(
            project=pfs_pb2.Project(name=DEFAULT_NAME), created_at=timestamp(self._store.identity.created)
        )
        if self._permissions.is_active:
            subject = self._permissions.subject(read_token(context.invocation_metadata()))
            with self._store.read() as db:
                resource = Resource("PROJECT", DEFAULT_NAME)
                roles = sorted(self._permissions.found_roles(db, subject, resource, list(NUMBERS)))
            message.auth_info.roles.extend(roles)
            message.auth_info.permissions.extend(sorted({NUMBERS[name] for role in roles for name in ROLES[role]}))
        return message


def check_project(name: str) -> None:
    """Nothing, for the project that is there.

    Raises:
        NotFoundError: it is another one.
    """
    if name != DEFAULT_NAME:
        raise NotFoundError(f'error getting project "{name}": get project by name: project "{name}" not found')
