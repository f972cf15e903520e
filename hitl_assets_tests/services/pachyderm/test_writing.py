"""Writing: one commit, all of it or none, beside other writers."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from hitl_assets.emulators.pachyderm import PachydermEmulator
from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.services.pachyderm import WAITS, Pachyderm
from hitl_assets_tests.persistence import connect
from hitl_assets_tests.services.proxies import Cutting


def descriptions(pachyderm: Pachyderm, repo: str) -> list[str]:
    """What the finished commits say of themselves, oldest first."""
    return [commit.description for commit in pachyderm.commits_since(repo, "master", None)]


def everything(pachyderm: Pachyderm, repo: str, commit: str) -> dict[str, bytes]:
    """All files of a commit."""
    return pachyderm.read_matching(repo, commit, "/**")


def hold_open(pachctl: Any, repo: str) -> str:
    """Another writer's open commit."""
    pachctl.create_repo(repo)
    return pachctl.start_commit(repo, "master", description="somebody else").id


def test_many_files_are_one_commit(pachyderm: Pachyderm, repo: str) -> None:
    """Each commit is a batch, or a version; and it says what it is."""
    files = {f"/p/{number}.csv": b"x" for number in range(20)}
    commit = pachyderm.write(repo, files, "tasks of batch 1")
    assert descriptions(pachyderm, repo) == ["tasks of batch 1"]
    assert everything(pachyderm, repo, commit) == files


def test_a_written_commit_is_finished(pachyderm: Pachyderm, repo: str) -> None:
    """The caller may read at once."""
    assert pachyderm.write(repo, {"/a.csv": b"x"}, "file a") == pachyderm.head(repo)


def test_a_file_is_overwritten(pachyderm: Pachyderm, repo: str) -> None:
    """Not appended to; other files stay."""
    pachyderm.write(repo, {"/a.csv": b"old", "/b.csv": b"b"}, "old")
    commit = pachyderm.write(repo, {"/a.csv": b"new"}, "new")
    assert everything(pachyderm, repo, commit) == {"/a.csv": b"new", "/b.csv": b"b"}


def test_a_replaced_directory_holds_the_new_files_only(pachyderm: Pachyderm, repo: str) -> None:
    """What an earlier run left in the partition is gone; other partitions stay, also one with the same beginning."""
    pachyderm.write(repo, {"/p/old.csv": b"o", "/p/a.csv": b"old", "/pq/a.csv": b"pq"}, "old")
    commit = pachyderm.write(repo, {"/p/a.csv": b"new", "/p/b.csv": b"b"}, "new", replace="/p")
    assert everything(pachyderm, repo, commit) == {"/p/a.csv": b"new", "/p/b.csv": b"b", "/pq/a.csv": b"pq"}


def test_replacing_by_the_same_keeps_the_hash(pachyderm: Pachyderm, repo: str) -> None:
    """An unchanged partition is the same version, whatever is written beside it."""
    first = pachyderm.write(repo, {"/p/a.csv": b"x"}, "first")
    second = pachyderm.write(repo, {"/p/a.csv": b"x"}, "second", replace="/p")
    assert pachyderm.directory_hash(repo, first, "/p") == pachyderm.directory_hash(repo, second, "/p")


def test_another_branch_can_be_written(pachyderm: Pachyderm, repo: str) -> None:
    """It is made if it isn't there."""
    commit = pachyderm.write(repo, {"/a.csv": b"x"}, "staged", branch="staging")
    assert (pachyderm.head(repo, "staging"), pachyderm.head(repo)) == (commit, None)


def test_a_repo_is_made_once(pachyderm: Pachyderm, repo: str) -> None:
    """Whether it was made is told."""
    assert [pachyderm.ensure_repo(repo, "what it is"), pachyderm.ensure_repo(repo)] == [True, False]


@pytest.mark.parametrize("path", ["/a*.csv", "/ä.csv", "/a@b.csv"])
def test_a_refused_file_leaves_no_commit(pachyderm: Pachyderm, repo: str, path: str) -> None:
    """Not finished and half full, and not open in the way of the next writer either."""
    before = pachyderm.write(repo, {"/a.csv": b"x"}, "good")
    with pytest.raises(ServiceError, match="could not write into"):
        pachyderm.write(repo, {"/b.csv": b"x", path: b"x"}, "bad")
    assert pachyderm.head(repo) == before
    assert len(list(pachyderm.client.list_commit(repo, all=True))) == 1


def test_a_commit_that_the_server_cannot_finish_is_dropped(pachyderm: Pachyderm, repo: str) -> None:
    """A file where a directory is: the server says so only at the end, in the commit."""
    before = pachyderm.write(repo, {"/a": b"x"}, "good")
    with pytest.raises(ServiceError, match=r"could not finish .* The commit is dropped"):
        pachyderm.write(repo, {"/a/b.csv": b"x"}, "bad")
    assert [commit.id for commit in pachyderm.commits_since(repo, "master", None)] == [before]


