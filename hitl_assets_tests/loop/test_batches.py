"""`hitl resume` and `hitl review`, as a person types them, on the instance in which the sensors run."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import httpx
import pytest
import yaml
from click.testing import CliRunner, Result

import hitl_assets
from hitl_assets.cli import main
from hitl_assets.emulators.toloka import TolokaEmulator
from hitl_assets.labeling.project.declaration import TolokaSection
from hitl_assets.labeling.project.loading import load_project
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka.account import Toloka

from .loops import Loop, collect, commit, dataset, headlines

pytestmark = pytest.mark.slow
NAMES = [f"Headline {number}" for number in range(8)]


class Desk:
    """A loop of a project in a folder of its own, and a terminal beside it."""

    def __init__(self, folder: Path, name: str, address: str, url: str, **changes: Any) -> None:
        shutil.copytree(Path(hitl_assets.__file__).parent / "projects" / "clickbait", folder / name)
        written = yaml.safe_load((folder / name / "defs.yaml").read_text())
        attributes = written["attributes"]
        attributes |= {"name": name, "source": {"repo": f"{name}_source"}}
        for field, value in changes.items():
            (attributes["toloka"] if field in TolokaSection.model_fields else attributes)[field] = value
        for each in ("quality_control", "filter"):
            del attributes["toloka"]["pool"][each]
        del attributes["dataset"]
        (folder / name / "defs.yaml").write_text(yaml.safe_dump(written))
        self.name = name
        self.home = folder / "dagster"
        self.home.mkdir()
        self.instance = dg.DagsterInstance.from_config(str(self.home))
        self.file = folder / name / "defs.yaml"
        self.loop = Loop(load_project(self.file), self.instance, address, url)
        self.toloka = Toloka(url, "any token")
        self.environment = {
            "DAGSTER_HOME": str(self.home),
            "HITL_PROJECTS": str(folder),
            "TOLOKA_URL": url,
            "TOLOKA_TOKEN": "any",
            "PACHD_ADDRESS": address,
        }

    def reload(self) -> None:
        """Go on with what the YAML says now."""
        self.loop = Loop(load_project(self.file), self.instance, self.environment["PACHD_ADDRESS"], self.toloka.url)

    def leave_all_to_a_person(self) -> None:
        """One answer for each item and nothing to judge it by: a person decides."""
        written = yaml.safe_load(self.file.read_text())
        written["attributes"]["toloka"]["pool"] |= {
            "defaults": {"default_overlap_for_new_tasks": 1, "default_overlap_for_new_task_suites": 1},
            "mixer_config": {"real_tasks_count": 4},
        }
        self.file.write_text(yaml.safe_dump(written))
        self.reload()

    def type(self, *words: str, width: int = 80) -> Result:
        """What `hitl` answers, on a screen of this width."""
        return CliRunner().invoke(main, list(words), env={**self.environment, "COLUMNS": str(width)})


@pytest.fixture
def toloka_at_work(tmp_path: Path) -> Iterator[str]:
    """A Toloka with quick workers."""
    with TolokaEmulator(tmp_path / "toloka", speed="max") as emulator:
        yield emulator.url


def test_a_batch_that_ended_early_is_resumed(
    tmp_path: Path, prefix: str, pachyderm: Pachyderm, pachyderm_address: str, toloka_at_work: str
) -> None:
    """By the first letters of its commit; a whole one stays as it is, and an unknown one is said to be unknown."""
    desk = Desk(tmp_path, prefix, pachyderm_address, toloka_at_work)
    with desk.instance:
        closing = {"kind": "pool_closed", "after": 3, "times": 1}
        httpx.post(f"{toloka_at_work}/emulator/faults", json=closing, headers={"Authorization": "OAuth any"})
        batch = commit(pachyderm, desk.loop.project, headlines(*NAMES))
        assert all(result.success for result in desk.loop.publish())
        for answer in ("is open again", "is CLOSED: COMPLETED: nothing was opened"):
            for request in collect(desk.loop):
                desk.loop.run(request)
            said = desk.type("resume", prefix, batch[:10])
            assert said.exit_code == 0, said.output
            assert f"Pool {desk.loop.pool_id(batch)} {answer}" in said.output
        unknown = desk.type("resume", prefix, "nonsense")
        assert (unknown.exit_code, f"{prefix} has no batch nonsense. Its last ones: {batch}" in unknown.output) == (
            1,
            True,
        )


def test_a_review_is_shown_and_decided(
    tmp_path: Path, prefix: str, pachyderm: Pachyderm, pachyderm_address: str, toloka_at_work: str
) -> None:
    """First what waits and why; then the decision, with which the loop goes on."""
    desk = Desk(tmp_path, prefix, pachyderm_address, toloka_at_work, review={})
    with desk.instance:
        desk.leave_all_to_a_person()
        batch = commit(pachyderm, desk.loop.project, headlines(*NAMES))
        desk.loop.publish()
        for request in collect(desk.loop):
            desk.loop.run(request)
        shown = desk.type("review", prefix, batch)
        assert "0 accepted, 0 rejected, 2 wait for you" in shown.output, shown.output
        assert "no golden tasks" in shown.output
        assert "review.csv" in shown.output
        refused = desk.type("review", prefix, batch, "--accept", "nonsense")
        assert (refused.exit_code, "no assignment nonsense" in refused.output) == (1, True)
        decided = desk.type("review", prefix, batch, "--rest", "accept")
        assert "2 accepted, 0 rejected, 0 wait for you" in decided.output, decided.output
        for request in collect(desk.loop):
            desk.loop.run(request)
        assert dataset(desk.loop, pachyderm).count(batch) == len(NAMES)
