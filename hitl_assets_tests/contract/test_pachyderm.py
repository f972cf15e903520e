"""What services/pachyderm/ relies on from a pachd, old or new."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import grpc
import pytest

from hitl_assets.pachyderm_protobuf import pfs_pb2
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.pachyderm.commits import NEWEST
from hitl_assets.services.pachyderm.files import matches

from .pachyderm_commits import commit, finished

TREE = {"/a.csv": b"a", "/b.txt": b"b", "/d/c.csv": b"c", "/d/e/f.csv": b"f", "/d/e/g%20h.csv": b"g", "/empty.csv": b""}


def test_a_listing_from_a_cursor_goes_backwards_to_it(pachd: Pachyderm, repo: str) -> None:
    """`to` inclusive, `from` exclusive, newest first."""
    first, second, third = (commit(pachd, repo, {f"/{name}.csv": b"x"}) for name in "abc")
    infos = pachd.client.list_commit(repo, to_commit=(repo, "master"), from_commit=(repo, first), all=True)
    assert [info.commit.id for info in infos] == [third, second]


def test_a_commit_is_found_by_its_second_and_how_its_id_begins(pachd: Pachyderm, repo: str) -> None:
    """Without reading those that came later, so far as the server can list by time."""
    ids = [commit(pachd, repo, {f"/{number}.csv": b"x"}) for number in range(NEWEST + 2)]
    for id_ in (ids[0], ids[-1]):
        made, _ = pachd.inspect_commit(repo, id_)
        second = made.started.replace(microsecond=0)
        assert pachd.commits_in(repo, second, id_[:8]) == [made]
        assert pachd.commits_in(repo, second - timedelta(seconds=1), id_[:8]) == []
        assert pachd.commits_in(repo, second, "g") == []
    assert id_ not in [info.commit.id for info in pachd.started_before(repo, second, 0)]


def test_a_commit_keeps_description_parent_and_times(pachd: Pachyderm, repo: str) -> None:
    """They are the batch's lineage, and how a dead writer's commit is known."""
    first, second = (commit(pachd, repo, {f"/{name}.csv": b"x"}) for name in "ab")
    info = finished(pachd, repo, second)
    assert (info.description, info.parent_commit.id) == ("contract", first)
    assert info.HasField("started")
    assert info.HasField("finished")


def test_a_second_open_commit_is_refused_with_these_words(pachd: Pachyderm, repo: str) -> None:
    """There is no code of its own for it."""
    pachd.client.start_commit(repo, "master")
    with pytest.raises(grpc.RpcError) as refused:
        pachd.client.start_commit(repo, "master")
    assert "has not been finished" in str(refused.value.details())


def test_an_open_commit_can_be_dropped(pachd: Pachyderm, repo: str) -> None:
    """Its files are gone, and the branch is free."""
    before = commit(pachd, repo, {"/a.csv": b"x"})
    opened = pachd.client.start_commit(repo, "master")
    pachd.client.put_file_bytes((repo, opened.id), "/half.csv", b"x")
    pachd.client.drop_commit(opened.id)
    after = commit(pachd, repo, {"/b.csv": b"x"})
    assert finished(pachd, repo, after).parent_commit.id == before
    assert set(pachd.list_files(repo, after, "/**")) == {"/a.csv", "/b.csv"}


def test_colliding_paths_end_in_a_commit_with_an_error(pachd: Pachyderm, repo: str) -> None:
    """No call fails: the commit has to be looked at."""
    assert finished(pachd, repo, commit(pachd, repo, {"/a": b"x", "/a/b": b"x"})).error


def test_a_new_branch_has_an_empty_auto_commit(pachd: Pachyderm, repo: str) -> None:
    """That is how it is told from data."""
    pachd.client.create_branch(repo, "staging")
    (info,) = pachd.client.list_commit(repo, to_commit=(repo, "staging"), all=True)
    assert (info.origin.kind, info.size_bytes_upper_bound) == (pfs_pb2.AUTO, 0)


def test_deleting_and_writing_go_in_one_call(pachd: Pachyderm, repo: str) -> None:
    """A directory is replaced at once; one whose name begins the same way stays."""
    commit(pachd, repo, {"/p/old.csv": b"x", "/pq/a.csv": b"x"})
    made = pachd.client.start_commit(repo, "master")
    pachd.put(repo, made.id, {"/p/new.csv": b"x"}, replace="/p")
    pachd.client.finish_commit((repo, made.id))
    finished(pachd, repo, made.id)
    assert set(pachd.list_files(repo, made.id, "/**")) == {"/p/new.csv", "/pq/a.csv"}


@pytest.mark.parametrize("path", ["/a*.csv", "/a+b.csv", "/a@b.csv", "/ä.csv"])
def test_some_file_names_are_refused(pachd: Pachyderm, repo: str, path: str) -> None:
    """Which is why partitions are percent-encoded."""
    made = pachd.client.start_commit(repo, "master")
    with pytest.raises(grpc.RpcError, match="invalid"):
        pachd.client.put_file_bytes((repo, made.id), path, b"x")


def test_files_read_as_they_were_written(pachd: Pachyderm, repo: str) -> None:
    """One by one and as an archive, empty ones too, with the size that the server says."""
    made = commit(pachd, repo, TREE)
    assert {path: pachd.read(repo, made, path) for path in TREE} == TREE
    assert pachd.read_matching(repo, made, "/**") == TREE
    assert [pachd.client.inspect_file((repo, made), path).size_bytes for path in TREE] == [1, 1, 1, 1, 1, 0]


@pytest.mark.parametrize(
    "glob",
    ["/**.csv", "/*.csv", "/*/*.csv", "/d/**", "/**/f.csv", "/?.*", "/a.csv", "/*", "/**.{csv,txt}", "/{a,d/f}.csv"],
)
def test_patterns_match_as_ours_do(pachd: Pachyderm, repo: str, glob: str) -> None:
    """A pattern in a project's YAML is read on both sides."""
    made = commit(pachd, repo, TREE)
    assert set(pachd.list_files(repo, made, glob)) == {path for path in TREE if matches(path, glob)}


