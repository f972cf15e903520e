"""Batches of one project on emulators of their own, and Dagster beside them, all in this process."""

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg
import httpx
from dagster._core.utils import make_new_run_id

from hitl_assets.attempts import PARTITION_TAG, RUN_KEY_TAG
from hitl_assets.checks.waiting import last_evaluation
from hitl_assets.labeling.answers.answers import read_answers
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import item_key
from hitl_assets.partitions import batches
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka.account import Toloka
from hitl_assets_tests.loop.loops import Loop, commit, headlines

from .ui import Ask, webserver

BATCH_ASSETS = ("raw_data", "tasks", "pools", "raw_answers", "calibration", "aggregated_labels", "quality_report")
PUBLISHING, LABELING = BATCH_ASSETS[:3], BATCH_ASSETS[3:]
ITEMS = 2
# Seconds of the emulated crowd's time, and how often they pass until everybody must be done.
STEP, PATIENCE = 6 * 3600, 5


@dataclass
class World:
    """A loop, its services, and what its sensors have asked for so far: Dagster runs a key once.

    `batches` are its commits by the name of their stage; `queued` are runs that were asked for and have not begun, as
    their requests, by run id.
    """

    loop: Loop
    pachyderm: Pachyderm
    toloka: Toloka
    url: str
    location: Path
    open_instance: Callable[[str], dg.DagsterInstance]
    batches: dict[str, str] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    queued: dict[str, dg.RunRequest] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    @property
    def project(self) -> Project:
        """The project."""
        return self.loop.project

    @property
    def partitions(self) -> list[str]:
        """The batches that Dagster knows."""
        return list(batches(self.project).get_partition_keys(dynamic_partitions_store=self.loop.instance))

    def back_up(self, name: str) -> None:
        """Keep the instance as it is now, under this name."""
        home = Path(self.loop.instance.root_directory)
        shutil.copytree(home, home.with_name(name))
        kept = {"cursors": self.loop.cursors, "asked": sorted(self.asked)}
        (home.with_name(name) / "kept.json").write_text(json.dumps(kept))

    def restore(self, name: str) -> None:
        """Go on with the instance that was kept under this name; with an empty one if none was."""
        self.loop = Loop(self.project, self.open_instance(name), *self.loop.addresses)
        file = Path(self.loop.instance.root_directory) / "kept.json"
        kept = json.loads(file.read_text()) if file.exists() else {"cursors": {}, "asked": []}
        self.loop.cursors, self.asked, self.queued = kept["cursors"], set(kept["asked"]), {}

    def ui(self) -> AbstractContextManager[Ask]:
        """Dagster's UI."""
        return webserver(self.loop.instance, self.location)

    def commit(self, name: str) -> str:
        """A batch of two items; its name in Dagster."""
        content = headlines(*(f"{name} {number}" for number in range(ITEMS)))
        self.batches[name] = commit(self.pachyderm, self.project, content, f"{name}.csv".replace(" ", "_"))
        return self.batches[name]

    def pass_time(self, seconds: float = STEP) -> None:
        """Let the emulated crowd work for so long. What the sensors have noted gets as much older."""
        self.post("/emulator/clock/advance", {"seconds": seconds})
        for sensor, text in self.loop.cursors.items():
            with suppress(ValueError):
                cursor = json.loads(text or "{}")
                for attempt in cursor.get("attempts") or ():
                    cursor["attempts"][attempt]["at"] -= seconds
                self.loop.cursors[sensor] = json.dumps(cursor)

    def post(self, path: str, body: Any, method: str = "POST") -> None:
        """A request to Toloka that its client has no word for."""
        headers = {"Authorization": "OAuth any"}
        httpx.request(method, f"{self.url}{path}", json=body, headers=headers, timeout=60).raise_for_status()

    def told(self, check: str, asset: str = "pools") -> str:
        """What a check of an asset said last."""
        key = dg.AssetCheckKey(dg.AssetKey([self.project.name, asset]), check)
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
        """What was queued, then a tick of both sensors, with their runs."""
        for run_id, request in self.queued.items():
            if self.loop.instance.get_runs(dg.RunsFilter([run_id], statuses=[dg.DagsterRunStatus.NOT_STARTED])):
                self.loop.instance.delete_run(run_id)
                self.run(request)
        self.queued.clear()
        for sensor in ("commits", "pools"):
            for request in self.tick(sensor):
                self.run(request)

    def run(self, request: dg.RunRequest) -> None:
        """Run what was asked for; a run whose partition is gone fails before it begins."""
        if request.partition_key in self.partitions:
            self.loop.run(request)
        else:
            self.leave(request, dg.DagsterRunStatus.FAILURE)

    def leave(self, request: dg.RunRequest, status: dg.DagsterRunStatus) -> str:
        """The run that was asked for, in this state without having done anything; its id."""
        tags = {**request.tags, RUN_KEY_TAG: request.run_key or "", PARTITION_TAG: request.partition_key or ""}
        run = dg.DagsterRun(job_name="__ASSET_JOB", run_id=make_new_run_id(), tags=tags, status=status)
        return self.loop.instance.add_run(run).run_id

    def go_on(self) -> None:
        """Turn, and let people work, until all items are in the dataset or everybody must be done."""
        for _ in range(PATIENCE):
            self.turn()
            if not self.unfinished():
                return
            self.pass_time()

    def unfinished(self) -> list[str]:
        """The batches whose items are not all in the dataset, by name."""
        return [name for name in self.batches if self.rows(name) != ITEMS]

    def rows(self, name: str) -> int:
        """How many rows of the dataset are items of a commit, of whichever batch."""
        repo = f"{self.project.name}_concatenated_dataset"
        head = self.pachyderm.head(repo)
        content = self.pachyderm.read(repo, head, "/concatenated_dataset/dataset.csv").decode() if head else ""
        return sum(line.startswith(f"{name} ") for line in content.splitlines())

    def by_hand(self, names: Iterable[str]) -> None:
        """What a person does about batches that were taken from the sensors: put their partitions back, materialize
        what is missing up to the pool; then the sensor goes on, or they materialize the rest, too."""
        own = [self.batches[name] for name in names]
        missing = [batch for batch in own if batch not in self.partitions]
        self.loop.instance.add_dynamic_partitions(str(batches(self.project).name), missing)
        for each in ("golden_tasks", "toloka_project"):
            self.loop.materialize(each, None)
        for batch in own:
            self.materialize(PUBLISHING, batch)
        self.go_on()
        for name in self.unfinished():
            self.materialize(LABELING, self.batches[name])
        if self.unfinished():
            self.loop.materialize("concatenated_dataset", None)

    def materialize(self, names: Iterable[str], batch: str) -> None:
        """Assets of a batch, in one run by hand."""
        keys = [dg.AssetKey([self.project.name, name]) for name in names]
        self.loop.run(dg.RunRequest(partition_key=batch, asset_selection=keys))

    def paid(self) -> dict[str, int]:
        """How many answers to each item were paid, in whichever pool."""
        projects = self.toloka.reader.get_projects()
        pools = [pool for project in projects for pool in self.toloka.find_pools(str(project.id)) if pool.was_started]
        given = [each for pool in pools for each in self.toloka.assignments(pool.id) if each["status"] == "ACCEPTED"]
        texts = [f"{name} {number}" for name in self.batches for number in range(ITEMS)]
        keys = {item_key({"headline": text}): text for text in texts}
        counted = Counter(keys.get(each.item_key, "") for each in read_answers(given) if not each.is_golden)
        return {text: counted[text] for text in texts}
