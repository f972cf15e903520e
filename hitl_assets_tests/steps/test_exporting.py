"""What a project wants of its dataset beside the CSV."""

import io
import json
from dataclasses import replace
from functools import partial
from typing import Any

import dagster as dg
import pytest
from PIL import Image
from pyarrow import parquet

from hitl_assets.assets.compilation import compile_dataset
from hitl_assets.events import key_of
from hitl_assets.io_managers import store
from hitl_assets.labeling.exports.writers import write_all
from hitl_assets.labeling.labels.files import StoredDataset, StoredLabels
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Label
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.steps.exporting import COCO_FILE, earlier_sizes, find_sizes, finder_in
from hitl_assets_tests.labeling.exports.datasets import APPLE, dataset, row, write

LABELS = (
    Label("a" * 64, {"headline": "One"}, "clickbait", 0.9, {"clickbait": 3}, ("w",), "1"),
    Label("b" * 64, {"headline": "Two"}, "news", 0.75, {"news": 3}, ("w",), "1", source="model", model="v1"),
)


def wanting(project: Project, *forms: str) -> Project:
    """The project, with exports."""
    return replace(project, configuration=project.configuration.model_copy(update={"export": list(forms)}))


def compiled(pachyderm: Pachyderm, project: Project) -> tuple[StoredDataset, Any]:
    """The dataset of one batch, and what is shown of it."""
    found, metadata, _ = compile_dataset(pachyderm, project, {"batch": StoredLabels(LABELS)})
    return found, metadata


@pytest.mark.slow
def test_a_project_that_wants_none_has_its_csv_alone(pachyderm: Pachyderm, project: Project) -> None:
    """As before."""
    found, metadata = compiled(pachyderm, project)
    assert list(found.to_files()) == ["dataset.csv"]
    assert "exports" not in metadata


def test_exports_lie_beside_the_csv(pachyderm: Pachyderm, project: Project) -> None:
    """A folder for each form, with the types of the project's fields."""
    found, metadata = compiled(pachyderm, wanting(project, "parquet", "label-studio"))
    files = found.to_files()
    assert list(files) == [
        "dataset.csv",
        "exports/parquet/dataset.parquet",
        "exports/label-studio/tasks.json",
        "exports/label-studio/interface.xml",
    ]
    assert metadata["exports"] == "parquet (1 file), label-studio (2 files)"
    table = parquet.read_table(io.BytesIO(files["exports/parquet/dataset.parquet"]))
    assert table.column("headline").to_pylist() == ["One", "Two"]
    tasks = json.loads(files["exports/label-studio/tasks.json"])
    assert [sorted(task) for task in tasks] == [["annotations", "data"], ["data", "predictions"]]


@pytest.mark.slow
def test_the_same_exports_make_no_commit_and_those_not_wanted_any_more_go(
    pachyderm: Pachyderm, project: Project
) -> None:
    """A form that stays behind would be of an old dataset."""
    key = key_of(project, "concatenated_dataset")
    with dg.DagsterInstance.ephemeral() as instance:
        put = partial(store, pachyderm, key, key.path[-1], run_id="r", instance=instance)
        wanted = wanting(project, "parquet", "jsonl")
        first, again = (put(compiled(pachyderm, wanted)[0]) for _ in range(2))
        assert (again["pachyderm/new_commit"], again["pachyderm/commit"]) == (False, first["pachyderm/commit"])
        last = put(compiled(pachyderm, project)[0])
    assert last["pachyderm/new_commit"] is True
    assert list(pachyderm.list_files(last["pachyderm/repo"], last["pachyderm/commit"], "/**")) == [
        "/concatenated_dataset/dataset.csv"
    ]


@pytest.fixture
def commit(pachyderm: Pachyderm, prefix: str) -> str:
    """The commit of a repo with a picture of 40 x 30 pixels, and a file that is none."""
    picture = io.BytesIO()
    Image.new("RGB", (40, 30)).save(picture, "PNG")
    return pachyderm.write(prefix, {"/a b/c%.png": picture.getvalue(), "/none.png": b"none"}, "pictures")


def test_pictures_in_pachyderm_say_how_large_they_are(pachyderm: Pachyderm, prefix: str, commit: str) -> None:
    """What is none, or is gone, does not, and holds up no other."""
    places = [f"{prefix}@{commit}:/{path}" for path in ("a b/c%.png", "none.png", "gone.png")]
    rows = [row({"picture": place}, [APPLE]) for place in [*places, "https://host/a.png"]]
    found = find_sizes(dataset(rows, sizes={}), {}, finder_in(pachyderm))
    assert found == {rows[0].item_key: (40, 30)}


def test_what_an_earlier_export_knows_is_not_looked_at_again(pachyderm: Pachyderm, prefix: str) -> None:
    """The work for a commit grows with what it brought."""
    rows = [row({"picture": f"{n}.png"}, [APPLE]) for n in range(3)]
    coco = write(dataset(rows[:2]), "coco")["annotations.json"]
    pachyderm.write(prefix, {COCO_FILE: coco}, "an export")
    known = earlier_sizes(pachyderm, prefix)
    asked: list[str] = []
    assert find_sizes(dataset(rows, sizes={}), known, asked.append) == {}  # type: ignore[arg-type,func-returns-value]
    assert asked == ["2.png"]
    assert earlier_sizes(pachyderm, f"{prefix}_without") == {}


def test_pachyderm_takes_whatever_pictures_are_called(pachyderm: Pachyderm, prefix: str) -> None:
    """One name that it refuses would keep the whole dataset out."""
    names = ["груша 🍐.png", "a*?[b]{c}!(d)@+^.png", "..", ".", "a/../b.png", " ", "x" * 300, "\t\n", "a.png/b.png"]
    found = dataset([row({"picture": name}, [APPLE]) for name in names])
    files, _ = write_all(found, ["yolo", "voc"])
    commit = pachyderm.write(prefix, {f"/{name}": content for name, content in files.items()}, "exports")
    assert pachyderm.read_matching(prefix, commit, "/**") == {f"/{name}": files[name] for name in sorted(files)}
