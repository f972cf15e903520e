"""A training is asked for when there is enough to learn, once for a dataset, and otherwise the sensor says what is
missing."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import dagster as dg
import pytest

from hitl_assets.assets.compilation import compile_dataset
from hitl_assets.events import BY_PEOPLE, CODE_VERSION_TAG, LABELS_TO_LEARN, ROWS_TO_LEARN, key_of
from hitl_assets.labeling.labels.files import StoredLabels
from hitl_assets.labeling.project.automation import Model, Retraining
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Label
from hitl_assets.sensors import labeling_sensors
from hitl_assets.sensors.retraining import HASH, find_need, retraining_sensors
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.steps.training import recipe_version

MODEL = Model(retraining=Retraining(labels=50, growth=0.5))


class Desk:
    """A project with a model, and events that are written by hand."""

    def __init__(self, project: Project, instance: dg.DagsterInstance) -> None:
        self.instance = instance
        self.project = replace(project, configuration=project.configuration.model_copy(update={"model": MODEL}))
        self.cursor: str | None = None

    def dataset(self, rows: int, by_people: int, labels: int = 2, version: str = "v1") -> None:
        """A dataset is there."""
        found = {ROWS_TO_LEARN: rows, LABELS_TO_LEARN: labels, BY_PEOPLE: by_people, HASH: version}
        self.report("concatenated_dataset", found)

    def classifier(self, rows: int, by_people: int, recipe: str = "") -> None:
        """A classifier was trained."""
        tags = {CODE_VERSION_TAG: recipe or recipe_version(self.project)}
        self.report("classifier", {ROWS_TO_LEARN: rows, BY_PEOPLE: by_people}, tags)

    def report(self, name: str, metadata: dict[str, Any], tags: dict[str, str] | None = None) -> None:
        """An asset was materialized."""
        key = key_of(self.project, name)
        self.instance.report_runless_asset_event(dg.AssetMaterialization(key, metadata=metadata, tags=tags))

    def tick(self) -> tuple[list[dg.RunRequest], str]:
        """What the sensor asks for, or why nothing."""
        (sensor,) = retraining_sensors(self.project)
        context = dg.build_sensor_context(instance=self.instance, cursor=self.cursor)
        result = sensor(context)
        assert isinstance(result, dg.SensorResult)
        self.cursor = result.cursor
        reason = result.skip_reason.skip_message if result.skip_reason else ""
        return list(result.run_requests or []), reason or ""


@pytest.fixture
def desk(shipped_project: Project) -> Iterator[Desk]:
    """A project with a model, without any event."""
    with dg.DagsterInstance.ephemeral() as instance:
        yield Desk(shipped_project, instance)


def test_what_is_missing_is_said(desk: Desk) -> None:
    """From the first row to the next training."""
    assert "No dataset to learn from yet" in desk.tick()[1]
    desk.dataset(rows=12, by_people=12)
    assert "12 of 20 rows that a first training needs: 8 are missing" in desk.tick()[1]
    desk.dataset(rows=30, by_people=30, labels=1)
    assert "two labels that occur twice: one is missing" in desk.tick()[1]
    desk.classifier(rows=100, by_people=60)
    desk.dataset(rows=130, by_people=90)
    assert desk.tick() == ([], "30 of 50 labels by people since the last training: 20 are missing.")


def test_a_dataset_that_was_not_counted_is_to_be_made_again(desk: Desk) -> None:
    """By an older version, in a project without a model; it is there all the same."""
    desk.report("concatenated_dataset", {HASH: "v0"})
    assert "from a version that counted no rows: materialize clickbait/concatenated_dataset" in desk.tick()[1]


@pytest.mark.slow
def test_a_model_that_is_added_later_learns_from_the_dataset_that_is_there(
    project: Project, pachyderm: Pachyderm
) -> None:
    """It was made without a model, and counts what one may learn from."""
    rows = tuple(Label(f"key{n}", {"headline": f"No. {n}"}, "clickbait", 0.9, {}, (), "1") for n in range(30))
    _, metadata, _ = compile_dataset(pachyderm, project, {"batch": StoredLabels(rows)})
    assert project.configuration.model is None
    assert (metadata[ROWS_TO_LEARN], metadata[LABELS_TO_LEARN], metadata[BY_PEOPLE]) == (30, 1, 30)


def test_the_first_training_comes_as_soon_as_there_is_enough(desk: Desk) -> None:
    """Also from what was labeled before, without any label by people."""
    desk.dataset(rows=20, by_people=0, version="abc")
    (request,), _ = desk.tick()
    assert request.run_key == f"clickbait:train:abc:{recipe_version(desk.project)}:1"
    assert {key.path[-1] for key in request.asset_selection or []} == {"classifier", "evaluation"}
    assert request.partition_key is None


def test_a_dataset_is_asked_for_once(desk: Desk) -> None:
    """While its run is under way, and after it."""
    desk.dataset(rows=20, by_people=0)
    assert len(desk.tick()[0]) == 1
    requests, reason = desk.tick()
    assert requests == []
    assert "1 run under way" in reason
    desk.cursor = json.dumps({**json.loads(desk.cursor or ""), "attempts": {}})
    assert desk.tick() == ([], "This dataset has been asked for.")


@pytest.mark.parametrize(
    ("rows", "new", "is_asked"), [(80, 49, False), (80, 50, True), (200, 99, False), (200, 100, True)]
)
def test_a_trickle_does_not_retrain(desk: Desk, rows: int, new: int, is_asked: bool) -> None:
    """So many labels, and so large a share of what was learned, whichever is more."""
    desk.classifier(rows=rows, by_people=10)
    desk.dataset(rows=rows + new, by_people=10 + new)
    assert bool(desk.tick()[0]) == is_asked


def test_labels_by_the_model_are_no_reason_to_train(desk: Desk) -> None:
    """The dataset may grow as it likes: only what people said since counts."""
    desk.classifier(rows=80, by_people=10)
    desk.dataset(rows=80, by_people=10, version="grown")
    assert desk.tick()[0] == []


def test_another_class_is_trained_at_once(desk: Desk) -> None:
    """Or with another test file: what was trained is not what the YAML asks for."""
    desk.classifier(rows=80, by_people=10, recipe="another")
    desk.dataset(rows=80, by_people=10)
    assert len(desk.tick()[0]) == 1


def test_a_dataset_from_before_the_model_says_what_to_do(desk: Desk) -> None:
    """Its events have no such numbers."""
    desk.report("concatenated_dataset", {HASH: "v1"})
    need = find_need(desk.instance, desk.project)
    assert (need.mark, "materialize clickbait/concatenated_dataset" in need.reason) == ("", True)


def test_projects_that_train_nothing_have_no_such_sensor(shipped_project: Project) -> None:
    """Nothing ticks in vain."""
    names = [sensor.name for sensor in labeling_sensors(shipped_project)]
    assert names == ["clickbait_commits", "clickbait_pools"]
