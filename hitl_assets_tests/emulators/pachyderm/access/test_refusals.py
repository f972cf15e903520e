"""What a real server refuses, in its words: as recorded from pachd 2.12."""

from collections.abc import Callable
from typing import Any

import grpc
import pytest
from python_pachyderm.service import Service

from hitl_assets.emulators.pachyderm import PachydermEmulator
from hitl_assets.pachyderm_protobuf import pfs_pb2, transaction_pb2

ID = "0123456789ab4cdef0123456789abcde"
ABC = b"\x1a\x05\x0a\x03abc"  # Repo.project {name: "abc"}, which the client doesn't know
UNKNOWN, NOT_FOUND = grpc.StatusCode.UNKNOWN, grpc.StatusCode.NOT_FOUND
NAMES = "only alphanumeric characters, underscores, and dashes are allowed"
BAD_TYPE = 'scanning repo row: ERROR: invalid input value for enum pfs.repo_type: "{}" (SQLSTATE 22P02)'


def repo_of(name: str, kind: str = "user", project: bytes = b"") -> Any:
    """A Repo."""
    message = pfs_pb2.Repo(name=name, type=kind)
    message.MergeFromString(project)
    return message


def branch_of(name: str, branch: str = "master", kind: str = "user", project: bytes = b"") -> Any:
    """A Branch."""
    return pfs_pb2.Branch(repo=repo_of(name, kind, project), name=branch)


def refusal(act: Callable[[], Any]) -> tuple[grpc.StatusCode, str]:
    """The code and the text of what must fail."""
    with pytest.raises(grpc.RpcError) as caught:
        answer = act()
        if hasattr(answer, "__next__"):
            list(answer)
    return caught.value.code(), str(caught.value.details())


def pfs(client: Any, call: str, **fields: Any) -> Any:
    """The answer to a raw request."""
    return client._req(Service.PFS, call, **fields)


@pytest.mark.parametrize("expression", ["master^~1", "master~1^", "master.-1", "master~x"])
def test_ancestry_of_two_kinds_is_malformed(client: Any, repo: str, expression: str) -> None:
    """`^^` and `~2` are fine, a mix is not."""
    client.put_file_bytes((repo, "master"), "/a", b"x")
    text = f"calculate offset default/{repo}@{expression}: count offset and clean: invalid ancestry format"
    assert refusal(lambda: client.inspect_commit((repo, expression))) == (UNKNOWN, f"pick commit tx: {text}")


def test_ancestry_beyond_the_first_commit_is_told_with_what_there_is(client: Any, repo: str) -> None:
    """Back from the head, and forth from the root."""
    for name in ("/a", "/b"):
        client.put_file_bytes((repo, "master"), name, b"x")
    name = f"default/{repo}.user@{client.inspect_branch(repo, 'master').head.id}"
    back = f"invalid offset for ancestor of commit: {name}, offset requested: 9, offset traversable: 1"
    forth = f"invalid offset from branch root for head commit: {name}, offset: 8, maximum depth: 2"
    none = f"invalid offset from branch root for head commit: {name}, offset: 4294967295, maximum depth: 2"
    for expression, text in (("master~9", back), ("master.9", forth), ("master.0", none)):
        found = refusal(lambda one=expression: client.inspect_commit((repo, one)))  # type: ignore[misc]
        is_old = client.get_remote_version().minor < 11
        code = grpc.StatusCode.NOT_FOUND if is_old else UNKNOWN
        assert found == (code, f"pick commit tx: picking commit: {text}")


def test_what_is_missing_is_told_twice(client: Any, repo: str) -> None:
    """As pachd joins its errors: the commit that was asked for, and what was not there."""
    texts = {
        (repo, ID): f"commit default/{repo}@{ID} not found\ncommit default/{repo}@{ID} not found",
        (repo, "none"): f'commit default/{repo}@ not found\nbranch "none" not found in repo default/{repo}',
        ("none", "master"): "commit default/none@ not found\nrepo default/none not found",
    }
    for commit, text in texts.items():
        found = refusal(lambda one=commit: client.list_file(one, "/"))  # type: ignore[misc]
        assert found == (NOT_FOUND, f"pick commit tx: {text}")


