"""Assets as directories of Pachyderm repos: on the real wire."""

import dagster as dg
import pytest

from hitl_assets.io_managers import PachydermIOManager, is_left_behind
from hitl_assets.labeling.records import Task
from hitl_assets.labeling.storage.files import StoredTasks
from hitl_assets.resources import PachydermResource
from hitl_assets.services.pachyderm import Pachyderm

BATCHES = dg.DynamicPartitionsDefinition(name="batches")


class Desk:
    """An asset of tasks that are handed to it, and one that reads all of them, stored through the IO manager."""

    def __init__(self, prefix: str, address: str, instance: dg.DagsterInstance) -> None:
        self.instance = instance
        self.manager = PachydermIOManager(pachyderm=PachydermResource(address=address))
        self.prefix = prefix

    def write(self, partition: str, *keys: str) -> dg.AssetMaterialization:
        """Materialize one partition with tasks of these keys; its event."""

        @dg.asset(key_prefix=self.prefix, partitions_def=BATCHES, io_manager_key="io")
        def things() -> StoredTasks:
            return StoredTasks(tuple(Task(key, {"text": key}) for key in keys))

        self.instance.add_dynamic_partitions("batches", [partition])
        result = dg.materialize(
            [things], instance=self.instance, partition_key=partition, resources={"io": self.manager}
        )
        (event,) = result.asset_materializations_for_node(f"{self.prefix}__things")
        return event

    def read(self, kind: type, partition: str | None = None) -> object:
        """What a downstream asset gets, with or without a partition."""
        got = []

        @dg.asset(
            partitions_def=BATCHES if partition else None,
            ins={"things": dg.AssetIn(key=[self.prefix, "things"])},
        )
        def reader(things: kind) -> None:  # type: ignore[valid-type] # the type is what is tested
            got.append(things)

        source = dg.AssetSpec([self.prefix, "things"], partitions_def=BATCHES).with_io_manager_key("io")
        dg.materialize(
            [reader, source], instance=self.instance, partition_key=partition, resources={"io": self.manager}
        )
        return got[0]


@pytest.fixture
def desk(prefix: str, pachyderm_address: str, tmp_path: object) -> Desk:
    """A desk with repos of its own."""
    return Desk(prefix, pachyderm_address, dg.DagsterInstance.ephemeral())


def text(event: dg.AssetMaterialization, name: str) -> str:
    """A metadata value."""
    return str(event.metadata[f"pachyderm/{name}"].value)


@pytest.mark.slow
def test_what_was_written_is_read(desk: Desk) -> None:
    """A partition comes back as it went in."""
    desk.write("2024-01-01T00:00+01:00", "a", "b")
    assert desk.read(StoredTasks, "2024-01-01T00:00+01:00") == StoredTasks(
        (Task("a", {"text": "a"}), Task("b", {"text": "b"}))
    )


def test_an_event_says_where_it_is_stored(desk: Desk, pachyderm: Pachyderm) -> None:
    """Repo, commit and hash are metadata, and the hash is the data version."""
    event = desk.write("one", "a")
    repo = f"{desk.prefix}_things"
    assert (text(event, "repo"), text(event, "commit")) == (repo, pachyderm.head(repo))
    assert event.tags is not None
    assert event.tags["dagster/data_version"] == pachyderm.directory_hash(repo, text(event, "commit"), "/one")


def test_a_commit_says_who_made_it(desk: Desk, pachyderm: Pachyderm) -> None:
    """Asset, partition and run are in the description, for those who look with pachctl."""
    event = desk.write("one", "a")
    (commit,) = pachyderm.commits_since(text(event, "repo"), "master", None)
    assert commit.description.startswith(f"{desk.prefix}/things one run ")


@pytest.mark.slow
def test_unchanged_content_makes_no_commit(desk: Desk) -> None:
    """Every commit costs and wakes who listens."""
    first, second = desk.write("one", "a"), desk.write("one", "a")
    assert text(first, "commit") == text(second, "commit")
    assert text(second, "new_commit") == "False"


@pytest.mark.slow
def test_a_partition_replaces_itself_and_no_other(desk: Desk) -> None:
    """The data version of the others stays."""
    desk.write("one", "a")
    desk.write("two", "b")
    desk.write("one", "c")
    assert desk.read(StoredTasks, "one") == StoredTasks((Task("c", {"text": "c"}),))
    assert desk.read(StoredTasks, "two") == StoredTasks((Task("b", {"text": "b"}),))


@pytest.mark.slow
def test_all_partitions_are_read_in_their_order(desk: Desk) -> None:
    """What isn't materialized is left out."""
    desk.instance.add_dynamic_partitions("batches", ["z", "never", "a"])
    desk.write("a", "2")
    desk.write("z", "1")
    every = desk.read(dict[str, StoredTasks])
    assert isinstance(every, dict)
    assert list(every) == ["z", "a"]


def test_a_partition_that_is_not_there_is_a_failure_that_says_what_to_do(desk: Desk) -> None:
    """Not a crash in the reader's code."""
    desk.instance.add_dynamic_partitions("batches", ["one"])
    with pytest.raises(dg.Failure, match="Materialize"):
        desk.read(StoredTasks, "one")


@pytest.mark.slow
def test_a_partition_that_was_lost_is_missed(desk: Desk, pachyderm: Pachyderm) -> None:
    """What is made of all partitions would lack it, and nobody would see it."""
    start = text(desk.write("one", "a"), "commit")
    desk.write("two", "b")
    repo = f"{desk.prefix}_things"
    pachyderm.client.create_branch(repo, "master", head_commit=(repo, start))
    with pytest.raises(dg.Failure, match=f"{repo} has lost 1 partitions that were written, two first. Materialize"):
        desk.read(dict[str, StoredTasks])


def test_only_commits_of_runs_that_are_over_are_left_behind() -> None:
    """An open commit of somebody else is waited for."""
    instance = dg.DagsterInstance.ephemeral()
    over = instance.add_run(dg.DagsterRun(job_name="any", status=dg.DagsterRunStatus.FAILURE))
    at_work = instance.add_run(dg.DagsterRun(job_name="any", status=dg.DagsterRunStatus.STARTED))
    verdicts = [is_left_behind(f"a/b one run {run.run_id}", "other", instance) for run in (over, at_work)]
    assert [*verdicts, is_left_behind("pachctl put file", "other", instance)] == [True, False, False]
