"""Which commit a batch is: by either name, also where commits are alike, were dropped, or a clock went back."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from hitl_assets.emulators.pachyderm import PachydermEmulator
from hitl_assets.labeling.items.batch_names import name_batch
from hitl_assets.labeling.items.items import RawData
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.storage.files import StoredRawData, directory_of
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.pachyderm.commits import NEWEST
from hitl_assets.services.toloka.account import Toloka
from hitl_assets.steps.intake.changes import dismiss, find_commit, take_in
from hitl_assets_tests.services.toloka.publications import put, set_up

OLD = "4ccc5c1a0f0e4d0fa0b1c2d3e4f5a6b7"


def bring(pachyderm: Pachyderm, project: Project, *headlines: str, file: str = "a", branch: str = "master") -> str:
    """A commit with a file of headlines; its id."""
    content = "\n".join(["headline", *headlines, ""]).encode()
    return pachyderm.write(project.configuration.source.repo, {f"/{file}.csv": content}, "data", branch=branch)


def name_of(pachyderm: Pachyderm, project: Project, commit: str) -> str:
    """What the batch of a commit is called."""
    return name_batch(pachyderm.inspect_commit(project.configuration.source.repo, commit)[0])


def store(pachyderm: Pachyderm, project: Project, batch: str, found: RawData, *left_out: str) -> None:
    """Store the raw data of a batch, as the asset does; without these files, as an older version did."""
    files = {f"{directory_of(batch)}/{n}": c for n, c in StoredRawData(found).to_files().items() if n not in left_out}
    pachyderm.write(f"{project.name}_raw_data", files, batch, replace=directory_of(batch))


def test_a_batch_is_the_commit_that_its_name_says(pachyderm: Pachyderm, project: Project) -> None:
    """By its whole id, as in versions before 0.2, it brings the same; its raw data say which commit it is."""
    commit = bring(pachyderm, project, "One", file="b")
    name = name_of(pachyderm, project, commit)
    found = take_in(pachyderm, project, name)
    assert found == take_in(pachyderm, project, commit)
    assert found.commit is not None
    assert (found.commit.id, found.first_file, len(found.items)) == (commit, "/b.csv", 1)
    assert StoredRawData.from_files(StoredRawData(found).to_files()).raw_data.commit == found.commit


def test_a_commit_of_another_branch_is_found_too(pachyderm: Pachyderm, project: Project) -> None:
    """Somebody adds its partition by hand: the sensor takes up one branch only."""
    bring(pachyderm, project, "One")
    commit = bring(pachyderm, project, "Two", branch="other")
    assert find_commit(pachyderm, project, name_of(pachyderm, project, commit)) == commit


@pytest.mark.parametrize(
    ("batch", "message"),
    [
        ("fruit", "'fruit' is no name of a batch. Name it by its commit in .*: the whole id"),
        ("4ccc5c1a", "is no name of a batch"),
        ("2020-01-01T000000Z-4ccc5c1a", "has no commit 4ccc5c1a... that was started at 2020-01-01 00:00:00"),
    ],
)
def test_a_name_without_a_commit_is_told(pachyderm: Pachyderm, project: Project, batch: str, message: str) -> None:
    """Added by hand, or its commit was dropped since."""
    bring(pachyderm, project, "One")
    for work in (take_in, dismiss):
        with pytest.raises(ServiceError, match=message):
            work(pachyderm, project, batch)


def test_a_commit_is_one_batch_whatever_it_is_called(pachyderm: Pachyderm, project: Project) -> None:
    """A partition that somebody adds under the other name takes nothing in, neither way round."""
    old, new = bring(pachyderm, project, "One"), bring(pachyderm, project, "Two", file="b")
    names = [name_of(pachyderm, project, commit) for commit in (old, new)]
    store(pachyderm, project, old, take_in(pachyderm, project, old), "commit.json")
    store(pachyderm, project, names[1], take_in(pachyderm, project, names[1]))
    for batch, other in ((names[0], old), (new, names[1])):
        for work in (take_in, dismiss):
            with pytest.raises(ServiceError, match=f"is batch {other} already.*delete the partition {batch}"):
                work(pachyderm, project, batch)
    assert len(take_in(pachyderm, project, old).items) == len(take_in(pachyderm, project, names[1]).items) == 1


@pytest.mark.parametrize("is_old", [True, False])
def test_an_earlier_batch_is_known_by_either_name(pachyderm: Pachyderm, project: Project, is_old: bool) -> None:
    """What an earlier commit brought beside a bad file comes with the next one, unless its batch will still have it."""
    commit = bring(pachyderm, project, "One")
    batch = commit if is_old else name_of(pachyderm, project, commit)
    later = bring(pachyderm, project, "Two", file="b")
    assert len(take_in(pachyderm, project, later).items) == 2
    assert len(take_in(pachyderm, project, later, lambda earlier: earlier != batch).items) == 1
    store(pachyderm, project, batch, take_in(pachyderm, project, batch))
    found = take_in(pachyderm, project, later)
    assert (len(found.items), found.known) == (1, 0)


@pytest.fixture
def commit_like(tmp_path: Path, project: Project) -> Callable[[str], PachydermEmulator]:
    """Makes a Pachyderm with two commits, and a file of each, after a change of its database."""

    def make(change: str) -> PachydermEmulator:
        with PachydermEmulator(tmp_path / "state") as emulator:
            for name in ("One", "Two"):
                bring(Pachyderm(emulator.address), project, name, file=name)
        with sqlite3.connect(tmp_path / "state" / "state.sqlite") as database:
            database.executescript(change)
        database.close()
        return PachydermEmulator(tmp_path / "state")

    return make


@pytest.mark.slow
def test_a_commit_is_found_after_a_clock_went_back(
    commit_like: Callable[[str], PachydermEmulator], project: Project
) -> None:
    """However many later ones say that they are older."""
    with commit_like("UPDATE commits SET started = started + 86400000000000 WHERE key = 1") as emulator:
        pachyderm = Pachyderm(emulator.address)
        for number in range(NEWEST + 1):
            bring(pachyderm, project, f"Headline {number}", file=f"{number}")
        (first, *_) = pachyderm.commits_since(project.configuration.source.repo, "master", None)
        assert find_commit(pachyderm, project, name_batch(first)) == first.id


def test_two_commits_that_are_alike_are_told_apart(
    commit_like: Callable[[str], PachydermEmulator], project: Project
) -> None:
    """Of one second, and with ids that begin alike: their name is neither's, and their raw data are not mixed up."""
    with commit_like("UPDATE commits SET id = '4ccc5c1a' || substr(id, 9), started = 7") as emulator:
        pachyderm = Pachyderm(emulator.address)
        first, second = pachyderm.commits_since(project.configuration.source.repo, "master", None)
        name = name_batch(first)
        assert name == name_batch(second)
        with pytest.raises(ServiceError, match=f"{name} may be several commits of .*: {second.id}, {first.id}. Add"):
            find_commit(pachyderm, project, name)
        # The first one was taken in before there was a second one.
        store(pachyderm, project, name, take_in(pachyderm, project, first.id))
        assert len(take_in(pachyderm, project, second.id).items) == 1


@pytest.mark.slow
def test_nobody_is_paid_for_a_batch_that_was_asked_about_by_its_other_name(
    still_toloka: Toloka, project: Project
) -> None:
    """All that was known of it is lost, in Dagster and in Pachyderm; its pool is there."""
    ready = set_up(still_toloka, project)
    first = put(still_toloka, ready, OLD)
    with pytest.raises(ServiceError, match=f"asked about as batch {OLD}, in pool {first.pool.id} .*Nothing was"):
        put(still_toloka, ready, "2026-11-30T073512Z-4ccc5c1a")
    assert put(still_toloka, ready, OLD).pool.id == first.pool.id
    assert put(still_toloka, ready, "2026-11-30T073512Z-4ccc9999").pool.id != first.pool.id