def test_a_commit_without_an_id_is_never_dropped(pachyderm: Pachyderm, repo: str) -> None:
    """pachd would take every commit away."""
    with pytest.raises(ValueError, match="all commits"):
        pachyderm.drop(repo, "")


def test_an_interrupted_writer_drops_its_commit(pachyderm: Pachyderm, repo: str) -> None:
    """Also when it is stopped by hand."""

    class Stopping(dict[str, bytes]):
        """Files whose reading is stopped by hand."""

        def items(self) -> Any:
            """Press Ctrl-C."""
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pachyderm.write(repo, Stopping(), "interrupted")
    assert all(info.HasField("finished") for info in pachyderm.client.list_commit(repo, all=True))
    assert pachyderm.commits_since(repo, "master", None) == []


def test_a_broken_connection_leaves_nothing_half_written(pachyderm: Pachyderm, repo: str, cutting: Cutting) -> None:
    """What stays is an open commit of ours, which the next writer knows as stale."""
    before = pachyderm.write(repo, {"/a.csv": b"x"}, "good")
    far = Pachyderm(cutting.address)
    far.check()

    class Unplugging(dict[str, bytes]):
        """Files whose reading takes the network away."""

        def items(self) -> Any:
            """Let nothing come back any more."""
            cutting.bytes_left = 0
            return {"/b.csv": b"x"}.items()

    with pytest.raises(TransientServiceError):
        far.write(repo, Unplugging(), "cut off")
    assert pachyderm.head(repo) == before
    commit = pachyderm.write(repo, {"/c.csv": b"x"}, "after", is_stale=lambda description: description == "cut off")
    assert set(pachyderm.list_files(repo, commit, "/**")) == {"/a.csv", "/c.csv"}


@pytest.fixture(scope="module")
def calm_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`host:port` of a pachd where nothing gives way to another transaction: what is waited for is the other writer."""
    with PachydermEmulator(tmp_path_factory.mktemp("calm") / "state", finish_delay=0.05) as emulator:
        yield emulator.address


def test_a_writer_waits_for_another_one(calm_address: str, repo: str) -> None:
    """And then builds on its commit."""
    pachctl = connect(calm_address)
    other = hold_open(pachctl, repo)
    waited: list[float] = []

    def finish_on_the_second_time(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 2:
            pachctl.finish_commit((repo, other))

    writer = Pachyderm(calm_address, sleep=finish_on_the_second_time)
    commit = writer.write(repo, {"/a.csv": b"x"}, "ours")
    assert writer.inspect_commit(repo, commit)[1] == other
    assert waited == list(WAITS[:2])


def test_waiting_ends(calm_address: str, repo: str) -> None:
    """With who holds the branch and what to do; the other's commit is left alone."""
    pachctl = connect(calm_address)
    other = hold_open(pachctl, repo)
    waited: list[float] = []
    with pytest.raises(TransientServiceError, match=rf"Somebody holds {repo}@{other} open: somebody else\. Finish or"):
        Pachyderm(calm_address, sleep=waited.append).write(repo, {"/a.csv": b"x"}, "ours")
    assert waited == list(WAITS)
    pachctl.finish_commit((repo, other))


def test_a_stale_commit_is_dropped(calm_address: str, repo: str) -> None:
    """What a dead writer left is thrown away with its files, without waiting."""
    pachctl = connect(calm_address)
    other = hold_open(pachctl, repo)
    pachctl.put_file_bytes((repo, other), "/half.csv", b"x")
    waited: list[float] = []
    writer = Pachyderm(calm_address, sleep=waited.append)
    commit = writer.write(repo, {"/a.csv": b"x"}, "ours", is_stale=lambda description: description == "somebody else")
    assert everything(writer, repo, commit) == {"/a.csv": b"x"}
    assert (descriptions(writer, repo), waited) == (["ours"], [])


@pytest.mark.slow
def test_two_writers_both_get_their_commit(pachyderm_address: str, pachyderm: Pachyderm, repo: str) -> None:
    """Runs of several partitions write to one repo at a time."""
    with ThreadPoolExecutor(4) as pool:
        commits = list(
            pool.map(
                lambda name: Pachyderm(pachyderm_address).write(repo, {f"/{name}/a.csv": b"x"}, name, f"/{name}"),
                "abcd",
            )
        )
    head = pachyderm.head(repo)
    assert head is not None
    assert (len(set(commits)), len(pachyderm.list_files(repo, head, "/**"))) == (4, 4)
