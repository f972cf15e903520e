"""Requests that a pachd refuses, and how: what programs that only met a lenient server break on."""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

import pytest
from python_pachyderm.service import Service

from hitl_assets.pachyderm_protobuf import pfs_pb2
from hitl_assets.services.pachyderm import Pachyderm

from .pachyderm_commits import closed, commit, finished, opened, paths, refused, started, version

MIB = 1024 * 1024
ABC = b"\x1a\x05\x0a\x03abc"  # Repo.project, which this client doesn't know: a project `abc`


def elsewhere(name: str) -> Any:
    """A repo of that name in another project, which isn't there."""
    return pfs_pb2.Repo.FromString(pfs_pb2.Repo(name=name, type="user").SerializeToString() + ABC)


def typed(name: str, kind: str) -> Any:
    """A repo of that name and type."""
    return pfs_pb2.Repo(name=name, type=kind)


def ids(infos: Iterable[Any]) -> list[str]:
    """The ids of commits."""
    return [info.commit.id for info in infos]


@pytest.mark.parametrize("path", ["/ä", "/a*", "/{", "/[a]", "/a?", "/a+b", "/a@b", "/..", "/a/../b", ""])
def test_paths_that_cannot_be_are_not_deleted(pachd: Pachyderm, repo: str, path: str) -> None:
    """A pattern deletes nothing: the request is refused."""
    made = opened(pachd, repo, {})
    with refused("UNKNOWN", f"path ({path}) invalid"):
        pachd.client.delete_file((repo, made), path)


@pytest.mark.parametrize("path", ["/missing.csv", "/missing/", "missing", "/"])
def test_deleting_what_is_not_there_is_no_error(pachd: Pachyderm, repo: str, path: str) -> None:
    """Nor is deleting everything of nothing."""
    pachd.client.delete_file((repo, opened(pachd, repo, {})), path)


def test_a_listing_from_a_missing_commit_is_not_found(pachd: Pachyderm, repo: str) -> None:
    """It doesn't start anew by itself."""
    commit(pachd, repo, {"/a.csv": b"x"})
    missing = uuid4().hex
    with refused("NOT_FOUND", missing):
        ids(pachd.client.list_commit(repo, to_commit=(repo, "master"), from_commit=(repo, missing), all=True))


def test_a_listing_stays_in_its_repo(pachd: Pachyderm, repo: str) -> None:
    """Neither end may be in another one."""
    commit(pachd, repo, {"/a.csv": b"x"})
    other = f"{repo}_other"
    pachd.client.create_repo(other, "a contract test of hitl_assets; can be deleted")
    try:
        made = commit(pachd, other, {"/a.csv": b"x"})
        for ends in ({"to_commit": (repo, "master"), "from_commit": (other, made)}, {"to_commit": (other, made)}):
            with refused("UNKNOWN", f"commits need to be from repo default/{repo}"):
                ids(pachd.client.list_commit(repo, **ends, all=True))
    finally:
        pachd.client.delete_repo(other, force=True)


def test_a_listing_from_its_end_is_empty(pachd: Pachyderm, repo: str) -> None:
    """`from` is exclusive also there; from another line of commits, everything comes."""
    first, second = (commit(pachd, repo, {f"/{name}.csv": b"x"}) for name in "ab")
    side = str(finished(pachd, repo, closed(pachd, repo, {}, "side")).commit.id)
    for start, expected in ((second, []), (first, [second]), (side, [second, first])):
        listed = pachd.client.list_commit(repo, to_commit=(repo, "master"), from_commit=(repo, start), all=True)
        assert ids(listed) == expected


def test_ancestors_are_counted_in_one_way(pachd: Pachyderm, repo: str) -> None:
    """`^` or `~`, not both; from the end or from the start."""
    first, second = (commit(pachd, repo, {f"/{name}.csv": b"x"}) for name in "ab")
    for reference, expected in {"master^": first, "master~1": first, "master.1": first, "master.2": second}.items():
        assert ids(pachd.client.inspect_commit((repo, reference))) == [expected]
    for reference in ("master^~1", "master~1^", "master^^2", "master~~1", "master^.1", "master~x"):
        with refused("UNKNOWN", "invalid ancestry"):
            pachd.client.inspect_commit((repo, reference))
    assert ids(pachd.client.inspect_commit((repo, "master.2^"))) == [first]
    with refused("UNKNOWN", "less ancestors than descendants"):
        pachd.client.inspect_commit((repo, "master.2^^"))


