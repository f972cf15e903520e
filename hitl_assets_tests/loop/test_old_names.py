"""State that version 0.1 made: batches are called by the whole ids of their commits, and stay that."""

from collections.abc import Iterator

import dagster as dg
import pytest

from hitl_assets.labeling.items.batch_names import find_named
from hitl_assets.labeling.pools.pools import project_mark
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka.account import Toloka
from hitl_assets.steps.intake.changes import find_commit
from hitl_assets_tests.economies import NO_LOGS

from .loops import Loop, collect, commit, dataset, headlines

pytestmark = pytest.mark.slow


@pytest.fixture
def old(loop: Loop, pachyderm: Pachyderm) -> str:
    """A batch that 0.1 published, under way: its key is the id of its commit, which its raw data do not name."""
    batch = find_commit(pachyderm, loop.project, commit(pachyderm, loop.project, headlines("One", "Two")))
    loop.instance.add_dynamic_partitions(f"{loop.project.name}_batches", [batch])
    (published,) = loop.publish()
    assert published.success
    repo = f"{loop.project.name}_raw_data"
    files = pachyderm.read_directory(repo, str(pachyderm.head(repo)), f"/{batch}")
    del files["commit.json"]
    pachyderm.write(repo, {f"/{batch}/{name}": each for name, each in files.items()}, "of 0.1", replace=f"/{batch}")
    return batch


@pytest.fixture
def other_instance() -> Iterator[dg.DagsterInstance]:
    """Dagster's storage made anew: the old one is lost."""
    with dg.instance_for_test(NO_LOGS) as instance:
        yield instance


def keys(loop: Loop) -> list[str]:
    """The partitions, as Dagster lists them."""
    return list(loop.instance.get_dynamic_partitions(f"{loop.project.name}_batches"))


def finish(loop: Loop, count: int) -> None:
    """Go on until so many batches are in the dataset."""
    done: set[str | None] = set()
    while len(done) < count:
        for request in collect(loop):
            assert loop.run(request).success
            done.add(request.partition_key)


def pools(toloka: Toloka, loop: Loop) -> list[str]:
    """The batches of the project's pools, one for each pool."""
    mark = project_mark(loop.project)
    return sorted(pool.batch.split("/")[-1] for pool in toloka.find_pools(toloka.find_project(mark)))


def test_batches_of_before_go_on_and_new_ones_have_readable_names(
    old: str, loop: Loop, pachyderm: Pachyderm, toloka: Toloka
) -> None:
    """Both end in the dataset, in the order of their commits, and what the old one has is known to the new one."""
    new = commit(pachyderm, loop.project, headlines("One", "Three"), "more.csv")
    (published,) = loop.publish()
    assert published.success
    finish(loop, 2)
    assert keys(loop) == [old, new]
    assert (dataset(loop, pachyderm).count(old), dataset(loop, pachyderm).count(new)) == (2, 1)
    assert pools(toloka, loop) == sorted([old, new])
    found = loop.materialized("raw_data", new)
    assert (found["new_items"], found["known_rows"]) == (1, 1)
    assert found["batch"] == f"{new[:10]} {new[11:13]}:{new[13:15]} more.csv {new[-8:]}"
    assert found["commit"].endswith(find_commit(pachyderm, loop.project, new))
    assert [find_named(keys(loop), each) for each in (old[:6], new[-8:])] == [[old], [new]]


def test_a_cursor_that_is_lost_names_no_batch_anew(old: str, loop: Loop, pachyderm: Pachyderm, toloka: Toloka) -> None:
    """Each commit is asked for by the name that it has: Dagster knows the keys of these runs."""
    commit(pachyderm, loop.project, headlines("Three"), "more.csv")
    loop.publish()
    before = keys(loop)
    del loop.cursors["commits"]
    requests = loop.tick("commits").run_requests or []
    assert [request.partition_key for request in requests] == keys(loop) == before
    ids = [find_commit(pachyderm, loop.project, batch) for batch in before]
    assert [request.run_key for request in requests] == [f"{loop.project.name}:publish:{each}:1" for each in ids]
    assert all(loop.run(request).success for request in requests)
    assert pools(toloka, loop) == sorted(before)


def test_an_instance_that_is_lost_finds_all_batches_by_their_names(
    old: str, loop: Loop, pachyderm: Pachyderm, toloka: Toloka, other_instance: dg.DagsterInstance
) -> None:
    """Pachyderm says which commits 0.1 took in; their pools are found, and collected."""
    new = commit(pachyderm, loop.project, headlines("Three"), "more.csv")
    loop.publish()
    again = Loop(loop.project, other_instance, *loop.addresses)
    assert all(published.success for published in again.publish())
    finish(again, 2)
    assert keys(again) == [old, new]
    assert pools(toloka, again) == sorted([old, new])
    assert (dataset(again, pachyderm).count(old), dataset(again, pachyderm).count(new)) == (2, 1)


def test_a_partition_under_the_other_name_is_refused(
    old: str, loop: Loop, pachyderm: Pachyderm, toloka: Toloka
) -> None:
    """Added by hand in Dagster's UI: nothing is labeled twice."""
    new = commit(pachyderm, loop.project, headlines("Three"), "more.csv")
    loop.publish()
    source = loop.project.configuration.source.repo
    info, _ = pachyderm.inspect_commit(source, old)
    others = [f"{info.started:%Y-%m-%dT%H%M%SZ}-{old[:8]}", find_commit(pachyderm, loop.project, new)]
    loop.instance.add_dynamic_partitions(f"{loop.project.name}_batches", others)
    for batch in others:
        assert not loop.materialize("raw_data", batch).success
    assert pools(toloka, loop) == sorted([old, new])
