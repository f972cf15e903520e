"""Branches that follow another branch."""

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import grpc
import pytest

from hitl_assets.emulators.pachyderm import PachydermEmulator
from hitl_assets.emulators.pachyderm.store.commits.schedules import parse_schedule
from hitl_assets.pachyderm_protobuf import pfs_pb2
from hitl_assets_tests.emulators.pachyderm.conftest import connect


def follow(client: Any, repo: str, name: str = "master", **conditions: Any) -> None:
    """Let a branch follow `staging`, or the branch that the conditions name; staging is made if need be."""
    if "staging" not in [info.branch.name for info in client.list_branch(repo)]:
        client.create_branch(repo, "staging")
    client.create_branch(repo, name, trigger=pfs_pb2.Trigger(**{"branch": "staging", **conditions}))


def put(client: Any, repo: str, path: str, content: bytes = b"x") -> str:
    """The id of a new commit on staging."""
    with client.commit(repo, "staging") as commit:
        client.put_file_bytes((repo, commit.id), path, content)
    return str(commit.id)


def head(client: Any, repo: str, name: str = "master") -> str:
    """The id of a branch's head."""
    return str(client.inspect_branch(repo, name).head.id)


def test_the_head_moves_to_the_commit_that_is_there(client: Any, repo: str) -> None:
    """No commit is made, and nobody who subscribes to the branch hears of it."""
    follow(client, repo, commits=1)
    made = put(client, repo, "/a")
    assert head(client, repo) == made
    assert [info.commit.id for info in client.list_commit(repo)] == [made]


def test_a_number_of_commits_is_waited_for(client: Any, repo: str) -> None:
    """Counted from the head; the empty commit of the new branch `staging` is one."""
    follow(client, repo, commits=2)
    made = [put(client, repo, f"/{number}") for number in range(4)]
    assert head(client, repo) == made[2]


def test_a_number_of_bytes_is_waited_for(client: Any, repo: str) -> None:
    """Units are decimal."""
    follow(client, repo, size="1K")
    before = head(client, repo)
    put(client, repo, "/a", bytes(999))
    assert head(client, repo) == before
    made = put(client, repo, "/b")
    assert head(client, repo) == made


def test_a_rate_limit_lets_the_first_commit_pass_and_not_the_next(client: Any, repo: str) -> None:
    """The head's own time counts; a new branch's is its creation."""
    put(client, repo, "/0")
    client.create_branch(repo, "limited", head_commit=(repo, "staging"))
    follow(client, repo, "limited", cron_spec="@yearly")
    before = head(client, repo, "limited")
    put(client, repo, "/a")
    assert head(client, repo, "limited") == before


@pytest.mark.parametrize(("all_of", "moves"), [(True, False), (False, True)])
def test_one_condition_is_enough_unless_all_are_asked_for(client: Any, repo: str, all_of: bool, moves: bool) -> None:
    """`all` is and, otherwise or."""
    follow(client, repo, commits=1, size="1G", all=all_of)
    assert (put(client, repo, "/a") == head(client, repo)) == moves


def test_triggers_form_chains(client: Any, repo: str) -> None:
    """The head of each goes to the same commit."""
    follow(client, repo, "reviewed", commits=1)
    follow(client, repo, "published", branch="reviewed", commits=1)
    made = put(client, repo, "/a")
    assert (head(client, repo, "reviewed"), head(client, repo, "published")) == (made, made)


def test_a_commit_with_an_error_moves_nothing(client: Any, repo: str) -> None:
    """Its data is not to be used."""
    follow(client, repo, commits=1)
    before = head(client, repo)
    commit = client.start_commit(repo, "staging")
    client.finish_commit((repo, commit.id), error="no")
    assert head(client, repo) == before


