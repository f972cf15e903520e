"""Commits of a contract test, and how a pachd refuses."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import grpc
import pytest

from hitl_assets.pachyderm_protobuf import pfs_pb2
from hitl_assets.services.pachyderm import Pachyderm

Ask = Callable[[], Any]


def patiently(ask: Ask) -> Any:
    """What a call answers. What pachd undid for a conflict with others' work never happened; it is asked again."""
    while True:
        try:
            return ask()
        except grpc.RpcError as error:
            if "resulted in rollback" not in error.details():
                raise


def remove(pachd: Pachyderm, repo: str) -> None:
    """Delete a repo, which takes a busy server longer than one call may last."""
    while True:
        try:
            return pachd.client.delete_repo(repo, force=True)
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.DEADLINE_EXCEEDED and "resulted in rollback" not in error.details():
                raise


def started(pachd: Pachyderm, repo: str, branch: str = "master") -> str:
    """The id of a new open commit."""
    return str(patiently(lambda: pachd.client.start_commit(repo, branch, description="contract")).id)


def opened(pachd: Pachyderm, repo: str, files: dict[str, bytes], branch: str = "master") -> str:
    """The id of an open commit with these files."""
    made = started(pachd, repo, branch)
    with pachd.client.modify_file_client((repo, made)) as modify:
        for path, content in files.items():
            modify.put_file_from_bytes(path, content)
    return made


def closed(pachd: Pachyderm, repo: str, files: dict[str, bytes], branch: str = "master") -> str:
    """The id of a commit that is closed; it may not be finished yet."""
    made = opened(pachd, repo, files, branch)
    patiently(lambda: pachd.client.finish_commit((repo, made)))
    return made


def commit(pachd: Pachyderm, repo: str, files: dict[str, bytes]) -> str:
    """One finished commit on master."""
    return str(finished(pachd, repo, closed(pachd, repo, files)).commit.id)


def failed(pachd: Pachyderm, repo: str, files: dict[str, bytes], error: str) -> str:
    """One commit on master that somebody finished with an error."""
    made = opened(pachd, repo, files)
    pachd.client.finish_commit((repo, made), error=error)
    return str(finished(pachd, repo, made).commit.id)


def finished(pachd: Pachyderm, repo: str, commit_id: str) -> Any:
    """A commit once it is finished."""
    (info,) = pachd.client.inspect_commit((repo, commit_id), pfs_pb2.CommitState.FINISHED)
    return info


def paths(infos: Any) -> list[str]:
    """The paths of files."""
    return [info.file.path for info in infos]


def changes(answers: Any) -> list[tuple[str, str]]:
    """The files of a difference: new path, old path; empty where there is none. Directories are left out."""
    pairs = [(answer.new_file, answer.old_file) for answer in answers]
    return [(new.file.path, old.file.path) for new, old in pairs if pfs_pb2.FILE in (new.file_type, old.file_type)]


@contextmanager
def refused(code: str, text: str = "") -> Iterator[pytest.ExceptionInfo[Any]]:
    """Expect a refusal with this code and text, also where the client wraps it (as it does the first message)."""
    with pytest.raises((grpc.RpcError, ConnectionError)) as caught:
        yield caught
    error: Any = caught.value if isinstance(caught.value, grpc.RpcError) else caught.value.__cause__
    assert (error.code().name, text in error.details()) == (code, True), error.details()


def ways_to_read(pachd: Pachyderm, repo: str, commit_id: str, path: str) -> dict[str, Ask]:
    """Every call that reads a commit, by name: one of its files, or all of them."""
    client, where = pachd.client, (repo, commit_id)
    return {
        "list_file": lambda: paths(client.list_file(where, "/")),
        "glob_file": lambda: paths(client.glob_file(where, "/**")),
        "walk_file": lambda: paths(client.walk_file(where, "/")),
        "inspect_file": lambda: client.inspect_file(where, path),
        "get_file": lambda: client.get_file(where, path).read(),
        "get_file_tar": lambda: client.get_file_tar(where, "/**").getnames(),
    }


def version(pachd: Pachyderm) -> tuple[int, ...]:
    """The server's version, to compare."""
    return tuple(int(part) for part in pachd.check().split(".")[:2])
