"""The asset graph as a reviewed snapshot. A changed graph is a changed text here."""

from dataclasses import replace

import dagster as dg

from hitl_assets.assets import labeling_assets
from hitl_assets.checks import labeling_checks
from hitl_assets.labeling.project import Project, Review

GRAPH = """
golden_tasks <- nothing [csv, pachyderm]
training_tasks <- nothing [csv, pachyderm]
toloka_project <- nothing [toloka]
toloka_training <- toloka_project, training_tasks [toloka]
raw_data <- nothing [pachyderm] per clickbait_batches
tasks <- raw_data [pachyderm] per clickbait_batches
pools <- golden_tasks, tasks, toloka_training [pachyderm, toloka] per clickbait_batches
raw_answers <- pools [pachyderm, toloka] per clickbait_batches
aggregated_labels <- raw_answers, tasks [pachyderm, pandas] per clickbait_batches
concatenated_dataset <- aggregated_labels [csv, pachyderm]
"""


def describe(asset: dg.AssetsDefinition) -> str:
    """One line for an asset: what it needs, its kinds, its partitions."""
    needs = ", ".join(sorted(key.path[-1] for key in asset.dependency_keys)) or "nothing"
    (spec,) = asset.specs
    name = getattr(asset.partitions_def, "name", None)
    return f"{asset.key.path[-1]} <- {needs} [{', '.join(sorted(spec.kinds))}]" + (f" per {name}" if name else "")


def test_the_graph_is_the_story(shipped_project: Project) -> None:
    """From raw data to the dataset, in the order of the data."""
    assert [describe(asset) for asset in labeling_assets(shipped_project)] == GRAPH.strip().splitlines()


def test_every_asset_says_what_it_is(shipped_project: Project) -> None:
    """The UI shows these sentences to the person who labels."""
    silent = [asset.key for asset in labeling_assets(shipped_project) for spec in asset.specs if not spec.description]
    assert silent == []


def test_one_run_of_a_project_at_a_time(shipped_project: Project) -> None:
    """Every asset is in the project's concurrency pool."""
    pools = {asset.op.pool for asset in labeling_assets(shipped_project)}
    assert pools == {"clickbait"}


def test_what_people_trust_is_checked(shipped_project: Project) -> None:
    """What came in, what was published, answers, labels and dataset have a check each, at least."""
    checked = {key.asset_key.path[-1] for check in labeling_checks(shipped_project) for key in check.check_keys}
    assert checked == {"raw_data", "pools", "raw_answers", "aggregated_labels", "concatenated_dataset"}


def test_a_review_comes_between_answers_and_labels(shipped_project: Project) -> None:
    """For projects that look at answers before they are paid."""
    reviewing = shipped_project.configuration.model_copy(update={"review": Review()})
    lines = [describe(asset) for asset in labeling_assets(replace(shipped_project, configuration=reviewing))]
    assert "reviewed_answers <- raw_answers [pachyderm, toloka] per clickbait_batches" in lines
    assert "aggregated_labels <- reviewed_answers, tasks [pachyderm, pandas] per clickbait_batches" in lines
