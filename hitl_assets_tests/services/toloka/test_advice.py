"""What a message says to do about a batch is done, and helps."""

import json
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest

from hitl_assets.labeling.pools.watched import GONE, PublishedBatch, Watched
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import KEY_FIELD, KnownTask, Task, item_key
from hitl_assets.labeling.storage.files import StoredRawData
from hitl_assets.labeling.verdicts import judge_files
from hitl_assets.reports.pools import plan
from hitl_assets.sensors.observing import advice
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.labeling import Batch
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka.account import Toloka
from hitl_assets.services.toloka.publication import publish
from hitl_assets.steps.intake.changes import take_in
from hitl_assets.steps.intake.familiar import stranded
from hitl_assets_tests.services.toloka.publications import known, pools, put, set_up, tasks

NOW = datetime.now(timezone.utc)
OVER = {"headline": "x" * 501}
BAD = Task(item_key(OVER), OVER, file="/a.csv", row=7)


@pytest.fixture
def ready(still_toloka: Toloka, project: Project) -> Project:
    """The project, set up where nobody answers."""
    return set_up(still_toloka, project)


def with_bad(project: Project) -> Batch:
    """A batch with a row that Toloka refuses, though intake let it through."""
    return Batch("commit1", [*tasks(4), BAD], known(project, "golden_tasks.csv"))


@pytest.mark.slow
def test_refused_rows_are_named_and_the_next_batch_takes_the_rest(still_toloka: Toloka, ready: Project) -> None:
    """The commit stays as it is, so that repeating the run would not help."""
    with pytest.raises(ServiceError, match=r"It refuses /a\.csv row 7\. Correct them and commit the file again"):
        publish(still_toloka, ready, with_bad(ready), NOW)
    assert put(still_toloka, ready, "commit2", count=4).pool.is_open
    assert [pool.batch.split("/")[1] for pool in pools(still_toloka, ready) if pool.was_started] == ["commit2"]


@pytest.mark.slow
def test_refused_rows_can_be_left_out(still_toloka: Toloka, ready: Project) -> None:
    """In the pool that was made."""
    with pytest.raises(ServiceError, match=r"Or write invalid_tasks: skip, then materialize pools of this batch"):
        publish(still_toloka, ready, with_bad(ready), NOW)
    configuration = ready.configuration.model_copy(update={"invalid_tasks": "skip"})
    published = publish(still_toloka, replace(ready, configuration=configuration), with_bad(ready), NOW)
    assert published.pool.is_open
    assert [row.row for row in published.rejected] == [7]
    assert len(pools(still_toloka, ready)) == 1


@pytest.mark.slow
@pytest.mark.parametrize("how", ["stop", "skip"])
def test_refused_golden_tasks_can_be_corrected(still_toloka: Toloka, ready: Project, how: str) -> None:
    """Under the same configuration, in the pool that was made or another one; only one is ever open."""
    configuration = ready.configuration.model_copy(update={"invalid_tasks": how})
    project = replace(ready, configuration=configuration)
    golden = known(ready, "golden_tasks.csv")
    wrong = Batch("commit1", tasks(4), [KnownTask(OVER, golden[0].answer), *golden])
    with pytest.raises(ServiceError, match=r"Correct golden_tasks\.csv, then materialize golden_tasks and pools"):
        publish(still_toloka, project, wrong, NOW)
    assert publish(still_toloka, project, Batch("commit1", tasks(4), golden), NOW).pool.is_open
    assert sum(pool.was_started for pool in pools(still_toloka, ready)) == 1


def test_a_file_is_read_after_the_yaml_was_put_right(pachyderm: Pachyderm, project: Project) -> None:
    """Under another name, as is said: its content did not change, so that it would be no news."""
    repo, umlaut = project.configuration.source.repo, "headline\nGr\u00fcn\n".encode("cp1252")
    files = {"/good.csv": b"headline\nOne\n", "/old.csv": umlaut, "/old.txt": b"headline\nTwo\n"}
    first = take_in(pachyderm, project, pachyderm.write(repo, files, "first"))
    assert [item.values["headline"] for item in first.items] == ["One"]
    assert "commit it under another name all the same" in judge_files(first, "/**.csv").description
    stored = {f"/first/{name}": each for name, each in StoredRawData(first).to_files().items()}
    pachyderm.write(f"{project.name}_raw_data", stored, "first")
    source = project.configuration.source.model_copy(update={"encoding": "cp1252", "glob": "/**"})
    right = replace(project, configuration=project.configuration.model_copy(update={"source": source}))
    again = {"/new.csv": umlaut, "/new.txt": files["/old.txt"]}
    second = take_in(pachyderm, right, pachyderm.write(repo, again, "second"))
    assert {item.values["headline"] for item in second.items} == {"Gr\u00fcn", "Two"}


def write_comment(toloka: Toloka, pool_id: str, comment: str) -> None:
    """What somebody writes into the private comment of a pool."""
    toloka.close_pool(pool_id)
    form: Any = toloka.reader.get_pool(pool_id)
    form.private_comment = comment
    toloka.writer.update_pool(pool_id, form)


@pytest.mark.slow
def test_a_mark_is_put_back_as_the_message_says(still_toloka: Toloka, ready: Project) -> None:
    """With the key from pool.json: the pool is found, and nobody is asked again."""
    published = put(still_toloka, ready)
    kept = json.loads(json.dumps(plan(published, ready), default=str))
    write_comment(still_toloka, published.pool.id, "tidy")
    batch = PublishedBatch("commit1", published.pool.id, "1", "2026-01-01T00:00:00", 40, 1)
    said = advice(ready, Watched(batch, status=GONE))
    comment = said.split('"')[1].replace("KEY", kept["key"])
    assert comment.startswith(f"hitl pool {ready.name}/commit1 ")
    write_comment(still_toloka, published.pool.id, comment)
    assert put(still_toloka, ready).pool.id == published.pool.id
    assert len(pools(still_toloka, ready)) == 1


@pytest.mark.slow
@pytest.mark.parametrize("is_there", [True, False])
def test_a_pool_that_is_not_ours_any_more_holds_up_nobody(
    pachyderm: Pachyderm, still_toloka: Toloka, ready: Project, is_there: bool
) -> None:
    """Another commit brings an item of it again, and must come through; it stays known. So on another account."""
    pool_id = put(still_toloka, ready).pool.id
    write_comment(still_toloka, pool_id, "given up")
    key = tasks(1)[0].item_key
    unlabeled = f"{KEY_FIELD},headline,votes,votes_needed\n{key},headline 0,0,2\n".encode()
    pachyderm.write(f"{ready.name}_aggregated_labels", {"/commit1/unlabeled.csv": unlabeled}, "labels")
    pool = json.dumps({"pool_id": pool_id if is_there else "4711"}).encode()
    pachyderm.write(f"{ready.name}_pools", {"/commit1/pool.json": pool}, "pool")
    assert stranded(pachyderm, still_toloka, ready, ["commit1"]) == {}
