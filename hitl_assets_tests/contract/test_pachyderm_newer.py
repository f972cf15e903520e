"""What clients of pachd 2.12 (pachctl, pachyderm_sdk) ask for in the default project, beyond the product's client."""

from collections.abc import Iterator
from typing import Any

import pytest

from hitl_assets.emulators.pachyderm.wire.protocol import Timestamp, pfs_pb2, version_pb2
from hitl_assets.pachyderm_protobuf import pfs_pb2 as client_pfs
from hitl_assets.services.pachyderm import Pachyderm

from .newer_calls import NewerCalls, commit_of, file_of, repo_of
from .pachyderm_commits import closed, commit, finished, refused, started, version

MISSING = "0123456789ab4cdef0123456789abcde"
DEFAULT = pfs_pb2.Project(name="default")


@pytest.fixture
def calls(pachd: Pachyderm) -> Iterator[NewerCalls]:
    """Newer calls to the same server."""
    made = NewerCalls(pachd)
    yield made
    made.close()


@pytest.fixture
def output(pachd: Pachyderm, repo: str) -> Iterator[str]:
    """A repo whose master depends on the repo's."""
    commit(pachd, repo, {"/a.csv": b"a"})
    name = f"{repo}_out"
    pachd.client.create_repo(name, "a contract test of hitl_assets; can be deleted")
    pachd.client.create_branch(
        name, "master", provenance=[client_pfs.Branch(repo=client_pfs.Repo(name=repo, type="user"), name="master")]
    )
    yield name
    pachd.client.delete_repo(name, force=True)


def test_a_client_is_told_who_it_talks_to(pachd: Pachyderm, calls: NewerCalls) -> None:
    """And it isn't warned about itself when it is of the server's version."""
    major, minor = version(pachd)[:2]
    asked = calls.InspectCluster(client_version=version_pb2.Version(major=major, minor=minor), current_project=DEFAULT)
    assert (asked.warnings_ok, list(asked.warnings)) == (True, [])


def test_a_client_is_warned_of_its_version_and_project(calls: NewerCalls) -> None:
    """pachctl prints what it is told; the call succeeds."""
    none = calls.InspectCluster()
    old = calls.InspectCluster(client_version=version_pb2.Version(major=2, minor=1))
    lost = calls.InspectCluster(
        client_version=version_pb2.Version(major=2, minor=1), current_project=pfs_pb2.Project(name="abc")
    )
    assert "did not send its version" in none.warnings[0]
    assert "much older than the server" in old.warnings[0]
    assert "Could not inspect project" in lost.warnings[1]


def test_the_default_project_is_there(calls: NewerCalls) -> None:
    """Others aren't, unless somebody made them."""
    assert "default" in [info.project.name for info in calls.ListProject()]
    assert calls.InspectProject(project=DEFAULT).project.name == "default"
    assert calls.InspectProjectV2(project=DEFAULT).info.project.name == "default"
    for call in (calls.InspectProject, calls.InspectProjectV2):
        with refused("NOT_FOUND", 'project "no-such-project" not found'):
            call(project=pfs_pb2.Project(name="no-such-project"))
    with refused("ALREADY_EXISTS", "already exists"):
        calls.CreateProject(project=DEFAULT)


def test_whoever_deletes_a_repo_is_told_whether_it_was_there(pachd: Pachyderm, calls: NewerCalls, prefix: str) -> None:
    """pachctl says "No repo deleted" otherwise."""
    pachd.client.create_repo(prefix, "a contract test of hitl_assets; can be deleted")
    assert [calls.DeleteRepo(repo=repo_of(prefix)).deleted for _ in range(2)] == [True, False]


def test_repos_of_a_project_that_is_not_there_are_none(calls: NewerCalls, repo: str) -> None:
    """Neither to list nor to delete."""
    nowhere = [pfs_pb2.Project(name="no-such-project")]
    assert repo in [info.repo.name for info in calls.ListRepo(type="user", projects=[DEFAULT])]
    assert calls.ListRepo(projects=nowhere) == []
    assert list(calls.DeleteRepos(projects=nowhere).repos) == []
    assert calls.ListCommitSet(project=nowhere[0]) == []


def test_one_commit_is_dropped_or_squashed(pachd: Pachyderm, calls: NewerCalls, repo: str) -> None:
    """By its repo, not by the set."""
    first, second, third = (commit(pachd, repo, {f"/{name}.csv": b"x"}) for name in "abc")
    calls.SquashCommit(commit=commit_of(repo, second))
    with refused("UNKNOWN", "cannot drop a commit that has children"):
        calls.DropCommit(commit=commit_of(repo, first))
    with refused("UNKNOWN", "cannot squash a commit that has no children"):
        calls.SquashCommit(commit=commit_of(repo, third))
    calls.DropCommit(commit=commit_of(repo, "master"))
    with refused("NOT_FOUND", "not found"):
        calls.DropCommit(commit=commit_of(repo, third))
    assert [info.commit.id for info in pachd.client.list_commit(repo, all=True)] == [first]


