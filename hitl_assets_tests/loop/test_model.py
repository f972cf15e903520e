"""The loop with a model in it: labels by people teach it, and the next batch is routed by what it says."""

import csv
import io
from typing import Any

import dagster as dg
import pytest

from hitl_assets.io_managers import read_directory
from hitl_assets.labeling.automation import Audit, Model, Retraining
from hitl_assets.labeling.files import StoredTasks
from hitl_assets.labeling.model_files import StoredEvaluation, StoredPredictions
from hitl_assets.materializations import key_of
from hitl_assets.services.pachyderm import Pachyderm

from .loops import Loop, collect, commit, dataset, failures, verdicts

pytestmark = pytest.mark.slow
# Easy to reach with what a test can afford to label.
EASY = Model(target_accuracy=0.6, audit=Audit(share=0.1, at_least=2), retraining=Retraining(labels=5, growth=0))


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


def label(loop: Loop, pachyderm: Pachyderm, names: list[str], file: str) -> str:
    """A batch of these headlines, from its commit to the dataset."""
    content = io.StringIO()
    csv.writer(content).writerows([["headline"], *([name] for name in names)])
    batch = commit(pachyderm, loop.project, content.getvalue(), file)
    results = [*loop.publish(), *(loop.run(request) for request in collect(loop))]
    assert all(result.success for result in results), [failures(result) for result in results]
    return batch


def train(loop: Loop) -> dg.ExecuteInProcessResult:
    """What the sensor asks for."""
    (request,) = loop.tick("retraining").run_requests or []
    result = loop.run(request)
    assert result.success, failures(result)
    return result


def read(loop: Loop, pachyderm: Pachyderm, name: str, batch: str, kind: Any) -> Any:
    """A stored value."""
    return read_directory(pachyderm, key_of(loop.project, name), batch, kind)


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
