"""`hitl export`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hitl_assets.cli import main
from hitl_assets.labeling.labels.concatenation import LabeledRow
from hitl_assets.labeling.labels.files import StoredDataset
from hitl_assets.local.export import known_fields
from hitl_assets.local.state import State
from hitl_assets.services.pachyderm import Pachyderm

FRUIT = """
type: hitl_assets.component.LabelingProject
attributes:
  name: {name}
  source: {{repo: {name}_texts}}
  golden_tasks: golden.csv
  project:
    public_name: Which fruit?
    task_spec:
      input_spec: {{text: {{type: string}}, size: {{type: integer}}}}
      output_spec: {{kind: {{type: string, allowed_values: [apple, pear]}}}}
      view_spec: {{type: classic, markup: "{{{{text}}}}"}}
  pool:
    private_name: fruit
    reward_per_assignment: 0.1
    assignment_max_duration_seconds: 600
    defaults: {{default_overlap_for_new_tasks: 3}}
    mixer_config: {{real_tasks_count: 4, golden_tasks_count: 1}}
  budget: {{per_batch: 50, per_project: 200}}
"""


class Desk:
    """A project with a dataset in Pachyderm, and the command."""

    def __init__(self, pachyderm: Pachyderm, name: str, folder: Path) -> None:
        self.pachyderm, self.name, self.folder = pachyderm, name, folder
        rows = [LabeledRow({"text": text, "size": 3}, "apple", "crowd", "b", text, 0.5) for text in ("one", "two")]
        self.stored = StoredDataset(tuple(rows), "kind").table
        pachyderm.write(f"{name}_concatenated_dataset", {"/concatenated_dataset/dataset.csv": self.stored}, "x")

    def declare(self) -> None:
        """Have the project here."""
        place = self.folder / "projects" / self.name
        place.mkdir(parents=True)
        (place / "defs.yaml").write_text(FRUIT.format(name=self.name))
        (place / "golden.csv").write_text("text,size,kind\nCox,1,apple\n")

    def export(self, *arguments: str) -> Result:
        """Run the command."""
        place = ["--pachd", self.pachyderm.address, "--state", str(self.folder / ".hitl")]
        return CliRunner().invoke(main, ["export", self.name, *arguments, *place])


@pytest.fixture
def desk(pachyderm: Pachyderm, prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A project that is not here, with a dataset."""
    monkeypatch.setenv("HITL_PROJECTS", str(tmp_path / "projects"))
    return Desk(pachyderm, prefix, tmp_path)


def test_without_a_format_it_is_the_stored_file(desk: Desk) -> None:
    """On the screen, or for a pipe; what there is to say is said beside it."""
    for arguments in ([], ["--output", "-"], ["--format", "csv"]):
        done = desk.export(*arguments)
        assert (done.exit_code, done.stdout_bytes) == (0, desk.stored)
        assert f"/concatenated_dataset/dataset.csv: {len(desk.stored)} bytes." in done.stderr


def test_rows_have_types_where_the_project_is(desk: Desk) -> None:
    """Elsewhere the fields are text."""
    before = desk.export("--format", "jsonl").stdout.splitlines()
    desk.declare()
    after = desk.export("--format", "jsonl").stdout.splitlines()
    assert [json.loads(line)["size"] for line in (before[0], after[0])] == ["3", 3]


def test_several_files_need_a_folder_which_is_filled_once(desk: Desk) -> None:
    """And again, if that is said."""
    desk.declare()
    folder = desk.folder / "tasks"
    tasks = ["--format", "label-studio", "--output", str(folder)]
    nowhere = desk.export(*tasks[:2])
    assert (nowhere.exit_code, f"--output {desk.name}_label-studio" in nowhere.stderr) == (2, True)
    codes = [desk.export(*tasks).exit_code, desk.export(*tasks).exit_code, desk.export(*tasks, "--overwrite").exit_code]
    assert codes == [0, 1, 0]
    assert [task["data"]["text"] for task in json.loads((folder / "tasks.json").read_text())] == ["one", "two"]


def test_what_cannot_be_is_said_with_what_works(desk: Desk) -> None:
    """Of labels that are known, and of those that aren't. Nothing is written."""
    file = desk.folder / "coco.json"
    unknown = desk.export("--format", "coco", "--output", str(file))
    assert f"There is no project {desk.name} here" in unknown.stderr
    desk.declare()
    unfit = desk.export("--format", "coco", "--output", str(file))
    assert "coco holds boxes and polygons, and no labels of kind class. What works: csv, jsonl" in unfit.stderr
    assert (unknown.exit_code, unfit.exit_code, file.exists()) == (1, 1, False)


def test_a_past_dataset_is_exported_by_its_commit(desk: Desk) -> None:
    """The newest is meant otherwise."""
    repo = f"{desk.name}_concatenated_dataset"
    first = str(desk.pachyderm.head(repo))
    desk.pachyderm.write(repo, {"/concatenated_dataset/dataset.csv": b"text\nnew\n"}, "x")
    assert desk.export().stdout == "text\nnew\n"
    assert desk.export("--commit", first).stdout_bytes == desk.stored
    missing = desk.export("--commit", "0" * 12 + "4" + "0" * 19)
    assert missing.exit_code == 1


def test_a_project_that_is_not_there_has_no_fields(tmp_path: Path) -> None:
    """The dataset can be exported from anywhere."""
    assert known_fields(State(tmp_path / ".hitl"), "nobody_has_it") == {}