def test_a_commit_that_others_depend_on_goes_with_them_only(
    pachd: Pachyderm, calls: NewerCalls, repo: str, output: str
) -> None:
    """And only when that is said."""
    head = commit(pachd, repo, {"/b.csv": b"b"})
    with refused("UNKNOWN", "with subvenance without recursive"):
        calls.DropCommit(commit=commit_of(repo, head))
    calls.DropCommit(commit=commit_of(repo, head), recursive=True)
    for name in (repo, output):
        with refused("NOT_FOUND"):
            calls.InspectCommit(commit=commit_of(name, head))


def test_a_commit_tells_what_it_depends_on(pachd: Pachyderm, calls: NewerCalls, repo: str, output: str) -> None:
    """In both directions."""
    head = commit(pachd, repo, {"/b.csv": b"b"})
    down, up = (calls.InspectCommit(commit=commit_of(name, head)) for name in (output, repo))
    assert [(one.repo.name, one.id) for one in down.upstream] == [(repo, head)]
    assert [(one.repo.name, one.id) for one in up.downstream] == [(output, head)]


def test_the_commits_that_changed_a_file_are_found(pachd: Pachyderm, calls: NewerCalls, repo: str) -> None:
    """Newest first; then comes where the search ended."""
    first, _, third = (commit(pachd, repo, {path: b"x"}) for path in ("/a.csv", "/b.csv", "/a.csv"))
    answers = calls.FindCommits(start=commit_of(repo, "master"), file_path="/a.csv")
    assert [(one.found_commit.id, one.commits_searched) for one in answers] == [(third, 0), (first, 2), ("", 3)]
    one, end = calls.FindCommits(start=commit_of(repo, "master"), file_path="/a.csv", limit=1)
    assert (one.found_commit.id, end.commits_searched) == (third, 1)
    assert [one.commits_searched for one in calls.FindCommits(start=commit_of(repo, "master"), file_path="/c")] == [3]
    with refused("NOT_FOUND"):
        calls.FindCommits(start=commit_of(repo, MISSING), file_path="/a.csv")


def test_a_search_ends_at_an_open_commit(pachd: Pachyderm, calls: NewerCalls, repo: str) -> None:
    """Its files aren't known yet."""
    commit(pachd, repo, {"/a.csv": b"x"})
    started(pachd, repo)
    with refused("UNAVAILABLE", f"commit default/{repo}@master not finished"):
        calls.FindCommits(start=commit_of(repo, "master"), file_path="/a.csv")


@pytest.mark.parametrize(
    ("fields", "listed", "walked"),
    [
        ({"number": 2}, ["/a.csv", "/d/"], ["/", "/a.csv"]),
        ({"number": 1, "reverse": True}, ["/e.csv"], ["/e.csv"]),
        ({"number": 9, "reverse": True}, ["/e.csv", "/d/", "/a.csv"], ["/e.csv", "/d/b.csv", "/d/", "/a.csv", "/"]),
        ({"marker": "/a.csv"}, ["/d/", "/e.csv"], ["/d/", "/d/b.csv", "/e.csv"]),
        ({"marker": "/a.csv", "number": 1}, ["/d/"], ["/d/"]),
        ({"marker": "/e.csv", "number": 1, "reverse": True}, ["/d/"], ["/d/b.csv"]),
    ],
)
def test_files_are_listed_page_by_page(
    pachd: Pachyderm, calls: NewerCalls, repo: str, fields: dict[str, Any], listed: list[str], walked: list[str]
) -> None:
    """So many after the marker, or before it from the end."""
    commit(pachd, repo, {"/a.csv": b"x", "/d/b.csv": b"x", "/e.csv": b"x"})
    page = dict(fields, marker=file_of(repo, fields["marker"])) if "marker" in fields else fields
    for call, expected in ((calls.ListFile, listed), (calls.WalkFile, walked)):
        assert [info.file.path for info in call(file=file_of(repo, "/"), **page)] == expected


@pytest.mark.parametrize("fields", [{"reverse": True}, {"number": 100_001}])
def test_some_pages_cannot_be(calls: NewerCalls, pachd: Pachyderm, repo: str, fields: dict[str, Any]) -> None:
    """Too large, or from an end without a number."""
    commit(pachd, repo, {"/a.csv": b"x"})
    for call in (calls.ListFile, calls.WalkFile):
        with refused("UNKNOWN", "number must be > 0" if "reverse" in fields else "cannot return more than 100000"):
            call(file=file_of(repo, "/"), **fields)