def test_a_listing_needs_commits_of_its_repo(client: Any, repo: str) -> None:
    """From a commit that is missing, from or to another repo, of a missing repo."""
    client.create_repo("other")
    for name in (repo, "other"):
        client.put_file_bytes((name, "master"), "/a", b"x")
    head = (repo, "master")
    missing = f"pick commit tx: commit default/{repo}@{ID} not found\ncommit default/{repo}@{ID} not found"
    another = f"`from` and `to` commits need to be from repo default/{repo}"
    assert refusal(lambda: client.list_commit(repo, to_commit=head, from_commit=(repo, ID))) == (NOT_FOUND, missing)
    assert refusal(lambda: client.list_commit(repo, to_commit=("other", "master"))) == (UNKNOWN, another)
    found = refusal(lambda: client.list_commit(repo, to_commit=head, from_commit=("other", "master")))
    assert found == (UNKNOWN, another)
    found = refusal(lambda: client.list_commit("none"))
    assert found == (NOT_FOUND, "ensure repo exists: repo default/none not found")


def test_a_negative_number_lists_everything(client: Any, repo: str) -> None:
    """pachd counts down and never meets zero."""
    for name in ("/a", "/b"):
        client.put_file_bytes((repo, "master"), name, b"x")
    assert len(list(client.list_commit(repo, number=-1))) == 2
    assert len(list(client.list_commit(repo, to_commit=(repo, "master"), number=-1))) == 2


def test_starting_says_how_far_it_came(client: Any, repo: str) -> None:
    """The prefixes of newer servers; `has not been finished` is in all."""
    commit = client.start_commit(repo, "master")
    open_head = f"create commit: parent commit default/{repo}@{commit.id} has not been finished"
    texts = {
        (repo, "master"): (UNKNOWN, open_head),
        ("none", "master"): (NOT_FOUND, "repo default/none not found"),
        (repo, ""): (UNKNOWN, "branch must be specified"),
        (repo, "a b"): (
            UNKNOWN,
            "name (a b) invalid: only alphanumeric characters, underscores, and dashes are allowed",
        ),
    }
    for branch, (code, text) in texts.items():
        found = refusal(lambda one=branch: client.start_commit(*one))  # type: ignore[misc]
        assert found == (code, f"start commit in transaction: {text}")
    code, text = refusal(lambda: client.finish_commit((repo, ID)))
    assert (code, text[:45]) == (NOT_FOUND, "finish commit in transaction: pick commit tx:")


@pytest.mark.parametrize(
    ("call", "fields", "text"),
    [
        ("InspectRepo", {}, "repo cannot be nil"),
        ("StartCommit", {}, "start commit in transaction: branch must be specified"),
        ("FinishCommit", {}, "check new file commit: commit cannot be nil"),
    ],
)
def test_empty_requests_are_unknown(client: Any, call: str, fields: dict[str, Any], text: str) -> None:
    """pachd has no INVALID_ARGUMENT for them."""
    assert refusal(lambda: pfs(client, call, **fields)) == (UNKNOWN, text)


def modify(client: Any, *requests: Any) -> Any:
    """The answer to one ModifyFile."""
    return client._req(Service.PFS, "ModifyFile", req=iter(requests))


