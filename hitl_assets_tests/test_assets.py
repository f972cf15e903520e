"""The asset graph as a reviewed snapshot: graph.txt. A changed graph is a changed text there.

If the change is meant: `python hitl_assets_tests/test_assets.py > hitl_assets_tests/graph.txt`, and look at the diff.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

import hitl_assets
from hitl_assets.assets.sources import datasets_in
from hitl_assets.assets.story import labeling_assets
from hitl_assets.component import project_definitions, project_parts, shared_resources
from hitl_assets.events import LINEAGE, SCHEMA
from hitl_assets.labeling.aggregation.batch_calibration import StoredCalibration
from hitl_assets.labeling.aggregation.calibration import calibrate
from hitl_assets.labeling.labels.concatenation import row_of
from hitl_assets.labeling.labels.files import StoredDataset, StoredLabels
from hitl_assets.labeling.model.files import StoredPredictions
from hitl_assets.labeling.project.automation import Model, Overlap, OwnPredictions
from hitl_assets.labeling.project.declaration import Project, Review
from hitl_assets.labeling.project.loading import load_project
from hitl_assets.labeling.records import Label
from hitl_assets.labeling.sections import RawSource
from hitl_assets.labeling.storage.file_forms import header_of
from hitl_assets.labeling.storage.files import StoredAnswers, StoredReview, StoredRounds
from hitl_assets.reports import columns_of
from hitl_assets.resources import PachydermResource, TolokaResource

SNAPSHOT = Path(__file__).parent / "graph.txt"
# What adds assets to a project.
EVERYTHING = {"review": Review(), "overlap": Overlap(), "model": Model()}


def definitions(project: Project) -> dg.Definitions:
    """The project with resources, as Dagster wants it; nothing is asked of them."""
    toloka, pachyderm = TolokaResource(url="http://127.0.0.1:9", token="none"), PachydermResource(address="127.0.0.1:9")
    shared = dg.Definitions(resources=shared_resources(toloka, pachyderm))
    return dg.Definitions.merge(project_definitions(project), shared)


def describe(project: Project) -> Iterator[str]:
    """The graph as text: an asset with what it needs, then a line for each thing that the catalog says of it."""
    graph = definitions(project).resolve_asset_graph()
    for part in project_parts(project):
        specs = [part] if isinstance(part, dg.AssetSpec) else list(part.specs)
        for spec in specs:
            node = graph.get(spec.key)
            needs = ", ".join(sorted(key.path[-1] for key in node.parent_keys)) or "nothing"
            yield f"{spec.key.path[-1]} <- {needs}"
            yield f"  kinds {', '.join(sorted(spec.kinds))}; group {spec.group_name}; owners {', '.join(spec.owners)}"
            yield f"  tags {', '.join(f'{k}={v}' for k, v in sorted(spec.tags.items()) if 'kind/' not in k)}"
            partitions = getattr(node.partitions_def, "name", None)
            yield from [f"  partitions {partitions}"] if partitions else []
            yield from (f"  column {line}" for line in columns(spec))
            checks = {key.name: graph.get(key) for key in node.check_keys}
            yield from (f"  check {name}{mark(checks[name])}" for name in sorted(checks))


def mark(check: Any) -> str:
    """What is special about a check."""
    marks = ["blocking"] * check.blocking + ["of each batch"] * (check.partitions_def is not None)
    return f" ({', '.join(marks)})" if marks else ""


def columns(spec: dg.AssetSpec) -> Iterator[str]:
    """A line for each column of an asset: its type, and the columns that it is made from."""
    lineage = spec.metadata[LINEAGE].deps_by_column if LINEAGE in spec.metadata else {}
    for column in spec.metadata[SCHEMA].columns if SCHEMA in spec.metadata else []:
        parents = [f"{dep.asset_key.path[-1]}.{dep.column_name}" for dep in lineage.get(column.name, [])]
        yield f"{column.name} {column.type}" + (f" <- {', '.join(parents)}" if parents else "")


def test_the_graph_is_the_story(shipped_project: Project) -> None:
    """From the source repo to the dataset, in the order of the data, with what the catalog says."""
    assert list(describe(shipped_project)) == SNAPSHOT.read_text().splitlines()


def test_names_have_room_beside_their_kinds(shipped_project: Project) -> None:
    """Beside three kinds the catalog has room for seven letters of an asset's name."""
    sections = shipped_project.configuration.model_copy(update=EVERYTHING)
    specs = definitions(replace(shipped_project, configuration=sections)).resolve_all_asset_specs()
    assert {spec.key.path[-1]: spec.kinds for spec in specs if len(spec.kinds) > 2} == {}


