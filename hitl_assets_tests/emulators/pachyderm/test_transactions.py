"""Client transactions: what is kept, what is tried, what happens at the end."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import grpc
import pytest

from hitl_assets.pachyderm_protobuf import pfs_pb2, python_pachyderm, transaction_pb2

MISSING = "a" * 12 + "4" + "b" * 19


def names(client: Any) -> set[str]:
    """The repos."""
    return {info.repo.name for info in client.list_repo()}


def create_repo(name: str) -> Any:
    """A request of a batch."""
    request = pfs_pb2.CreateRepoRequest(repo=pfs_pb2.Repo(name=name, type="user"))
    return transaction_pb2.TransactionRequest(create_repo=request)


def test_nothing_happens_before_the_end(client: Any) -> None:
    """Then everything does."""
    with client.transaction():
        client.create_repo("one")
        client.create_repo("two")
        assert names(client) == set()
    assert names(client) == {"one", "two"}


def test_an_exception_leaves_nothing(client: Any) -> None:
    """The client deletes the transaction."""
    with pytest.raises(ZeroDivisionError), client.transaction():
        client.create_repo("one")
        raise ZeroDivisionError
    assert (names(client), list(client.list_transaction())) == (set(), [])


def test_commits_of_one_transaction_share_its_id(client: Any, repo: str) -> None:
    """In every repo, downstream ones included."""
    client.create_repo("labels")
    client.create_repo("answers")
    upstream = pfs_pb2.Branch(repo=pfs_pb2.Repo(name=repo, type="user"), name="master")
    with client.transaction() as transaction:
        started = [client.start_commit(name, "master").id for name in (repo, "labels")]
        client.create_branch("answers", "master", provenance=[upstream])
    assert started == [transaction.id, transaction.id]
    found = client.inspect_commit(transaction.id)
    assert {info.origin.kind for info in found} == {pfs_pb2.USER, pfs_pb2.AUTO}
    assert len(list(client.list_commit(repo))) == 1


def test_a_commit_of_a_transaction_is_written_after_it(client: Any, repo: str) -> None:
    """Files are not part of transactions: inside, the commit isn't there."""
    with client.transaction():
        commit = client.start_commit(repo, "master")
        with pytest.raises(grpc.RpcError, match="not found"):
            client.put_file_bytes((repo, commit.id), "/a", b"x")
    client.put_file_bytes((repo, commit.id), "/a", b"x")
    client.finish_commit((repo, commit.id))
    assert client.get_file((repo, "master"), "/a").read() == b"x"


def test_commits_of_several_repos_are_finished_together(client: Any, repo: str) -> None:
    """That is how two assets are published at once."""
    client.create_repo("labels")
    for name in (repo, "labels"):
        client.start_commit(name, "master")
    with client.transaction():
        for name in (repo, "labels"):
            client.finish_commit((name, "master"))
    assert all(client.inspect_branch(name, "master").head.id for name in (repo, "labels"))
    assert all(info.HasField("finished") for name in (repo, "labels") for info in client.list_commit(name))


def test_a_request_that_cant_succeed_is_refused_at_once(client: Any, repo: str) -> None:
    """With its own code; the transaction goes on without it."""
    with client.transaction():
        client.create_repo("one")
        with pytest.raises(grpc.RpcError, match=r"error running request 2 of 2: .*already exists") as caught:
            client.create_repo("one")
        assert caught.value.code() == grpc.StatusCode.ALREADY_EXISTS
    assert names(client) == {"one", repo}


def test_a_transaction_that_became_impossible_changes_nothing(client: Any) -> None:
    """It stays, for whoever wants to look at it."""
    transaction = client.start_transaction()
    client.transaction_id = transaction.id
    for name in ("one", "two"):
        client.create_repo(name)
    client.transaction_id = None
    client.create_repo("two")
    with pytest.raises(grpc.RpcError, match="error running request 2 of 2"):
        client.finish_transaction(transaction)
    assert names(client) == {"two"}
    assert [info.transaction.id for info in client.list_transaction()] == [transaction.id]


def test_a_transaction_says_what_it_will_do(client: Any, repo: str) -> None:
    """Its requests and what they answered."""
    with client.transaction() as transaction:
        client.start_commit(repo, "master")
        info = client.inspect_transaction(transaction.id)
    assert [one.start_commit.branch.name for one in info.requests] == ["master"]
    assert [one.commit.id for one in info.responses] == [transaction.id]
    assert (info.version, info.HasField("started")) == (1, True)


def test_a_batch_is_a_transaction_in_one_call(client: Any, repo: str) -> None:
    """All of it or nothing."""
    client.batch_transaction([create_repo("one"), create_repo("two")])
    with pytest.raises(grpc.RpcError, match="error running request 2 of 2"):
        client.batch_transaction([create_repo("three"), create_repo("one")])
    assert names(client) == {"one", "two", repo}


def test_a_missing_transaction_is_not_found(client: Any) -> None:
    """Whatever is asked of it."""
    client.transaction_id = MISSING
    for ask in (
        lambda: client.create_repo("one"),
        lambda: client.inspect_transaction(MISSING),
        lambda: client.finish_transaction(MISSING),
        lambda: client.delete_transaction(MISSING),
    ):
        with pytest.raises(grpc.RpcError, match="not found") as caught:
            ask()
        assert caught.value.code() == grpc.StatusCode.NOT_FOUND


def test_all_transactions_can_be_deleted(client: Any) -> None:
    """Finished ones are gone already."""
    for _ in range(2):
        client.start_transaction()
    assert len(client.list_transaction()) == 2
    client.delete_all_transactions()
    assert len(client.list_transaction()) == 0


def test_pipelines_are_refused_in_a_transaction(client: Any) -> None:
    """UNIMPLEMENTED, as outside of one."""
    request = transaction_pb2.TransactionRequest()
    request.stop_job.SetInParent()
    with pytest.raises(grpc.RpcError, match="no pipelines") as caught:
        client.batch_transaction([request])
    assert caught.value.code() == grpc.StatusCode.UNIMPLEMENTED


@pytest.mark.slow
def test_a_transaction_survives_a_kill_between_its_calls(tmp_path: Path) -> None:
    """The client goes on with another process."""

    def start() -> tuple[subprocess.Popen[str], Any]:
        command = [sys.executable, "-m", "hitl_assets.emulators.pachyderm", "--state", str(tmp_path), "--port", "0"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        host, port = process.stdout.readline().strip().split(":")
        return process, python_pachyderm.Client(host, int(port))

    transaction_id = None
    for step in ("create", "start", "finish"):
        process, client = start()
        transaction_id = client.transaction_id = transaction_id or client.start_transaction().id
        if step == "create":
            client.create_repo("kept")
        if step == "start":
            client.start_commit("kept", "master")
        if step == "finish":
            client.finish_transaction(transaction_id)
            client.transaction_id = None
            assert client.inspect_branch("kept", "master").head.id == transaction_id
        process.send_signal(signal.SIGKILL)
        process.wait()
