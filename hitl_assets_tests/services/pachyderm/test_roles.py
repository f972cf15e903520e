"""A token that may write to its repos and no more: what works, and how a role that is missing is said."""

from collections.abc import Callable
from typing import Any

import grpc
import pytest

from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.services.pachyderm import LOCK, Pachyderm
from hitl_assets.services.pachyderm.errors import remedy
from hitl_assets_tests.services.grpc_proxies import Refusing

NEEDS = "robot:hitl is not authorized to perform this operation - needs permissions [{}] on {}. Run `pachctl auth ...`"


def denied(permissions: str, resource: str) -> tuple[grpc.StatusCode, str]:
    """What pachd says to a token that lacks a role."""
    return grpc.StatusCode.PERMISSION_DENIED, NEEDS.format(permissions, resource)


@pytest.fixture
def writer(refusing: Refusing, far: Pachyderm) -> Pachyderm:
    """A client whose token may not drop: since 2.8 that needs a role on the whole cluster."""
    refusing.forbidden["DropCommitSet"] = denied("REPO_DELETE_COMMIT", "CLUSTER ")
    return far


def nobody_else(_: str) -> bool:
    """Nothing that is open was left by a dead run."""
    return False


def errors(pachctl: Any, repo: str) -> list[str]:
    """The errors of all commits of a repo, oldest first; of one that is open, `open`."""
    infos = list(pachctl.list_commit(repo, all=True))[::-1]
    return [info.error if info.HasField("finishing") else "open" for info in infos]


def test_the_lock_is_released_without_dropping(writer: Pachyderm, refusing: Refusing, repo: str) -> None:
    """The next publication gets it at once."""
    for number in range(2):
        with writer.held(repo, f"publication {number}", nobody_else) as lock:
            lock.check()
    assert "DropCommitSet" not in refusing.calls


def test_a_lock_of_a_dead_run_is_ended_without_dropping(writer: Pachyderm, repo: str, pachctl: Any) -> None:
    """Also one that version 0.1 left: it is an open commit, too."""
    writer.ensure_repo(repo)
    pachctl.start_commit(repo, LOCK, description="a dead run")
    with writer.held(repo, "ours", lambda text: text == "a dead run") as lock:
        lock.check()


def test_a_failed_write_does_not_block_the_branch(writer: Pachyderm, repo: str, pachctl: Any) -> None:
    """It is finished with an error; nobody reads it, and nothing of it is in the next commit."""
    good = writer.write(repo, {"/a.csv": b"x"}, "good")
    with pytest.raises(ServiceError, match="could not write into"):
        writer.write(repo, {"/b.csv": b"x", "/a*": b"x"}, "bad")
    assert (errors(pachctl, repo), writer.head(repo)) == (["", "not written: ServiceError"], good)
    commit = writer.write(repo, {"/c.csv": b"x"}, "better")
    assert set(writer.list_files(repo, commit, "/**")) == {"/a.csv", "/c.csv"}


def test_a_half_written_commit_is_not_in_the_next(writer: Pachyderm, repo: str, pachctl: Any) -> None:
    """Its writer died after the files were in it."""
    writer.write(repo, {"/a.csv": b"x"}, "good")
    dead = pachctl.start_commit(repo, "master", description="a dead run")
    pachctl.put_file_bytes((repo, dead.id), "/half.csv", b"x")
    commit = writer.write(repo, {"/c.csv": b"x"}, "ours", is_stale=lambda text: text == "a dead run")
    assert set(writer.list_files(repo, commit, "/**")) == {"/a.csv", "/c.csv"}
    assert errors(pachctl, repo) == ["", "left behind by a run that is over", ""]


def test_what_the_server_cannot_finish_stays_and_is_passed_over(writer: Pachyderm, repo: str) -> None:
    """A file where a directory is."""
    good = writer.write(repo, {"/a": b"x"}, "good")
    with pytest.raises(ServiceError, match="The commit stays, and nobody reads it"):
        writer.write(repo, {"/a/b.csv": b"x"}, "bad")
    commit = writer.write(repo, {"/c.csv": b"x"}, "better")
    assert good != commit == writer.head(repo)
    assert set(writer.list_files(repo, commit, "/**")) == {"/a", "/c.csv"}


def test_a_stale_commit_that_may_not_be_ended_is_said(
    far: Pachyderm, refusing: Refusing, repo: str, pachctl: Any
) -> None:
    """Not passed over in silence: it would block the branch for ever."""
    far.ensure_repo(repo)
    pachctl.start_commit(repo, LOCK, description="a dead run")
    refusing.forbidden["FinishCommit"] = denied("REPO_WRITE", f"REPO default/{repo}")
    with (
        pytest.raises(TransientServiceError, match=f"needs the role repoWriter on the repo {repo}: pachctl auth set"),
        far.held(repo, "ours", lambda text: text == "a dead run"),
    ):
        pytest.fail("The lock is somebody else's.")


def test_a_repo_that_is_there_needs_no_role_to_make_it(far: Pachyderm, refusing: Refusing, repo: str) -> None:
    """pachd asks for the permission first."""
    far.ensure_repo(repo)
    refusing.forbidden["CreateRepo"] = denied("PROJECT_CREATE_REPO", "PROJECT default")
    assert far.ensure_repo(repo) is False


def test_a_repo_that_may_not_be_made_says_what_to_do(far: Pachyderm, refusing: Refusing, repo: str) -> None:
    """Give a role, or make it by hand."""
    refusing.forbidden["CreateRepo"] = denied("PROJECT_CREATE_REPO", "PROJECT default")
    hint = f"pachctl auth set project default projectWriter robot:hitl Or somebody .* .pachctl create repo {repo}"
    with pytest.raises(TransientServiceError, match=hint):
        far.ensure_repo(repo)


@pytest.mark.parametrize(
    ("call", "permission", "role", "ask"),
    [
        ("ListCommit", "REPO_LIST_COMMIT", "repoReader", lambda p: p.head("r")),
        ("GlobFile", "REPO_READ REPO_LIST_FILE", "repoReader", lambda p: p.list_files("r", "c", "/**")),
        ("StartCommit", "REPO_WRITE", "repoWriter", lambda p: p.start_commit(("r", "master"), "ours", nobody_else)),
    ],
)
def test_a_role_that_is_missing_is_named(
    far: Pachyderm, refusing: Refusing, call: str, permission: str, role: str, ask: Callable[[Pachyderm], Any]
) -> None:
    """With the repo, who needs it, and the command."""
    refusing.forbidden[call] = denied(permission, "REPO default/r")
    with pytest.raises(TransientServiceError, match=f"robot:hitl needs the role {role} on the repo r: pachctl auth"):
        ask(far)


def test_a_refusal_in_other_words_points_at_the_token() -> None:
    """Nothing is guessed."""
    assert "Check PACHD_TOKEN" in remedy("no")


def test_where_nobody_asks_for_a_token_nothing_is_missing(pachyderm: Pachyderm, repo: str) -> None:
    """Authentication isn't activated."""
    assert pachyderm.missing_permissions([f"{repo}_source"], [repo]) == []
