"""Pachyderm as we use it: commits in order, what a commit changed, reading with proof, writing as one commit.

Rules learnt from servers (2.0 to 2.12): never read `.branch` of a response, compare every length, finish no commit
that failed. Methods raise `ServiceError` or `TransientServiceError`, nothing of gRPC.
"""

import posixpath
import re
import tarfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import grpc

from hitl_assets.labeling.records import Commit
from hitl_assets.pachyderm_protobuf import pfs_pb2, python_pachyderm
from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.services.tokens import clean_token

BRANCH = "master"
LOCK = "lock"
TRANSIENT = {
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
    grpc.StatusCode.ABORTED,
    grpc.StatusCode.CANCELLED,
    # A wrong token is put right by a person; what waits for it should then go on.
    grpc.StatusCode.UNAUTHENTICATED,
    grpc.StatusCode.PERMISSION_DENIED,
}
# How long a writer waits for another one's open commit on the same branch.
WAITS = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0)


@dataclass(frozen=True)
class Version:
    """Where something is stored: repo, commit, and the hash of its directory's content (hexadecimal)."""

    repo: str
    commit: str
    hash: str


class Pachyderm:
    """A client for one pachd. Cheap to make; it connects at the first call."""

    def __init__(self, address: str, token: str | None = None, sleep: Callable[[float], None] = time.sleep) -> None:
        host, port, tls = parse_address(address)
        self.address, token = address, clean_token(token or "", "PACHD_TOKEN")
        self.client = python_pachyderm.Client(host=host, port=port, tls=tls, auth_token=token or None)
        self.sleep = sleep

    def __repr__(self) -> str:
        return f"Pachyderm({self.address})"

    def check(self) -> str:
        """The server's version, for example `2.12.0`."""
        with self.translated("ask for the version"):
            version = self.client.get_remote_version()
        return f"{version.major}.{version.minor}.{version.micro}"

    # Commits

    def commits_since(self, repo: str, branch: str, after: str | None) -> list[Commit]:
        """The finished commits of a branch after the one with id `after` (None: from the first), oldest first.

        Stops before the first commit that is still open: commits are handed out in order. A repo or branch that
        isn't there yet has none. A commit `after` that is gone (branch rewound, repo made anew) counts as None.
        """
        to, since = (repo, branch), (repo, after) if after else None
        with self.translated(f"list the commits of {repo}@{branch}"):
            try:
                infos = list(self.client.list_commit(repo, to_commit=to, from_commit=since, all=True))
            except grpc.RpcError as error:
                if error.code() != grpc.StatusCode.NOT_FOUND:
                    raise
                if after is None:
                    return []
                return self.commits_since(repo, branch, None)
        return list(finished(repo, reversed(infos)))

    def inspect_commit(self, repo: str, commit: str) -> tuple[Commit, str | None]:
        """A commit once it is finished, and the id of its parent."""
        with self.translated(f"inspect {repo}@{commit}"):
            (info,) = self.client.inspect_commit((repo, commit), pfs_pb2.CommitState.FINISHED)
        return read_commit(repo, info), info.parent_commit.id or None

    def head(self, repo: str, branch: str = BRANCH) -> str | None:
        """The id of the newest finished commit of a branch, or None."""
        with self.translated(f"inspect the branch {repo}@{branch}"):
            try:
                infos = self.client.list_commit(repo, to_commit=(repo, branch), number=20, all=True)
                return next((info.commit.id for info in infos if is_readable(info)), None)
            except grpc.RpcError as error:
                if error.code() == grpc.StatusCode.NOT_FOUND:
                    return None
                raise

    # Reading

    def list_files(self, repo: str, commit: str, glob: str) -> dict[str, str]:
        """The hash of each file that matches, by path. A pattern may match nothing."""
        with self.translated(f"list {repo}@{commit}:{glob}"):
            infos = self.client.glob_file((repo, commit), glob)
            return {info.file.path: info.hash.hex() for info in infos if info.file_type == pfs_pb2.FILE}

    def changed_files(self, repo: str, commit: str, base: str | None, glob: str) -> list[str]:
        """The paths of files that match and that are new or different in `commit`, compared to `base` (None: to
        nothing). Files that are gone aren't listed."""
        with self.translated(f"compare {repo}@{commit} with {base}"):
            if base is None:
                infos = list(self.client.walk_file((repo, commit), "/"))
            else:
                infos = [answer.new_file for answer in self.client.diff_file((repo, commit), "/", (repo, base), "/")]
        return [info.file.path for info in infos if info.file_type == pfs_pb2.FILE and matches(info.file.path, glob)]

    def read(self, repo: str, commit: str, path: str) -> bytes:
        """The content of a file.

        Raises:
            TransientServiceError: fewer bytes came than the file has (the client says nothing when a stream breaks).
        """
        with self.translated(f"read {repo}@{commit}:{path}"):
            size = self.client.inspect_file((repo, commit), path).size_bytes
            if size == 0:
                return b""  # The server sends no message for an empty file, and the client fails on that.
            content = self.client.get_file((repo, commit), path).read()
        if len(content) != size:
            raise TransientServiceError(f"{repo}@{commit}:{path} broke off after {len(content)} of {size} bytes.")
        return content

    def read_directory(self, repo: str, commit: str, directory: str) -> dict[str, bytes]:
        """The files directly in a directory, by name."""
        with self.translated(f"list {repo}@{commit}:{directory}"):
            infos = list(self.client.list_file((repo, commit), directory))
        names = [info.file.path for info in infos if info.file_type == pfs_pb2.FILE]
        return {posixpath.basename(path): self.read(repo, commit, path) for path in names}

    def read_matching(self, repo: str, commit: str, glob: str) -> dict[str, bytes]:
        """The content of all files that match, by path, in one stream (for many small files)."""
        expected = self.list_files(repo, commit, glob)
        if not expected:
            return {}
        with self.translated(f"read {repo}@{commit}:{glob}"):
            try:
                with self.client.get_file_tar((repo, commit), glob) as archive:
                    content = dict(unpack(archive))
            except tarfile.TarError as error:
                raise TransientServiceError(f"{repo}@{commit}:{glob} broke off: {error}.") from error
        missing = sorted(set(expected) - set(content))
        if missing:
            raise TransientServiceError(f"{repo}@{commit}:{glob} broke off before {missing[0]}.")
        return {path: content[path] for path in expected}

    def directory_hash(self, repo: str, commit: str, directory: str) -> str | None:
        """The hash of a directory's content, or None when it isn't there."""
        with self.translated(f"inspect {repo}@{commit}:{directory}"):
            try:
                return self.client.inspect_file((repo, commit), directory).hash.hex()
            except grpc.RpcError as error:
                if error.code() == grpc.StatusCode.NOT_FOUND:
                    return None
                raise

    # Writing

    def ensure_repo(self, repo: str, description: str = "") -> bool:
        """Make a repo unless it is there; whether it was made."""
        with self.translated(f"create the repo {repo}"):
            try:
                self.client.create_repo(repo, description)
            except grpc.RpcError as error:
                if error.code() == grpc.StatusCode.ALREADY_EXISTS:
                    return False
                raise
            return True

    def write(
        self,
        repo: str,
        files: Mapping[str, bytes],
        description: str,
        replace: str | None = None,
        is_stale: Callable[[str], bool] = lambda _: False,
        branch: str = BRANCH,
    ) -> str:
        """Write files (content by path) as one commit of a branch; its id.

        Either everything is in the commit or there is no commit: on any failure it is dropped.

        Args:
            repo: is made if it isn't there.
            files: content by absolute path; a file that exists is overwritten.
            description: one line for `pachctl list commit`.
            replace: a directory that shall hold these files and no others.
            is_stale: whether an open commit of another writer, told by its description, was left by a dead one.
            branch: is made if it isn't there.
        """
        self.ensure_repo(repo)
        commit = self.start_commit((repo, branch), description, is_stale)
        try:
            self.put(repo, commit, files, replace)
            with self.translated(f"finish {repo}@{commit}"):
                self.client.finish_commit((repo, commit))
        except BaseException:
            self.drop(repo, commit)
            raise
        done, _ = self.inspect_commit(repo, commit)
        if done.error:
            self.drop(repo, commit)
            raise ServiceError(f"Pachyderm could not finish {done}: {done.error}. The commit is dropped.")
        return commit

    @contextmanager
    def held(self, repo: str, description: str, is_stale: Callable[[str], bool]) -> Iterator["Lock"]:
        """Keep everybody else, on any machine, from doing the same: an open commit on the branch `lock` of a repo.

        Raises:
            TransientServiceError: another one holds it for longer than we wait.
        """
        self.ensure_repo(repo)
        commit = self.start_commit((repo, LOCK), description, is_stale)
        try:
            yield Lock(self, repo, commit)
        finally:
            self.drop(repo, commit)

    def start_commit(self, branch: tuple[str, str], description: str, is_stale: Callable[[str], bool]) -> str:
        """Open a commit on a branch (repo, name), once another writer's open commit there is done or dropped."""
        for wait in (*WAITS, None):
            try:
                return str(self.client.start_commit(*branch, description=description).id)
            except grpc.RpcError as error:
                if "has not been finished" not in (error.details() or ""):
                    raise translate(error, f"start a commit in {branch[0]}", self.address) from error
            self.handle_open_head(branch, is_stale, wait)
        raise TransientServiceError(f"{branch[0]}@{branch[1]} is never free: somebody opens commit after commit.")

    def handle_open_head(self, branch: tuple[str, str], is_stale: Callable[[str], bool], wait: float | None) -> None:
        """Drop the open commit at the head of a branch if nobody will finish it; otherwise wait for its writer."""
        repo = branch[0]
        with self.translated(f"list the commits of {repo}"):
            info = next(iter(self.client.list_commit(repo, to_commit=branch, number=1, all=True)))
        if info.HasField("finishing") or info.HasField("finished"):
            return
        if is_stale(info.description):
            self.drop(repo, info.commit.id)
        elif wait is None:
            raise TransientServiceError(
                f"Somebody holds {repo}@{info.commit.id} open: {info.description or 'no description'}. "
                "Finish or drop that commit (pachctl finish commit, pachctl drop commit)."
            )
        else:
            self.sleep(wait)

    def put(self, repo: str, commit: str, files: Mapping[str, bytes], replace: str | None) -> None:
        """Send all changes of a commit in one ModifyFile."""
        with self.translated(f"write into {repo}@{commit}"), self.client.modify_file_client((repo, commit)) as modify:
            if replace:
                modify.delete_file(f"{replace.rstrip('/')}/")
            for path, content in files.items():
                modify.put_file_from_bytes(path, content)

    def drop(self, repo: str, commit: str) -> None:
        """Undo a commit of ours. What went wrong before matters more than a failure here."""
        try:
            self.client.drop_commit(commit)
        except grpc.RpcError:
            return  # It stays open and is dropped as stale by the next writer.

    @contextmanager
    def translated(self, attempt: str) -> Iterator[None]:
        """Errors of gRPC as ours. `attempt` completes "could not ..."."""
        try:
            yield
        except grpc.RpcError as error:
            raise translate(error, attempt, self.address) from error
        except ConnectionError as error:  # python-pachyderm wraps the first message of a stream in it
            cause = error.__cause__ if isinstance(error.__cause__, grpc.RpcError) else None
            raise translate(cause, attempt, self.address, str(error)) from error