def test_modify_needs_its_commit_first_and_once(client: Any, repo: str) -> None:
    """In pachd's words."""
    commit = pfs_pb2.ModifyFileRequest(set_commit=pfs_pb2.Commit(branch=branch_of(repo)))
    untyped = pfs_pb2.ModifyFileRequest(set_commit=pfs_pb2.Commit(branch=branch_of(repo, kind="")))
    add = pfs_pb2.ModifyFileRequest(add_file=pfs_pb2.AddFile(path="/a"))
    calls: dict[tuple[Any, ...], str] = {
        (): "EOF",
        ("add",): "first message must be a commit",
        ("commit", "commit"): "cannot set commit",
        ("commit", "nothing"): "unrecognized message type",
        ("empty",): "commit must have a repo",
        ("untyped", "add"): BAD_TYPE.format(""),
    }
    messages = {
        "add": add,
        "commit": commit,
        "untyped": untyped,
        "nothing": pfs_pb2.ModifyFileRequest(),
        "empty": pfs_pb2.ModifyFileRequest(set_commit=pfs_pb2.Commit()),
    }
    for names, text in calls.items():
        found = refusal(lambda some=names: modify(client, *(messages[name] for name in some)))  # type: ignore[misc]
        assert found == (UNKNOWN, text)
    assert list(client.list_commit(repo)) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("", "path () invalid: only printable ASCII characters allowed"),
        ("/ä", "path (/ä) invalid: only printable ASCII characters allowed"),
        ("/a*", "path (/a*) invalid: globbing character (*) not allowed in path"),
        ("/[a]", "path (/[a]) invalid: globbing character ([) not allowed in path"),
        ("/..", "path (/..) invalid: relative file paths are not allowed"),
    ],
)
def test_what_cant_be_a_path_cant_be_deleted(client: Any, repo: str, path: str, text: str) -> None:
    """No glob deletes anything."""
    commit = pfs_pb2.ModifyFileRequest(set_commit=pfs_pb2.Commit(branch=branch_of(repo)))
    delete = pfs_pb2.ModifyFileRequest(delete_file=pfs_pb2.DeleteFile(path=path))
    assert refusal(lambda: modify(client, commit, delete)) == (UNKNOWN, text)


@pytest.mark.slow
def test_messages_have_20_mib_at_most(client: Any, repo: str) -> None:
    """The whole message, as pachd counts it."""
    commit = pfs_pb2.ModifyFileRequest(set_commit=pfs_pb2.Commit(branch=branch_of(repo)))
    add = pfs_pb2.ModifyFileRequest(add_file=pfs_pb2.AddFile(path="/a"))
    limit = 20 * 1024 * 1024
    add.add_file.raw.value = bytes(limit - 20)
    add.add_file.raw.value = bytes(limit - 20 - (add.ByteSize() - limit))
    assert add.ByteSize() == limit
    modify(client, commit, add)
    add.add_file.raw.value += b"x"
    text = f"grpc: received message larger than max ({limit + 1} vs. {limit})"
    assert refusal(lambda: modify(client, commit, add)) == (grpc.StatusCode.RESOURCE_EXHAUSTED, text)


def test_the_copy_of_this_client_is_refused(client: Any, repo: str) -> None:
    """It names the repo where pachd doesn't look for it; pachd 2.10.7 even dies of it."""
    client.put_file_bytes((repo, "master"), "/a", b"x")
    found = refusal(lambda: client.copy_file((repo, "master"), "/a", (repo, "master"), "/b"))
    assert found == (UNKNOWN, "pick commit tx: cannot pick commit with no repo")


def test_a_missing_file_is_told_with_the_id_that_was_asked_for(client: Any, repo: str) -> None:
    """By branch there is none, and `path_exists` takes that for another error."""
    client.put_file_bytes((repo, "master"), "/a", b"x")
    commit = client.inspect_branch(repo, "master").head.id
    text = f"file /zz not found in repo default/{repo} at commit "
    assert refusal(lambda: client.inspect_file((repo, "master"), "/zz")) == (NOT_FOUND, text)
    assert refusal(lambda: client.inspect_file((repo, commit), "/zz")) == (NOT_FOUND, text + commit)
    assert client.path_exists((repo, commit), "/zz") is False
    assert refusal(lambda: client.path_exists((repo, "master"), "/zz")) == (NOT_FOUND, text)


def test_a_batch_that_starts_a_commit_panics(client: Any, repo: str) -> None:
    """pachd stumbles over how this client fills the request; nothing is done."""
    requests = [
        transaction_pb2.TransactionRequest(create_repo=pfs_pb2.CreateRepoRequest(repo=repo_of("new"))),
        transaction_pb2.TransactionRequest(start_commit=pfs_pb2.StartCommitRequest(branch=branch_of(repo))),
    ]
    code, text = refusal(lambda: client._req(Service.TRANSACTION, "BatchTransaction", requests=requests))
    assert (code, text[:21]) == (grpc.StatusCode.ABORTED, "panic: runtime error:")
    assert len(list(client.list_repo())) == 1


def test_a_trigger_needs_the_branch_that_it_follows(client: Any, repo: str) -> None:
    """No branch is made."""
    text = f"create branch: update head: updating branch trigger: branch (id=0, branch=default/{repo}@none) not found"
    trigger = pfs_pb2.Trigger(branch="none", commits=2)
    assert refusal(lambda: client.create_branch(repo, "two", trigger=trigger)) == (NOT_FOUND, text)
    assert list(client.list_branch(repo)) == []