def test_there_is_nothing_before_the_first_commit(pachd: Pachyderm, repo: str) -> None:
    """Until 2.11 it is not found, from 2.12 on it is refused."""
    commit(pachd, repo, {"/a.csv": b"x"})
    for reference in ("master^", "master~9", "master.9"):
        with refused("UNKNOWN" if version(pachd) >= (2, 12) else "NOT_FOUND"):
            pachd.client.inspect_commit((repo, reference))


def test_a_trigger_needs_its_branch(pachd: Pachyderm, repo: str) -> None:
    """Otherwise no branch is made."""
    with refused("NOT_FOUND", "updating branch trigger"):
        pachd.client.create_branch(repo, "late", trigger=pfs_pb2.Trigger(branch="absent", commits=1))
    with refused("NOT_FOUND", 'branch "late" not found'):
        pachd.client.inspect_branch(repo, "late")


def test_branches_of_a_trigger_are_not_deleted(pachd: Pachyderm, repo: str) -> None:
    """Neither the one that triggers nor the one that is triggered."""
    commit(pachd, repo, {"/a.csv": b"x"})
    pachd.client.create_branch(repo, "late", trigger=pfs_pb2.Trigger(branch="master", commits=1))
    for branch in ("master", "late"):
        with refused("UNKNOWN", "cannot be deleted because it"):
            pachd.client.delete_branch(repo, branch)


def test_a_repo_with_a_trigger_is_deleted_by_force_only(pachd: Pachyderm, prefix: str) -> None:
    """Its own branches hold each other."""
    pachd.client.create_repo(prefix, "a contract test of hitl_assets; can be deleted")
    commit(pachd, prefix, {"/a.csv": b"x"})
    pachd.client.create_branch(prefix, "late", trigger=pfs_pb2.Trigger(branch="master", commits=1))
    with refused("UNKNOWN", "delete repo: delete branch"):
        pachd.client.delete_repo(prefix)
    pachd.client.delete_repo(prefix, force=True)
    with refused("NOT_FOUND"):
        pachd.client.inspect_repo(prefix)


def test_a_commit_is_emptied_while_it_is_open(pachd: Pachyderm, repo: str) -> None:
    """What was in it before stays."""
    commit(pachd, repo, {"/a.csv": b"x", "/d/b.csv": b"x"})
    made = opened(pachd, repo, {"/a.csv": b"y", "/c.csv": b"x"})
    pachd.client.delete_file((repo, made), "/d/b.csv")
    where = pfs_pb2.Commit(branch=pfs_pb2.Branch(repo=typed(repo, "user"), name="master"), id=made)
    pachd.client._req(Service.PFS, "ClearCommit", commit=where)
    with pachd.client.modify_file_client((repo, made)) as modify:
        modify.put_file_from_bytes("/e.csv", b"x")
    pachd.client.finish_commit((repo, made))
    assert finished(pachd, repo, made).details.size_bytes == 3
    assert paths(pachd.client.glob_file((repo, made), "/**.csv")) == ["/a.csv", "/d/b.csv", "/e.csv"]
    assert pachd.read(repo, made, "/a.csv") == b"x"
    with refused("UNKNOWN", "cannot clear finished commit"):
        pachd.client._req(Service.PFS, "ClearCommit", commit=where)


@pytest.mark.parametrize(
    ("code", "text", "calls"),
    [
        ("UNKNOWN", "repo cannot be nil", ("CreateRepo", "InspectRepo", "ListCommit", "SubscribeCommit")),
        ("UNKNOWN", "commit cannot be nil", ("InspectCommit", "FinishCommit", "GlobFile", "ClearCommit")),
        ("UNKNOWN", "file cannot be nil", ("GetFile", "InspectFile", "ListFile", "WalkFile", "DiffFile")),
        ("UNKNOWN", "branch cannot be nil", ("CreateBranch", "InspectBranch")),
        ("UNKNOWN", "commitset cannot be nil", ("InspectCommitSet", "SquashCommitSet")),
        ("INVALID_ARGUMENT", "value is required", ("DropCommitSet", "DeleteBranch")),
        ("INVALID_ARGUMENT", "no repo specified", ("DeleteRepo",)),
    ],
)
def test_a_request_names_what_it_is_about(pachd: Pachyderm, code: str, text: str, calls: tuple[str, ...]) -> None:
    """An empty one is about nothing."""
    if version(pachd) < (2, 12):
        pytest.skip("older ones have other words")
    for call in calls:
        with refused(code, text):
            answer = pachd.client._req(Service.PFS, call)
            list(answer)