@dataclass(frozen=True)
class Lock:
    """What `Pachyderm.held` gives: an open commit on the branch `lock` of a repo."""

    pachyderm: Pachyderm
    repo: str
    commit: str

    def check(self) -> None:
        """Ask whether the lock is still held, in one request. Right before what must not be done twice.

        Raises:
            TransientServiceError: somebody ended it, because they took the holder for dead; or pachd can't be asked.
        """
        attempt = f"inspect {self.repo}@{self.commit}"
        try:
            with self.pachyderm.translated(attempt):
                (info,) = self.pachyderm.client.inspect_commit((self.repo, self.commit), pfs_pb2.CommitState.STARTED)
        except ServiceError as error:
            raise TransientServiceError(f"{self} is gone: {error}") from error
        if info.HasField("finishing") or info.HasField("finished"):
            raise TransientServiceError(f"{self} was ended by somebody who took this run for dead. It stops here.")

    def __str__(self) -> str:
        return f"The lock {self.repo}@{self.commit}"


def parse_address(address: str) -> tuple[str, int, bool]:
    """Host, port and whether TLS is used, of `host:port`, `grpc://host:port` or `grpcs://host:port`."""
    match = re.fullmatch(r"(?:(grpc|grpcs|http|https)://)?([^:/\s]+):(\d{1,5})/?", address)
    if match is None:
        raise ServiceError(f"PACHD_ADDRESS={address!r} is no address. Write host:port, or grpcs://host:port for TLS.")
    return match[2], int(match[3]), match[1] in ("grpcs", "https")


