"""pachd gives way to another transaction, or says something that nobody has heard before: the call is made again."""

from pathlib import Path
from typing import Any

import grpc
import pytest

from hitl_assets.emulators.pachyderm import PachydermEmulator
from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.pachyderm.connection import REPEATS
from hitl_assets_tests.services.grpc_proxies import Refusing

UNKNOWN = grpc.StatusCode.UNKNOWN
CONFLICT = (UNKNOWN, "commit unexpectedly resulted in rollback")
CALLS = ("CreateRepo", "StartCommit", "ModifyFile", "FinishCommit", "InspectCommit")


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "text",
    [
        CONFLICT[1],
        "ERROR: could not serialize access due to read/write dependencies among transactions (SQLSTATE 40001)",
        "EOF",
    ],
)
def test_a_write_goes_through(far: Pachyderm, refusing: Refusing, repo: str, call: str, text: str) -> None:
    """One batch in forty would fail for good otherwise."""
    refusing.refused[call] = [(UNKNOWN, text)] * 2
    commit = far.write(repo, {"/a.csv": b"x"}, "ours")
    assert (far.head(repo), far.read(repo, commit, "/a.csv")) == (commit, b"x")
    assert not refusing.refused[call]


@pytest.mark.parametrize("call", CALLS)
def test_what_had_worked_is_not_done_twice(far: Pachyderm, refusing: Refusing, repo: str, call: str) -> None:
    """The server did it, and said that it didn't: one commit counts, with the file as it is."""
    refusing.lost[call] = [CONFLICT]
    commit = far.write(repo, {"/a.csv": b"x"}, "ours")
    assert not refusing.lost[call]
    assert [each.id for each in far.commits_since(repo, "master", None) if not each.error] == [commit]
    assert far.read_matching(repo, commit, "/**") == {"/a.csv": b"x"}


def test_another_writer_is_not_taken_for_us(far: Pachyderm, refusing: Refusing, repo: str, pachctl: Any) -> None:
    """Whose commit is open there after a conflict says its description."""
    far.ensure_repo(repo)
    other = pachctl.start_commit(repo, "master", description="somebody else").id
    refusing.refused["StartCommit"] = [CONFLICT]
    with pytest.raises(TransientServiceError, match=f"Somebody holds {repo}@{other} open: somebody else"):
        far.write(repo, {"/a.csv": b"x"}, "ours")


@pytest.mark.slow
def test_a_read_goes_through(far: Pachyderm, refusing: Refusing, repo: str) -> None:
    """Reads are transactions, too."""
    commit = far.write(repo, {"/p/a.csv": b"x"}, "ours")
    for call in ("ListCommit", "InspectFile", "GlobFile", "WalkFile", "ListFile"):
        refusing.refused[call] = [CONFLICT]
    assert far.head(repo) == commit
    assert far.read_directory(repo, commit, "/p") == {"a.csv": b"x"}
    assert far.changed_files(repo, commit, None, "/**") == list(far.list_files(repo, commit, "/**"))
    assert not any(refusing.refused.values())


def test_a_conflict_that_stays_is_transient(far: Pachyderm, refusing: Refusing, repo: str) -> None:
    """The run is repeated later."""
    far.ensure_repo(repo)
    refusing.forbidden["ListCommit"] = CONFLICT
    with pytest.raises(TransientServiceError, match="resulted in rollback"):
        far.head(repo)
    assert refusing.calls.count("ListCommit") == len(REPEATS) + 1


def test_a_text_that_nobody_knows_is_final_after_a_few_times(far: Pachyderm, refusing: Refusing, repo: str) -> None:
    """Somebody looks at it."""
    far.ensure_repo(repo)
    refusing.forbidden["ListCommit"] = (UNKNOWN, "something new")
    with pytest.raises(ServiceError, match="something new"):
        far.head(repo)
    assert refusing.calls.count("ListCommit") == len(REPEATS) + 1


def test_a_known_refusal_is_final_at_once(far: Pachyderm, refusing: Refusing, repo: str) -> None:
    """pachd's rules don't change meanwhile."""
    with pytest.raises(ServiceError, match="globbing character"):
        far.write(repo, {"/a*": b"x"}, "ours")
    assert refusing.calls.count("ModifyFile") == 1


@pytest.mark.slow
def test_a_busy_server_loses_nothing(tmp_path: Path) -> None:
    """Where every third start or end of a commit gives way, each write still is one commit."""
    with PachydermEmulator(tmp_path / "state", conflicts=0.3, seed=1) as emulator:
        pachyderm = Pachyderm(emulator.address, sleep=lambda _: None)
        commits = [pachyderm.write("r", {f"/{number}": b"x"}, f"write {number}") for number in range(20)]
        assert [each.id for each in pachyderm.commits_since("r", "master", None)] == commits


def test_a_directory_is_replaced_while_the_commit_before_is_finishing(tmp_path: Path) -> None:
    """pachd refuses that until it is FINISHED: then it is done, and nothing is lost."""
    with PachydermEmulator(tmp_path / "state", finish_delay=0.5) as emulator:
        pachyderm = Pachyderm(emulator.address)
        pachyderm.write("r", {"/p/old.csv": b"x", "/q/a.csv": b"x"}, "old")
        before = pachyderm.client.start_commit("r", "master")
        pachyderm.client.finish_commit(("r", before.id))
        commit = pachyderm.write("r", {"/p/new.csv": b"x"}, "new", replace="/p")
        assert set(pachyderm.list_files("r", commit, "/**")) == {"/p/new.csv", "/q/a.csv"}


@pytest.mark.slow
def test_a_directory_is_replaced_behind_commits_with_an_error(tmp_path: Path) -> None:
    """What has to be FINISHED is the newest commit without one."""
    with PachydermEmulator(tmp_path / "state", finish_delay=0.5) as emulator:
        pachyderm = Pachyderm(emulator.address)
        pachyderm.ensure_repo("r")
        for error in (None, "not written", "not written"):
            before = pachyderm.client.start_commit("r", "master")
            pachyderm.client.finish_commit(("r", before.id), error=error)
        commit = pachyderm.write("r", {"/p/new.csv": b"x"}, "new", replace="/p")
        assert set(pachyderm.list_files("r", commit, "/**")) == {"/p/new.csv"}
