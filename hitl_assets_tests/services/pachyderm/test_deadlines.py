"""A pachd that doesn't answer, or never finishes a commit: nobody waits for ever, and the reason says where to look."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hitl_assets.emulators.pachyderm import PachydermEmulator
from hitl_assets.services.errors import TransientServiceError
from hitl_assets.services.pachyderm import LOCK, Pachyderm
from hitl_assets_tests.services.grpc_proxies import Refusing

pytestmark = pytest.mark.slow

METHODS: dict[str, tuple[str, Callable[[Pachyderm], Any]]] = {
    "check": ("GetVersion", lambda p: p.check()),
    "commits_since": ("ListCommit", lambda p: p.commits_since("r", "master", None)),
    "inspect_commit": ("InspectCommit", lambda p: p.inspect_commit("r", "c")),
    "head": ("ListCommit", lambda p: p.head("r")),
    "list_files": ("GlobFile", lambda p: p.list_files("r", "c", "/**")),
    "changed_files": ("DiffFile", lambda p: p.changed_files("r", "c", "b", "/**")),
    "read": ("InspectFile", lambda p: p.read("r", "c", "/a")),
    "read_directory": ("ListFile", lambda p: p.read_directory("r", "c", "/")),
    "directory_hash": ("InspectFile", lambda p: p.directory_hash("r", "c", "/")),
    "ensure_repo": ("CreateRepo", lambda p: p.ensure_repo("r")),
    "start_commit": ("StartCommit", lambda p: p.start_commit(("r", "master"), "ours", lambda _: False)),
    "put": ("ModifyFile", lambda p: p.put("r", "c", {"/a": b"x"}, None)),
    "finish": ("FinishCommit", lambda p: p.finish("r", "c")),
    "drop": ("DropCommitSet", lambda p: p.drop("r", "c")),
    "missing_permissions": ("Authorize", lambda p: p.missing_permissions([], ["r"])),
}


@pytest.fixture
def hasty(refusing: Refusing) -> Pachyderm:
    """A client that waits for 0.2 s, and for 0.4 s where something takes long."""
    return Pachyderm(refusing.address, timeout=0.2, patience=0.4)


@pytest.fixture
def steady(refusing: Refusing) -> Pachyderm:
    """A client that waits for as long as an answer takes on a loaded machine."""
    return Pachyderm(refusing.address, timeout=2)


@pytest.mark.parametrize("method", METHODS)
def test_an_answer_that_never_comes_is_transient(hasty: Pachyderm, refusing: Refusing, method: str) -> None:
    """Whatever was asked."""
    call, ask = METHODS[method]
    refusing.silent.add(call)
    with pytest.raises(TransientServiceError, match=r"DEADLINE_EXCEEDED.* Look at pachd"):
        ask(hasty)
    assert refusing.calls


def test_a_file_that_never_comes_is_no_file(
    hasty: Pachyderm, pachyderm: Pachyderm, refusing: Refusing, repo: str
) -> None:
    """Its size is known, its content isn't."""
    commit = pachyderm.write(repo, {"/a.csv": b"x"}, "a")
    refusing.silent |= {"GetFile", "GetFileTAR"}
    for read in (lambda: hasty.read(repo, commit, "/a.csv"), lambda: hasty.read_matching(repo, commit, "/*")):
        with pytest.raises(TransientServiceError):
            read()


@pytest.mark.slow
def test_a_lock_that_cannot_be_released_holds_nobody_up(
    steady: Pachyderm, pachyderm: Pachyderm, refusing: Refusing, repo: str, pachctl: Any
) -> None:
    """What was done under it is done; it stays open, and is ended by the next one, when this run is over."""
    with steady.held(repo, "ours", lambda _: False) as lock:
        refusing.silent.add("FinishCommit")
    (info,) = pachctl.list_commit(repo, to_commit=(repo, LOCK), number=1, all=True)
    assert (info.commit.id, info.HasField("finishing")) == (lock.commit, False)
    with pachyderm.held(repo, "the next", lambda text: text == "ours") as next_lock:
        next_lock.check()


@pytest.mark.slow
def test_an_error_under_the_lock_is_the_one_that_is_told(steady: Pachyderm, refusing: Refusing, repo: str) -> None:
    """Not that the lock could not be released either."""
    with pytest.raises(ValueError, match="the real reason"), steady.held(repo, "ours", lambda _: False):
        refusing.silent.add("FinishCommit")
        raise ValueError("the real reason")


def test_a_commit_that_is_never_finished_is_told(tmp_path: Path) -> None:
    """With what to look at: the call works, and pachd's worker doesn't."""
    with PachydermEmulator(tmp_path / "state", finish_delay=3600) as emulator:
        pachyderm = Pachyderm(emulator.address, timeout=1, patience=1)
        with pytest.raises(TransientServiceError, match=r"FINISHING for more than .* pachd's worker .* object storage"):
            pachyderm.write("r", {"/a.csv": b"x"}, "ours")


def test_a_commit_before_that_is_never_finished_is_told(tmp_path: Path) -> None:
    """A directory can't be replaced before."""
    with PachydermEmulator(tmp_path / "state", finish_delay=3600) as emulator:
        pachyderm = Pachyderm(emulator.address, timeout=1, patience=1)
        pachyderm.ensure_repo("r")
        for _ in range(2):  # the first is the base of the second
            pachyderm.client.finish_commit(("r", pachyderm.client.start_commit("r", "master").id))
        with pytest.raises(TransientServiceError, match="FINISHING for more than"):
            pachyderm.write("r", {"/p/a.csv": b"x"}, "ours", replace="/p")


@pytest.mark.slow
def test_a_commit_that_is_finished_late_is_waited_for(tmp_path: Path) -> None:
    """Over several calls: a proxy may cut off one that takes long."""
    with PachydermEmulator(tmp_path / "state", finish_delay=2.5) as emulator:
        pachyderm = Pachyderm(emulator.address, timeout=1, patience=60)
        commit = pachyderm.write("r", {"/a.csv": b"x"}, "ours")
        assert pachyderm.head("r") == commit