def test_columns_come_from_columns_that_are_there(shipped_project: Project) -> None:
    """A name that is wrong on either side would be a gap in the lineage that nobody sees."""
    specs = definitions(shipped_project).resolve_all_asset_specs()
    with_columns = [spec for spec in specs if SCHEMA in spec.metadata]
    names = {(spec.key, column.name) for spec in with_columns for column in spec.metadata[SCHEMA].columns}
    wanted = {
        (dep.asset_key, dep.column_name)
        for spec in with_columns
        if LINEAGE in spec.metadata
        for deps in spec.metadata[LINEAGE].deps_by_column.values()
        for dep in deps
    }
    assert wanted - names == set()


def stored(project: Project) -> dict[str, bytes]:
    """A file of each asset that keeps tables as CSV."""
    inputs = dict.fromkeys(project.inputs, "x")
    label = Label("k", inputs, "clickbait", 1.0, {"clickbait": 1}, ("ann",), "7")
    solution = {"output_values": dict.fromkeys(project.outputs, "clickbait")}
    suite = {"id": "a", "pool_id": "7", "user_id": "ann", "status": "ACCEPTED", "solutions": [solution]}
    answers = StoredAnswers(({**suite, "tasks": [{"id": "t", "input_values": inputs}]},))
    return {
        "raw_answers": answers.to_files()["answers.csv"],
        "reviewed_answers": StoredReview(()).to_files()["review.csv"],
        "calibration": StoredCalibration("x v1", calibrate(())).to_files()["evidence.csv"],
        "rounds": StoredRounds(()).to_files()["rounds.csv"],
        "aggregated_labels": StoredLabels((label,)).to_files()["labels.csv"],
        "predictions": StoredPredictions(()).to_files()["predictions.csv"],
        "concatenated_dataset": StoredDataset((row_of("b1", label),), project.label).to_files()["dataset.csv"],
    }


def test_the_catalog_has_the_columns_that_are_stored(shipped_project: Project) -> None:
    """In the same order. A column that only one of them has would be found by users."""
    for name, content in stored(shipped_project).items():
        schema = columns_of(shipped_project, name)[SCHEMA]
        assert [column.name for column in schema.columns] == header_of(content), name


def test_every_asset_says_what_it_is(shipped_project: Project) -> None:
    """The UI shows these sentences to the person who labels."""
    specs = definitions(shipped_project).resolve_all_asset_specs()
    assert [spec.key for spec in specs if not spec.description] == []


@pytest.mark.parametrize("changes", [{}, EVERYTHING])
def test_an_asset_begins_with_a_line_that_fits_its_box(shipped_project: Project, changes: dict[str, Any]) -> None:
    """In the graph there is room for one short line of a description; a sentence that is cut off says nothing."""
    configuration = shipped_project.configuration.model_copy(update=changes)
    project = replace(shipped_project, configuration=configuration)
    first = {spec.key: spec.description.split("\n")[0] for spec in definitions(project).resolve_all_asset_specs()}
    assert {key: line for key, line in first.items() if len(line) > 60 or not line.endswith(".")} == {}


def test_one_run_of_a_project_at_a_time(shipped_project: Project) -> None:
    """Every asset is in the project's concurrency pool."""
    pools = {asset.op.pool for asset in labeling_assets(shipped_project)}
    assert pools == {"clickbait"}


def test_a_review_comes_between_answers_and_labels(shipped_project: Project) -> None:
    """For projects that look at answers before they are paid."""
    reviewing = shipped_project.configuration.model_copy(update={"review": Review()})
    lines = list(describe(replace(shipped_project, configuration=reviewing)))
    assert "reviewed_answers <- raw_answers" in lines
    assert "calibration <- reviewed_answers, tasks" in lines
    assert "aggregated_labels <- calibration, reviewed_answers, tasks" in lines


