"""What `hitl export` says where there is no dataset yet."""

import pytest

from hitl_assets import reports
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.storage.files import StoredPool, directory_of
from hitl_assets.local.status.absence import explain_absence
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka.account import Toloka
from hitl_assets_tests.services.toloka.publications import put, set_up

BATCH = "b1" * 16


def keep(pachyderm: Pachyderm, repo: str, **files: bytes) -> None:
    """Store files of the batch."""
    pachyderm.ensure_repo(repo)
    contents = {f"{directory_of(BATCH)}/{name.replace('__', '.')}": content for name, content in files.items()}
    pachyderm.write(repo, contents, "made by a test")


def nobody() -> Toloka:
    """Nothing answers there."""
    raise ServiceError("away")


def test_it_is_said_what_comes_first(pachyderm: Pachyderm, prefix: str) -> None:
    """A file, then people; without a request to Toloka."""
    assert explain_absence(pachyderm, prefix, nobody) == (
        f"Nothing was taken in yet. Commit items: hitl commit FILE --project {prefix}."
    )
    keep(pachyderm, f"{prefix}_raw_data", item_keys__txt=b"k1")
    assert explain_absence(pachyderm, prefix, nobody).startswith("1 batch was taken in, and nobody is asked yet.")


def test_people_who_are_at_work_are_told_with_how_far_they_are(
    pachyderm: Pachyderm, still_toloka: Toloka, project: Project
) -> None:
    """Nobody is sent away to materialize what comes by itself."""
    name = project.name
    published = put(still_toloka, set_up(still_toloka, project), BATCH)
    keep(
        pachyderm,
        f"{name}_pools",
        pool__json=StoredPool(reports.plan(published, project)).to_files()["pool.json"],
    )
    said = explain_absence(pachyderm, name, lambda: still_toloka)
    suites = published.estimate.suites
    assert said.startswith(
        f"People are at work: 0 of {suites} suites handed in ({published.pool.link}). The dataset is made by itself"
    )
    assert explain_absence(pachyderm, name, nobody).startswith("1 pool has no labels yet. `hitl status")
    still_toloka.close_pool(published.pool.id)
    assert explain_absence(pachyderm, name, lambda: still_toloka).startswith(
        "1 pool has closed, and the answers are not"
    )


@pytest.mark.parametrize("is_labeled", [False, True])
def test_a_pool_that_was_not_opened_waits_for_a_person(
    pachyderm: Pachyderm, still_toloka: Toloka, project: Project, is_labeled: bool
) -> None:
    """With its preview; once its labels are there, it is no reason any more."""
    name = project.name
    published = put(still_toloka, set_up(still_toloka, project), BATCH, opens=False)
    keep(
        pachyderm,
        f"{name}_pools",
        pool__json=StoredPool(reports.plan(published, project)).to_files()["pool.json"],
    )
    if is_labeled:
        keep(pachyderm, f"{name}_aggregated_labels", labels__csv=b"item_key\n")
    said = explain_absence(pachyderm, name, lambda: still_toloka)
    expected = "Labels are there, the dataset follows." if is_labeled else f"Pool {published.pool.id} was not opened"
    assert said.startswith(expected)