def test_branches_of_a_trigger_are_not_deleted(client: Any, repo: str) -> None:
    """Neither the one that follows nor the one that is followed."""
    client.create_branch(repo, "master")
    client.create_branch(repo, "two", trigger=pfs_pb2.Trigger(branch="master", commits=2))
    source, follower = f"default/{repo}@master", f"default/{repo}@two"
    texts = {
        "master": f'branch "{source}" cannot be deleted because it is triggered by branches [{follower}]',
        "two": f'branch "{follower}" cannot be deleted because it triggers branches [{source}]',
    }
    for name, text in texts.items():
        assert refusal(lambda one=name: client.delete_branch(repo, one)) == (UNKNOWN, text)  # type: ignore[misc]


def test_two_branches_of_a_repo_depend_on_no_common_branch(client: Any, repo: str) -> None:
    """Sideways counts as well: one commit would need two versions of the repo."""
    client.create_repo("labels")
    client.create_branch("labels", "one", provenance=[branch_of(repo)])
    text = (
        'validate DAG at end of transaction: multiple branches from the same repo, "default/labels",'
        " cannot participate in a DAG"
    )
    found = refusal(lambda: client.create_branch("labels", "two", provenance=[branch_of(repo)]))
    assert found == (UNKNOWN, text)


def test_a_circle_of_branches_is_internal(client: Any, repo: str) -> None:
    """The text names both."""
    client.create_repo("labels")
    client.create_branch("labels", "master", provenance=[branch_of(repo)])
    code, text = refusal(lambda: client.create_branch(repo, "master", provenance=[branch_of("labels")]))
    assert code == grpc.StatusCode.INTERNAL
    assert text == (
        "create branch: update head: cycle detected because default/labels.user@master"
        f" is already in the subvenance of default/{repo}.user@master"
    )


def test_repos_have_types_that_pachd_knows(client: Any, repo: str) -> None:
    """Without one, CreateRepo means a user repo; a system repo needs its user repo."""
    create = pfs_pb2.CreateRepoRequest
    found = refusal(lambda: pfs(client, "CreateRepo", req=create(repo=repo_of("x", "other"))))
    assert found == (UNKNOWN, f'error checking whether repo "default/x.other" exists: {BAD_TYPE.format("other")}')
    missing = "repo (id=0, project=default, name=x, type=user) not found"
    found = refusal(lambda: pfs(client, "CreateRepo", req=create(repo=repo_of("x", "meta"))))
    assert found == (NOT_FOUND, f"cannot create a system repo without a corresponding 'user' repo: {missing}")
    for kind in ("", "other"):
        found = refusal(lambda one=kind: pfs(client, "InspectRepo", repo=repo_of(repo, one)))  # type: ignore[misc]
        assert found == (UNKNOWN, BAD_TYPE.format(kind))
    pfs(client, "CreateRepo", req=create(repo=repo_of("x", "")))
    assert client.inspect_repo("x").repo.type == "user"


def test_system_repos_go_with_their_user_repo(client: Any, repo: str) -> None:
    """Nobody could reach them any more."""
    pfs(client, "CreateRepo", repo=repo_of(repo, "spec"))
    client.delete_repo(repo)
    assert list(client.list_repo("")) == []


def test_there_is_no_other_project(client: Any, repo: str) -> None:
    """A repo of the same name in the default one is another."""
    client.put_file_bytes((repo, "master"), "/a", b"x")
    other = repo_of(repo, project=ABC)
    branch = branch_of(repo, project=ABC)
    file = pfs_pb2.File(commit=pfs_pb2.Commit(branch=branch), path="/a")
    text = f"repo abc/{repo} not found"
    assert refusal(lambda: pfs(client, "InspectRepo", repo=other)) == (NOT_FOUND, text)
    assert refusal(lambda: pfs(client, "ListCommit", repo=other)) == (NOT_FOUND, f"ensure repo exists: {text}")
    found = refusal(lambda: pfs(client, "StartCommit", branch=branch))
    assert found == (NOT_FOUND, f"start commit in transaction: {text}")
    assert refusal(lambda: pfs(client, "ListFile", file=file))[0] == NOT_FOUND
    assert refusal(lambda: pfs(client, "InspectBranch", branch=branch))[0] == NOT_FOUND
    create = pfs_pb2.CreateRepoRequest(repo=other)
    missing = 'cannot find project "abc": get project by name: project "abc" not found'
    assert refusal(lambda: pfs(client, "CreateRepo", req=create)) == (NOT_FOUND, missing)
    pfs(client, "DeleteRepo", repo=other, force=True)
    assert client.inspect_repo(repo).repo.name == repo


