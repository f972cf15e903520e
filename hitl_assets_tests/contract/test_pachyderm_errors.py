"""What a commit that ended with an error reads as, and those after it.

Two ways to end so: somebody closes it with an error, or its files can't stand beside each other. Since 2.11 nobody
can pass the place where they collide.
"""

import pytest

from hitl_assets.services.pachyderm import Pachyderm

from .pachyderm_commits import changes, closed, commit, failed, finished, opened, paths, refused, version, ways_to_read

COLLIDING = {"/a": b"x", "/a/b": b"x", "/ok.csv": b"x"}
COLLISION = "file / directory path collision (/a/b)"


def collided(pachd: Pachyderm, repo: str) -> str:
    """A commit whose files collide, once it is finished."""
    return str(finished(pachd, repo, closed(pachd, repo, COLLIDING)).commit.id)


@pytest.fixture
def strict(pachd: Pachyderm) -> None:
    """Only for servers that refuse to read colliding files."""
    if version(pachd) < (2, 11):
        pytest.skip("2.10 reads colliding files")


def test_the_error_comes_with_finished(pachd: Pachyderm, repo: str) -> None:
    """Both ways, and neither call says anything."""
    assert finished(pachd, repo, failed(pachd, repo, {}, "the disk was full")).error == "the disk was full"
    assert finished(pachd, repo, collided(pachd, repo)).error == COLLISION


def test_a_commit_closed_with_an_error_is_read_as_any_other(pachd: Pachyderm, repo: str) -> None:
    """Its own files too, and it is compared with those around it."""
    before = commit(pachd, repo, {"/first.csv": b"x"})
    made = failed(pachd, repo, {"/ok.csv": b"x"}, "the disk was full")
    for read in ways_to_read(pachd, repo, made, "/ok.csv").values():
        assert read()
    assert changes(pachd.client.diff_file((repo, made), "/", (repo, before), "/")) == [("/ok.csv", "")]
    assert changes(pachd.client.diff_file((repo, before), "/", (repo, made), "/")) == [("", "/ok.csv")]


@pytest.mark.usefixtures("strict")
def test_nobody_reads_past_a_collision(pachd: Pachyderm, repo: str) -> None:
    """In no call that would come by, nor in the commit that is still open."""
    open_commit = opened(pachd, repo, COLLIDING)
    with refused("UNKNOWN", COLLISION):
        list(pachd.client.glob_file((repo, open_commit), "/**"))
    pachd.client.finish_commit((repo, open_commit))
    finished(pachd, repo, open_commit)
    reads = ways_to_read(pachd, repo, open_commit, "/")
    for name in ("list_file", "glob_file", "walk_file", "inspect_file", "get_file_tar"):
        with refused("UNKNOWN", COLLISION):
            reads[name]()


def test_a_file_beside_a_collision_is_read_by_its_path(pachd: Pachyderm, repo: str) -> None:
    """The rest of the commit is whole; a file that isn't there is not found as ever."""
    made = collided(pachd, repo)
    assert pachd.read(repo, made, "/ok.csv") == b"x"
    assert paths(pachd.client.glob_file((repo, made), "/ok.csv")) == ["/ok.csv"]
    with refused("NOT_FOUND", "file /no.csv not found"):
        pachd.client.inspect_file((repo, made), "/no.csv")


@pytest.mark.usefixtures("strict")
def test_nothing_is_compared_with_a_collision(pachd: Pachyderm, repo: str) -> None:
    """On neither side."""
    before, made = commit(pachd, repo, {"/first.csv": b"x"}), collided(pachd, repo)
    after = commit(pachd, repo, {"/next.csv": b"x"})
    for new, old in ((made, before), (before, made), (after, made)):
        with refused("UNKNOWN", COLLISION):
            changes(pachd.client.diff_file((repo, new), "/", (repo, old), "/"))


@pytest.mark.parametrize("way", ["closed with an error", "collided"])
def test_what_follows_lacks_the_files_of_a_commit_with_an_error(pachd: Pachyderm, repo: str, way: str) -> None:
    """It is their parent, but they are built on the last good one before it, and compare with that one."""
    before = commit(pachd, repo, {"/first.csv": b"x"})
    made = failed(pachd, repo, {"/ok.csv": b"x"}, "no") if way == "closed with an error" else collided(pachd, repo)
    after = finished(pachd, repo, commit(pachd, repo, {"/next.csv": b"x"}))
    assert (after.parent_commit.id, after.error) == (made, "")
    assert set(pachd.list_files(repo, after.commit.id, "/**")) == {"/first.csv", "/next.csv"}
    assert changes(pachd.client.diff_file((repo, after.commit.id), "/", (repo, before), "/")) == [("/next.csv", "")]


@pytest.mark.parametrize("way", ["closed with an error", "collided"])
def test_a_commit_with_an_error_is_dropped_or_squashed(pachd: Pachyderm, repo: str, way: str) -> None:
    """At the head it is dropped; once there is a child it is squashed, and the child stays as it is."""
    before = commit(pachd, repo, {"/first.csv": b"x"})

    def go_wrong() -> str:
        return failed(pachd, repo, {"/ok.csv": b"x"}, "no") if way == "closed with an error" else collided(pachd, repo)

    pachd.client.drop_commit(go_wrong())
    assert pachd.client.inspect_branch(repo, "master").head.id == before
    squashed, after = go_wrong(), commit(pachd, repo, {"/next.csv": b"x"})
    pachd.client.squash_commit(squashed)
    assert finished(pachd, repo, after).parent_commit.id == before
    assert set(pachd.list_files(repo, after, "/**")) == {"/first.csv", "/next.csv"}


def test_closing_with_an_error_frees_the_branch(pachd: Pachyderm, repo: str) -> None:
    """Whoever may write may do it, where dropping takes a role on the whole cluster."""
    before = commit(pachd, repo, {"/first.csv": b"x"})
    pachd.client.finish_commit((repo, opened(pachd, repo, {"/half.csv": b"x"})), error="given up")
    after = commit(pachd, repo, {"/next.csv": b"x"})
    assert set(pachd.list_files(repo, after, "/**")) == {"/first.csv", "/next.csv"}
    assert [each.id for each in pachd.commits_since(repo, "master", before) if not each.error] == [after]


def test_the_head_to_read_has_no_error(pachd: Pachyderm, repo: str) -> None:
    """What was good before still is."""
    before = commit(pachd, repo, {"/first.csv": b"x"})
    failed(pachd, repo, {}, "no")
    collided(pachd, repo)
    assert pachd.head(repo) == before


def test_a_commit_is_closed_once(pachd: Pachyderm, repo: str) -> None:
    """An error can't be added later, nor taken back."""
    for made in (commit(pachd, repo, {"/a.csv": b"x"}), failed(pachd, repo, {}, "no")):
        with refused("UNKNOWN", "has already finished"):
            pachd.client.finish_commit((repo, made), error="late")
