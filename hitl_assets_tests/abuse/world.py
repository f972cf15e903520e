"""Two batches of one project on emulators, and Dagster's UI beside them: its GraphQL, in this process."""

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg
import httpx
import yaml
from dagster._core.test_utils import in_process_test_workspace
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._core.utils import make_new_run_id

from hitl_assets.attempts import PARTITION_TAG, RUN_KEY_TAG
from hitl_assets.checks.waiting import last_evaluation
from hitl_assets.labeling.answers import read_answers
from hitl_assets.labeling.loading import load_project
from hitl_assets.labeling.project import Project
from hitl_assets.labeling.records import item_key
from hitl_assets.partitions import batches
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka import Toloka
from hitl_assets_tests.loop.loops import Loop, commit, headlines

BATCH_ASSETS = ("raw_data", "tasks", "pools", "raw_answers", "aggregated_labels", "quality_report")
NAMES, ITEMS = ("first", "second"), 2
# Seconds of the emulated crowd's time, and how often they pass until everybody must be done.
STEP, PATIENCE = 3600, 12
LOCATION = """
from pathlib import Path
import dagster as dg
from hitl_assets.component import project_definitions, shared_resources
from hitl_assets.checks.waiting import last_evaluation
from hitl_assets.labeling.answers import read_answers
from hitl_assets.labeling.loading import load_project
from hitl_assets.resources import PachydermResource, TolokaResource
resources = shared_resources(TolokaResource(url={toloka!r}, token="any"), PachydermResource(address={pachyderm!r}))
project = load_project(Path({path!r}))
defs = dg.Definitions.merge(project_definitions(project), dg.Definitions(resources=resources))
"""


def write_project(shipped: Path, folder: Path, name: str) -> Project:
    """The shipped project under another name, without a training and quality control, in a folder of its own."""
    shutil.copytree(shipped, folder)
    form = yaml.safe_load((folder / "defs.yaml").read_text())
    attributes = form["attributes"]
    attributes |= {"name": name, "source": {"repo": f"{name}_source"}, "dataset": {"repo": f"{name}_labeled"}}
    for section in ("training", "training_tasks"):
        del attributes[section]
    for section in ("quality_control", "filter"):
        del attributes["pool"][section]
    (folder / "defs.yaml").write_text(yaml.safe_dump(form))
    return load_project(folder / "defs.yaml")