def test_a_difference_has_new_and_changed_files(pachd: Pachyderm, repo: str) -> None:
    """Between any two commits; files that are gone have no new side."""
    first = commit(pachd, repo, TREE)
    commit(pachd, repo, {"/new.csv": b"n"})
    made = pachd.client.start_commit(repo, "master")
    pachd.put(repo, made.id, {"/a.csv": b"other"}, replace="/d")
    pachd.client.finish_commit((repo, made.id))
    finished(pachd, repo, made.id)
    assert sorted(pachd.changed_files(repo, made.id, first, "/**")) == ["/a.csv", "/new.csv"]


def test_hashes_follow_from_the_content(pachd: Pachyderm, repo: str) -> None:
    """In whatever commit, beside whatever files; those of directories too."""
    first = commit(pachd, repo, {"/p/a.csv": b"x"})
    second = commit(pachd, repo, {"/q/a.csv": b"x", "/r/a.csv": b"y"})
    p, q, r = (pachd.directory_hash(repo, second, directory) for directory in ("/p", "/q", "/r"))
    assert pachd.directory_hash(repo, first, "/p") == p == q != r


def test_what_is_missing_is_not_found(pachd: Pachyderm, repo: str) -> None:
    """Repo, branch, commit and file."""
    made, client = commit(pachd, repo, {"/a.csv": b"x"}), pachd.client
    for ask in (
        lambda: list(client.list_commit(f"{repo}_no", to_commit=(f"{repo}_no", "master"), all=True)),
        lambda: list(client.list_commit(repo, to_commit=(repo, "no"), all=True)),
        lambda: client.inspect_file((repo, made), "/no"),
    ):
        with pytest.raises(grpc.RpcError) as missing:
            ask()
        assert missing.value.code() == grpc.StatusCode.NOT_FOUND


def test_a_cursor_that_is_gone_lists_everything(pachd: Pachyderm, repo: str) -> None:
    """Or is not found, which comes to the same."""
    made = [commit(pachd, repo, {f"/{name}.csv": b"x"}) for name in "abc"]
    pachd.client.drop_commit(made[2])
    for gone in (made[2], "0123456789ab4cdef0123456789abcde"):
        assert [each.id for each in pachd.commits_since(repo, "master", gone)] == made[:2]


def test_a_repo_that_is_there_already_exists(pachd: Pachyderm, repo: str) -> None:
    """Two runs may make it at a time."""
    with pytest.raises(grpc.RpcError) as refused:
        pachd.client.create_repo(repo)
    assert refused.value.code() == grpc.StatusCode.ALREADY_EXISTS


def test_a_commit_is_finished_some_time_after_it_is_closed(pachd: Pachyderm, repo: str) -> None:
    """Closing answers early; waiting for FINISHED is what makes a batch ours to read."""
    made = pachd.client.start_commit(repo, "master")
    pachd.put(repo, made.id, {"/a.csv": b"xyz"}, replace=None)
    pachd.client.finish_commit((repo, made.id))
    info = finished(pachd, repo, made.id)
    assert info.HasField("finished")
    assert (info.commit.id, info.error, info.details.size_bytes) == (made.id, "", 3)


def test_a_closed_commit_takes_no_files(pachd: Pachyderm, repo: str) -> None:
    """A batch never changes after it was handed out."""
    made = commit(pachd, repo, {"/a.csv": b"x"})
    with pytest.raises(grpc.RpcError) as refused:
        pachd.client.put_file_bytes((repo, made), "/late.csv", b"x")
    assert "has already finished" in str(refused.value.details())
    assert set(pachd.list_files(repo, made, "/**")) == {"/a.csv"}


def test_the_head_is_listed_first_even_while_it_is_open(pachd: Pachyderm, repo: str) -> None:
    """So whoever finds a branch taken sees by whom."""
    commit(pachd, repo, {"/a.csv": b"x"})
    pachd.client.start_commit(repo, "master", description="somebody else")
    (info,) = pachd.client.list_commit(repo, to_commit=(repo, "master"), number=1, all=True)
    assert info.description == "somebody else"
    assert not info.HasField("finishing")


