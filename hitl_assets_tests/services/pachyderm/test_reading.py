"""What a commit changed, and reading with proof."""

import io
from pathlib import Path

import pytest

from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets_tests.services.proxies import Cutting

TREE = {"/a.csv": b"a", "/b.txt": b"b", "/2024/c.csv": b"c", "/2024/05/d.csv": b"d", "/2024/05/.e.csv": b"e"}
# More than a server sends in one message.
LARGE = b"0123456789abcdef" * 500_000


@pytest.fixture
def tree(pachyderm: Pachyderm, repo: str) -> str:
    """The id of a commit that holds TREE."""
    return pachyderm.write(repo, TREE, "a tree")


def test_a_first_commit_changes_everything(pachyderm: Pachyderm, repo: str, tree: str) -> None:
    """There is nothing to compare it with."""
    assert sorted(pachyderm.changed_files(repo, tree, None, "/**")) == sorted(TREE)


def test_new_and_different_files_are_changes(pachyderm: Pachyderm, repo: str, tree: str) -> None:
    """Files that are as they were cost nothing."""
    commit = pachyderm.write(repo, {"/a.csv": b"other", "/2024/c.csv": b"c", "/new.csv": b"n"}, "changes")
    assert sorted(pachyderm.changed_files(repo, commit, tree, "/**")) == ["/a.csv", "/new.csv"]


def test_deleted_files_are_no_changes(pachyderm: Pachyderm, repo: str, tree: str) -> None:
    """There is nothing to read any more."""
    commit = pachyderm.write(repo, {}, "without 2024", replace="/2024")
    assert pachyderm.changed_files(repo, commit, tree, "/**") == []
    assert sorted(pachyderm.list_files(repo, commit, "/**")) == ["/a.csv", "/b.txt"]


def test_changes_can_be_seen_over_several_commits(pachyderm: Pachyderm, repo: str, tree: str) -> None:
    """What failed before is made up for."""
    pachyderm.write(repo, {"/new.csv": b"n"}, "one")
    commit = pachyderm.write(repo, {"/newer.csv": b"n"}, "two")
    assert sorted(pachyderm.changed_files(repo, commit, tree, "/**")) == ["/new.csv", "/newer.csv"]


def test_a_commit_without_files_changes_nothing(pachyderm: Pachyderm, repo: str) -> None:
    """Neither as the first one nor compared to another."""
    empty = pachyderm.write(repo, {}, "nothing")
    assert pachyderm.changed_files(repo, empty, None, "/**") == []
    assert pachyderm.changed_files(repo, pachyderm.write(repo, {}, "nothing"), empty, "/**") == []


@pytest.mark.parametrize(
    ("glob", "paths"),
    [
        ("/**.csv", {"/a.csv", "/2024/c.csv", "/2024/05/d.csv", "/2024/05/.e.csv"}),
        ("/*.csv", {"/a.csv"}),
        ("/*/*.csv", {"/2024/c.csv"}),
        ("/2024/**", {"/2024/c.csv", "/2024/05/d.csv", "/2024/05/.e.csv"}),
        ("/**/d.csv", {"/2024/05/d.csv"}),
        ("/?.*", {"/a.csv", "/b.txt"}),
        ("/a.csv", {"/a.csv"}),
        ("/acsv", set()),
        ("/*", {"/a.csv", "/b.txt"}),
    ],
)
def test_a_pattern_means_the_same_here_and_there(
    pachyderm: Pachyderm, repo: str, tree: str, glob: str, paths: set[str]
) -> None:
    """Changes are filtered by us, listings by the server."""
    assert set(pachyderm.changed_files(repo, tree, None, glob)) == paths
    assert set(pachyderm.list_files(repo, tree, glob)) == paths


@pytest.mark.slow
def test_a_file_is_copied_without_being_held(pachyderm: Pachyderm, repo: str, tmp_path: Path) -> None:
    """And a start is read without the rest."""
    commit = pachyderm.write(repo, {"/large.csv": LARGE, "/empty.csv": b""}, "two files")
    for path, content in {"/large.csv": LARGE, "/empty.csv": b""}.items():
        with (tmp_path / "copy").open("wb") as file:
            assert pachyderm.copy(repo, commit, path, file) == len(content)
        assert (tmp_path / "copy").read_bytes() == content
        assert pachyderm.read_start(repo, commit, path, len(content), 1000) == content[:1000]
    with pytest.raises(ServiceError), (tmp_path / "copy").open("wb") as file:
        pachyderm.copy(repo, commit, "/missing.csv", file)


