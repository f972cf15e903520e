"""Boxes that a detector predicts, in another repo: people measure them first, then they stand for most pictures."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from hitl_assets.emulators.toloka import TolokaEmulator
from hitl_assets.events import key_of
from hitl_assets.examples.orchard.key import GOLDEN, GOLDEN_REPO, GOLDEN_SEED, boxes_of, draw_all
from hitl_assets.io_managers import read_directory
from hitl_assets.labeling.items.batch_names import name_batch
from hitl_assets.labeling.items.places import read_place
from hitl_assets.labeling.labels.files import StoredLabels
from hitl_assets.labeling.project.automation import Audit, Model, OwnPredictions, PredictionSource
from hitl_assets.labeling.project.loading import load_project
from hitl_assets.labeling.project.pictures import Link
from hitl_assets.labeling.project.prefills import PREFILL, with_prefill
from hitl_assets.labeling.storage.files import StoredTasks
from hitl_assets.local.demo.orchard import Orchard
from hitl_assets.local.demo.shows import files_of
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka.service import TolokaService

from .loops import Loop, collect, dataset, failures

pytestmark = pytest.mark.slow
DEFS = Path(__file__).parents[2] / "hitl_assets" / "examples" / "orchard" / "defs.yaml"
EASY = Model(target_accuracy=0.6, audit=Audit(share=0.1, at_least=2, error=0.95, power=0.6))
FIRST, SECOND = 20, 12


@pytest.fixture
def orchard() -> Orchard:
    """Pictures of which everything is known."""
    return Orchard(draw_all(7, FIRST + SECOND))


@pytest.fixture
def trees(
    prefix: str, tmp_path: Path, instance: dg.DagsterInstance, pachyderm_address: str, orchard: Orchard
) -> Iterator[Loop]:
    """The orchard with a detector, whose people are careful."""
    shipped = load_project(DEFS)
    source = shipped.configuration.source.model_copy(update={"repo": f"{prefix}_pictures"})
    own = OwnPredictions(source=PredictionSource(repo=f"{prefix}_detector"))
    changes = {"name": prefix, "source": source, "pictures": Link(link="https://example.com/{path}"),
               "model": EASY.model_copy(update={"predictions": own})}  # fmt: skip
    project = replace(shipped, configuration=shipped.configuration.model_copy(update=changes))
    (tmp_path / "key.csv").write_bytes(orchard.key())
    crowd = tmp_path / "crowd.yaml"
    crowd.write_text("groups: [{name: careful, share: 1, accuracy: 0.97, english: 1, skips: 0, expires: 0}]\n")
    key = tmp_path / "key.csv"
    with TolokaEmulator(tmp_path / "toloka", speed="max", crowd=str(crowd), answer_key=key) as emulator:
        yield Loop(project, instance, pachyderm_address, emulator.url)


def label(loop: Loop, pachyderm: Pachyderm, pictures: Mapping[str, bytes]) -> str:
    """A batch of these pictures, from its commit to the dataset."""
    repo = loop.project.configuration.source.repo
    made = pachyderm.write(repo, pictures, "by a test")
    results = [*loop.publish(), *(loop.run(request) for request in collect(loop))]
    assert all(result.success for result in results), [failures(result) for result in results]
    return name_batch(pachyderm.inspect_commit(repo, made)[0])


def place_of(row: Mapping[str, str]) -> str:
    """The path of a row's picture."""
    place = read_place(row["picture"])
    return place.path if place else ""


def bring(loop: Loop, pachyderm: Pachyderm, rows: list[dict[str, Any]]) -> None:
    """Commit golden pictures, and what a detector says of the others."""
    pachyderm.ensure_repo(GOLDEN_REPO, "golden tasks")
    pachyderm.write(GOLDEN_REPO, files_of(draw_all(GOLDEN_SEED, GOLDEN)), "golden")
    content = "\n".join(map(json.dumps, rows)).encode()
    pachyderm.write(f"{loop.project.name}_detector", {"/boxes.jsonl": content}, "by a detector")


