"""The order of commits, the cursor, and heads."""

from typing import Any

import pytest

from hitl_assets.pachyderm_protobuf import pfs_pb2
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.pachyderm import Pachyderm


@pytest.fixture
def three(pachyderm: Pachyderm, repo: str) -> list[str]:
    """The ids of three commits, oldest first."""
    return [pachyderm.write(repo, {f"/{name}.csv": b"x"}, f"file {name}") for name in "abc"]


@pytest.fixture
def downstream(pachyderm: Pachyderm, repo: str, pachctl: Any) -> str:
    """A repo whose branch `master` follows `repo`: three commits that the server opened, none finished."""
    name = f"{repo}_downstream"
    pachyderm.ensure_repo(repo)
    pachyderm.ensure_repo(name)
    source = pfs_pb2.Branch(repo=pfs_pb2.Repo(name=repo, type="user"), name="input")
    pachctl.create_branch(repo, "input")
    pachctl.create_branch(name, "master", provenance=[source])
    for number in range(2):
        pachyderm.write(repo, {f"/{number}.csv": b"x"}, "upstream", branch="input")
    return name


def fill(pachctl: Any, repo: str, commit: str) -> None:
    """Put a file into an open commit and close it. It is FINISHED only after those before it."""
    pachctl.put_file_bytes((repo, commit), "/a.csv", b"x")
    pachctl.finish_commit((repo, commit))


def finish(pachctl: Any, repo: str, commit: str, error: str | None = None) -> None:
    """Finish a commit and wait until that is done: on a real server it takes a moment."""
    pachctl.finish_commit((repo, commit), error=error)
    list(pachctl.inspect_commit((repo, commit), pfs_pb2.CommitState.FINISHED))


def ids(pachyderm: Pachyderm, repo: str, after: str | None = None) -> list[str]:
    """The ids of the commits since."""
    return [commit.id for commit in pachyderm.commits_since(repo, "master", after)]


def test_commits_come_oldest_first(pachyderm: Pachyderm, repo: str, three: list[str]) -> None:
    """Batches are made in the order in which the data came."""
    commits = pachyderm.commits_since(repo, "master", None)
    assert [commit.id for commit in commits] == three
    assert [commit.description for commit in commits] == ["file a", "file b", "file c"]
    assert {commit.repo for commit in commits} == {repo}


def test_the_cursor_is_left_out(pachyderm: Pachyderm, repo: str, three: list[str]) -> None:
    """A sensor that has seen a commit doesn't see it again."""
    assert ids(pachyderm, repo, three[0]) == three[1:]
    assert ids(pachyderm, repo, three[2]) == []


def test_an_open_commit_ends_the_list(pachyderm: Pachyderm, repo: str, three: list[str], pachctl: Any) -> None:
    """What isn't finished can still change; it is handed out when it is."""
    open_commit = pachctl.start_commit(repo, "master")
    assert ids(pachyderm, repo) == three
    finish(pachctl, repo, open_commit.id)
    assert ids(pachyderm, repo, three[2]) == [open_commit.id]


def test_nothing_after_an_open_commit_is_handed_out(pachyderm: Pachyderm, downstream: str, pachctl: Any) -> None:
    """The cursor would pass the open one, and its data would be lost."""
    newer, older, _ = (info.commit.id for info in pachctl.list_commit(downstream, (downstream, "master"), all=True))
    fill(pachctl, downstream, newer)
    assert ids(pachyderm, downstream) == []
    fill(pachctl, downstream, older)
    assert ids(pachyderm, downstream) == []


def test_empty_commits_of_the_server_are_left_out(pachyderm: Pachyderm, downstream: str, pachctl: Any) -> None:
    """Branches open commits by themselves; a batch without data is nobody's wish."""
    newer, older, first = (info.commit.id for info in pachctl.list_commit(downstream, (downstream, "master"), all=True))
    finish(pachctl, downstream, first)
    finish(pachctl, downstream, older)
    fill(pachctl, downstream, newer)
    pachyderm.inspect_commit(downstream, newer)
    assert ids(pachyderm, downstream) == [newer]


def test_an_empty_commit_of_a_person_counts(pachyderm: Pachyderm, repo: str) -> None:
    """Somebody wanted it, for instance to take in again what failed."""
    commit = pachyderm.write(repo, {}, "nothing new")
    assert ids(pachyderm, repo) == [commit]


def test_a_commit_with_an_error_is_listed_with_it(pachyderm: Pachyderm, repo: str, pachctl: Any) -> None:
    """The batch fails with the reason instead of being missed."""
    pachyderm.ensure_repo(repo)
    broken = pachctl.start_commit(repo, "master")
    finish(pachctl, repo, broken.id, error="the disk was full")
    (commit,) = pachyderm.commits_since(repo, "master", None)
    assert (commit.id, commit.error) == (broken.id, "the disk was full")


@pytest.mark.parametrize("after", [None, "0123456789ab4cdef0123456789abcde"])
def test_what_is_not_there_has_no_commits(pachyderm: Pachyderm, repo: str, after: str | None) -> None:
    """A sensor may run before anybody has made the repo or the branch."""
    assert pachyderm.commits_since(repo, "master", after) == []
    pachyderm.ensure_repo(repo)
    assert pachyderm.commits_since(repo, "master", after) == []


def test_a_cursor_that_is_gone_starts_anew(pachyderm: Pachyderm, repo: str, three: list[str], pachctl: Any) -> None:
    """A dropped commit, or a repo that was made anew, must not end the sensor for ever."""
    pachyderm.drop(repo, three[2])
    assert ids(pachyderm, repo, three[2]) == three[:2]


def test_a_cursor_that_the_branch_left_starts_anew(
    pachyderm: Pachyderm, repo: str, three: list[str], pachctl: Any
) -> None:
    """A branch that was moved back has another history from there on."""
    pachctl.create_branch(repo, "master", head_commit=(repo, three[0]))
    other = pachyderm.write(repo, {"/d.csv": b"x"}, "file d")
    assert ids(pachyderm, repo, three[2]) == [three[0], other]


def test_a_commit_knows_its_parent(pachyderm: Pachyderm, repo: str, three: list[str]) -> None:
    """That is what its changes are compared with."""
    assert pachyderm.inspect_commit(repo, three[0])[1] is None
    commit, parent = pachyderm.inspect_commit(repo, three[1])
    assert (commit.id, parent) == (three[1], three[0])


def test_a_missing_commit_is_an_error(pachyderm: Pachyderm, repo: str) -> None:
    """Waiting for it would not bring it."""
    with pytest.raises(ServiceError, match=f"could not inspect {repo}@missing"):
        pachyderm.inspect_commit(repo, "missing")


def test_the_head_is_the_newest_finished_commit(
    pachyderm: Pachyderm, repo: str, three: list[str], pachctl: Any
) -> None:
    """A reader never sees half a commit."""
    pachctl.start_commit(repo, "master")
    assert pachyderm.head(repo) == three[2]


def test_the_head_has_no_error(pachyderm: Pachyderm, repo: str, three: list[str], pachctl: Any) -> None:
    """The data of a commit with an error is incomplete; what was there before is still good."""
    broken = pachctl.start_commit(repo, "master")
    finish(pachctl, repo, broken.id, error="the disk was full")
    assert pachyderm.head(repo) == three[2]


def test_what_is_not_there_has_no_head(pachyderm: Pachyderm, repo: str) -> None:
    """Nothing was written yet: no error."""
    assert pachyderm.head(repo) is None
    pachyderm.ensure_repo(repo)
    assert pachyderm.head(repo) is None