@dataclass
class World:
    """A loop, its services, and what its sensors have asked for so far: Dagster runs a key once."""

    loop: Loop
    pachyderm: Pachyderm
    toloka: Toloka
    url: str
    location: Path
    make_instance: Callable[[], dg.DagsterInstance]
    asked: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)

    @property
    def project(self) -> Project:
        """The project."""
        return self.loop.project

    def commit(self, name: str) -> str:
        """A batch of two items; its name."""
        return commit(self.pachyderm, self.project, headlines(f"{name} 1", f"{name} 2"), f"{name}.csv")

    def pass_time(self, seconds: float = STEP) -> None:
        """Let the emulated crowd work for so long."""
        self.post("/emulator/clock/advance", {"seconds": seconds})

    def post(self, path: str, body: Any, method: str = "POST") -> None:
        """A request to Toloka that its client has no word for."""
        headers = {"Authorization": "OAuth any"}
        httpx.request(method, f"{self.url}{path}", json=body, headers=headers, timeout=60).raise_for_status()

    def told(self, check: str) -> str:
        """What a check of `pools` said last."""
        key = dg.AssetCheckKey(dg.AssetKey([self.project.name, "pools"]), check)
        last = last_evaluation(self.loop.instance, key)
        return (last.description or "") if last else ""

    def tick(self, sensor: str) -> list[dg.RunRequest]:
        """What a sensor asks for, and was not asked for before. A tick that fails is noted: it must not."""
        try:
            requests = self.loop.tick(sensor).run_requests or []
        except dg.DagsterError as error:
            self.errors.append(f"{sensor}: {type(error).__name__}: {error}")
            return []
        new = [each for each in requests if each.run_key not in self.asked]
        self.asked |= {each.run_key or "" for each in new}
        return new

    def turn(self) -> None:
        """A tick of both sensors, with their runs."""
        for sensor in ("commits", "pools"):
            for request in self.tick(sensor):
                self.run(request)

    def run(self, request: dg.RunRequest) -> None:
        """Run what was asked for; Dagster doesn't start a run whose partition is gone."""
        if request.partition_key in batches(self.project).get_partition_keys(
            dynamic_partitions_store=self.loop.instance
        ):
            self.loop.run(request)

    def go_on(self, *names: str) -> None:
        """Turn, and let people work, until the items of these commits are in the dataset or everybody must be done."""
        for _ in range(PATIENCE):
            self.turn()
            if all(self.rows(name) == ITEMS for name in names):
                return
            self.pass_time()

    def rows(self, name: str) -> int:
        """How many rows of the dataset are items of a commit, of whichever batch."""
        repo = f"{self.project.name}_concatenated_dataset"
        head = self.pachyderm.head(repo)
        content = self.pachyderm.read(repo, head, "/concatenated_dataset/dataset.csv").decode() if head else ""
        return sum(line.startswith(f"{name} ") for line in content.splitlines())

    def by_hand(self, batch: str, name: str) -> None:
        """What a person does about a batch that was taken from the sensors: put its partition back, materialize what
        is missing up to its pool; then the sensor goes on, or they materialize the rest, too."""
        self.loop.instance.add_dynamic_partitions(str(batches(self.project).name), [batch])
        for each in ("golden_tasks", "toloka_project"):
            self.loop.materialize(each, None)
        for each in BATCH_ASSETS[:3]:
            self.loop.materialize(each, batch)
        self.go_on(name)
        if self.rows(name) != ITEMS:
            for each in BATCH_ASSETS[3:]:
                self.loop.materialize(each, batch)
            self.loop.materialize("concatenated_dataset", None)

    def paid(self) -> dict[str, int]:
        """How many answers to each item were paid, in whichever pool."""
        projects = self.toloka.reader.get_projects()
        pools = [pool for project in projects for pool in self.toloka.find_pools(str(project.id)) if pool.was_started]
        given = [each for pool in pools for each in self.toloka.assignments(pool.id) if each["status"] == "ACCEPTED"]
        names = {item_key({"headline": f"{name} {n}"}): f"{name} {n}" for name in NAMES for n in (1, 2)}
        return dict(Counter(names[each.item_key] for each in read_answers(given) if not each.is_golden))

    def ask_ui(self, query: str, **variables: Any) -> Any:
        """A request as Dagster's UI sends it, to a webserver that has loaded the project."""
        from dagster_graphql.test.utils import execute_dagster_graphql  # noqa: PLC0415  # 1 s for all who collect tests

        origin = LoadableTargetOrigin(python_file=str(self.location), attribute="defs")
        with in_process_test_workspace(self.loop.instance, origin) as context:
            (location,) = context.code_location_names
            place = {"repositoryLocationName": location, "repositoryName": "__repository__"}
            named = {name: {**value, **place} if name == "selector" else value for name, value in variables.items()}
            result = execute_dagster_graphql(context, query, named)
        assert not result.errors, result.errors
        (answer,) = result.data.values()
        assert "Error" not in answer["__typename"], answer
        return answer

    def cancel(self, request: dg.RunRequest) -> None:
        """A run that a person terminated before it did anything."""
        tags = {**request.tags, RUN_KEY_TAG: request.run_key or "", PARTITION_TAG: request.partition_key or ""}
        run = dg.DagsterRun(job_name="__ASSET_JOB", run_id=make_new_run_id(), tags=tags)
        self.loop.instance.add_run(run)
        self.loop.instance.report_run_canceled(run)
