"""Boxes from a commit of pictures to labels and COCO, as whoever begins with `hitl new` has it."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml

from hitl_assets.emulators.toloka import TolokaEmulator
from hitl_assets.labeling.items.batch_names import name_batch
from hitl_assets.labeling.kinds.pictures.boxes import Boxes
from hitl_assets.labeling.labels.files import EXPORTS
from hitl_assets.labeling.project.blueprint import Blueprint
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.loading import load_project
from hitl_assets.labeling.tables.tables import write_rows
from hitl_assets.local.new.scaffold import make_project
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.pachyderm.hashes import hash_before
from hitl_assets.services.toloka.account import Toloka
from hitl_assets_tests.kill.emulator import EXPERTS
from hitl_assets_tests.labeling.items.drawings import draw, turned

from .loops import Loop, collect, dataset, failures

pytestmark = pytest.mark.slow
APPLE = {"class": "apple", "left": 0.1, "top": 0.2, "width": 0.3, "height": 0.4}
PEAR = {"class": "pear", "left": 0.6, "top": 0.5, "width": 0.25, "height": 0.4}
# The content of each file, what is marked in it, and its size as people see it.
PICTURES: dict[str, tuple[bytes, list[dict[str, Any]], tuple[int, int]]] = {
    "/a b#1.png": (draw("PNG", (40, 30), "red"), [APPLE, PEAR], (40, 30)),
    "/100%.png": (draw("PNG", (40, 30), "blue"), [PEAR], (40, 30)),
    "/turned.jpg": (draw("JPEG", (40, 30), "navy", exif=turned(6)), [APPLE], (30, 40)),
    "/print.jpg": (draw("JPEG", (50, 30), (0, 90, 90, 0), "CMYK"), [], (50, 30)),
    "/moving.gif": (draw("GIF", (60, 20), "green"), [APPLE, PEAR], (60, 20)),
}
BAD = {"/none.png": b"<html>", "/empty.png": b"", "/bomb.png": draw("PNG", (20_000, 20_000), 0, "1")}


def make(folder: Path, name: str) -> Project:
    """A new project, of files instead of rows; its golden tasks are in our own form."""
    made = make_project(Blueprint(name, ("image",), "marks", ("apple", "pear"), kind="boxes"), folder)
    document = yaml.safe_load((made / "defs.yaml").read_text())
    document["attributes"] |= {
        "source": {"repo": f"{name}_pictures", "glob": "/**.{png,jpg,gif}", "items": "files", "field": "image"},
        "pictures": {"link": "https://bucket.example.com/{path}"},
        "export": ["coco", "yolo"],
    }
    (made / "defs.yaml").write_text(yaml.safe_dump(document))
    known = [[f"https://host/{number}.png", [[APPLE], [PEAR], []][number % 3]] for number in range(9)]
    (made / "golden_tasks.csv").write_bytes(write_rows(["image", "marks"], known))
    return load_project(made / "defs.yaml")


def label(loop: Loop) -> None:
    """Everything that a commit sets going."""
    for result in loop.publish():
        assert result.success, failures(result)
    for request in collect(loop):
        result = loop.run(request)
        assert result.success, failures(result)


def test_boxes_become_labels_and_coco(
    tmp_path: Path, prefix: str, pachyderm: Pachyderm, pachyderm_address: str, instance: dg.DagsterInstance
) -> None:
    """Known answers go out in Toloka's form, labels are in ours, sizes are as people see pictures. Of a second commit
    only what is new is asked about."""
    project = make(tmp_path, prefix)
    source, kind = project.configuration.source.repo, project.kind
    assert isinstance(kind, Boxes)
    first = pachyderm.write(source, {path: each[0] for path, each in PICTURES.items()} | BAD, "pictures")
    digests = pachyderm.list_files(source, first, "/**")
    truth = {digests[path]: marks for path, (_, marks, _) in PICTURES.items()}
    (tmp_path / "new.png").write_bytes(draw("PNG", (80, 60), "white"))
    truth[hash_before(tmp_path / "new.png")] = [APPLE]
    (tmp_path / "key.csv").write_bytes(write_rows(["item_key", "marks"], [*map(list, truth.items())]))
    with TolokaEmulator(tmp_path / "toloka", speed="max", answer_key=tmp_path / "key.csv", crowd=EXPERTS) as emulator:
        loop = Loop(project, instance, pachyderm_address, emulator.url)
        label(loop)
        batch = name_batch(pachyderm.inspect_commit(source, first)[0])
        assert loop.materialized("raw_data", batch)["rejected_rows"] == len(BAD)
        tasks = Toloka(emulator.url, "any token").reader.get_tasks(pool_id=loop.pool_id(batch))
        known = [task.known_solutions[0].output_values["marks"] for task in tasks if task.known_solutions]
        sides = {name: APPLE[name] for name in ("left", "top", "width", "height")}
        assert [{"shape": "rectangle", **sides, "label": "apple"}] in json.loads(json.dumps(known, default=float))
        rows = list(csv.DictReader(io.StringIO(dataset(loop, pachyderm))))
        assert {row["item_key"]: kind.is_same(row["marks"], kind.cell(truth[row["item_key"]])) for row in rows} == {
            digests[path]: True for path in PICTURES
        }
        assert loop.materialized("aggregated_labels", batch)["least_sure_labels"].startswith("![")
        metadata = loop.materialized("concatenated_dataset", None)
        assert metadata["exports"] == "coco (1 file), yolo (8 files)"
        repo = f"{prefix}_concatenated_dataset"
        place = f"/concatenated_dataset/{EXPORTS}coco/annotations.json"
        coco = json.loads(pachyderm.read(repo, str(pachyderm.head(repo)), place))
        sizes = {each["item_key"]: (each["width"], each["height"]) for each in coco["images"]}
        assert sizes == {digests[path]: size for path, (_, _, size) in PICTURES.items()}
        assert len(coco["annotations"]) == sum(len(marks) for _, marks, _ in PICTURES.values())
        again = {"/renamed.jpg": PICTURES["/turned.jpg"][0], "/copy.png": PICTURES["/100%.png"][0]}
        again["/new.png"] = (tmp_path / "new.png").read_bytes()
        later = name_batch(pachyderm.inspect_commit(source, pachyderm.write(source, again, "more"))[0])
        label(loop)
        seen = loop.materialized("raw_data", later)
        assert (seen["new_items"], seen["known_rows"]) == (1, 2)
        metadata = loop.materialized("concatenated_dataset", None)
        assert (metadata["dagster/row_count"], metadata["labels_changed"]) == (len(PICTURES) + 1, 0)