def translate(error: Any, attempt: str, address: str, text: str = "") -> ServiceError | TransientServiceError:
    """The error that tells whether a rerun helps."""
    code = error.code() if error is not None else None
    message = f"Pachyderm at {address} could not {attempt}: {code.name if code else 'connection'}: "
    message += (error.details() if error is not None else None) or text
    if code == grpc.StatusCode.UNAUTHENTICATED:
        return TransientServiceError(f"{message} Check PACHD_TOKEN.")
    return TransientServiceError(message) if code is None or code in TRANSIENT else ServiceError(message)


def matches(path: str, glob: str) -> bool:
    """Whether a path matches a pattern as in Pachyderm: `*` and `?` stay within a directory, `**` does not."""
    wildcards = {"**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"(\*\*|\*|\?)", glob)
    return re.fullmatch("".join(wildcards.get(part, re.escape(part)) for part in parts), path, re.DOTALL) is not None


def read_commit(repo: str, info: Any) -> Commit:
    """Our record of a CommitInfo. The repo is the one that we asked for: newer servers don't repeat it."""
    started = datetime.fromtimestamp(info.started.ToMicroseconds() / 1e6, tz=timezone.utc)
    return Commit(repo, info.commit.id, started, info.description, info.error)


def finished(repo: str, infos: Iterator[Any]) -> Iterator[Commit]:
    """Commits up to the first that is still open, without the empty ones that the server makes by itself."""
    for info in infos:
        if not info.HasField("finished"):
            return
        if info.origin.kind != pfs_pb2.AUTO or info.size_bytes_upper_bound:
            yield read_commit(repo, info)


def is_readable(info: Any) -> bool:
    """Whether a commit is finished without an error."""
    return info.HasField("finished") and not info.error


def unpack(archive: tarfile.TarFile) -> Iterator[tuple[str, bytes]]:
    """The files of a tar archive by absolute path."""
    for member in archive:
        file = archive.extractfile(member) if member.isfile() else None
        if file is not None:
            yield f"/{member.name.lstrip('/')}", file.read()