@pytest.mark.slow
def test_a_file_reads_as_it_was_written(pachyderm: Pachyderm, repo: str) -> None:
    """Also over several messages, and with any byte."""
    content = {"/large.csv": LARGE, "/bytes.csv": bytes(range(256)), "/empty.csv": b""}
    commit = pachyderm.write(repo, content, "three files")
    assert {path: pachyderm.read(repo, commit, path) == content[path] for path in content} == dict.fromkeys(
        content, True
    )


def test_a_missing_file_is_an_error(pachyderm: Pachyderm, repo: str, tree: str) -> None:
    """A rerun would not bring it."""
    with pytest.raises(ServiceError, match=f"could not read {repo}@{tree}:/missing.csv"):
        pachyderm.read(repo, tree, "/missing.csv")


@pytest.mark.slow
def test_a_file_that_breaks_off_is_no_file(pachyderm: Pachyderm, repo: str, cutting: Cutting) -> None:
    """The client returns what came, without an error; half a file would be half a batch."""
    commit = pachyderm.write(repo, {"/large.csv": LARGE}, "a large file")
    far = Pachyderm(cutting.address)
    assert len(far.read(repo, commit, "/large.csv")) == len(LARGE)
    cutting.bytes_left = len(LARGE) // 2
    # Cut before the first message is complete, it shows as a failed call, too.
    with pytest.raises(TransientServiceError, match=rf"broke off after \d+ of {len(LARGE)} bytes|UNAVAILABLE"):
        far.read(repo, commit, "/large.csv")
    cutting.bytes_left = len(LARGE) // 2
    with pytest.raises(TransientServiceError):
        far.copy(repo, commit, "/large.csv", io.BytesIO())


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_an_archive_that_breaks_off_is_no_archive(
    pachyderm: Pachyderm, repo: str, cutting: Cutting, share: float
) -> None:
    """Wherever it does: some of the files would look like all of them."""
    commit = pachyderm.write(repo, {f"/{name}.csv": LARGE[:2_000_000] + name.encode() for name in "abcd"}, "files")
    far = Pachyderm(cutting.address)
    assert len(far.read_matching(repo, commit, "/*.csv")) == 4
    cutting.bytes_left = int(8_000_000 * share)
    with pytest.raises(TransientServiceError):
        far.read_matching(repo, commit, "/*.csv")


def test_a_directory_reads_by_name(pachyderm: Pachyderm, repo: str, tree: str) -> None:
    """What is in its directories is not its own."""
    assert pachyderm.read_directory(repo, tree, "/2024") == {"c.csv": b"c"}
    assert pachyderm.read_directory(repo, tree, "/missing") == {}


def test_matching_files_read_by_path(pachyderm: Pachyderm, repo: str, tree: str) -> None:
    """Many small files in one stream."""
    assert pachyderm.read_matching(repo, tree, "/**.csv") == {
        path: content for path, content in TREE.items() if path.endswith(".csv")
    }


def test_only_matching_files_are_read(pachyderm: Pachyderm, repo: str, tree: str) -> None:
    """The server sends all of a directory that matches."""
    assert set(pachyderm.read_matching(repo, tree, "/*")) == {"/a.csv", "/b.txt"}
    assert pachyderm.read_matching(repo, tree, "/*.parquet") == {}


def test_an_empty_file_matches_too(pachyderm: Pachyderm, repo: str) -> None:
    """A batch without items has an empty file of keys."""
    commit = pachyderm.write(repo, {"/a/keys.txt": b"", "/b/keys.txt": b"b"}, "keys")
    assert pachyderm.read_matching(repo, commit, "/*/keys.txt") == {"/a/keys.txt": b"", "/b/keys.txt": b"b"}


def test_a_hash_depends_on_the_content_only(pachyderm: Pachyderm, repo: str) -> None:
    """It is the data version: the same content in another commit or repo is the same version."""
    one = pachyderm.write(repo, {"/p/a.csv": b"x"}, "one")
    two = pachyderm.write(repo, {"/p/a.csv": b"x", "/q/a.csv": b"y"}, "two")
    other = pachyderm.write(f"{repo}_other", {"/p/a.csv": b"x"}, "other")
    hashes = {
        pachyderm.directory_hash(repo, one, "/p"),
        pachyderm.directory_hash(repo, two, "/p"),
        pachyderm.directory_hash(f"{repo}_other", other, "/p"),
    }
    assert len(hashes) == 1
    assert pachyderm.directory_hash(repo, two, "/q") not in hashes


def test_a_missing_directory_has_no_hash(pachyderm: Pachyderm, repo: str, tree: str) -> None:
    """That is how one asks whether a partition is there."""
    assert pachyderm.directory_hash(repo, tree, "/missing") is None
