"""Roles as pachd defines them, and the file that gives them to tokens."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from hitl_assets.pachyderm_protobuf import auth_pb2

DEFAULT_PROJECT = "default"
# Newer than the client's protocol.
PROJECT_PERMISSIONS = {
    "PROJECT_CREATE": 400,
    "PROJECT_DELETE": 401,
    "PROJECT_LIST_REPO": 402,
    "PROJECT_CREATE_REPO": 403,
    "PROJECT_MODIFY_BINDINGS": 404,
}
NUMBERS: dict[str, int] = {**dict(auth_pb2.Permission.items()), **PROJECT_PERMISSIONS}
NAMES = {number: name for name, number in NUMBERS.items()}

READER = (
    *("REPO_READ", "REPO_INSPECT_COMMIT", "REPO_LIST_COMMIT", "REPO_LIST_BRANCH", "REPO_LIST_FILE"),
    *("REPO_INSPECT_FILE", "REPO_ADD_PIPELINE_READER", "REPO_REMOVE_PIPELINE_READER", "PIPELINE_LIST_JOB"),
)
WRITER = (
    *(*READER, "REPO_WRITE", "REPO_DELETE_COMMIT", "REPO_CREATE_BRANCH", "REPO_DELETE_BRANCH"),
    "REPO_ADD_PIPELINE_WRITER",
)
OWNER = (*WRITER, "REPO_MODIFY_BINDINGS", "REPO_DELETE")
PROJECT_WRITER = ("PROJECT_LIST_REPO", "PROJECT_CREATE_REPO")
# The permissions of a role, in pachd's order.
ROLES: dict[str, tuple[str, ...]] = {
    "repoReader": READER,
    "repoWriter": WRITER,
    "repoOwner": OWNER,
    "projectViewer": ("PROJECT_LIST_REPO",),
    "projectWriter": PROJECT_WRITER,
    "projectOwner": (*OWNER, *PROJECT_WRITER, "PROJECT_DELETE", "PROJECT_MODIFY_BINDINGS"),
    "projectCreator": ("PROJECT_CREATE",),
    "robotUser": ("CLUSTER_AUTH_GET_ROBOT_TOKEN",),
    "clusterAdmin": tuple(name for name in NUMBERS if name != "PERMISSION_UNKNOWN"),
}
# Everybody may make repos in the default project.
EVERYBODY = "allClusterUsers"


class RolesError(ValueError):
    """The file or mapping of roles can't be understood."""


@dataclass
class Roles:
    """Who the tokens belong to, and their roles by subject: on the cluster, on projects and on repos by name."""

    subjects: dict[str, str] = field(default_factory=dict)
    cluster: dict[str, tuple[str, ...]] = field(default_factory=dict)
    projects: dict[str, dict[str, tuple[str, ...]]] = field(
        default_factory=lambda: {DEFAULT_PROJECT: {EVERYBODY: ("projectWriter",)}}
    )
    repos: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)

    def add(self, token: str, entry: Mapping[str, Any]) -> None:
        """Take a token with its roles.

        Raises:
            RolesError: there is no such role, or the entry has other fields than it may have.
        """
        unknown = set(entry) - {"name", "cluster", "projects", "repos"}
        if unknown:
            raise RolesError(f"a token has name, cluster, projects and repos, not {', '.join(sorted(unknown))}")
        # A token's own name must not tell the token.
        subject = str(entry.get("name") or f"robot:{hashlib.sha256(token.encode()).hexdigest()[:8]}")
        self.subjects[token] = subject
        self.cluster[subject] = read_roles(entry.get("cluster"))
        for place, given in ((self.projects, entry.get("projects")), (self.repos, entry.get("repos"))):
            for name, roles in (given or {}).items():
                place.setdefault(str(name), {})[subject] = read_roles(roles)


def read_roles(value: Any) -> tuple[str, ...]:
    """The names of roles.

    Raises:
        RolesError: it is no list of roles that there are.
    """
    if not isinstance(value, (list, tuple, type(None))) or not all(isinstance(one, str) for one in value or ()):
        raise RolesError(f"roles are a list of names, not {value!r}")
    for name in value or ():
        if name not in ROLES:
            raise RolesError(f'unknown role "{name}"; there are {", ".join(ROLES)}')
    return tuple(value or ())


def parse_roles(document: Any) -> Roles:
    """The roles of a mapping `{tokens: {TOKEN: {name, cluster: [...], projects: {...}, repos: {NAME: [...]}}}}`.

    `everybody: {PROJECT: [...]}` replaces what everybody may do with projects: by default, make repos in `default`.

    Raises:
        RolesError: it is something else.
    """
    if not isinstance(document, Mapping) or not isinstance(document.get("tokens"), Mapping):
        raise RolesError("roles are a mapping with the key `tokens`")
    unknown = set(document) - {"tokens", "everybody"}
    if unknown:
        raise RolesError(f"roles have tokens and everybody, not {', '.join(sorted(map(str, unknown)))}")
    roles = Roles()
    for project, given in (document.get("everybody") or {}).items():
        roles.projects.setdefault(str(project), {})[EVERYBODY] = read_roles(given)
    for token, entry in document["tokens"].items():
        roles.add(str(token), entry or {})
    return roles


def load_roles(path: Path) -> Roles:
    """The roles of a YAML or JSON file.

    Raises:
        RolesError: it can't be read or understood; the text names the file.
    """
    try:
        return parse_roles(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RolesError) as error:
        raise RolesError(f"{path}: {error}") from error


def read_all_roles(roles: Mapping[str, Any] | Path | None, token: str | None) -> Roles | None:
    """The roles that an emulator is started with; None: auth is not activated. `token` may do everything.

    Raises:
        RolesError: they can't be understood.
    """
    if roles is None and token is None:
        return None
    found = Roles() if roles is None else load_roles(roles) if isinstance(roles, Path) else parse_roles(roles)
    if token is not None and token not in found.subjects:
        found.add(token, {"name": "pach:root", "cluster": ["clusterAdmin"]})
    return found