def test_a_moved_branch_lists_the_commits_of_its_new_head(pachd: Pachyderm, repo: str) -> None:
    """Publishing what was reviewed makes no commit of its own."""
    before = commit(pachd, repo, {"/a.csv": b"x"})
    with pachd.client.commit(repo, "staging", parent=before) as made:
        pachd.client.put_file_bytes((repo, made.id), "/b.csv", b"x")
    finished(pachd, repo, made.id)
    pachd.client.create_branch(repo, "master", head_commit=(repo, made.id))
    assert [each.id for each in pachd.commits_since(repo, "master", before)] == [made.id]
    assert pachd.head(repo) == made.id


def test_writing_waits_for_nobody_who_is_dead(pachd: Pachyderm, repo: str) -> None:
    """An open commit that nobody will finish is dropped with its files."""
    left = pachd.client.start_commit(repo, "master", description="dead")
    pachd.client.put_file_bytes((repo, left.id), "/half.csv", b"x")
    made = pachd.write(repo, {"/a.csv": b"x"}, "alive", is_stale=lambda description: description == "dead")
    assert [each.id for each in pachd.commits_since(repo, "master", None)] == [made]
    assert set(pachd.list_files(repo, made, "/**")) == {"/a.csv"}


def test_what_cannot_be_written_leaves_no_commit(pachd: Pachyderm, repo: str) -> None:
    """Neither a refused path nor a collision that only the end shows."""
    before = pachd.write(repo, {"/a.csv": b"x"}, "good")
    for files in ({"/b+.csv": b"x"}, {"/a.csv/b": b"x"}):
        with pytest.raises(ServiceError):
            pachd.write(repo, files, "bad")
    assert [each.id for each in pachd.commits_since(repo, "master", None)] == [before]


def test_two_writers_of_one_branch_both_get_their_commit(pachd: Pachyderm, repo: str) -> None:
    """One waits for the other. Partitions are written in parallel."""

    def write(name: str) -> str:
        return Pachyderm(pachd.address, pachd.client.auth_token).write(repo, {f"/{name}/a.csv": b"x"}, name)

    with ThreadPoolExecutor(2) as pool:
        made = set(pool.map(write, ("p", "q")))
    assert {each.id for each in pachd.commits_since(repo, "master", None)} == made
    assert set(pachd.list_files(repo, pachd.head(repo) or "", "/**")) == {"/p/a.csv", "/q/a.csv"}


@pytest.mark.slow
def test_a_file_larger_than_a_message_reads_as_it_was_written(pachd: Pachyderm, repo: str) -> None:
    """It comes in pieces, in order."""
    content = b"".join(number.to_bytes(4, "big") for number in range(6_000_000))
    made = commit(pachd, repo, {"/large.bin": content})
    assert pachd.read(repo, made, "/large.bin") == content


def test_a_directory_lists_its_files_and_directories_apart(pachd: Pachyderm, repo: str) -> None:
    """Not what is in the directories."""
    made = commit(pachd, repo, TREE)
    kinds = {info.file.path: info.file_type for info in pachd.client.list_file((repo, made), "/d")}
    assert kinds == {"/d/c.csv": pfs_pb2.FILE, "/d/e/": pfs_pb2.DIR}
    assert pachd.read_directory(repo, made, "/d") == {"c.csv": b"c"}


def test_commits_started_in_one_transaction_share_its_id(pachd: Pachyderm, repo: str) -> None:
    """In several repos; they are written and finished afterwards."""
    pachd.client.create_repo(f"{repo}_two", "a contract test of hitl_assets; can be deleted")
    try:
        with pachd.client.transaction() as transaction:
            started = [pachd.client.start_commit(name, "master").id for name in (repo, f"{repo}_two")]
        assert started == [transaction.id, transaction.id]
        for name in (repo, f"{repo}_two"):
            pachd.put(name, transaction.id, {"/a.csv": name.encode()}, replace=None)
            pachd.client.finish_commit((name, transaction.id))
            finished(pachd, name, transaction.id)
            assert pachd.read(name, transaction.id, "/a.csv") == name.encode()
    finally:
        pachd.client.delete_repo(f"{repo}_two", force=True)


def test_a_transaction_that_failed_did_nothing(pachd: Pachyderm, repo: str) -> None:
    """And it is gone."""
    with pytest.raises(grpc.RpcError) as refused, pachd.client.transaction() as transaction:
        pachd.client.start_commit(repo, "master")
        pachd.client.create_repo(repo)
    assert refused.value.code() == grpc.StatusCode.ALREADY_EXISTS
    assert list(pachd.client.list_commit(repo, all=True)) == []
    assert transaction.id not in {info.transaction.id for info in pachd.client.list_transaction()}


def test_the_version_is_two(pachd: Pachyderm) -> None:
    """The client speaks the protocol of 2.x."""
    assert pachd.check().startswith("2.")
