"""A commit is dropped while somebody looks at its branch: it was never there, and what was before it still is."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import pytest

from hitl_assets.emulators.pachyderm import PachydermEmulator
from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.services.pachyderm import LOCK, Pachyderm
from hitl_assets.services.pachyderm.commits import LOOKS, NEWEST
from hitl_assets_tests.services.grpc_proxies import Refusing

# pachd has looked up the head of the branch, and reads the commit next.
RESOLVED = "ListCommit:resolved"


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[PachydermEmulator]:
    """A pachd of the test's own, whose calls it can hold."""
    with PachydermEmulator(tmp_path / "state") as emulator:
        yield emulator


@pytest.fixture
def own(emulator: PachydermEmulator) -> Pachyderm:
    """A client of it. It doesn't sleep."""
    return Pachyderm(emulator.address, sleep=lambda _: None)


def while_dropped(emulator: PachydermEmulator, own: Pachyderm, commit: str, look: Callable[[], Any]) -> Any:
    """What `look` finds when the head is dropped in the middle of its first list."""
    with ThreadPoolExecutor(1) as threads, emulator.gate.hold(RESOLVED) as held:
        looking = threads.submit(look)
        held.arrived()
        own.client.drop_commit(commit)
        held.release()
        return looking.result(10)


def test_the_head_is_the_commit_before(emulator: PachydermEmulator, own: Pachyderm) -> None:
    """Not nothing: a dataset would lack what was labeled before."""
    first, second = (own.write("r", {f"/{name}.csv": b"x"}, name) for name in "ab")
    assert while_dropped(emulator, own, second, lambda: own.head("r")) == first


def test_the_commits_are_those_before(emulator: PachydermEmulator, own: Pachyderm) -> None:
    """Not none."""
    first, second = (own.write("r", {f"/{name}.csv": b"x"}, name) for name in "ab")
    found = while_dropped(emulator, own, second, lambda: own.commits_since("r", "master", None))
    assert [commit.id for commit in found] == [first]


def test_a_cursor_that_is_there_is_kept(emulator: PachydermEmulator, own: Pachyderm) -> None:
    """Nothing is handed out again."""
    _, second, third = (own.write("r", {f"/{name}.csv": b"x"}, name) for name in "abc")
    assert while_dropped(emulator, own, third, lambda: own.commits_since("r", "master", second)) == []


def test_who_waits_for_a_branch_gets_it(emulator: PachydermEmulator, own: Pachyderm) -> None:
    """The holder gives up at the moment when the waiter looks who it is."""
    own.ensure_repo("r")
    holder = own.client.start_commit("r", LOCK, description="another run").id

    def take() -> None:
        with own.held("r", "ours", lambda _: False) as lock:
            lock.check()

    while_dropped(emulator, own, holder, take)


def test_a_branch_whose_head_is_dropped_at_every_look_is_no_empty_branch(
    pachyderm: Pachyderm, far: Pachyderm, refusing: Refusing, repo: str
) -> None:
    """It is said, and tried again later."""
    pachyderm.write(repo, {"/a.csv": b"x"}, "a")
    gone = (
        grpc.StatusCode.NOT_FOUND,
        f"list commit: get commit by commit key: commit (int_id=0, commit_id={repo}) not found",
    )
    refusing.forbidden["ListCommit"] = gone
    for look in (lambda: far.head(repo), lambda: far.commits_since(repo, "master", None)):
        refusing.calls.clear()
        with pytest.raises(TransientServiceError, match=f"looked for {len(LOOKS)} times"):
            look()
        assert refusing.calls.count("ListCommit") == len(LOOKS)


def test_a_repo_without_a_role_binding_is_a_repo_that_is_not_there(far: Pachyderm, refusing: Refusing) -> None:
    """So a pachd with authentication says it of a repo that nobody made, to a token without a role above it."""
    refusing.forbidden["ListCommit"] = (
        grpc.StatusCode.UNKNOWN,
        "no role binding exists for REPO default/nobody_made_it",
    )
    assert far.head("nobody_made_it") is None
    assert far.commits_since("nobody_made_it", "master", None) == []


def test_a_head_is_found_behind_many_commits_with_an_error(pachyderm: Pachyderm, repo: str) -> None:
    """A writer that may not drop leaves one for each failure."""
    good = pachyderm.write(repo, {"/a.csv": b"x"}, "good")
    for number in range(NEWEST + 1):
        failed = pachyderm.start_commit((repo, "master"), f"failed {number}", lambda _: False)
        pachyderm.finish(repo, failed, error="not written")
    assert pachyderm.head(repo) == good


def test_a_directory_of_a_commit_that_is_gone_is_an_error(pachyderm: Pachyderm, repo: str, pachctl: Any) -> None:
    """Not an empty place; one in a repo that isn't there is."""
    commit = pachyderm.write(repo, {"/p/a.csv": b"x"}, "a")
    assert pachyderm.directory_hash(repo, commit, "/q") is None
    pachctl.drop_commit(commit)
    with pytest.raises(ServiceError, match=f"could not inspect {repo}@{commit}:/p"):
        pachyderm.directory_hash(repo, commit, "/p")
    pachctl.delete_repo(repo)
    assert pachyderm.directory_hash(repo, commit, "/p") is None
