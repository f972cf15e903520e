"""What a batch could not publish the next one takes in, and nobody is asked about an item twice."""

import pytest

from hitl_assets.labeling.items.items import RawData
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.storage.files import StoredRawData, directory_of
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka.account import Toloka
from hitl_assets.steps.intake.changes import take_in
from hitl_assets.steps.intake.familiar import freed
from hitl_assets.steps.intake.unpublished import check_owner, unpublished
from hitl_assets_tests.services.toloka.publications import pools, put, set_up, tasks

ITEMS = [task.item_key for task in tasks(8)]


@pytest.fixture
def ready(still_toloka: Toloka, project: Project) -> Project:
    """The project, set up where nobody answers."""
    return set_up(still_toloka, project)


def bring(pachyderm: Pachyderm, project: Project, batch: str, count: int = 8) -> None:
    """Store the raw data of a batch of so many headlines."""
    content = "\n".join(["headline", *(task.values["headline"] for task in tasks(count))])
    commit = pachyderm.write(project.configuration.source.repo, {"/a.csv": content.encode()}, batch)
    store(pachyderm, project, batch, take_in(pachyderm, project, commit))


def store(pachyderm: Pachyderm, project: Project, batch: str, found: RawData) -> None:
    """Store what a batch has taken in."""
    files = {f"{directory_of(batch)}/{name}": each for name, each in StoredRawData(found).to_files().items()}
    pachyderm.write(f"{project.name}_raw_data", files, batch)


@pytest.mark.slow
def test_items_of_a_batch_that_was_given_up_are_new_again(
    pachyderm: Pachyderm, still_toloka: Toloka, ready: Project
) -> None:
    """Eight good rows stayed behind with a bad one, even after the file was corrected."""
    bring(pachyderm, ready, "failed")
    commit = pachyderm.write(ready.configuration.source.repo, {"/b.csv": b"headline\nheadline 1\nheadline 99\n"}, "new")
    found = take_in(
        pachyderm, ready, commit, find_stranded=lambda owners: unpublished(pachyderm, still_toloka, ready, owners, bool)
    )
    assert (len(found.items), found.known) == (9, 0)


@pytest.mark.slow
def test_items_of_a_batch_that_is_still_tried_are_known(
    pachyderm: Pachyderm, still_toloka: Toloka, ready: Project
) -> None:
    """Its own run comes again."""
    bring(pachyderm, ready, "tried")
    assert unpublished(pachyderm, still_toloka, ready, {"tried": frozenset(ITEMS)}, lambda _: False) == {}


@pytest.mark.slow
def test_items_of_a_batch_that_has_a_pool_are_known(pachyderm: Pachyderm, still_toloka: Toloka, ready: Project) -> None:
    """Whether or not it was opened: a person may want to look at it first."""
    bring(pachyderm, ready, "filled")
    pachyderm.write(f"{ready.name}_pools", {"/filled/pool.json": b"{}"}, "filled")
    assert unpublished(pachyderm, still_toloka, ready, {"filled": frozenset(ITEMS)}, bool) == {}


@pytest.mark.slow
def test_items_of_a_batch_whose_run_died_after_it_paid_are_known(
    pachyderm: Pachyderm, still_toloka: Toloka, ready: Project
) -> None:
    """Its pool is open in Toloka, though nothing here says so."""
    bring(pachyderm, ready, "died")
    put(still_toloka, ready, "died")
    assert unpublished(pachyderm, still_toloka, ready, {"died": frozenset(ITEMS)}, bool) == {}


@pytest.mark.slow
def test_items_of_a_later_batch_are_not_taken_back(pachyderm: Pachyderm, still_toloka: Toloka, ready: Project) -> None:
    """They would go to and fro."""
    bring(pachyderm, ready, "later")
    owners = {"later": frozenset(ITEMS)}
    assert freed(pachyderm, still_toloka, ready, ["earlier"], bool, owners) == {}
    assert freed(pachyderm, still_toloka, ready, ["later"], bool, owners) == owners


@pytest.mark.slow
def test_an_old_batch_is_not_published_with_items_that_a_later_one_has(
    pachyderm: Pachyderm, still_toloka: Toloka, ready: Project
) -> None:
    """People would be asked, and paid, twice; the message says how to leave them out."""
    bring(pachyderm, ready, "later")
    with pytest.raises(ServiceError, match=r"8 items of batch old are in batch later now.*Materialize raw_data of old"):
        check_owner(pachyderm, still_toloka, ready, "old", ITEMS, ["later"])


@pytest.mark.slow
def test_a_batch_is_not_published_with_items_of_an_old_one_that_was_published_after_all(
    pachyderm: Pachyderm, still_toloka: Toloka, ready: Project
) -> None:
    """Whoever comes first asks."""
    bring(pachyderm, ready, "old")
    check_owner(pachyderm, still_toloka, ready, "later", ITEMS, [])
    put(still_toloka, ready, "old")
    with pytest.raises(ServiceError, match="are in batch old now"):
        check_owner(pachyderm, still_toloka, ready, "later", ITEMS, [])


@pytest.mark.slow
def test_a_batch_that_was_published_goes_on(pachyderm: Pachyderm, still_toloka: Toloka, ready: Project) -> None:
    """What is shared by now was asked by it."""
    put(still_toloka, ready, "old")
    bring(pachyderm, ready, "later")
    check_owner(pachyderm, still_toloka, ready, "old", ITEMS, ["later"])


@pytest.mark.slow
def test_a_batch_of_which_nothing_is_shared_is_free(pachyderm: Pachyderm, still_toloka: Toloka, ready: Project) -> None:
    """As all of them are, as a rule."""
    bring(pachyderm, ready, "other", count=2)
    check_owner(pachyderm, still_toloka, ready, "old", ITEMS[2:], ["other"])
    assert pools(still_toloka, ready) == []
