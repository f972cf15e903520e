"""The loop with a model in it: labels by people teach it, and the next batch is routed by what it says."""

import csv
import io
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import dagster as dg
import pytest

from hitl_assets.events import APPROVED, key_of
from hitl_assets.io_managers import read_directory
from hitl_assets.labeling.model.files import StoredEvaluation, StoredPredictions
from hitl_assets.labeling.project.automation import Audit, Model, Overlap, OwnPredictions, Retraining
from hitl_assets.labeling.storage.files import StoredTasks
from hitl_assets.services.pachyderm import Pachyderm

from .loops import Loop, collect, commit, dataset, failures, headlines, verdicts
from .test_lineage import stale

pytestmark = pytest.mark.slow
# Easy to reach with what a test can afford to label.
EASY = Model(
    target_accuracy=0.6,
    audit=Audit(share=0.1, at_least=2, error=0.95, power=0.6),
    retraining=Retraining(labels=5, growth=0),
)


def with_model(loop: Loop, **changes: Any) -> Loop:
    """The loop of the same project with a model."""
    return loop.with_configuration(model=EASY.model_copy(update=changes))


def shipped(loop: Loop, file: str) -> list[str]:
    """The headlines of a file of the project's folder."""
    return [row["headline"] for row in csv.DictReader(io.StringIO(loop.project.read(file).decode()))]


def label_before(loop: Loop, pachyderm: Pachyderm) -> None:
    """Commit what ships as labeled."""
    repo = loop.project.configuration.dataset
    assert repo is not None
    pachyderm.write(repo.repo, {"/old.csv": loop.project.read("labeled_dataset.csv")}, "by a test")


def file_of(names: Sequence[str]) -> str:
    """A CSV file of headlines, in quotes where they need it."""
    content = io.StringIO()
    csv.writer(content).writerows([["headline"], *([name] for name in names)])
    return content.getvalue()


def label(loop: Loop, pachyderm: Pachyderm, names: Sequence[str], file: str) -> str:
    """A batch of these headlines, from its commit to the dataset."""
    batch = commit(pachyderm, loop.project, file_of(names), file)
    results = [*loop.publish(), *(loop.run(request) for request in collect(loop))]
    assert all(result.success for result in results), [failures(result) for result in results]
    return batch


def finish(loop: Loop, batch: str) -> None:
    """Collect answers, round after round, until the batch has labels."""
    for _ in range(5):
        results = [loop.run(request) for request in collect(loop)]
        assert all(result.success for result in results), [failures(result) for result in results]
        if batch in loop.instance.get_materialized_partitions(key_of(loop.project, "aggregated_labels")):
            return
    raise AssertionError(f"Batch {batch} has no labels after five rounds.")


def train(loop: Loop) -> dg.ExecuteInProcessResult:
    """What the sensor asks for."""
    (request,) = loop.tick("retraining").run_requests or []
    result = loop.run(request)
    assert result.success, failures(result)
    return result


def read(loop: Loop, pachyderm: Pachyderm, name: str, batch: str, kind: Any) -> Any:
    """A stored value."""
    return read_directory(pachyderm, key_of(loop.project, name), batch, kind)


def events(loop: Loop, name: str) -> Sequence[dg.EventLogRecord]:
    """The materializations of an asset."""
    return loop.instance.fetch_materializations(key_of(loop.project, name), limit=50).records


def test_people_teach_a_model_that_labels_the_next_batch(loop: Loop, pachyderm: Pachyderm) -> None:
    """The first batch goes to people, whole; the second one to the model where it is sure, and some of that to both."""
    loop = with_model(loop)
    label_before(loop, pachyderm)
    every = shipped(loop, "headlines_1.csv")
    first = label(loop, pachyderm, every[:20], "1.csv")
    assert read(loop, pachyderm, "predictions", first, StoredPredictions) == StoredPredictions(())
    assert {task.route for task in read(loop, pachyderm, "tasks", first, StoredTasks).tasks} == {"crowd"}
    assert verdicts(train(loop)) == {
        "enough_evidence": True,
        "not_worse_than_before": True,
        "not_worse_than_people": True,
    }
    second = label(loop, pachyderm, every[20:], "2.csv")
    predicted = read(loop, pachyderm, "predictions", second, StoredPredictions)
    approved = read(loop, pachyderm, "evaluation", "evaluation", StoredEvaluation).approved
    assert {each.model for each in predicted.predictions} == {approved.hash}
    routes = [task.route for task in read(loop, pachyderm, "tasks", second, StoredTasks).tasks]
    assert set(routes) >= {"model", "audit"}
    rows = [row for row in csv.DictReader(io.StringIO(dataset(loop, pachyderm))) if row["batch"] == second]
    assert sorted(row["source"] for row in rows) == sorted(routes)
    answered = loop.materialized("raw_answers", second)["answers"]
    assert answered < len(routes) * loop.project.terms.defaults.default_overlap_for_new_tasks