def test_other_projects_are_other_places(pachd: Pachyderm, repo: str) -> None:
    """The repo of that name isn't in them."""
    commit(pachd, repo, {"/a.csv": b"x"})
    ask, there = pachd.client._req, elsewhere(repo)
    head = pfs_pb2.Commit(branch=pfs_pb2.Branch(repo=there, name="master"))
    for call in (
        lambda: ask(Service.PFS, "CreateRepo", repo=there),
        lambda: ask(Service.PFS, "InspectRepo", repo=there),
        lambda: list(ask(Service.PFS, "ListCommit", repo=there, all=True)),
        lambda: ask(Service.PFS, "StartCommit", branch=head.branch),
        lambda: ask(Service.PFS, "InspectBranch", branch=head.branch),
        lambda: list(ask(Service.PFS, "ListFile", file=pfs_pb2.File(commit=head, path="/"))),
    ):
        with refused("NOT_FOUND", "abc"):
            call()


@pytest.mark.parametrize("kind", ["", "other"])
def test_a_repo_is_of_a_known_type(pachd: Pachyderm, repo: str, kind: str) -> None:
    """The request has to say it."""
    for ask in (
        lambda: pachd.client._req(Service.PFS, "InspectRepo", repo=typed(repo, kind)),
        lambda: pachd.client._req(
            Service.PFS, "StartCommit", branch=pfs_pb2.Branch(repo=typed(repo, kind), name="master")
        ),
    ):
        with refused("UNKNOWN", "invalid input value for enum"):
            ask()


@pytest.mark.parametrize("kind", ["meta", "spec"])
def test_a_repo_of_the_system_needs_a_users_repo(pachd: Pachyderm, prefix: str, kind: str) -> None:
    """And it goes with it."""
    with refused("NOT_FOUND", "without a corresponding 'user' repo"):
        pachd.client._req(Service.PFS, "CreateRepo", repo=typed(prefix, kind))
    pachd.client.create_repo(prefix, "a contract test of hitl_assets; can be deleted")
    pachd.client._req(Service.PFS, "CreateRepo", repo=typed(prefix, kind))
    pachd.client.delete_repo(prefix, force=True)
    with refused("NOT_FOUND", f"repo default/{prefix}.{kind} not found"):
        pachd.client._req(Service.PFS, "InspectRepo", repo=typed(prefix, kind))


def modify(pachd: Pachyderm, repo: str, commit_id: str, size: int) -> None:
    """Put a file of so many bytes with one message."""
    where = pfs_pb2.Commit(branch=pfs_pb2.Branch(repo=typed(repo, "user"), name="master"), id=commit_id)
    file = pfs_pb2.AddFile(path="/a.csv", raw={"value": b"x" * size})
    requests = (pfs_pb2.ModifyFileRequest(set_commit=where), pfs_pb2.ModifyFileRequest(add_file=file))
    pachd.client._req(Service.PFS, "ModifyFile", req=iter(requests))


@pytest.mark.slow
def test_a_message_has_20_mib_at_most(pachd: Pachyderm, repo: str) -> None:
    """All of it, not just the file's bytes."""
    made = opened(pachd, repo, {})
    modify(pachd, repo, made, 20 * MIB - 100)
    with refused("RESOURCE_EXHAUSTED", "message larger than max"):
        modify(pachd, repo, made, 20 * MIB)


def test_this_client_copies_no_files(pachd: Pachyderm, repo: str) -> None:
    """It names the source's repo where newer servers don't look; a 2.10 that was asked this way would be dead."""
    if version(pachd) < (2, 11):
        pytest.skip("ends a 2.10")
    source, made = commit(pachd, repo, {"/a.csv": b"x"}), started(pachd, repo)
    with refused("UNKNOWN" if version(pachd) >= (2, 12) else "ABORTED"):
        pachd.client.copy_file((repo, source), "/a.csv", (repo, made), "/b.csv")
    assert paths(pachd.client.glob_file((repo, made), "/**")) == ["/a.csv"]


def test_whether_a_path_exists_is_asked_by_commit(pachd: Pachyderm, repo: str) -> None:
    """The client takes an answer about a branch for an error."""
    made = commit(pachd, repo, {"/a.csv": b"x"})
    assert pachd.client.path_exists((repo, made), "/a.csv")
    assert not pachd.client.path_exists((repo, made), "/no.csv")
    with refused("NOT_FOUND", "/no.csv"):
        pachd.client.path_exists((repo, "master"), "/no.csv")


def test_a_deleted_branch_leaves_its_open_commit(pachd: Pachyderm, repo: str) -> None:
    """Whoever holds it can still write and close it."""
    made = opened(pachd, repo, {"/a.csv": b"x"})
    pachd.client.delete_branch(repo, "master")
    pachd.client.finish_commit((repo, made))
    finished(pachd, repo, made)
    assert pachd.read(repo, made, "/a.csv") == b"x"
