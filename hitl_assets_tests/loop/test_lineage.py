"""What the UI says of a finished loop: where data comes from, and that nothing is stale that isn't."""

import dagster as dg
import pytest
from dagster._core.definitions.data_version import CachingStaleStatusResolver, StaleCause
from dagster._core.loader import LoadingContextForTest

from hitl_assets.events import LABELED_BEFORE, LINEAGE, SOURCE, key_of
from hitl_assets.partitions import batches
from hitl_assets.services.pachyderm import Pachyderm

from .loops import Loop, collect, commit, failures, headlines

pytestmark = pytest.mark.slow
LABELED = "headline,category\nOld one,clickbait\n"


def finish(loop: Loop) -> None:
    """Run what waits, to the dataset."""
    results = [*loop.publish(), *(loop.run(request) for request in collect(loop))]
    assert all(result.success for result in results), [failures(result) for result in results]


def label_before(loop: Loop, pachyderm: Pachyderm, content: str) -> str:
    """A commit to the dataset that was labeled before."""
    dataset = loop.project.configuration.dataset
    assert dataset is not None
    return pachyderm.write(dataset.repo, {"/old.csv": content.encode()}, "by a test")


def stale(loop: Loop) -> dict[str, list[StaleCause]]:
    """What the UI marks as stale, by asset (and batch), and why."""
    graph, found = loop.repository.asset_graph, {}
    resolver = CachingStaleStatusResolver(loop.instance, graph, LoadingContextForTest(loop.instance))
    names = loop.instance.get_dynamic_partitions(str(batches(loop.project).name))
    for key in graph.get_all_asset_keys():
        for partition in names if graph.get(key).is_partitioned else [None]:
            if resolver.get_status(key, partition).value == "STALE":
                found[f"{key.path[-1]} {partition or ''}".strip()] = list(resolver.get_stale_causes(key, partition))
    return found


def events(loop: Loop, name: str) -> int:
    """How many events an external asset has."""
    return len(loop.instance.fetch_materializations(key_of(loop.project, name), limit=50).records)


def test_nothing_is_stale_after_the_loop(loop: Loop, pachyderm: Pachyderm) -> None:
    """Not the first batch when the second came, nor anything that was materialized again without a change."""
    label_before(loop, pachyderm, LABELED)
    for number in (1, 2):
        batch = commit(pachyderm, loop.project, headlines(f"Headline {number}"), f"{number}.csv")
        finish(loop)
    assert stale(loop) == {}
    for name in ("tasks", "pools", "raw_answers"):
        assert loop.materialize(name, batch).success
    assert stale(loop) == {}


def test_the_dataset_is_stale_when_what_was_labeled_before_has_changed(loop: Loop, pachyderm: Pachyderm) -> None:
    """It says so, and why; the next dataset has the change."""
    label_before(loop, pachyderm, LABELED)
    commit(pachyderm, loop.project, headlines("One"))
    finish(loop)
    label_before(loop, pachyderm, f"{LABELED}Another one,notclickbait\n")
    loop.tick("commits")
    found = stale(loop)
    assert list(found) == ["concatenated_dataset"]
    (cause,) = found["concatenated_dataset"]
    assert cause.dependency_asset_key == key_of(loop.project, LABELED_BEFORE)
    assert loop.materialize("concatenated_dataset", None).success
    assert stale(loop) == {}


def test_each_commit_is_told_once(loop: Loop, pachyderm: Pachyderm) -> None:
    """A tick that finds nothing new adds no event, to neither repo."""
    label_before(loop, pachyderm, LABELED)
    for number in (1, 2):
        commit(pachyderm, loop.project, headlines(f"Headline {number}"), f"{number}.csv")
        loop.tick("commits")
    loop.tick("commits")
    assert (events(loop, SOURCE), events(loop, LABELED_BEFORE)) == (2, 1)


def test_a_batch_shows_the_columns_that_it_is_made_from(loop: Loop, pachyderm: Pachyderm) -> None:
    """The UI reads column lineage from the newest materialization."""
    batch = commit(pachyderm, loop.project, headlines("One"))
    assert all(result.success for result in loop.publish())
    lineage = loop.materialized("raw_data", batch)[LINEAGE]
    assert lineage.deps_by_column["headline"] == [dg.TableColumnDep(key_of(loop.project, SOURCE), "headline")]


def test_another_method_makes_the_labels_stale(loop: Loop, pachyderm: Pachyderm) -> None:
    """The labels that were made by the old one, what its confidence was worth, and nothing that was paid for."""
    batch = commit(pachyderm, loop.project, headlines("One"))
    finish(loop)
    edited = loop.with_configuration(
        aggregation=loop.project.configuration.aggregation.model_copy(update={"method": "mace"})
    )
    assert sorted(stale(edited)) == [f"aggregated_labels {batch}", f"calibration {batch}"]
