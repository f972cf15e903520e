"""The loop with a model that is sure and wrong: people find out before bad labels reach the dataset."""

import csv
import io
from collections import Counter
from decimal import Decimal
from typing import Any

import dagster as dg
import pytest

from hitl_assets.events import key_of
from hitl_assets.io_managers import read_directory
from hitl_assets.labeling.labels.files import StoredLabels
from hitl_assets.labeling.labels.quality import StoredQuality
from hitl_assets.labeling.project.automation import Audit, Model, OwnPredictions
from hitl_assets.labeling.storage.files import StoredTasks
from hitl_assets.services.pachyderm import Pachyderm

from .loops import Loop, collect, commit, dataset, failures, verdicts

pytestmark = pytest.mark.slow
# Easy to reach with what a test can afford to label; the audit is large enough to be sure of.
EASY = Model(target_accuracy=0.6, audit=Audit(share=0.1, at_least=10, error=0.95), predictions=OwnPredictions())
OTHER = {"clickbait": "notclickbait", "notclickbait": "clickbait"}


def shipped(loop: Loop, part: slice) -> list[dict[str, str]]:
    """Headlines whose category the emulator's workers know."""
    return list(csv.DictReader(io.StringIO(loop.project.read("headlines_1.csv").decode())))[part]


def send(loop: Loop, pachyderm: Pachyderm, rows: list[dict[str, str]], file: str, is_right: bool) -> str:
    """Commit headlines with predictions, which are sure, and publish them."""
    content = io.StringIO()
    labels = [row["category"] if is_right else OTHER[row["category"]] for row in rows]
    lines = ([row["headline"], label, "0.97"] for row, label in zip(rows, labels, strict=True))
    csv.writer(content).writerows([["headline", "predicted_label", "predicted_probability"], *lines])
    batch = commit(pachyderm, loop.project, content.getvalue(), file)
    results = loop.publish()
    assert all(result.success for result in results), [failures(result) for result in results]
    return batch


def begin(loop: Loop, pachyderm: Pachyderm) -> Loop:
    """A project whose predictions were right in a first batch: from now on they are trusted."""
    loop = loop.with_configuration(model=EASY)
    send(loop, pachyderm, shipped(loop, slice(30)), "1.csv", is_right=True)
    assert all(loop.run(request).success for request in collect(loop))
    return loop


def finish(loop: Loop, batch: str) -> list[dg.ExecuteInProcessResult]:
    """Collect answers, round after round, until the batch has labels; the results of all runs."""
    results: list[dg.ExecuteInProcessResult] = []
    while not results or not made(results[-1], loop, "aggregated_labels"):
        results += [loop.run(request) for request in collect(loop)]
        assert len(results) < 5
    return results


def read(loop: Loop, pachyderm: Pachyderm, name: str, batch: str, kind: Any) -> Any:
    """A stored value."""
    return read_directory(pachyderm, key_of(loop.project, name), batch, kind)


def rows_of(loop: Loop, pachyderm: Pachyderm, batch: str) -> list[dict[str, str]]:
    """The dataset's rows of a batch."""
    return [row for row in csv.DictReader(io.StringIO(dataset(loop, pachyderm))) if row["batch"] == batch]


def test_people_label_what_the_model_got_wrong(loop: Loop, pachyderm: Pachyderm) -> None:
    """The audit fails, the rest of the batch goes into the same pool, and the dataset gets people's labels only."""
    loop = begin(loop, pachyderm)
    wrong = shipped(loop, slice(30, 60))
    batch = send(loop, pachyderm, wrong, "2.csv", is_right=False)
    routes = Counter(task.route for task in read(loop, pachyderm, "tasks", batch, StoredTasks).tasks)
    assert routes == {"model": 20, "audit": 10}
    pool = loop.pool_id(batch)
    results = finish(loop, batch)
    assert loop.pool_id(batch) == pool
    assert verdicts(results[-1])["auto_labels_are_right"]
    found = rows_of(loop, pachyderm, batch)
    assert Counter(row["source"] for row in found) == {"crowd": 20, "audit": 10}
    truth = {row["headline"]: row["category"] for row in wrong}
    # The model was wrong about all of them; people are wrong now and then.
    assert sum(row["category"] == truth[row["headline"]] for row in found) > 20
    quality = read(loop, pachyderm, "quality_report", batch, StoredQuality).quality
    assert (quality.audit.items, quality.audit.has_failed, quality.held_back) == (10, True, 0)


def test_without_money_for_people_wrong_labels_are_held_back(loop: Loop, pachyderm: Pachyderm) -> None:
    """A blocking check says so; no later dataset has them either. With a higher cap people are asked after all."""
    loop = begin(loop, pachyderm)
    batch = send(loop, pachyderm, shipped(loop, slice(30, 60)), "2.csv", is_right=False)
    budget = loop.project.configuration.budget
    poor = loop.with_configuration(budget=budget.model_copy(update={"per_batch": Decimal(1)}))
    (result,) = finish(poor, batch)
    assert not verdicts(result)["auto_labels_are_right"]
    assert not made(result, poor, "concatenated_dataset")
    labels = read(poor, pachyderm, "aggregated_labels", batch, StoredLabels).labels
    assert Counter((label.source, label.held_back) for label in labels) == {("audit", False): 10, ("model", True): 20}
    assert "budget.per_batch" in poor.materialized("rounds", batch)["what_to_do"]
    assert poor.materialize("concatenated_dataset", None).success
    assert Counter(row["source"] for row in rows_of(poor, pachyderm, batch)) == {"audit": 10}
    assert loop.materialize("rounds", batch).success
    finish(loop, batch)
    assert Counter(row["source"] for row in rows_of(loop, pachyderm, batch)) == {"crowd": 20, "audit": 10}


def made(result: dg.ExecuteInProcessResult, loop: Loop, name: str) -> bool:
    """Whether a run materialized an asset."""
    return any(event.asset_key == key_of(loop.project, name) for event in result.get_asset_materialization_events())