def test_branches_downstream_get_a_commit_set_of_their_own(client: Any, repo: str) -> None:
    """The trigger fires after the commit's transaction."""
    follow(client, repo, commits=1)
    client.create_repo("labels")
    upstream = pfs_pb2.Branch(repo=pfs_pb2.Repo(name=repo, type="user"), name="master")
    client.create_branch("labels", "master", provenance=[upstream])
    client.finish_commit(("labels", "master"))
    made = put(client, repo, "/a")
    assert head(client, "labels") != made
    assert client.get_file((repo, head(client, "labels")), "/a").read() == b"x"


def test_a_branch_says_what_its_trigger_is(client: Any, repo: str) -> None:
    """And keeps it when it is changed otherwise."""
    follow(client, repo, commits=3, size="10MB", cron_spec="@daily", all=True)
    put(client, repo, "/a")
    client.create_branch(repo, "master", head_commit=(repo, "staging"))
    trigger = client.inspect_branch(repo, "master").trigger
    assert (trigger.branch, trigger.commits, trigger.size) == ("staging", 3, "10MB")
    assert (trigger.cron_spec, trigger.all) == ("@daily", True)


def test_a_trigger_survives_a_restart(tmp_path: Path) -> None:
    """It is part of the branch."""
    with PachydermEmulator(tmp_path) as emulator:
        client = connect(emulator)
        client.create_repo("kept")
        follow(client, "kept", commits=1)
    with PachydermEmulator(tmp_path) as emulator:
        client = connect(emulator)
        assert put(client, "kept", "/a") == head(client, "kept")


@pytest.mark.parametrize(
    ("conditions", "text"),
    [
        ({"branch": ""}, "must specify a branch"),
        ({"branch": "a/b"}, "only alphanumeric"),
        ({"branch": "master"}, "cannot form a loop"),
        ({"commits": -1}, "negative number of commits"),
        ({"size": "much"}, "invalid trigger size"),
        ({"cron_spec": "now and then"}, "invalid trigger rate limit"),
        ({"cron_spec": "@every 999999999h"}, "invalid trigger rate limit"),
    ],
)
def test_malformed_triggers_are_refused(client: Any, repo: str, conditions: dict[str, Any], text: str) -> None:
    """With pachd's words, and without making the branch."""
    with pytest.raises(grpc.RpcError, match=text) as caught:
        follow(client, repo, **conditions)
    assert caught.value.code() == grpc.StatusCode.UNKNOWN
    assert [info.branch.name for info in client.list_branch(repo)] == ["staging"]


def test_a_trigger_and_provenance_exclude_each_other(client: Any, repo: str) -> None:
    """A branch follows in one way."""
    client.create_repo("labels")
    upstream = pfs_pb2.Branch(repo=pfs_pb2.Repo(name=repo, type="user"), name="master")
    with pytest.raises(grpc.RpcError, match="both provenance and a trigger"):
        client.create_branch("labels", "master", provenance=[upstream], trigger=pfs_pb2.Trigger(branch="staging"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*/15 * * * *", "2024-02-29T12:45"),
        ("0 9-17/4 * * mon-fri", "2024-02-29T13:00"),
        ("5/20 0,12 * jan,mar ?", "2024-03-01T00:05"),
        ("0 0 13 * fri", "2024-03-01T00:00"),
        ("@monthly", "2024-03-01T00:00"),
        ("@every 1h30m", "2024-02-29T14:00"),
        ("0 0 30 feb *", None),
    ],
)
def test_schedules_are_read_as_cron_does(text: str, expected: str | None) -> None:
    """The first time after half past twelve on a leap day."""
    found = parse_schedule(text).next_after(datetime(2024, 2, 29, 12, 30, tzinfo=timezone.utc))
    assert found == (datetime.fromisoformat(expected).replace(tzinfo=timezone.utc) if expected else None)


@pytest.mark.parametrize("text", ["", "* * * *", "60 * * * *", "*/0 * * * *", "5-1 * * * *", "x * * * *", "@every x"])
def test_malformed_schedules_are_refused(text: str) -> None:
    """Rather than never."""
    with pytest.raises(ValueError, match=r"fields|part|range|int|duration"):
        parse_schedule(text)
