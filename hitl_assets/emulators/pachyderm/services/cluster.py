"""RPCs about the server itself: its version, and what newer clients ask first."""

from typing import Any

import grpc

from hitl_assets.emulators.pachyderm.errors import NotFoundError
from hitl_assets.emulators.pachyderm.services.projects import check_project
from hitl_assets.emulators.pachyderm.store.store import Store
from hitl_assets.emulators.pachyderm.wire.profiles import Profile
from hitl_assets.emulators.pachyderm.wire.protocol import admin_pb2, version_pb2

# pachd's texts.
NO_VERSION = (
    "WARNING: The client used to connect to Pachyderm did not send its version, which means that it is likely too old."
    "  Please upgrade it."
)
OLD_CLIENT = (
    "WARNING: The client used to connect to Pachyderm is much older than the server; please upgrade the client."
)
NEW_CLIENT = (
    "WARNING: The client used to connect to Pachyderm is much newer than the server; please use a version of the client"
    " that matches the server."
)


class VersionService:
    """GetVersion."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile

    def get_version(self, _request: Any, _: grpc.ServicerContext) -> Any:
        """The version of the pachd that the profile looks like."""
        return version_pb2.Version(major=2, minor=self._profile.minor, micro=0, additional="-emulator")


class ClusterService:
    """InspectCluster."""

    def __init__(self, store: Store, profile: Profile) -> None:
        self._store = store
        self._profile = profile

    def inspect_cluster(self, request: Any, _: grpc.ServicerContext) -> Any:
        """InspectCluster: who this is, and what is doubtful about the client's version and project."""
        warnings = []
        ours, theirs = (2, self._profile.minor), (request.client_version.major, request.client_version.minor)
        if not request.HasField("client_version"):
            warnings.append(NO_VERSION)
        elif theirs != ours and theirs != (0, 0):
            warnings.append(OLD_CLIENT if theirs < ours else NEW_CLIENT)
        if request.current_project.name:
            try:
                check_project(request.current_project.name)
            except NotFoundError as error:
                name = request.current_project.name
                warnings.append(f'WARNING: Could not inspect project "{name}": {error}')
        # The emulator is one of its kind: the state directory's id stands for the cluster and its deployment.
        ours_id = self._store.identity.id
        return admin_pb2.ClusterInfo(id=ours_id, deployment_id=ours_id, warnings_ok=True, warnings=warnings)