def test_a_published_batch_keeps_its_routes(loop: Loop, pachyderm: Pachyderm) -> None:
    """People are at work on it: a classifier that came meanwhile, or another accuracy to reach, is for the next one."""
    loop = with_model(loop)
    label_before(loop, pachyderm)
    every = shipped(loop, "headlines_1.csv")
    label(loop, pachyderm, every[:10], "1.csv")
    batch = commit(pachyderm, loop.project, headlines("One", "Two", "Three"), "2.csv")
    assert all(result.success for result in loop.publish())
    train(loop)
    for name in ("predictions", "tasks", "pools"):
        assert loop.materialize(name, batch).success
    assert read(loop, pachyderm, "predictions", batch, StoredPredictions).predictions == ()
    assert {task.route for task in read(loop, pachyderm, "tasks", batch, StoredTasks).tasks} == {"crowd"}
    versions = [record.asset_materialization.tags for record in events(loop, "tasks")]
    assert len({tags["dagster/data_version"] for tags in versions if tags}) == len(versions) - 1


def test_training_again_changes_nothing(loop: Loop, pachyderm: Pachyderm) -> None:
    """The same dataset makes the same classifier: no commit, no other version, and nothing is stale."""
    loop = with_model(loop)
    label_before(loop, pachyderm)
    label(loop, pachyderm, shipped(loop, "headlines_1.csv")[:10], "1.csv")
    train(loop)
    repos = [f"{loop.project.name}_{name}" for name in ("classifier", "evaluation")]
    heads = [pachyderm.head(repo) for repo in repos]
    for name in ("classifier", "evaluation"):
        assert loop.materialize(name, None).success
    assert [pachyderm.head(repo) for repo in repos] == heads
    assert stale(loop) == {}
    assert loop.tick("retraining").run_requests == []


def test_a_new_classifier_makes_no_batch_stale(loop: Loop, pachyderm: Pachyderm) -> None:
    """What was predicted for a batch stays, so it should not look as if it were out of date."""
    loop = with_model(loop, retraining=Retraining(labels=1, growth=0))
    label_before(loop, pachyderm)
    every = shipped(loop, "headlines_1.csv")
    for number, names in enumerate((every[:10], every[10:30])):
        label(loop, pachyderm, names, f"{number}.csv")
        train(loop)
    approved = loop.instance.fetch_observations(key_of(loop.project, APPROVED), limit=9).records
    versions = {
        str(event.metadata["hash"].value) for record in approved if (event := record.event_log_entry.asset_observation)
    }
    assert len(versions) == 2
    assert stale(loop) == {}


def test_predictions_of_one_s_own_begin_with_people(loop: Loop, pachyderm: Pachyderm) -> None:
    """Nothing is known of them at first; what people said of the first batch is the evidence for the second."""
    loop = loop.with_configuration(model=EASY.model_copy(update={"predictions": OwnPredictions()}))
    rows = list(csv.DictReader(io.StringIO(loop.project.read("headlines_1.csv").decode())))
    sets = []
    for number, part in enumerate((rows[:30], rows[30:60])):
        content = io.StringIO()
        header = ["headline", "predicted_label", "predicted_probability"]
        csv.writer(content).writerows([header, *([row["headline"], row["category"], "0.97"] for row in part)])
        batch = commit(pachyderm, loop.project, content.getvalue(), f"{number}.csv")
        results = [*loop.publish(), *(loop.run(request) for request in collect(loop))]
        assert all(result.success for result in results), [failures(result) for result in results]
        assert len(read(loop, pachyderm, "predictions", batch, StoredPredictions).predictions) == len(part)
        sets.append(Counter(task.route for task in read(loop, pachyderm, "tasks", batch, StoredTasks).tasks))
    assert sets == [{"crowd": 30}, {"model": 26, "audit": 4}]


def test_people_are_asked_again_about_what_the_model_is_not_left_with(loop: Loop, pachyderm: Pachyderm) -> None:
    """Rounds and a model together: only items in the pool get more answers, and each item ends with one label."""
    loop = with_model(loop).with_configuration(overlap=Overlap(start=2, max=3, confidence=0.999))
    label_before(loop, pachyderm)
    every = shipped(loop, "headlines_1.csv")
    batches = []
    for number, names in enumerate((every[:10], every[10:30])):
        batches.append(commit(pachyderm, loop.project, file_of(names), f"{number}.csv"))
        assert all(result.success for result in loop.publish())
        finish(loop, batches[-1])
        if not number:
            train(loop)
    rows = [row for row in csv.DictReader(io.StringIO(dataset(loop, pachyderm))) if row["batch"] == batches[1]]
    assert len(rows) == len({row["item_key"] for row in rows}) == 20
    asked = {row["source"]: max(json.loads(row["votes"]).values(), default=0) for row in rows}
    assert asked["model"] == 0
    assert asked["audit"] > 0