def test_rounds_come_before_the_labels(shipped_project: Project) -> None:
    """For projects that begin with few answers: as long as somebody is asked, there are no labels."""
    asking = shipped_project.configuration.model_copy(update={"overlap": Overlap()})
    lines = list(describe(replace(shipped_project, configuration=asking)))
    assert "rounds <- calibration, raw_answers, tasks" in lines
    assert "aggregated_labels <- raw_answers, rounds, tasks" in lines


def test_a_model_is_in_the_loop(shipped_project: Project) -> None:
    """It learns from the dataset, and what is approved predicts the next batch: no circle for Dagster."""
    modeling = shipped_project.configuration.model_copy(update={"model": Model()})
    lines = list(describe(replace(shipped_project, configuration=modeling)))
    for line in (
        "classifier <- concatenated_dataset",
        "evaluation <- classifier, concatenated_dataset",
        "approved_classifier <- nothing",
        "predictions <- approved_classifier, raw_data",
        "tasks <- predictions, raw_data",
        "aggregated_labels <- predictions, raw_answers, rounds, tasks",
        "  check enough_evidence",
        "  check not_worse_than_before",
        "  check not_worse_than_people",
        "  column route string <- predictions.probability",
    ):
        assert line in lines


def test_predictions_that_somebody_brings_need_no_classifier(shipped_project: Project) -> None:
    """Nothing is trained, and nothing approved."""
    bringing = shipped_project.configuration.model_copy(update={"model": Model(predictions=OwnPredictions())})
    lines = list(describe(replace(shipped_project, configuration=bringing)))
    assert "predictions <- raw_data" in lines
    assert not [line for line in lines if "classifier" in line or "evaluation" in line]


def test_a_project_need_not_have_a_dataset_before(shipped_project: Project) -> None:
    """Then lineage begins at the source repo alone."""
    first = shipped_project.configuration.model_copy(update={"dataset": None})
    lines = list(describe(replace(shipped_project, configuration=first)))
    assert "concatenated_dataset <- aggregated_labels" in lines
    assert not [line for line in lines if "labeled_before" in line]


@pytest.mark.parametrize("asset", ["source", "labeled_before"])
def test_lineage_goes_on_where_a_repo_is_the_dataset_of_another_project(shipped_project: Project, asset: str) -> None:
    """Whether its rows are labeled further, or are what was labeled before."""
    field = "source" if asset == "source" else "dataset"
    changes = {"name": "second", field: RawSource(repo="clickbait_concatenated_dataset")}
    second = replace(shipped_project, configuration=shipped_project.configuration.model_copy(update=changes))
    both = dg.Definitions.merge(definitions(shipped_project), project_definitions(second))
    node = both.resolve_asset_graph().get(dg.AssetKey(["second", asset]))
    assert node.parent_keys == {dg.AssetKey(["clickbait", "concatenated_dataset"])}


def test_a_project_does_not_begin_with_itself(shipped_project: Project) -> None:
    """Nor with a repo that is called like something else."""
    assert datasets_in(shipped_project, "clickbait_concatenated_dataset") == []
    assert datasets_in(shipped_project, "headlines") == []


def test_the_dataset_is_late_only_if_the_project_says_when(shipped_project: Project) -> None:
    """A quiet week is no failure, unless a batch was to be expected."""
    key = dg.AssetKey(["clickbait", "concatenated_dataset"])
    assert definitions(shipped_project).resolve_asset_graph().get(key).freshness_policy is None
    checks = shipped_project.configuration.checks.model_copy(update={"fresh_within_days": 2})
    eager = shipped_project.configuration.model_copy(update={"checks": checks})
    graph = definitions(replace(shipped_project, configuration=eager)).resolve_asset_graph()
    assert graph.get(key).freshness_policy == dg.FreshnessPolicy.time_window(fail_window=timedelta(days=2))


if __name__ == "__main__":
    shipped = Path(hitl_assets.__file__).parent / "projects" / "clickbait" / "defs.yaml"
    sys.stdout.write("\n".join([*describe(load_project(shipped)), ""]))