def test_commits_are_listed_from_a_time_on_backwards(pachd: Pachyderm, calls: NewerCalls, repo: str) -> None:
    """Those that were started before it; from a given commit on, nobody looks at their time."""
    first, second = (commit(pachd, repo, {f"/{name}.csv": b"x"}) for name in "ab")
    (info,) = pachd.client.inspect_commit((repo, second))
    ages = {"started_time": Timestamp(seconds=info.started.seconds, nanos=info.started.nanos)}
    for fields, expected in (({}, [first]), ({"to": commit_of(repo, "master")}, [second, first])):
        listed = calls.ListCommit(repo=repo_of(repo), all=True, **fields, **ages)
        assert [one.commit.id for one in listed] == expected


def test_newer_clients_copy_files(pachd: Pachyderm, calls: NewerCalls, repo: str) -> None:
    """They name the source's repo in the commit itself."""
    source = commit(pachd, repo, {"/a.csv": b"x"})
    made = started(pachd, repo)
    modify = calls._channel.stream_unary(
        "/pfs_v2.API/ModifyFile", request_serializer=pfs_pb2.ModifyFileRequest.SerializeToString
    )
    copied = pfs_pb2.CopyFile(dst="/b.csv", src=pfs_pb2.File(commit=commit_of(repo, source), path="/a.csv"))
    modify(
        iter(
            (
                pfs_pb2.ModifyFileRequest(set_commit=commit_of(repo, made)),
                pfs_pb2.ModifyFileRequest(copy_file=copied),
            )
        )
    )
    pachd.client.finish_commit((repo, made))
    assert finished(pachd, repo, made).error == ""
    assert pachd.read(repo, made, "/b.csv") == b"x"


def test_a_commit_without_a_repo_is_refused(calls: NewerCalls, pachd: Pachyderm, repo: str) -> None:
    """A newer client that names the branch only still names its repo there."""
    made = closed(pachd, repo, {"/a.csv": b"x"})
    branch = pfs_pb2.Branch(repo=repo_of(repo), name="master")
    assert calls.InspectCommit(commit=pfs_pb2.Commit(branch=branch)).commit.id == made
    with refused("UNKNOWN"):
        calls.InspectCommit(commit=pfs_pb2.Commit(id=made))


def test_the_cluster_is_told_to_everybody(guarded_pachd: Pachyderm) -> None:
    """pachctl asks for it before it has a token; all else needs one."""
    stranger = NewerCalls(Pachyderm(guarded_pachd.address))
    assert stranger.InspectCluster(current_project=DEFAULT).warnings_ok
    for call in (stranger.ListProject, stranger.InspectProject, stranger.DeleteRepos):
        with refused("UNAUTHENTICATED", "no authentication token"):
            call(**({"project": DEFAULT} if call.args[1].name == "InspectProject" else {}))
    stranger.close()


def test_a_role_on_the_cluster_is_needed_to_drop_one_commit(guarded_pachd: Pachyderm, prefix: str) -> None:
    """Also for whoever made the repo; and a project tells what one may do in it."""
    token = guarded_pachd.client.get_robot_token(f"contract_{prefix}", 600)
    owner = Pachyderm(guarded_pachd.address, token)
    owner.client.create_repo(prefix, "a contract test of hitl_assets; can be deleted")
    made = started(owner, prefix)
    calls = NewerCalls(owner)
    for call in (calls.DropCommit, calls.SquashCommit):
        with refused("PERMISSION_DENIED", "needs permissions [REPO_DELETE_COMMIT] on CLUSTER"):
            call(commit=commit_of(prefix, made))
    assert "projectWriter" in calls.InspectProject(project=DEFAULT).auth_info.roles
    assert calls.DeleteRepo(repo=repo_of(prefix)).deleted
    calls.close()


def test_a_set_that_others_depend_on_names_them_all(pachd: Pachyderm, repo: str, output: str) -> None:
    """Also those that depend on them in turn."""
    (first,), last = ([info.commit.id for info in pachd.client.list_commit(repo, all=True)], f"{repo}_last")
    upstream = client_pfs.Branch(repo=client_pfs.Repo(name=output, type="user"), name="master")
    pachd.client.create_repo(last, "a contract test of hitl_assets; can be deleted")
    try:
        pachd.client.create_branch(last, "master", provenance=[upstream])
        heads = [next(iter(pachd.client.list_commit(name, all=True))).commit.id for name in (output, last)]
        with refused("UNKNOWN") as caught:
            pachd.client.drop_commit(first)
        assert all(head in str(caught.value) for head in heads)
    finally:
        pachd.client.delete_repo(last, force=True)


def test_a_branch_or_subscription_in_no_repo_says_so(pachd: Pachyderm, prefix: str) -> None:
    """In the words of pachd's database."""
    missing = f"repo (id=0, project=default, name={prefix}, type=user) not found"
    with refused("NOT_FOUND", missing):
        next(pachd.client.subscribe_commit(prefix, "master"))
    with refused("NOT_FOUND", missing):
        pachd.client.delete_branch(prefix, "master")
