"""Who may do what: whether a subject's roles on a resource, and on what is above it, hold the permissions asked for."""

import secrets
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hitl_assets.emulators.pachyderm.access.roles import DEFAULT_PROJECT, EVERYBODY, ROLES, Roles, read_roles
from hitl_assets.emulators.pachyderm.errors import NotAuthenticatedError, NotAuthorizedError, RefusedError
from hitl_assets.emulators.pachyderm.store import bindings
from hitl_assets.emulators.pachyderm.store.database import Write
from hitl_assets.emulators.pachyderm.store.repos import find_repo

# pachd's texts.
NO_TOKEN = "no authentication token (try logging in)"  # noqa: S105 - no secret
BAD_TOKEN = "provided auth token is corrupted or has expired (try logging in again)"  # noqa: S105 - no secret


@dataclass(frozen=True)
class Resource:
    """What a permission is about: `CLUSTER`, `PROJECT` with a name, or `REPO` with the name `project/repo`."""

    kind: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


CLUSTER = Resource("CLUSTER")


def repo_resource(repo: str) -> Resource:
    """The resource of a repo of the default project; its meta and spec repos share it."""
    return Resource("REPO", f"{DEFAULT_PROJECT}/{repo}")


class Permissions:
    """Answers for one emulator. Without roles auth is not activated: everybody may do everything."""

    def __init__(self, roles: Roles | None) -> None:
        self.is_active = roles is not None
        self.roles = roles or Roles()

    def subject(self, token: str | None) -> str:
        """Whose token it is; nobody's, when auth is not activated.

        Raises:
            NotAuthenticatedError: it is nobody's, or missing.
        """
        if not self.is_active:
            return ""
        if token is None:
            raise NotAuthenticatedError(NO_TOKEN)
        if token not in self.roles.subjects:
            raise NotAuthenticatedError(BAD_TOKEN)
        return self.roles.subjects[token]

    def check(self, db: sqlite3.Connection, subject: str, resource: Resource, needed: Sequence[str]) -> None:
        """Nothing, for a subject that has all the permissions needed.

        Raises:
            NotAuthorizedError: it lacks one.
            RefusedError: the resource is not there.
        """
        if self.is_active and set(needed) - set(self.held(db, subject, resource, needed)):
            raise NotAuthorizedError(
                f"{subject} is not authorized to perform this operation - needs permissions [{' '.join(needed)}]"
                f" on {resource}. Run `pachctl auth roles-for-permission` to find roles that grant a given permission."
            )

    def held(self, db: sqlite3.Connection, subject: str, resource: Resource, asked: Iterable[str]) -> list[str]:
        """Which of the permissions the subject has. As in pachd, a repo that isn't there has no bindings.

        Raises:
            RefusedError: the resource is not there, and what is above it doesn't settle the question.
        """
        wanted = list(asked)
        granted = {permission for role in self.found_roles(db, subject, resource, wanted) for permission in ROLES[role]}
        return [permission for permission in wanted if permission in granted]

    def found_roles(
        self, db: sqlite3.Connection, subject: str, resource: Resource, wanted: Sequence[str]
    ) -> dict[str, None]:
        """The roles that count, looked for from the cluster down as far as need be.

        Raises:
            RefusedError: see `held`.
        """
        found: dict[str, None] = dict.fromkeys(self.roles.cluster.get(subject, ()))
        if resource == CLUSTER or is_covered(wanted, found):
            return found
        project, _, repo = resource.name.partition("/")
        bound = self.roles.projects.get(project)
        if bound is None:
            raise RefusedError(f"no role binding exists for {resource}")
        found |= dict.fromkeys((*bound.get(subject, ()), *bound.get(EVERYBODY, ())))
        if resource.kind == "PROJECT" or is_covered(wanted, found):
            return found
        there = find_repo(db, repo)
        if there is None:
            raise RefusedError(f"no role binding exists for {resource}")
        own = bindings.bound_roles(db, there, subject)
        given = self.roles.repos.get(repo, {}).get(subject, ()) if own is None else own
        return found | dict.fromkeys(given)

    def bind(self, write: Write, resource: Resource, subject: str, names: Sequence[str]) -> None:
        """Give the subject these roles on the resource, and no others. On the cluster and projects until the stop.

        Raises:
            RefusedError: there is no such role or resource.
        """
        unknown = [name for name in names if name not in ROLES]
        if unknown:
            raise RefusedError(f'unknown role "{unknown[0]}"')
        roles = read_roles(list(names))
        if resource == CLUSTER:
            self.roles.cluster[subject] = roles
            return
        project, _, name = resource.name.partition("/")
        repo = find_repo(write.db, name) if resource.kind == "REPO" else None
        if project not in self.roles.projects or (resource.kind == "REPO" and repo is None):
            raise RefusedError(f"no role binding exists for {resource}")
        if repo is None:
            self.roles.projects[project][subject] = roles
        else:
            bindings.bind_roles(write, repo.key, subject, roles)

    def robot_token(self, name: str) -> str:
        """A new token for `robot:<name>`, until the stop."""
        token = secrets.token_hex(16)
        self.roles.subjects[token] = name if name.startswith("robot:") else f"robot:{name}"
        return token


def is_covered(wanted: Sequence[str], roles: Iterable[str]) -> bool:
    """Whether the roles hold all that is wanted."""
    return set(wanted) <= {permission for role in roles for permission in ROLES[role]}
