"""What a token may do, asked before anything depends on it."""

from collections.abc import Sequence
from typing import Any

from hitl_assets.services.pachyderm.commits import CommitCalls
from hitl_assets.services.pachyderm.errors import MissingError, give_role

READER = ("REPO_READ", "REPO_INSPECT_COMMIT", "REPO_LIST_COMMIT", "REPO_LIST_FILE", "REPO_INSPECT_FILE")
WRITER = (*READER, "REPO_WRITE")
# Newer than the protocol of our client: PROJECT_CREATE_REPO, and the resource type PROJECT.
CREATE_REPO, PROJECT = 403, 4
DEFAULT_PROJECT = "default"


class PermissionCalls(CommitCalls):
    """What asks for permissions."""

    def missing_permissions(self, readable: Sequence[str], writable: Sequence[str]) -> list[str]:
        """What this token may not do of what it has to: a sentence each, with the role, the repo and the command.

        Nothing is missing where authentication isn't activated. A repo to read that isn't there is no question of
        permissions; one to write must be one that this token may make.

        Raises:
            TransientServiceError: there is no token, or it is wrong.
        """
        from hitl_assets.pachyderm_protobuf import auth_pb2

        if self.authorize(auth_pb2.CLUSTER, "", ()) is None:
            return []
        found = [self.missing_role(repo, "repoReader", READER) for repo in readable]
        found += [self.missing_role(repo, "repoWriter", WRITER) or self.missing_project_role(repo) for repo in writable]
        return [sentence for sentence in found if sentence]

    def missing_role(self, repo: str, role: str, permissions: Sequence[str]) -> str | None:
        """Who needs which role on a repo, or None: it has the permissions, or there is no such repo yet."""
        from hitl_assets.pachyderm_protobuf import auth_pb2

        numbers = [auth_pb2.Permission.Value(permission) for permission in permissions]
        try:
            answer = self.authorize(auth_pb2.REPO, self.resource(repo), numbers)
        except MissingError:
            if not self.has_repo(repo):
                return None
            raise
        if answer is None or answer.authorized:
            return None
        return f"{give_role(role, 'repo', repo, answer.principal)}."

    def missing_project_role(self, repo: str) -> str | None:
        """Who needs which role to make a repo, or None: it is there, or this token may make it."""
        if self.has_repo(repo) or not self.has_projects():
            return None
        answer = self.authorize(PROJECT, DEFAULT_PROJECT, (CREATE_REPO,))
        if answer is None or answer.authorized:
            return None
        role = give_role("projectWriter", "project", DEFAULT_PROJECT, answer.principal)
        return (
            f"{repo} isn't there, and {role}. Or somebody who may creates it (pachctl create repo {repo}) and gives "
            f"{answer.principal} the role repoWriter on it."
        )

    def authorize(self, kind: int, name: str, permissions: Sequence[int]) -> Any:
        """Which of the permissions this token has on a resource; None where authentication isn't activated."""
        import grpc

        from hitl_assets.pachyderm_protobuf import auth_pb2

        def call() -> Any:
            try:
                return self.client.authorize(auth_pb2.Resource(type=kind, name=name), list(permissions))
            except grpc.RpcError as error:
                if error.code() == grpc.StatusCode.UNIMPLEMENTED:
                    return None
                raise

        return self.ask(f"ask what this token may do on {name or 'the cluster'}", call)

    def resource(self, repo: str) -> str:
        """The name of a repo among pachd's resources."""
        return f"{DEFAULT_PROJECT}/{repo}" if self.has_projects() else repo

    def has_projects(self) -> bool:
        """Whether the server is 2.5 or later. One that was built by hand says 0.0.0."""
        major, minor, _ = self.check().split(".")
        return not (2, 0) <= (int(major), int(minor)) < (2, 5)
