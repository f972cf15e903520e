"""Dagster's UI: its requests, to a webserver in this process that has loaded the project."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.test_utils import in_process_test_workspace
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin

Ask = Callable[..., Any]
LOCATION = """
from pathlib import Path
import dagster as dg
from hitl_assets.component import project_definitions, shared_resources
from hitl_assets.labeling.project.loading import load_project
from hitl_assets.notifiers import LogNotifier
from hitl_assets.resources import PachydermResource, TolokaResource
resources = shared_resources(TolokaResource(url={toloka!r}, token="any"), PachydermResource(address={pachyderm!r}))
project = load_project(Path({path!r}))
resources["notifier"] = LogNotifier(ui="")
defs = dg.Definitions.merge(project_definitions(project), dg.Definitions(resources=resources))
"""
TOLD = "{ __typename ... on PythonError { message stack } }"
# What the UI sends, with its arguments: by the name of the mutation.
REQUESTS = {
    "deleteDynamicPartitions": (
        "$place: RepositorySelector!, $set: String!, $keys: [String!]!",
        "repositorySelector: $place, partitionsDefName: $set, partitionKeys: $keys",
    ),
    "addDynamicPartition": (
        "$place: RepositorySelector!, $set: String!, $key: String!",
        "repositorySelector: $place, partitionsDefName: $set, partitionKey: $key",
    ),
    "wipeAssets": ("$ranges: [PartitionsByAssetSelector!]!", "assetPartitionRanges: $ranges"),
    "reportRunlessAssetEvents": ("$event: ReportRunlessAssetEventsParams!", "eventParams: $event"),
    "reportAssetCheckEvaluations": ("$event: ReportAssetCheckEvaluationsParams!", "eventParams: $event"),
    "deletePipelineRun": ("$id: String!", "runId: $id"),
    "setSensorCursor": ("$sensor: SensorSelector!, $cursor: String", "sensorSelector: $sensor, cursor: $cursor"),
    "sensorDryRun": ("$sensor: SensorSelector!, $cursor: String", "selectorData: $sensor, cursor: $cursor"),
}
SELECTED = {
    "sensorDryRun": "{ __typename ... on PythonError { message } ... on DryRunInstigationTick { evaluationResult "
    "{ cursor error { message } runRequests { runKey } } } }",
    "addDynamicPartition": "{ __typename }",
}


@contextmanager
def webserver(instance: dg.DagsterInstance, location: Path) -> Iterator[Ask]:
    """`ask(mutation, **variables)`: what the UI gets for a request. One that is refused fails the test."""
    from dagster_graphql.test.utils import execute_dagster_graphql  # noqa: PLC0415  # 1 s for all who collect tests

    origin = LoadableTargetOrigin(python_file=str(location), attribute="defs")
    with in_process_test_workspace(instance, origin) as context:
        (name,) = context.code_location_names
        place = {"repositoryLocationName": name, "repositoryName": "__repository__"}

        def ask(mutation: str, **variables: Any) -> Any:
            declared, passed = REQUESTS[mutation]
            query = f"mutation({declared}) {{ {mutation}({passed}) {SELECTED.get(mutation, TOLD)} }}"
            if "$place" in declared:
                variables["place"] = place
            if "sensor" in variables:
                variables["sensor"] = {**place, "sensorName": variables["sensor"]}
            result = execute_dagster_graphql(context, query, variables)
            assert not result.errors, result.errors
            (answer,) = result.data.values()
            assert "Error" not in answer["__typename"], answer
            return answer

        yield ask
