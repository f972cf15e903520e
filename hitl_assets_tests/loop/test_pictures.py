"""Pictures from a commit to labels: tasks with links, people, the dataset."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml
from click.testing import CliRunner

from hitl_assets.cli import main
from hitl_assets.emulators.toloka import TolokaEmulator
from hitl_assets.labeling.items.batch_names import name_batch
from hitl_assets.labeling.project.loading import load_project
from hitl_assets.labeling.tables.tables import write_rows
from hitl_assets.local.files import find_files
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.pachyderm.hashes import hash_before
from hitl_assets.services.toloka.account import Toloka
from hitl_assets_tests.kill.emulator import EXPERTS
from hitl_assets_tests.labeling.items.drawings import draw

from .loops import Loop, collect, dataset, failures

pytestmark = pytest.mark.slow
COLOURS = {"red": "warm", "orange": "warm", "blue": "cold", "navy": "cold"}


def attributes(name: str) -> dict[str, Any]:
    """A project that asks of each picture whether it is warm or cold."""
    output = {"type": "data.output", "path": "kind"}
    options = [{"value": each, "label": each} for each in ("warm", "cold")]
    image = {"type": "view.image", "url": {"type": "data.input", "path": "image"}}
    view = {"view": {"type": "view.list", "items": [image, {"type": "field.radio-group", "options": options,
                                                           "data": output, "label": "Warm or cold?"}]}}  # fmt: skip
    toloka = {
        "golden_tasks": "golden.csv",
        "project": {
            "public_name": "Warm or cold?",
            "public_description": "Colours",
            "public_instructions": "Look",
            "task_spec": {
                "input_spec": {"image": {"type": "url", "required": True}},
                "output_spec": {"kind": {"type": "string", "allowed_values": ["warm", "cold"]}},
                "view_spec": {"type": "tb", "config": json.dumps(view), "lock": {"core": "1.0.0"}},
            },
        },
        "pool": {
            "private_name": "colours",
            "reward_per_assignment": 0.1,
            "assignment_max_duration_seconds": 600,
            "defaults": {"default_overlap_for_new_tasks": 3, "default_overlap_for_new_task_suites": 3},
            "mixer_config": {"real_tasks_count": 2, "golden_tasks_count": 1},
        },
        "budget": {"per_batch": 50, "per_project": 200},
    }
    source = {"repo": f"{name}_pictures", "glob": "/**.{png,jpg}", "items": "files", "field": "image"}
    link = {"link": "https://bucket.example.com/{commit}/{path}?v={hash}"}
    return {"name": name, "source": source, "pictures": link, "label": "kind", "toloka": toloka}


def test_pictures_become_labels(
    tmp_path: Path, prefix: str, pachyderm: Pachyderm, pachyderm_address: str, instance: dg.DagsterInstance
) -> None:
    """People get addresses, the dataset has places and hashes, and what is known is not asked about again."""
    shots, folder = tmp_path / "shots", tmp_path / prefix
    shots.mkdir()
    folder.mkdir()
    for name in COLOURS:
        (shots / f"{name} 1.png").write_bytes(draw(colour=name))
    known = pachyderm.write(f"{prefix}_known", {"/g.png": draw(colour="green"), "/y.png": draw(colour="yellow")}, "g")
    rows = [[f"{prefix}_known@{known}:/g.png", "cold"], [f"{prefix}_known@{known}:/y.png", "warm"]]
    (folder / "golden.csv").write_bytes(write_rows(["image", "kind"], rows))
    document = {"type": "hitl_assets.component.LabelingProject", "attributes": attributes(prefix)}
    (folder / "defs.yaml").write_text(yaml.safe_dump(document))
    project = load_project(folder / "defs.yaml")
    files = find_files([shots])
    truth = [[hash_before(path), COLOURS[path.name.split()[0]]] for path in files.values()]
    (tmp_path / "key.csv").write_bytes(write_rows(["item_key", "kind"], truth))
    environment = {"HITL_PROJECTS": str(tmp_path), "PACHD_ADDRESS": pachyderm_address, "COLUMNS": "200"}
    state = ["--state", str(tmp_path / "state")]
    with TolokaEmulator(tmp_path / "toloka", speed="max", answer_key=tmp_path / "key.csv", crowd=EXPERTS) as emulator:
        loop = Loop(project, instance, pachyderm_address, emulator.url)
        said = CliRunner().invoke(main, ["commit", str(shots), "--project", prefix, "--yes", *state], env=environment)
        assert said.exit_code == 0, said.output
        assert "4 new, 0 known, 0 put aside" in said.output
        source = project.configuration.source.repo
        first, _ = pachyderm.inspect_commit(source, str(pachyderm.head(source)))
        results = loop.publish()
        assert all(result.success for result in results), [failures(result) for result in results]
        shown = Toloka(emulator.url, "any token").reader.get_tasks(pool_id=loop.pool_id(name_batch(first)))
        addresses = sorted(str(task.input_values["image"]) for task in shown)
        address = f"https://bucket.example.com/{first.id}/shots/blue%201.png?v={hash_before(shots / 'blue 1.png')}"
        assert address in addresses
        assert sum(f"/{known}/" in each for each in addresses) == 2
        for request in collect(loop):
            result = loop.run(request)
            assert result.success, failures(result)
        labeled = list(csv.DictReader(io.StringIO(dataset(loop, pachyderm))))
        assert {row["image"] for row in labeled} == {f"{source}@{first.id}:{path}" for path in files}
        assert sorted((row["item_key"], row["kind"]) for row in labeled) == sorted(map(tuple, truth))
        again = {"/renamed.png": draw(colour="red"), "/golden too.png": draw(colour="green"), "/bad.png": b"none"}
        second, _ = pachyderm.inspect_commit(source, pachyderm.write(source, again, "again", replace="/shots"))
        results = loop.publish()
        assert all(result.success for result in results), [failures(result) for result in results]
        seen = loop.materialized("raw_data", name_batch(second))
        assert (seen["new_items"], seen["known_rows"], seen["rejected_rows"]) == (0, 2, 1)
        assert len(list(csv.DictReader(io.StringIO(dataset(loop, pachyderm))))) == len(COLOURS)