def predicted(orchard: Orchard) -> list[dict[str, Any]]:
    """What a good detector says."""
    return [
        {"picture": name, "predicted_label": boxes_of(drawing), "predicted_probability": 0.97}
        for name, drawing in orchard.drawings.items()
    ]


def test_people_begin_with_boxes_where_the_project_shows_them(
    trees: Loop, pachyderm: Pachyderm, pachyderm_address: str, orchard: Orchard, still_toloka: TolokaService,
    still_toloka_url: str,
) -> None:  # fmt: skip
    """Most tasks bring them, some measure the detector and have none, golden tasks neither."""
    project, model = trees.project, trees.project.configuration.model
    assert model is not None
    shown = project.configuration.model_copy(update={"model": model.model_copy(update={"show_predictions": True})})
    form = with_prefill(project.project, project.label, "defs.yaml")
    loop = Loop(
        replace(project, configuration=shown, project=form), trees.instance, pachyderm_address, still_toloka_url
    )
    bring(loop, pachyderm, predicted(orchard))
    repo = project.configuration.source.repo
    made = pachyderm.write(repo, files_of(orchard.drawings), "by a test")
    for result in (loop.materialize("toloka_project", None), *loop.publish()):
        assert result.success, failures(result)
    pool = loop.pool_id(name_batch(pachyderm.inspect_commit(repo, made)[0]))
    tasks = list(still_toloka.reader.get_tasks(pool_id=pool))
    begun = {task.input_values["picture"].rsplit("/", 1)[1]: task.input_values.get(PREFILL) for task in tasks}
    truth = {name: boxes_of(drawing) for name, drawing in orchard.drawings.items()}
    found = {name: value for name, value in begun.items() if value is not None}
    assert len(truth) / 2 < len(found) < len(truth)
    kind = project.kind
    assert {name: kind.cell(kind.plain(value)) for name, value in found.items()} == {
        name: kind.cell(kind.plain(truth[name])) for name in found
    }


def test_boxes_from_another_repo_label_what_people_found_them_right_in(
    trees: Loop, pachyderm: Pachyderm, orchard: Orchard
) -> None:
    """The first batch is people's, whole; of the second one the detector labels what is not audited."""
    rows = predicted(orchard)
    rows[0]["predicted_label"] = [{"class": "banana", "left": 0, "top": 0, "width": 1, "height": 1}]
    bring(trees, pachyderm, rows)
    files = list(files_of(orchard.drawings).items())
    routes, seen, batches = [], [], []
    for part in (files[:FIRST], files[FIRST:]):
        batch = label(trees, pachyderm, dict(part))
        batches.append(batch)
        told = trees.materialized("predictions", batch)
        seen.append((told["items"], told["predicted"], told["put_aside"], told["about_other_items"]))
        tasks = read_directory(pachyderm, key_of(trees.project, "tasks"), batch, StoredTasks).tasks
        routes.append(Counter(task.route for task in tasks))
    assert seen == [(FIRST, FIRST - 1, 1, SECOND), (SECOND, SECOND, 0, FIRST)]
    assert routes[0] == {"crowd": FIRST}
    assert set(routes[1]) == {"model", "audit"}
    labeled = [row for row in csv.DictReader(io.StringIO(dataset(trees, pachyderm))) if row["batch"] == batches[1]]
    assert Counter(row["source"] for row in labeled) == routes[1]
    kind = trees.project.kind
    truth = {f"/{row['picture']}": kind.cell(row["predicted_label"]) for row in rows}
    by_model = [row for row in labeled if row["source"] == "model"]
    assert [row["fruit"] for row in by_model] == [truth[place_of(row)] for row in by_model]
    labels = read_directory(pachyderm, key_of(trees.project, "aggregated_labels"), batches[0], StoredLabels)
    assert trees.project.adviser in labels.records
    assert all(sum(each.votes.values()) == 3 for each in labels.labels)
    assert all(trees.project.adviser not in each.workers for each in labels.labels)