def test_what_is_not_there_can_be_dropped(client: Any, repo: str) -> None:
    """Also twice, and also what is no id."""
    commit = client.start_commit(repo, "master").id
    for name in (commit, commit, ID, "master"):
        client.drop_commit(name)
    client.squash_commit(ID)


def test_all_repos_branches_can_be_listed(client: Any, repo: str) -> None:
    """Without a repo."""
    client.create_repo("another")
    for name in (repo, "another"):
        client.create_branch(name, "master")
    found = [info.branch.repo.name for info in pfs(client, "ListBranch")]
    assert found == ["another", repo]


def test_repos_are_listed_by_name(client: Any) -> None:
    """In the order of bytes."""
    for name in ("b", "A", "a", "_"):
        client.create_repo(name)
    assert [info.repo.name for info in client.list_repo()] == ["A", "_", "a", "b"]


def test_long_names_and_deep_paths_are_fine(client: Any) -> None:
    """pachd has no limits that anybody met."""
    client.create_repo("n" * 300)
    client.put_file_bytes(("n" * 300, "master"), "/d" * 300 + "/" + "p" * 5_000, b"x")
    assert client.inspect_repo("n" * 300).details.size_bytes == 1


def test_a_group_that_is_not_closed_matches_nothing(client: Any, repo: str) -> None:
    """A character class that isn't closed is refused."""
    client.put_file_bytes((repo, "master"), "/a", b"x")
    assert list(client.glob_file((repo, "master"), "/{a")) == []
    assert refusal(lambda: client.glob_file((repo, "master"), "/[")) == (UNKNOWN, "unexpected end of input")


def test_the_upper_bound_of_a_size_is_in_listings_only(client: Any, repo: str) -> None:
    """InspectCommit has the details once the commit is FINISHED; an open commit is listed with its size so far."""
    client.put_file_bytes((repo, "master"), "/a", b"12345")
    (info,) = client.inspect_commit((repo, "master"))
    assert (info.size_bytes_upper_bound, info.details.size_bytes) == (0, 5)
    (info,) = client.list_commit(repo)
    assert (info.size_bytes_upper_bound, info.details.size_bytes) == (5, 5)
    commit = client.start_commit(repo, "master")
    client.put_file_bytes((repo, commit.id), "/b", b"1")
    assert next(iter(client.list_commit(repo))).size_bytes_upper_bound == 6
    assert client.inspect_repo(repo).size_bytes_upper_bound == 0


def test_children_are_told_with_their_branch(client: Any, repo: str, emulator: PachydermEmulator) -> None:
    """The one place in a CommitInfo where newer servers leave it in."""
    for name in ("/a", "/b"):
        client.put_file_bytes((repo, "master"), name, b"x")
    (info,) = client.inspect_commit((repo, "master^"))
    assert [one.branch.name for one in info.child_commits] == ["master"]


def test_no_difference_is_shallow(client: Any, repo: str) -> None:
    """pachd ignores the field."""
    client.put_file_bytes((repo, "master"), "/d/e/f", b"x")
    request = {"new_file": pfs_pb2.File(commit=pfs_pb2.Commit(branch=branch_of(repo)), path="/"), "shallow": True}
    found = [one.new_file.file.path for one in pfs(client, "DiffFile", **request)]
    assert found == ["/", "/d/", "/d/e/", "/d/e/f"]


def test_an_unknown_state_is_not_waited_for(client: Any, repo: str) -> None:
    """The answer comes at once."""
    commit = client.start_commit(repo, "master")
    named = pfs_pb2.Commit(branch=branch_of(repo), id=commit.id)
    assert not pfs(client, "InspectCommit", commit=named, wait=99).HasField("finishing")
